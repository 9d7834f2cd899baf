"""The main job with real focus: what the server stores of a task is the time that its page was in front, in use."""

from __future__ import annotations

import time
from pathlib import Path

from pretend_site import on_loopback
from real_focus import at_desk
from server import Server
from test_real_focus import SLACK_SECONDS, Other, id_of

CLAIM = "#listing > li.task:nth-child(1) form.claim button"
PATIENCE_SECONDS = 60
STORED = "SELECT active_seconds, open_seconds, outcome FROM intake.observations"


def test_a_task_left_half_way_is_stored_with_the_seconds_that_its_page_was_in_front(
    server: Server, extension: Path, tmp_path: Path
):
    other = on_loopback(Other, tmp_path)
    with at_desk(
        tmp_path / "profile", extension, id_of(extension), {"unrelated.example": other.server_address[1]}
    ) as desk:
        desk.agree("practice")
        desk.own.evaluate("chrome.runtime.sendMessage({ kind: 'consent', ledger: true, sharing: true })")
        task = desk.tab(f"{server.url}/practice")
        task.front()
        task.click(CLAIM)
        task.until("document.querySelector('#answer button') !== null")
        claimed = time.monotonic()
        desk.work(6)
        left = time.monotonic()
        unrelated = desk.tab("https://unrelated.example/")
        unrelated.front()
        desk.work(9)
        task.front()
        back = time.monotonic()
        desk.work(4)
        task.evaluate("document.querySelector('#answer input').checked = true")
        task.click("#answer button")
        task.until("document.querySelector('#submitted')?.checkVisibility() === true")
        submitted = time.monotonic()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (stored := server.rows(STORED)) and time.monotonic() < deadline:
            desk.own.evaluate("chrome.runtime.sendMessage({ kind: 'sync' })")
            time.sleep(0.5)
        (row,) = stored
    other.shutdown()
    other.server_close()
    in_front = (left - claimed) + (submitted - back)
    assert abs(row["active_seconds"] - in_front) <= SLACK_SECONDS, (row, in_front)
    assert row["open_seconds"] >= row["active_seconds"] + 9 - SLACK_SECONDS
