"""A ledger of years: its file, made up, and how a worker puts it back and opens it."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, expect
from worker import Worker

RESTORED_MILLISECONDS = 300_000


def ledger(worker: Worker) -> Page:
    page = worker.own_page("ledger")
    page.locator("#ledger[data-ready]").wait_for()
    return page


def restore(page: Page, text: str) -> str:
    """Gives the page a ledger file, and answers what the page says of it. By its path: a buffer may hold 50 MB only."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "taskwage.json"
        file.write_text(text)
        page.locator("#data-file").set_input_files(file)
        expect(page.locator("#said")).to_contain_text("already here", timeout=RESTORED_MILLISECONDS)
    return page.locator("#said").inner_text()


def title_of(number: int, titles: int) -> str:
    """A title in letters: titles that differ in digits alone are one."""
    name, left = "", number % titles
    while left or not name:
        name, left = chr(ord("a") + left % 26) + name, left // 26
    return f"Describe photo {name}"


def simulated(count: int, titles: int = 1) -> str:
    """A ledger file of `count` tasks at `titles` different tasks over three years."""
    day = 86_400_000
    now = int(time.time() * 1000)
    records = []
    for number in range(count):
        ended = now - (number * 3 * 365 * day) // count
        outcome = ("paid", "approved", "rejected", "submitted", "returned")[number % 5]
        records.append(
            {
                "id": f"{ended // 3_600_000 * 3_600_000:012x}7000800{number:013x}"[:32],
                "revision": 1,
                "is_shared": False,
                "platform": "practice",
                "attempt": f"a-{number}",
                "task": {
                    "platform": "practice",
                    "client": {"id": f"c-{number % 40}", "name": f"Client {number % 40}"},
                    "task": {"id": None, "title": title_of(number, titles)},
                    "reward": {"micros": 350_000, "currency": "USD"},
                    "reward_per": "task",
                    "units": 1,
                    "limit_seconds": 1800,
                    "estimate_seconds": 240,
                    "pack": {"slug": "practice", "version": 1},
                },
                "claimed_at": ended - 400_000,
                "ended_at": ended,
                "day": time.strftime("%Y-%m-%d", time.localtime(ended / 1000)),
                "active_seconds": 300.5,
                "outcome": outcome,
                "paid": {"micros": 350_000, "currency": "USD"} if outcome == "paid" else None,
                "decided_on": None,
            }
        )
    for record in records:
        plain = str(record["id"])
        record["id"] = "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
    return json.dumps({"taskwage_ledger": 1, "records": records})
