"""What the background costs with years of records in the ledger: look-ups, beats, the popup; and rows tied to records by key.

Times are those of a page of ours that asks and waits: the message there and back is in them, and shown beside them.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from ledger_years import title_of
from playwright.sync_api import BrowserContext
from worker import Worker

EXTENSION = Path(__file__).resolve().parents[1]
ROWS = 1000
CLIENTS = 40
COSTS = """async ({ rows, repeats }) => {
  const send = async (message) => {
    const reply = await chrome.runtime.sendMessage(message);
    if (reply === undefined || "failure" in reply) throw new Error(JSON.stringify([message.kind, reply]));
    return reply.value;
  };
  const timed = async (work) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const middle = (times) => times.toSorted((one, other) => one - other)[times.length >> 1];
  const often = async (work, before = async () => undefined) => {
    const times = [];
    for (let turn = 0; turn < repeats; turn += 1) {
      await before(turn);
      times.push(await timed(work));
    }
    return middle(times);
  };
  const lookup = () => send({ kind: "lookup", platform: "practice", rows });
  const screen = () => send({ kind: "lookup", platform: "practice", rows: rows.slice(0, 40) });
  const subject = (attempt) => ({ kind: "task", platform: "practice", attempt });
  const claim = async (attempt) => {
    const common = { elapsed_seconds: 0, works: "here", claimed_by: "page", next: null };
    await send({ kind: "claimed", attempt, task: rows[0], ...common });
    await send({ kind: "pulse", subject: subject(attempt), active: true });
  };
  const finish = async (turn) => {
    await claim(`bench-${turn}`);
    await new Promise((resume) => setTimeout(resume, 60));
    await send({ kind: "ended", platform: "practice", attempt: `bench-${turn}`, ending: "submitted" });
  };
  const first_screen_ms = await timed(screen);
  const first_lookup_ms = await timed(lookup);
  const screen_ms = await often(screen);
  const screen_after_task_ms = await often(screen, (turn) => finish(`s-${turn}`));
  const lookup_ms = await often(lookup);
  const after_task_ms = await often(lookup, finish);
  await claim("bench-open");
  const beat_ms = await often(() => send({ kind: "pulse", subject: subject("bench-open"), active: true }));
  const popup_ms = await often(() => send({ kind: "today" }));
  const message_ms = await often(() => send({ kind: "exchange" }));
  const screens = { first_screen_ms, screen_ms, screen_after_task_ms };
  return { ...screens, first_lookup_ms, lookup_ms, after_task_ms, beat_ms, popup_ms, message_ms };
}"""


def rows() -> list[dict[str, object]]:
    """Rows of a listing: of clients and tasks that the ledger knows, and of others."""
    return [
        {
            "platform": "practice",
            "client": {"id": f"c-{number % (2 * CLIENTS)}", "name": f"Client {number % (2 * CLIENTS)}"},
            "task": {"id": f"t-{number}", "title": title_of(number, ROWS)},
            "reward": {"micros": 350_000, "currency": "USD"},
            "reward_per": "task",
            "units": 1,
            "limit_seconds": 1800,
            "estimate_seconds": 240,
            "pack": {"slug": "practice", "version": 1},
        }
        for number in range(ROWS)
    ]


def background_costs(worker: Worker, repeats: int) -> dict[str, float]:
    """Milliseconds of each message, the middle of `repeats`; the first look-up once."""
    page = worker.own_page("side")
    found = page.evaluate(COSTS, {"rows": rows(), "repeats": 2 * repeats + 1})
    page.close()
    return {name: round(value, 2) for name, value in found.items()}


def tied_ms(context: BrowserContext, folder: Path) -> float:
    """Milliseconds for a list of a thousand rows whose records are found by key, the middle of several."""
    bundle = folder / "tied_rows.js"
    command = ["node_modules/.bin/esbuild", "bench/tied_rows.ts", "--bundle", "--format=iife", f"--outfile={bundle}"]
    subprocess.run(command, cwd=EXTENSION, check=True, capture_output=True)
    page = context.new_page()
    page.set_content("<ul></ul>")
    page.add_script_tag(path=str(bundle))
    found: float = page.evaluate("() => tiedRows(1000)")
    page.close()
    return round(found, 2)
