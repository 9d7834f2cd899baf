"""The same extension in a real Firefox: consent, capture, badge, popup, and nothing lost when the browser is killed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from building import build
from firefox import Firefox, at_firefox, install
from server import Server
from worker import KEPT_SECONDS

from api.intake import declarations

COUNT = "SELECT count(*) AS rows, count(DISTINCT id) AS attempts FROM intake.observations"


@pytest.fixture
def profile(tmp_path: Path, server: Server) -> Path:
    """A Firefox profile with the extension in it, built for `server`."""
    made = tmp_path / "profile"
    built = build(tmp_path / "firefox extension", server.url, "firefox")
    (tmp_path / "downloads").mkdir()
    install(built, made, {"browser.download.folderList": 2, "browser.download.dir": str(tmp_path / "downloads")})
    return made


def agree(browser: Firefox, *platforms: str) -> None:
    """Both switches and the sites, by real clicks."""
    browser.own_page("consent")
    for box in ("ledger", "sharing", *(f"site-{slug}" for slug in platforms)):
        browser.until(f"document.querySelector('#{box}') !== null")
        browser.click(f"#{box}")
        browser.until(f"document.querySelector('#{box}').checked && document.querySelector('#said').textContent")
        time.sleep(0.3)


def message(browser: Firefox, words: str) -> dict[str, object]:
    """What the background answers to a page of ours."""
    answer: dict[str, object] = browser.ask(f"browser.runtime.sendMessage({words}).then((reply) => reply.value)")
    return answer


def come_true(told: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if told():
            return True
        time.sleep(0.3)
    return False


def claim(browser: Firefox, server: Server) -> None:
    browser.open(f"{server.url}/practice")
    browser.until("document.querySelector('#listing > li.task span[data-taskwage], #listing > li.task') !== null")
    browser.click("#listing > li.task:nth-child(1) form.claim button")
    browser.until("document.querySelector('#answer') !== null")


def test_a_task_is_timed_shared_shown_and_exported_in_firefox(server: Server, profile: Path, tmp_path: Path):
    with at_firefox(profile) as browser:
        agree(browser, "practice")
        data = browser.ask("browser.permissions.getAll().then((all) => all.data_collection)")
        assert set(declarations.declared()) <= set(data)
        browser.open(f"{server.url}/practice")
        pill = "document.querySelector('#listing > li.task').querySelectorAll('*')"
        browser.until(f"[...{pill}].some((one) => one.shadowRoot?.textContent.includes('no data yet'))")
        claim(browser, server)
        browser.work_for(4)
        browser.click("#answer input")
        browser.click("#answer button")
        browser.until("document.querySelector('#submitted') !== null")
        assert come_true(lambda: server.rows(COUNT) == [{"rows": 1, "attempts": 1}])
        browser.own_page("popup")
        browser.until("document.querySelector('#tasks')?.textContent === '1'")
        assert "on the server" in browser.ask("document.querySelector('#waiting').textContent")
        browser.own_page("ledger")
        browser.until("document.querySelectorAll('#records > li').length === 1")
        browser.click("#data-json")
        downloads = tmp_path / "downloads"
        assert come_true(lambda: [path.suffix for path in downloads.iterdir()] == [".json"])
        (file,) = downloads.iterdir()
        assert json.loads(file.read_text())["records"][0]["outcome"] == "submitted"
        browser.ask("browser.permissions.remove({ data_collection: ['websiteContent', 'locationInfo'] })")
        sharing = "browser.runtime.sendMessage({ kind: 'today' }).then(({ value }) => value.consent.sharing)"
        browser.until(f"{sharing}.then((on) => !on)")  # what the browser takes back, the switch follows


def test_what_was_timed_when_firefox_was_killed_is_there_when_it_starts_again(server: Server, profile: Path):
    with at_firefox(profile) as browser:
        agree(browser, "practice")
        claim(browser, server)
        browser.work_for(4)
        server.kill()
        browser.click("#answer input")
        browser.own_page("popup")
        timed = browser.until("browser.runtime.sendMessage({ kind: 'today' }).then(({ value }) => value.open[0])")
        assert timed["active_seconds"] >= 2
        browser.until(f"({KEPT_SECONDS})().then((seconds) => seconds >= {timed['active_seconds']})")
        browser.kill()
    server.start()
    with at_firefox(profile) as browser:
        browser.own_page("popup")
        kept = browser.until("browser.runtime.sendMessage({ kind: 'today' }).then(({ value }) => value.open[0])")
        assert kept["title"] == timed["title"]
        assert kept["active_seconds"] >= timed["active_seconds"]
        assert message(browser, "{ kind: 'today' }")["consent"] == {"ledger": True, "sharing": True}
