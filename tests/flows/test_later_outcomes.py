"""What a status page says weeks later: approved, paid, paid back. Seen again it changes nothing; every change is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect
from server import Server
from worker import Worker, at_browser

STAND = "SELECT revision, outcome, paid_micros FROM intake.observations ORDER BY id, revision"
TASKS = """async (attempts) => {
    const send = (message) => chrome.runtime.sendMessage(message);
    for (const attempt of attempts) {
        const task = {
            platform: "practice", client: { id: "c-1", name: "Bluebird Research" },
            task: { id: "t-1", title: "Describe a photo" }, reward: { micros: 350000, currency: "USD" },
            reward_per: "task", units: 1, limit_seconds: null, estimate_seconds: null,
            pack: { slug: "practice", version: 1 },
        };
        await send({ kind: "claimed", attempt, task, elapsed_seconds: 0, works: "here", claimed_by: "page", next: null });
        const reply = await send({ kind: "ended", platform: "practice", attempt, ending: "submitted" });
        if ("failure" in reply) throw new Error(reply.failure);
    }
}"""
LINE = '<tr data-attempt="{0}"><td class="outcome" data-outcome="{1}">{1}</td><td class="paid">{2}</td></tr>'


@dataclass
class StatusPage:
    """A history whose lines the test sets: (attempt, outcome, paid)."""

    url: str = ""
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    statement: str = ""


@pytest.fixture
def history() -> Iterator[StatusPage]:
    made = StatusPage()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            rows = "".join(LINE.format(*line) for line in made.lines)
            body = f"<!doctype html><table id=attempts>{rows}</table>{made.statement}".encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    site = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{site.server_port}/practice/status"
    yield made
    site.shutdown()
    site.server_close()


def time_tasks(worker: Worker, *tasks: str) -> None:
    """The worker's ledger gets a submitted attempt at each of `tasks`."""
    page = worker.own_page("popup")
    page.evaluate(TASKS, list(tasks))
    page.close()


def looked_at(worker: Worker, history: StatusPage, *lines: tuple[str, str, str], wanted: list[list[object]]) -> None:
    """The worker opens the page of `lines`: the ledger comes to hold `wanted`, and still does when they look again."""
    history.lines = list(lines)
    worker.page.goto(history.url)
    assert worker.until(lambda: held(worker) == wanted), held(worker)
    worker.page.goto(history.url)
    worker.page.wait_for_timeout(400)
    assert held(worker) == wanted


def held(worker: Worker) -> list[list[object]]:
    """What the ledger holds: outcome, pay, revision."""
    page = worker.own_page("popup")
    found: list[list[object]] = page.evaluate(
        """() => new Promise((resume) => {
            const opening = indexedDB.open("taskwage");
            opening.onsuccess = () => {
                const all = opening.result.transaction("records").objectStore("records").getAll();
                all.onsuccess = () => resume(all.result
                    .sort((one, other) => one.attempt < other.attempt ? -1 : 1)
                    .map(({ outcome, paid, revision }) => [outcome, paid?.micros ?? null, revision]));
                opening.result.close();
            };
        })"""
    )
    page.close()
    return found


def test_decisions_are_joined_to_what_was_timed_changed_once_and_sent(
    server: Server, extension: Path, history: StatusPage, tmp_path: Path
):
    with at_browser(tmp_path / "profile", extension) as worker:
        worker.agree("practice")
        time_tasks(worker, "a-1", "a-2")
        pending, strange = ("a-2", "pending", ""), ("b-9", "paid", "$9.00")
        second = ["submitted", None, 1]
        looked_at(worker, history, ("a-1", "approved", ""), pending, strange, wanted=[["approved", None, 2], second])
        looked_at(worker, history, ("a-1", "paid", "$0.35"), pending, wanted=[["paid", 350_000, 3], second])
        looked_at(worker, history, ("a-1", "approved", ""), pending, wanted=[["paid", 350_000, 3], second])
        looked_at(worker, history, ("a-1", "paid", "$0.50"), pending, wanted=[["paid", 500_000, 4], second])
        last = ("a-1", "rejected", ""), ("a-2", "paid", "$0.35")
        looked_at(worker, history, *last, wanted=[["rejected", None, 5], ["paid", 350_000, 2]])
        worker.sync()
        assert worker.until(lambda: worker.today()["waiting"] == 0)
    standing = server.rows(STAND)
    assert max(row["revision"] for row in standing) == 5
    assert [row["paid_micros"] for row in standing if row["revision"] == 5] == [None]


