"""What leaves the browser, seen at the socket; and what waits there for weeks without a line and then goes, once."""

from __future__ import annotations

import csv
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from building import build
from playwright.sync_api import Page, expect
from pretend_site import serve
from server import Server
from worker import REGISTERED, Worker, at_browser

HOST = "app.prolific.com"
WEEKS = 3
COUNT = "SELECT count(*) AS rows, count(DISTINCT id) AS attempts FROM intake.observations"
TASKS_A_DAY = 2
ONE_DAY = """async ({ day, tasks }) => {
    const send = (message) => chrome.runtime.sendMessage(message);
    for (let number = 0; number < tasks; number++) {
        const attempt = `d${day}-${number}`;
        const task = {
            platform: "practice", client: { id: "c-1", name: "Bluebird Research" },
            task: { id: "t-1", title: "Describe a photo" }, reward: { micros: 350000, currency: "USD" },
            reward_per: "task", units: 1, limit_seconds: null, estimate_seconds: null,
            pack: { slug: "practice", version: 1 },
        };
        await send({ kind: "claimed", attempt, task, elapsed_seconds: 0, works: "here" });
        await send({ kind: "ended", platform: "practice", attempt, ending: "submitted" });
    }
}"""


@dataclass
class Listener:
    """A server that only listens: whether anybody came."""

    port: int
    visits: list[bytes] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    door = socket.create_server(("127.0.0.1", 0))
    made = Listener(door.getsockname()[1])

    def listen() -> None:
        while True:
            try:
                visitor, _ = door.accept()
            except OSError:
                return
            with visitor:
                visitor.settimeout(2)
                made.visits.append(visitor.recv(200))

    thread = threading.Thread(target=listen)
    thread.start()
    yield made
    door.shutdown(socket.SHUT_RDWR)
    door.close()
    thread.join()


def do_one_task(worker: Worker) -> None:
    worker.page.goto(f"https://{HOST}/studies")
    worker.page.get_by_text("How people read short news").click()
    worker.page.locator("[data-testid='reserve']").click()
    worker.work_for(2)
    worker.page.locator("[data-testid='complete-button']").click()
    expect(worker.page).to_have_url(f"https://{HOST}/submissions/complete?cc=EXAMPLE0")


def test_with_sharing_off_not_one_byte_leaves_the_browser_until_rates_or_sharing_are_asked_for(
    listener: Listener, tmp_path: Path
):
    site, running = serve("prolific", tmp_path)
    extension = build(tmp_path / "extension", f"http://127.0.0.1:{listener.port}")
    with at_browser(tmp_path / "profile", extension, {HOST: site.port}) as worker:
        page = worker.own_page("consent")
        for box in ("ledger", "site-prolific"):
            page.locator(f"#{box}").check()
            expect(page.locator("#said")).not_to_be_empty()
        page.wait_for_function(REGISTERED, arg=1)
        worker.page.bring_to_front()
        do_one_task(worker)
        worker.sync()
        worker.page.goto(f"https://{HOST}/studies")
        worker.page.wait_for_timeout(1500)
        assert worker.today()["figures"]["tasks"] == 1
        assert listener.visits == []
        page.bring_to_front()
        page.locator("#rates").check()
        assert worker.until(lambda: listener.visits)
        page.wait_for_timeout(1500)  # for whatever else may come
        asked = {tuple(visit.split()[:2]) for visit in listener.visits}
        assert asked <= {(b"GET", b"/v1/key"), (b"GET", b"/v1/snapshots/prolific")}
        page.locator("#sharing").check()
        expect(page.locator("#said")).not_to_be_empty()
        page.evaluate(ONE_DAY, {"day": 0, "tasks": 1})
        assert worker.until(lambda: any(visit.startswith(b"POST /v1/challenges") for visit in listener.visits))
    running.shutdown()
    running.server_close()


def test_weeks_without_a_line_are_sent_once_when_it_is_back(server: Server, tmp_path: Path):
    extension = build(tmp_path / "extension", server.url)
    with at_browser(tmp_path / "profile", extension) as worker:
        worker.agree("practice")
        worker.context.set_offline(True)
        (background,) = worker.context.service_workers
        background.evaluate("() => { globalThis.ahead = 0; const now = Date.now; Date.now = () => now() + ahead; }")
        page = worker.own_page("outbox")
        for day in range(WEEKS * 7):
            background.evaluate("(day) => { globalThis.ahead = day * 86_400_000; }", day)
            page.evaluate(ONE_DAY, {"day": day, "tasks": TASKS_A_DAY})
        due = WEEKS * 7 * TASKS_A_DAY
        assert worker.today()["waiting"] == due
        page.reload()
        expect(page.locator("#items > li")).to_have_count(due)
        server.turn(server.now() + timedelta(days=WEEKS * 7))
        worker.context.set_offline(False)
        worker.sync()
        assert worker.until(lambda: worker.today()["waiting"] == 0)
        assert server.rows(COUNT) == [{"rows": due, "attempts": due}]
        page.reload()
        take_a_copy(page, due)
        have_it_erased(page, due)
        assert server.rows(COUNT) == [{"rows": 0, "attempts": 0}]
        assert worker.today()["consent"] == {"ledger": True, "sharing": False}


def take_a_copy(page: Page, due: int) -> None:
    """Everything the server has of us, as a file."""
    with page.expect_download() as copy:
        page.locator("#export-json").click()
    assert len(json.loads(copy.value.path().read_text())["observations"]) == due
    with page.expect_download() as copy:
        page.locator("#export-csv").click()
    assert len(list(csv.DictReader(copy.value.path().read_text().splitlines()))) == due


SECRET = """() => new Promise((tell) => {
  const opening = indexedDB.open("taskwage_secrets");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("secrets").objectStore("secrets").get("credentials");
    asked.onsuccess = () => { opening.result.close(); tell(asked.result ?? null); };
  };
})"""


def have_it_erased(page: Page, due: int) -> None:
    """Asked twice, told once: the receipt stays on the page, and the secret is gone."""
    page.locator("#erase").click()
    expect(page.locator("#keep")).to_be_focused()
    page.locator("#erase-really").click()
    expect(page.locator("#receipt")).to_contain_text(f"Timings erased: {due}")
    expect(page.locator("#erase")).to_have_count(0)
    assert page.evaluate(SECRET) is None
