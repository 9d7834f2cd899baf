"""What is measured by focus, in a Firefox with a window: time in front, in the task's own tabs, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from building import build
from firefox import Firefox, at_firefox, install
from pretend_site import serve
from real_focus import display
from test_real_focus import STUDY

SLACK_SECONDS = 3.0  # beats and messages of a busy machine
SPELL_SECONDS = 10
OPEN = "browser.runtime.sendMessage({ kind: 'today' }).then(({ value }) => value.open)"


@dataclass
class Desk:
    """A worker at a Firefox with the focus of its display; `own` is a page of ours, which is only asked."""

    browser: Firefox
    display: str
    own: str

    def touch(self, *keys: str) -> None:
        subprocess.run(["xdotool", "key", *keys], env={**os.environ, "DISPLAY": self.display}, check=True)

    def work(self, seconds: float) -> None:
        """Touches a key every second: the system is in use, and so is the page in front."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.touch("shift")
            time.sleep(min(1.0, max(0.0, deadline - time.monotonic())))

    def focus(self, *, newest: bool = False) -> None:
        """Gives the focus of the system to the browser's first window, or to the one that opened last."""
        environment = {**os.environ, "DISPLAY": self.display}
        search = ["xdotool", "search", "--onlyvisible", "--class", "firefox"]
        deadline = time.monotonic() + 20
        windows: list[str] = []
        while len(windows) < 1 + newest and time.monotonic() < deadline:
            found = subprocess.run(search, env=environment, capture_output=True, text=True, check=False)
            windows = sorted(found.stdout.split(), key=int)
            time.sleep(0.2)
        window = windows[-1 if newest else 0]
        subprocess.run(["xdotool", "windowfocus", "--sync", window], env=environment, check=True, timeout=20)

    def active_seconds(self) -> float:
        """The time of the open task, as the popup says it."""
        front, self.browser.tab = self.browser.tab, self.own
        attempts = self.browser.ask(OPEN)
        self.browser.tab = front
        return float(attempts[0]["active_seconds"]) if attempts else 0.0

    def gained(self, seconds: float, study: str) -> float:
        """How much a spell of work in front added, once the study's page is in front again."""
        before = self.active_seconds()
        self.work(seconds)
        self.focus()
        self.browser.look_at(study)
        self.work(1)
        return self.active_seconds() - before


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    site, prolific = serve("prolific", tmp_path)
    built = build(tmp_path / "extension", "http://127.0.0.1:9", "firefox")
    hosts = "app.prolific.com,survey.example"  # both answered by the one site
    mapped = {"network.dns.localDomains": hosts, "network.socket.forcePort": f"443={site.port}"}
    # What a remote agent recommends makes every window think that it has the focus.
    mapped |= {"remote.prefs.recommended": False, "focusmanager.testmode": False}
    install(built, tmp_path / "profile", mapped)
    with display() as name, at_firefox(tmp_path / "profile", name) as browser:
        browser.own_page("consent")
        for box in ("ledger", "site-prolific"):
            browser.until(f"document.querySelector('#{box}') !== null")
            browser.click(f"#{box}")
            browser.until(f"document.querySelector('#{box}').checked && document.querySelector('#said').textContent")
        browser.until("browser.scripting.getRegisteredContentScripts().then(({ length }) => length === 1)")
        made = Desk(browser, name, browser.tab)
        made.focus()
        yield made
    prolific.shutdown()
    prolific.server_close()


def test_a_study_is_timed_in_front_and_in_its_survey_and_neither_on_another_site_nor_without_the_focus(desk: Desk):
    browser = desk.browser
    browser.open(STUDY)
    study = browser.tab
    deadline = time.monotonic() + 20
    while desk.active_seconds() == 0 and time.monotonic() < deadline:
        desk.work(1)
    assert browser.ask("document.hasFocus()")
    in_front = desk.gained(SPELL_SECONDS, study)
    assert SPELL_SECONDS - SLACK_SECONDS <= in_front <= SPELL_SECONDS + 1 + SLACK_SECONDS
    browser.click("[data-testid='dialog-start-study']")
    browser.look_at(browser.find("survey.example"))
    in_survey = desk.gained(SPELL_SECONDS, study)
    assert SPELL_SECONDS - SLACK_SECONDS <= in_survey <= SPELL_SECONDS + 1 + SLACK_SECONDS
    browser.open("about:blank")
    assert desk.gained(SPELL_SECONDS, study) <= 1 + SLACK_SECONDS
    browser.tell("browsingContext.create", type="window")
    desk.focus(newest=True)  # the study stays in front of its own window, which has not the focus
    browser.until("!document.hasFocus()")
    assert desk.gained(SPELL_SECONDS, study) <= 1 + SLACK_SECONDS
    browser.until("document.hasFocus()")
