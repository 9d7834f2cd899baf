"""What is measured by focus, in a browser whose focus is real: time in front, in the task's own tabs, and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from building import build
from pretend_site import on_loopback, serve
from real_focus import Desk, Tab, at_desk

STUDY = "https://app.prolific.com/studies/65a000000000000000000001?reserved=1"
SLACK_SECONDS = 2.0  # beats and messages of a busy machine


class Other(BaseHTTPRequestHandler):
    """A survey, or any other site."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>elsewhere</title><p>Elsewhere"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def id_of(extension: Path) -> str:
    """The id that Chromium makes of the manifest's key."""
    key = json.loads((extension / "manifest.json").read_text())["key"]
    digits = hashlib.sha256(base64.b64decode(key)).hexdigest()[:32]
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digits)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("focus")
    extension = build(folder / "extension", "http://127.0.0.1:9")
    site, prolific = serve("prolific", folder)
    other = on_loopback(Other, folder)
    hosts = {"app.prolific.com": site.port, "survey.example": other.server_address[1]}
    hosts["unrelated.example"] = hosts["survey.example"]
    with at_desk(folder / "profile", extension, id_of(extension), hosts) as made:
        made.agree("prolific")
        yield made
    for server in (prolific, other):
        server.shutdown()
        server.server_close()


@pytest.fixture
def study(desk: Desk) -> Iterator[Tab]:
    """A reserved study in front, being timed."""
    tab = desk.tab(STUDY)
    tab.front()
    deadline = time.monotonic() + 20
    while desk.active_seconds() == 0 and time.monotonic() < deadline:
        desk.work(1)
    assert desk.active_seconds() > 0
    yield tab
    tab.line.ask("Target.closeTarget", targetId=tab.target)
    desk.own.evaluate("chrome.runtime.sendMessage({ kind: 'wipe' })")


def gained(desk: Desk, study: Tab, seconds: float) -> float:
    """How much a spell of work in the tab in front added, once the study's page is in front again."""
    before = desk.active_seconds()
    desk.work(seconds)
    study.front()
    desk.work(1)
    return desk.active_seconds() - before


def test_the_page_in_front_is_the_only_one_with_the_focus(desk, study):
    assert study.evaluate("document.hasFocus()")
    behind = desk.tab("https://unrelated.example/", is_behind=True)
    assert not behind.evaluate("document.hasFocus()")
    desk.line.ask("Target.closeTarget", targetId=behind.target)


def test_time_in_the_survey_that_the_study_opened_counts_and_on_an_unrelated_site_none(desk, study):
    study.click("[data-testid='dialog-start-study']")
    survey = desk.find("survey.example")
    survey.front()
    assert 8 - SLACK_SECONDS <= gained(desk, study, 8) <= 9 + SLACK_SECONDS
    unrelated = desk.tab("https://unrelated.example/")
    unrelated.front()
    assert gained(desk, study, 8) <= 1 + SLACK_SECONDS
    for tab in (survey, unrelated):
        desk.line.ask("Target.closeTarget", targetId=tab.target)


def test_a_tab_opened_empty_with_a_key_is_not_the_studys(desk, study):
    study.click("[data-testid='dialog-start-study']")
    survey = desk.find("survey.example")
    survey.front()
    desk.work(1)
    desk.touch("ctrl+t")
    assert gained(desk, study, 8) <= 2 + SLACK_SECONDS
    desk.line.ask("Target.closeTarget", targetId=survey.target)


def test_a_page_that_was_open_when_its_site_was_switched_on_again_is_timed_and_stops_when_it_is_off(desk, study):
    desk.switch_off()
    time.sleep(1)
    before = desk.active_seconds()
    desk.work(8)
    assert desk.active_seconds() == before
    desk.agree("prolific")
    desk.work(6)
    assert desk.active_seconds() >= before + 6 - 5 - SLACK_SECONDS


def test_the_real_popup_shows_the_open_task_within_its_600_pixels_and_a_real_click_ends_it(desk, study):
    desk.own.evaluate("chrome.action.openPopup()")
    popup = desk.find("popup.html")
    popup.until("document.querySelector('#open button.returned')?.checkVisibility() === true")
    assert popup.evaluate("innerHeight") <= 600
    assert popup.evaluate("document.querySelector('#open').getBoundingClientRect().bottom") <= 600
    x, y = popup.evaluate(
        "(() => { const box = document.querySelector('#open button.returned').getBoundingClientRect();"
        "return [screenX + box.x + box.width / 2, screenY + box.y + box.height / 2]; })()"
    )
    desk.press(x, y)
    deadline = time.monotonic() + 20
    while desk.active_seconds() > 0 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert desk.active_seconds() == 0
    desk.touch("Escape")
