"""What the extension costs a page, in a real Chromium, beside the same page without it in the same run.

`.venv/bin/python extension/bench/extension_bench.py [--json] [--repeats N] [--idle SECONDS]`; exit code 1 where a target is
missed. Script time is what the browser itself counts (`Performance.getMetrics`, processor time), with and without us;
frames come from its trace. Each figure is a median of the repeats. The build is the one that ships.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/flows")]


from background_costs import ROWS, background_costs, tied_ms  # noqa: E402
from frames import traced  # noqa: E402
from ledger_years import ledger, restore, simulated  # noqa: E402
from listings import Listings, many, page, seed, snapshot  # noqa: E402
from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright  # noqa: E402
from worker import CHROMIUM, QUIET, Worker  # noqa: E402

CONTENT_KB = 25.0
SCRIPT_MS_PER_1000 = 16.0
LONG_FRAME_MS = 50.0  # what browsers call a long task
LEDGER_RECORDS = 100_000
LEDGER_MS = 1000.0
LOOKUP_MS, POPUP_MS, BEAT_MS, TIED_MS = 20.0, 50.0, 1.0, 16.0
READY_AT = """async () => {
    while (document.querySelector("#ledger[data-ready]") === null) await new Promise(requestAnimationFrame);
    return performance.now();
}"""  # milliseconds since the page was asked for
SETTLE_MS = 1500
SIZES = (1000, 5000)


def built(folder: Path) -> Path:
    """The extension as it ships."""
    out = folder / "extension"
    subprocess.run(["node", "build.mjs", "--out", str(out)], cwd=ROOT / "extension", check=True, capture_output=True)
    return out


@contextmanager
def browser(profile: Path, extension: Path | None) -> Iterator[BrowserContext]:
    arguments = [*QUIET, "--js-flags=--expose-gc"]
    if extension is not None:
        arguments += [f"--load-extension={extension}", f"--disable-extensions-except={extension}"]
    with sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(profile),
            executable_path=CHROMIUM,
            headless=True,
            args=arguments,
            viewport={"width": 1100, "height": 900},
        )
        yield context
        context.close()


def at_work(context: BrowserContext) -> Worker:
    script = context.service_workers[0] if context.service_workers else context.wait_for_event("serviceworker")
    return Worker(context, script.url.split("/")[2], context.pages[0])


def prepare(context: BrowserContext) -> None:
    """The worker keeps an own record, has the practice site switched on, and rates at hand."""
    worker = at_work(context)
    own = worker.own_page("side")
    own.evaluate(
        """async () => {
            await chrome.storage.local.set({ consent: { version: 1, value: { ledger: true, sharing: false } } });
            await chrome.storage.local.set({ platforms: { version: 1, value: { practice: true } } });
            while ((await chrome.scripting.getRegisteredContentScripts()).length === 0)
                await new Promise((resume) => setTimeout(resume, 50));
        }"""
    )
    own.close()
    seed(worker, snapshot(many(max(SIZES))))


def load(context: BrowserContext, url: str, *, scrolled: bool = False) -> dict[str, float]:
    """Opens the page in a new tab, lets it settle, and tells what it cost."""
    target = context.new_page()
    driver = context.new_cdp_session(target)
    driver.send("Performance.enable", {"timeDomain": "threadTicks"})  # what other programs do counts not
    with traced(context, target) as trace:
        target.goto(url)
        target.wait_for_timeout(SETTLE_MS)
        if scrolled:
            scroll_through(target)
    cost = metrics(driver)
    target.evaluate("() => gc()")
    held = metrics(driver)["JSHeapUsedSize"]
    found = {
        "script_ms": cost["ScriptDuration"] * 1000,
        "layout_ms": (cost["LayoutDuration"] + cost["RecalcStyleDuration"]) * 1000,
        "heap_kb": held / 1000,
        "resident_kb": resident_kb(trace.process),
        "badges": target.evaluate("() => document.querySelectorAll('.reward > span').length"),
        "ours_ms": trace.ours_ms,
        "longest_ours_ms": trace.longest_ours_ms,
        "longest_ms": trace.longest_ms,
    }
    target.close()
    return found


def metrics(driver: CDPSession) -> dict[str, float]:
    return {one["name"]: one["value"] for one in driver.send("Performance.getMetrics")["metrics"]}


def resident_kb(process: int) -> float:
    """Memory that is the page's process alone's; 0 where the system does not tell."""
    rollup = Path(f"/proc/{process}/smaps_rollup")
    if not rollup.exists():
        return 0.0
    lines = [line.split() for line in rollup.read_text().splitlines()]
    return float(sum(int(line[1]) for line in lines if line[0] in ("Private_Dirty:", "Private_Clean:")))


def scroll_through(target: Page) -> None:
    """To the end, a screenful at a time, so that every row gets its badge."""
    target.evaluate(
        """async () => {
            const frame = () => new Promise((resume) => requestAnimationFrame(resume));
            for (let top = 0; top < document.documentElement.scrollHeight; top += 700) {
                scrollTo(0, top);
                for (let i = 0; i < 4; i += 1) await frame();
            }
        }"""
    )
    target.wait_for_timeout(SETTLE_MS)


def idle_ms(context: BrowserContext, url: str, seconds: int) -> float:
    """Processor time of the page in a minute of nothing, in milliseconds a minute."""
    target = context.new_page()
    driver = context.new_cdp_session(target)
    driver.send("Performance.enable", {"timeDomain": "threadTicks"})  # what other programs do counts not
    target.goto(url)
    target.wait_for_timeout(SETTLE_MS)
    before = metrics(driver)["TaskDuration"]
    target.wait_for_timeout(seconds * 1000)
    spent = (metrics(driver)["TaskDuration"] - before) * 1000 * 60 / seconds
    target.close()
    return spent


def ledger_ms(context: BrowserContext, repeats: int) -> float:
    """From opening the ledger page to the whole of it standing there, over years of records."""
    worker = at_work(context)
    first = ledger(worker)
    restore(first, simulated(LEDGER_RECORDS, ROWS))
    first.close()
    runs = []
    for _ in range(repeats):
        page = context.new_page()
        page.goto(f"chrome-extension://{worker.extension_id}/ledger.html", wait_until="commit")
        runs.append(page.evaluate(READY_AT))
        page.close()
    return float(round(median(runs), 1))


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(median(run[name] for run in runs), 2) for name in runs[0]}


def measured(repeats: int, idle_seconds: int) -> dict[str, Any]:
    listings = Listings({f"/practice?rows={size}": page(many(size)) for size in SIZES})
    server = listings.start()
    urls = {size: f"{listings.url}/practice?rows={size}" for size in SIZES}
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        extension = built(folder)
        content = (extension / "content.js").read_bytes()
        results["content_kb"] = round(len(content) / 1000, 1)
        results["content_gzipped_kb"] = round(len(gzip.compress(content, 6)) / 1000, 1)
        for side in ("without", "with"):
            with browser(folder / side, extension if side == "with" else None) as context:
                if side == "with":
                    prepare(context)
                load(context, urls[SIZES[0]])  # the first page of a browser pays for much else
                found: dict[str, Any] = {
                    f"rows_{size}": medians([load(context, url) for _ in range(repeats)]) for size, url in urls.items()
                }
                found["scrolled_1000"] = medians(
                    [load(context, urls[1000], scrolled=True) for _ in range(max(repeats // 2, 1))]
                )
                found["idle_ms_a_minute"] = round(idle_ms(context, urls[1000], idle_seconds), 1)
                if side == "with":
                    results["ledger_ms"] = ledger_ms(context, repeats)
                    results["background"] = background_costs(at_work(context), repeats)
                    results["tied_ms"] = tied_ms(context, folder)
                results[side] = found
    server.shutdown()
    server.server_close()
    return {**results, **compared(results)}


def compared(results: dict[str, Any]) -> dict[str, Any]:
    """The difference that the extension makes, and whether each target is met."""
    (with_, without) = (results["with"], results["without"])
    scrolled, plain = with_["scrolled_1000"], without["scrolled_1000"]
    more_heap = scrolled["heap_kb"] - plain["heap_kb"]
    difference = {
        "content_gzipped_kb": results["content_gzipped_kb"],
        "script_ms_1000_rows": round(with_["rows_1000"]["script_ms"] - without["rows_1000"]["script_ms"], 2),
        "script_ms_5000_rows": round(with_["rows_5000"]["script_ms"] - without["rows_5000"]["script_ms"], 2),
        "longest_frame_ms_5000_rows": with_["rows_5000"]["longest_ours_ms"],
        "script_ms_1000_badges_scrolled": round(scrolled["script_ms"] - plain["script_ms"], 2),
        "longest_frame_ms_scrolled": scrolled["longest_ours_ms"],
        "longest_frame_ms_scrolled_without": plain["longest_ms"],
        "heap_kb_per_1000_badges": round(more_heap / max(scrolled["badges"], 1) * 1000, 1),
        "resident_kb_1000_badges": round(scrolled["resident_kb"] - plain["resident_kb"], 1),
        "ledger_ms_100000_records": results["ledger_ms"],
        **{f"{name}_100000_records": value for name, value in results["background"].items()},
        "beat_beyond_message_ms": round(results["background"]["beat_ms"] - results["background"]["message_ms"], 2),
        "tied_ms_1000_rows": results["tied_ms"],
        "idle_ms_a_minute": round(with_["idle_ms_a_minute"] - without["idle_ms_a_minute"], 1),
    }
    met = {
        "content_gzipped_kb": difference["content_gzipped_kb"] < CONTENT_KB,
        "script_ms_1000_rows": difference["script_ms_1000_rows"] < SCRIPT_MS_PER_1000,
        "longest_frame_ms_5000_rows": difference["longest_frame_ms_5000_rows"] < LONG_FRAME_MS,
        "ledger_ms_100000_records": difference["ledger_ms_100000_records"] < LEDGER_MS,
        "lookup_ms_100000_records": difference["lookup_ms_100000_records"] < LOOKUP_MS,
        "after_task_ms_100000_records": difference["after_task_ms_100000_records"] < LOOKUP_MS,
        "screen_after_task_ms_100000_records": difference["screen_after_task_ms_100000_records"] < LOOKUP_MS,
        "popup_ms_100000_records": difference["popup_ms_100000_records"] < POPUP_MS,
        "beat_beyond_message_ms": difference["beat_beyond_message_ms"] < BEAT_MS,
        "tied_ms_1000_rows": difference["tied_ms_1000_rows"] < TIED_MS,
    }
    return {"difference": difference, "met": met}


def told(results: dict[str, Any]) -> str:
    targets = {
        "content_gzipped_kb": f"< {CONTENT_KB:.0f}",
        "script_ms_1000_rows": f"< {SCRIPT_MS_PER_1000:.0f}",
        "longest_frame_ms_5000_rows": f"< {LONG_FRAME_MS:.0f}",
        "ledger_ms_100000_records": f"< {LEDGER_MS:.0f}",
        "lookup_ms_100000_records": f"< {LOOKUP_MS:.0f}",
        "after_task_ms_100000_records": f"< {LOOKUP_MS:.0f}",
        "screen_after_task_ms_100000_records": f"< {LOOKUP_MS:.0f}",
        "popup_ms_100000_records": f"< {POPUP_MS:.0f}",
        "beat_beyond_message_ms": f"< {BEAT_MS:.0f}",
        "tied_ms_1000_rows": f"< {TIED_MS:.0f}",
    }
    lines = [f"{'what the extension adds':34}{'measured':>10}  target"]
    for name, value in results["difference"].items():
        verdict = "" if name not in targets else f"{targets[name]}  {'met' if results['met'][name] else 'MISSED'}"
        lines.append(f"{name:34}{value:>10}  {verdict}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--idle", type=int, default=60, help="seconds of the timed stretch without input")
    options = parser.parse_args()
    os.environ.setdefault("NO_COLOR", "1")
    results = measured(options.repeats, options.idle)
    sys.stdout.write((json.dumps(results, indent=2) if options.json else told(results)) + "\n")
    return 0 if all(results["met"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
