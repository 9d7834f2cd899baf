"""The first minute: from the install to the first badge, by real clicks, in a browser that asks as it does at home."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from building import build
from pretend_site import serve
from real_focus import Desk, Tab, at_desk
from server import Server
from test_real_focus import id_of

MOST_CLICKS = 5
PROLIFIC = "https://app.prolific.com/studies"
# Shadow roots are closed in this build: a badge is an element that the page did not put there.
PROLIFIC_BADGE = "document.querySelector(\"[data-testid='study-tag-reward'] > span\") !== null"
PRACTICE_BADGE = "document.querySelector('#listing > li.task .reward > span') !== null"


@dataclass
class FirstPage:
    """The page that opened by itself, and every click that the worker made."""

    desk: Desk
    tab: Tab
    clicks: list[str] = field(default_factory=list)

    def click(self, box: str) -> None:
        self.clicks.append(box)
        self.tab.evaluate(f"document.querySelector('#{box}').scrollIntoView({{ block: 'center' }})")
        self.tab.click(f"#{box}")

    def switch_on(self, box: str) -> None:
        self.click(box)
        self.tab.until(
            f"document.querySelector('#{box}').checked && document.querySelector('#said').textContent !== ''"
        )

    def answer_browser(self, *, allow: bool) -> None:
        """In the browser's own dialog the safe answer has the focus; the next one is "Allow"."""
        self.clicks.append("Allow" if allow else "Deny")
        time.sleep(1)  # the dialog takes no key in its first half second
        self.desk.touch(*(["Tab"] if allow else []), "Return")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Server, dict[str, int]]]:
    """The build that workers get, a server with the practice platform, and Prolific's pages."""
    folder = tmp_path_factory.mktemp("first run")
    server = Server(folder)
    server.turn(datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    server.start()
    extension = build(folder / "extension", server.url, is_test=False)
    site, prolific = serve("prolific", folder)
    yield extension, server, {"app.prolific.com": site.port}
    prolific.shutdown()
    prolific.server_close()
    server.stop()


@pytest.fixture
def first(made: tuple[Path, Server, dict[str, int]], tmp_path: Path) -> Iterator[FirstPage]:
    extension, _, hosts = made
    with at_desk(tmp_path / "profile", extension, id_of(extension), hosts) as desk:
        tab = desk.find("consent.html")
        tab.until("document.querySelector('#site-prolific') !== null")
        tab.front()
        yield FirstPage(desk, tab)


def test_five_clicks_lead_from_the_install_to_a_badge_on_prolific(first: FirstPage):
    first.click("show-page")
    first.switch_on("ledger")
    first.switch_on("sharing")
    first.click("site-prolific")
    first.answer_browser(allow=True)
    first.tab.until("chrome.permissions.contains({ origins: ['https://app.prolific.com/*'] })")
    listing = first.desk.tab(PROLIFIC)
    listing.front()
    listing.until(PROLIFIC_BADGE)
    assert len(first.clicks) <= MOST_CLICKS


def test_the_practice_platform_asks_for_no_permission_and_needs_fewer(
    first: FirstPage, made: tuple[Path, Server, dict[str, int]]
):
    first.click("show-page")
    first.switch_on("ledger")
    first.switch_on("sharing")
    first.switch_on("site-practice")
    listing = first.desk.tab(f"{made[1].url}/practice")
    listing.front()
    listing.until(PRACTICE_BADGE)
    assert len(first.clicks) < MOST_CLICKS


def test_beside_the_page_nothing_is_put_into_it_and_a_site_that_the_browser_refuses_stays_off(
    first: FirstPage, made: tuple[Path, Server, dict[str, int]]
):
    first.click("show-beside")
    first.click("site-prolific")
    first.answer_browser(allow=False)
    first.tab.until("document.querySelector('#said').textContent.includes('does not let us')")
    assert not first.tab.evaluate("document.querySelector('#site-prolific').checked")
    first.switch_on("site-practice")
    listing = first.desk.tab(f"{made[1].url}/practice")
    listing.front()
    side = first.desk.tab(f"chrome-extension://{first.desk.extension_id}/side.html", is_behind=True)
    side.until("document.querySelectorAll('li').length > 0")
    assert not listing.evaluate(PRACTICE_BADGE)