def said(paid: str, pending: str = "$0.00") -> str:
    return f'<p id="statement"><b class="paid-in-all">{paid}</b><b class="pending">{pending}</b></p>'


def test_the_ledger_says_what_of_the_site_s_own_total_is_missing_and_what_it_owes(
    server: Server, extension: Path, history: StatusPage, tmp_path: Path
):
    with at_browser(tmp_path / "profile", extension) as worker:
        worker.agree("practice")
        time_tasks(worker, "a-1", "a-2")
        decided = ("a-1", "paid", "$0.35"), ("a-2", "pending", "")
        card = "#statements [data-site=practice]"
        for statement, words in (
            (said("$0.35", "$0.35"), "They agree to the cent."),
            (said("$0.60", "$0.35"), "$0.25 is not in your record"),
            (said("$0.20"), "owes you $0.15"),
        ):
            history.lines, history.statement = list(decided), statement
            worker.page.goto(history.url)
            worker.page.wait_for_timeout(1_500)
            assert worker.until(lambda: held(worker)[0][0] == "paid")
            ledger = worker.own_page("ledger")
            expect(ledger.locator(card)).to_contain_text(words, timeout=20_000)
            ledger.locator("#statements").screenshot(path=tmp_path / "statement.png")
            ledger.close()


def test_a_pause_of_the_account_is_entered_in_two_clicks_and_sent_without_its_amount(
    server: Server, extension: Path, history: StatusPage, tmp_path: Path
):
    with at_browser(tmp_path / "profile", extension) as worker:
        worker.agree("practice")
        time_tasks(worker, "a-1", "a-2")
        ledger = worker.own_page("ledger")
        ledger.locator("#actions-open").click()
        expect(ledger.locator("#action-pending")).to_have_value("0.7")  # two submitted tasks of $0.35
        ledger.locator("#action-pause").click()
        line = ledger.locator("#actions-list li")
        expect(line).to_contain_text("Account paused · Practice")
        expect(line).to_contain_text("$0.70 pending")
        ledger.locator("#actions").screenshot(path=tmp_path / "action.png")
        worker.sync()
        assert worker.until(lambda: server.rows("SELECT 1 FROM intake.account_actions"))
        (row,) = server.rows("SELECT platform, kind, pending_band FROM intake.account_actions")
        assert dict(row) == {"platform": "practice", "kind": "pause", "pending_band": "under_10"}
        line.locator("button").click()
        expect(line).to_have_count(0)


TEN_HOURS = """() => new Promise((resume, fail) => {
    const opening = indexedDB.open("taskwage");
    opening.onsuccess = () => {
        const writing = opening.result.transaction("overheads", "readwrite");
        const row = { platform: "practice", day: "2026-11-02", id: "0", revision: 1, told_revision: 1, is_shared: false };
        writing.objectStore("overheads").put({ ...row, seconds: { qualification: 36000 } });
        writing.oncomplete = () => { opening.result.close(); resume(null); };
        writing.onerror = () => fail(writing.error);
    };
})"""


def test_ten_unpaid_hours_come_to_nothing_an_hour_and_weeks_are_taken_out_as_plain_columns(
    server: Server, extension: Path, history: StatusPage, tmp_path: Path
):
    with at_browser(tmp_path / "profile", extension) as worker:
        worker.agree("practice")
        ledger = worker.own_page("ledger")
        ledger.evaluate(TEN_HOURS)
        ledger.reload()
        expect(ledger.locator("#onboarding li")).to_contain_text("no paid task yet: $0.00 for an hour")
        time_tasks(worker, "a-1")
        history.lines = [("a-1", "paid", "$0.35")]
        worker.page.goto(history.url)
        assert worker.until(lambda: held(worker)[0][0] == "paid")
        ledger.reload()
        expect(ledger.locator("#onboarding li")).to_contain_text("Spread over all work since, an hour comes to $0.0")
        ledger.locator("#onboarding").screenshot(path=tmp_path / "onboarding.png")
        with ledger.expect_download() as weeks:
            ledger.locator("#data-weeks").click()
        lines = Path(weeks.value.path()).read_text().splitlines()
        assert lines[0].startswith("starts_on,ends_on,platform,currency,tasks,hours_worked,hours_unpaid,paid,pending")
        assert lines[1] == "2026-11-02,2026-11-08,practice,,0,0.00,10.00,0.00,0.00"
        assert lines[-1].split(",")[2:5] == ["practice", "USD", "1"]
        assert lines[-1].endswith("0.35,0.00")
        ledger.locator("#data").screenshot(path=tmp_path / "data.png")
