"""A new version of the extension over the old one, while the worker's pages are open."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from building import build
from firefox import at_firefox, install
from pretend_site import serve
from real_focus import Desk, Tab, at_desk
from test_real_focus import id_of

STUDY = "https://app.prolific.com/studies/65a000000000000000000001?reserved=1"
LISTING = "https://app.prolific.com/studies"
OPEN = "(await chrome.runtime.sendMessage({ kind: 'today' })).value.open"
BADGES = "[...document.querySelectorAll(\"li[data-testid^='study-']\")].map((row) => [...row.querySelectorAll('*')]"
BADGES += ".filter((one) => one.shadowRoot !== null).length)"
NEWER = "9.9.9"
SLACK_SECONDS = 2.0


@pytest.fixture
def extension(tmp_path: Path) -> Path:
    return build(tmp_path / "extension", "http://127.0.0.1:9")


@pytest.fixture
def desk(extension: Path, tmp_path: Path) -> Iterator[Desk]:
    site, prolific = serve("prolific", tmp_path)
    with at_desk(tmp_path / "profile", extension, id_of(extension), {"app.prolific.com": site.port}) as made:
        made.agree("prolific")
        yield made
    prolific.shutdown()
    prolific.server_close()


def update(desk: Desk, extension: Path) -> None:
    """Puts a newer version over the files, has the browser take it, and opens a page of the newer one."""
    path = extension / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": NEWER}))
    manager = desk.tab("chrome://extensions/", is_behind=True)  # only a developer's browser takes an unpacked one again
    manager.evaluate("await chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true })")
    manager.evaluate(f"await chrome.developerPrivate.reload('{desk.extension_id}', {{ failQuietly: true }})")
    desk.line.ask("Target.closeTarget", targetId=manager.target)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        time.sleep(0.5)
        tab = desk.tab(f"chrome-extension://{desk.extension_id}/outbox.html", is_behind=True)
        if tab.evaluate("globalThis.chrome?.runtime?.getManifest?.().version ?? null") == NEWER:
            desk.own = tab
            return
        desk.line.ask("Target.closeTarget", targetId=tab.target)
    raise AssertionError("the newer version never came")


def attempts(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.own.evaluate(OPEN)
    return found


def awaited(desk: Desk, tab: Tab, expression: str, wanted: object) -> None:
    deadline = time.monotonic() + 20
    while (found := tab.evaluate(expression)) != wanted and time.monotonic() < deadline:
        desk.work(1)
    assert found == wanted


def test_open_pages_go_on_under_a_newer_version_with_one_guard_and_no_lost_claim(desk: Desk, extension: Path):
    listing = desk.tab(LISTING)
    listing.front()
    desk.work(2)
    rows = listing.evaluate(BADGES)
    awaited(desk, listing, BADGES, [1] * len(rows))
    study = desk.tab(STUDY)
    study.front()
    deadline = time.monotonic() + 20
    while desk.active_seconds() == 0 and time.monotonic() < deadline:
        desk.work(1)
    (claim,) = attempts(desk)
    before = desk.active_seconds()
    assert before > 0
    update(desk, extension)
    study.front()
    desk.work(12)
    (after,) = attempts(desk)
    assert after["attempt"] == claim["attempt"]
    gained = desk.active_seconds() - before
    assert 12 - 5 - SLACK_SECONDS <= gained <= 20 + SLACK_SECONDS
    listing.front()
    awaited(desk, listing, BADGES, [1] * len(rows))
    study.front()
    study.click("[data-testid='complete-button']")
    awaited(desk, desk.own, f"({OPEN}).length", 0)
    assert desk.own.evaluate("(await chrome.runtime.sendMessage({ kind: 'today' })).value.figures.tasks") == 1


TASKS = "browser.runtime.sendMessage({ kind: 'today' }).then(({ value }) => value)"


def test_an_open_page_goes_on_under_a_newer_version_in_firefox(tmp_path: Path):
    site, prolific = serve("prolific", tmp_path)
    built = build(tmp_path / "extension", "http://127.0.0.1:9", "firefox")
    mapped = {"network.dns.localDomains": "app.prolific.com", "network.socket.forcePort": f"443={site.port}"}
    install(built, tmp_path / "profile", mapped)
    with at_firefox(tmp_path / "profile") as browser:
        browser.own_page("consent")
        for box in ("ledger", "site-prolific"):
            browser.until(f"document.querySelector('#{box}') !== null")
            browser.click(f"#{box}")
            browser.until(f"document.querySelector('#{box}').checked && document.querySelector('#said').textContent")
        browser.until("browser.scripting.getRegisteredContentScripts().then(({ length }) => length === 1)")
        browser.open(STUDY)
        study = browser.tab
        browser.work_for(6)
        browser.own_page("outbox")
        (claim,) = browser.until(f"{TASKS}.then(({{ open }}) => open.length > 0 && open)")
        path = built / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "version": NEWER}))
        browser.tell("webExtension.install", extensionData={"type": "path", "path": str(built)})
        browser.own_page("outbox")
        own = browser.tab
        browser.until(f"browser.runtime.getManifest().version === {json.dumps(NEWER)}")
        browser.look_at(study)
        browser.work_for(12)
        browser.look_at(own)
        (after,) = browser.until(f"{TASKS}.then(({{ open }}) => open.length > 0 && open)")
        assert after["attempt"] == claim["attempt"]
        assert 12 - 5 - SLACK_SECONDS <= after["active_seconds"] - claim["active_seconds"] <= 20 + SLACK_SECONDS
    prolific.shutdown()
    prolific.server_close()
