"""What a page can learn about us, with the tap and without, and what a hostile one can make of the tap: nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from building import build
from firefox import at_firefox, install
from playwright.sync_api import expect
from pretend_site import on_loopback
from server import Server
from worker import PATIENCE_MILLISECONDS, Worker, at_browser

PAGES = Path(__file__).parent / "tap_pages"
ASKED_BY_PROBE = 15
NAIVE = "const native = fetch; window.fetch = (input, init) => native(input, init).then((answer) => answer);"
LEARNS = Path(__file__).parents[2] / "docs" / "threats.md"
HOST, API = "app.prolific.com", "internal-api.prolific.com"
ATTEMPT = "65a0000000000000000000a2"
SUBMISSION = {
    "id": "66b000000000000000000002",
    "status": "APPROVED",
    "submission_bonuses": [{"amount": 50, "currency": "GBP"}],
    "submission_reward": {"amount": 300, "currency": "GBP"},
    "submission_adjustments": [],
    "screened_out_payments": [],
    "study_code": "NOT-READ",
    "study": {"id": ATTEMPT, "name": "Two faces"},
}
STAND = "SELECT revision, outcome FROM intake.observations ORDER BY revision"
REGISTERED = """async (ids) => {
    const found = (await chrome.scripting.getRegisteredContentScripts()).map(({ id }) => id).sort();
    return JSON.stringify(found) === JSON.stringify(ids);
}"""
ONE_TASK = """async (attempt) => {
    const send = (message) => chrome.runtime.sendMessage(message);
    const task = {
        platform: "prolific", client: { id: null, name: "Example University" },
        task: { id: attempt, title: "Two faces" }, reward: { micros: 2100000, currency: "GBP" },
        reward_per: "task", units: 1, limit_seconds: null, estimate_seconds: null,
        pack: { slug: "prolific", version: 1 },
    };
    await send({ kind: "claimed", attempt, task, elapsed_seconds: 0, works: "here", claimed_by: "page", next: null });
    await send({ kind: "ended", platform: "prolific", attempt, ending: "submitted" });
}"""


@dataclass
class Site:
    """A site whose answers the test sets, and every request that it saw."""

    port: int = 0
    answer: dict[str, Any] = field(default_factory=lambda: {"results": [SUBMISSION]})
    seen: list[str] = field(default_factory=list)

    def asked(self) -> list[str]:
        """What was asked of its network, in no order."""
        return sorted(path for path in self.seen if path.startswith("/api/"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path)
            made.seen.append(self.path)
            name = {"/studies": "probe"}.get(path.path, path.path.strip("/"))
            page = PAGES / f"{name}.html"
            if path.path.startswith("/api/"):
                self.reply("application/json", json.dumps(made.answer).encode(), is_slow=path.query == "slow")
            elif page.is_file():
                self.reply("text/html; charset=utf-8", page.read_bytes())
            else:
                self.send_error(404)

        def reply(self, kind: str, body: bytes, *, is_slow: bool = False) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.send_header("access-control-allow-origin", f"https://{HOST}")
            self.end_headers()
            self.wfile.write(body[:10])
            self.wfile.flush()
            if is_slow:
                time.sleep(1)
            try:
                self.wfile.write(body[10:])
            except OSError:
                made.seen.append("gave up")

        def log_message(self, *_: object) -> None:
            """The test reads `site.seen`."""

    server = on_loopback(Answer, tmp_path)
    made.port = server.server_address[1]
    yield made
    server.shutdown()
    server.server_close()


def switch(worker: Worker, box: str, registered: list[str], *, on: bool = True) -> None:
    """Sets a switch in the options and waits until the scripts stand as they should."""
    page = worker.own_page("options")
    page.locator(f"#{box}").set_checked(on)
    page.wait_for_function(REGISTERED, arg=registered)
    page.close()


def told(worker: Worker, path: str) -> dict[str, Any]:
    """What the page at `path` found out."""
    worker.page.goto(f"https://{HOST}/{path}")
    worker.page.wait_for_function("() => window.found !== undefined", timeout=PATIENCE_MILLISECONDS)
    found: dict[str, Any] = worker.page.evaluate("() => window.found")
    return found


def questions(worker: Worker) -> list[dict[str, Any]]:
    page = worker.own_page("popup")
    kept: dict[str, Any] = page.evaluate("() => chrome.storage.local.get('proposals')")
    page.close()
    return list(kept.get("proposals", {}).get("value", {}).values())


def await_questions(worker: Worker, count: int) -> list[dict[str, Any]]:
    for _ in range(50):
        if len(found := questions(worker)) == count:
            return found
        worker.page.wait_for_timeout(100)
    raise AssertionError(found)


def published(column: str) -> dict[str, bool]:
    """What a page can learn in one state, as `docs/threats.md` says."""
    text = LEARNS.read_text().split("### What a page can learn about us")[1].split("###")[0]
    head, _, *body = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    place = head.index(column)
    return {row[0]: {"yes": True, "no": False}[row[place]] for row in body}


def test_what_a_page_can_learn_is_what_we_say_and_what_it_forges_is_only_asked_about(
    server: Server, extension: Path, site: Site, tmp_path: Path
):
    with at_browser(tmp_path / "profile", extension, {HOST: site.port, API: site.port}) as worker:
        worker.agree("prolific")
        page = worker.own_page("popup")
        page.evaluate(ONE_TASK, ATTEMPT)
        page.close()
        without = told(worker, "studies")
        assert "broken" not in without, without["broken"]
        assert without["learns"] == published("badges")
        assert questions(worker) == []
        switch(worker, "tap-prolific", ["prolific", "prolific.ear", "prolific.tap"])
        asked_without = site.asked()
        site.seen.clear()
        tapped = told(worker, "studies")
        assert tapped["works"] == without["works"]
        assert tapped["learns"] == published("badges and tap, Chromium")
        assert set(site.asked()) == set(asked_without)
        assert (
            len(site.asked()) <= ASKED_BY_PROBE
        )  # nothing that the page itself did not ask; two it may give up at once
        forged = told(worker, "submissions")
        assert forged == {"heard": 0, "runtime": "undefined"}
        (question,) = await_questions(worker, 1)
        assert question["paid"] == {"micros": 3_500_000, "currency": "GBP"}
        worker.sync()
        assert {row["revision"] for row in server.rows(STAND)} == {1}
        popup = worker.own_page("popup")
        expect(popup.locator("#proposals .title")).to_have_text("Two faces")
        popup.locator("#proposals .yes").click()
        expect(popup.locator("#proposals")).to_be_hidden()
        popup.close()
        worker.sync()
        assert max(row["revision"] for row in server.rows(STAND)) == 2
        go_quiet(worker)
        quiet = told(worker, "studies")
        assert quiet == {"works": without["works"], "learns": published("beside the page")}
        worker.page.add_init_script(NAIVE)
        naive = told(worker, "studies")["works"]
        assert {name for name in without["works"] if naive[name] != without["works"][name]} >= {"fetch", "errors"}


def go_quiet(worker: Worker) -> None:
    """Pay beside the page: the tap is gone from pages that load now, and the worker learns that open ones still have it."""
    worker.page.goto(f"https://{HOST}/submissions")
    page = worker.own_page("options")
    page.locator("#show-beside").check()
    page.wait_for_function(REGISTERED, arg=["prolific"])
    expect(page.get_by_text("A script still reads along in pages that were open.")).to_be_visible()
    page.reload()
    expect(page.locator("#tap-quiet")).to_be_visible()
    page.close()
    assert "fetch" not in worker.page.evaluate("() => String(fetch)")  # wrapped until it is loaded again


def test_firefox_shows_replies_to_us_and_not_to_the_page(server: Server, site: Site, tmp_path: Path):
    mapped = {"network.dns.localDomains": f"{HOST},{API}", "network.socket.forcePort": f"443={site.port}"}
    built = build(tmp_path / "firefox extension", server.url, "firefox")
    assert not (built / "tap.js").exists()
    install(built, tmp_path / "profile", mapped)
    with at_firefox(tmp_path / "profile") as browser:
        browser.own_page("consent")
        for box in ("ledger", "site-prolific"):
            browser.until(f"document.querySelector('#{box}') !== null")
            browser.click(f"#{box}")
            browser.until(f"document.querySelector('#{box}').checked && document.querySelector('#said').textContent")
        browser.ask(f"({ONE_TASK})({json.dumps(ATTEMPT)})")
        browser.open(f"https://{HOST}/studies")
        without = browser.until("window.found")
        assert "broken" not in without, without["broken"]
        assert without["learns"] == published("badges")
        browser.own_page("options")
        browser.until("document.querySelector('#tap-prolific') !== null")
        browser.click("#tap-prolific")
        browser.until("browser.scripting.getRegisteredContentScripts().then((all) => all.length === 2)")
        browser.until("document.querySelector('#tap-said').textContent")
        site.seen.clear()
        browser.open(f"https://{HOST}/studies")
        tapped = browser.until("window.found")
        assert tapped == {"works": without["works"], "learns": published("badges and tap, Firefox")}
        assert len(site.asked()) <= ASKED_BY_PROBE
        browser.open(f"https://{HOST}/submissions")
        assert browser.until("window.found") == {"heard": 0, "runtime": "undefined"}
        browser.own_page("popup")
        browser.until("document.querySelector('#proposals .title')?.textContent === 'Two faces'")
        browser.own_page("options")
        browser.until("document.querySelector('#show-beside') !== null")
        browser.click("#show-beside")
        browser.until("browser.scripting.getRegisteredContentScripts().then((all) => all.length === 1)")
        browser.open(f"https://{HOST}/studies")
        assert browser.until("window.found") == {"works": without["works"], "learns": published("beside the page")}
