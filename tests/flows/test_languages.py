"""The worker's language on every page: Arabic from right to left, nothing cut off, nothing left in English."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from building import PACKAGE, build
from playwright.sync_api import Page, expect
from pretend_site import serve
from server import free_port
from worker import Worker, at_browser

HOST = "app.prolific.com"
ROW = "li[data-testid='study-65a000000000000000000001']"
PAGES = ("consent", "options", "outbox", "ledger", "popup", "side")
EVERY = ("es", "fil", "fr", "hi", "pt_BR", "sw")
LONGEST = EVERY if os.environ.get("TASKWAGE_EVERY_LANGUAGE") else ("fr",)  # the longest sentences of all
CUT_OFF = """() => [...document.querySelectorAll("h1, h2, p, a, button, strong, span, dt, dd, li, label, select, th, td")]
    .filter((one) => one.checkVisibility() && !one.closest("pre, .title"))
    .filter((one) => getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1)
    .map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 60)}`)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
WORDS = """() => [...document.querySelectorAll("body *")]
    .flatMap((one) => [...one.childNodes].filter((node) => node.nodeType === 3 && !one.closest("script, style, pre, select")))
    .map((node) => node.textContent.trim()).filter((words) => words !== "")"""


def sentences(language: str) -> dict[str, str]:
    catalogue = json.loads((PACKAGE / "_locales" / language / "messages.json").read_text())
    return {key: entry["message"] for key, entry in catalogue.items()}


def in_english(words: list[str], language: str) -> list[str]:
    """What stands on a page word for word as in the English catalogue, and is said otherwise in `language`."""
    own = set(sentences(language).values())
    english = {sentence for sentence in sentences("en").values() if "$" not in sentence} - own
    return [one for one in words if one in english]


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("languages") / "extension", f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def arabic(extension: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """A worker whose browser speaks Arabic."""
    monkeypatch.setenv("LANGUAGE", "ar")
    site, running = serve("prolific", tmp_path)
    with at_browser(tmp_path / "profile", extension, {HOST: site.port}) as worker:
        yield worker
    running.shutdown()
    running.server_close()


def shown(worker: Worker, name: str) -> Page:
    page = worker.own_page(name)
    expect(page.locator("main h1").first).to_be_visible()
    page.wait_for_timeout(400)
    return page


def test_arabic_runs_from_right_to_left_on_every_page_and_in_the_badge(arabic: Worker):
    arabic.agree("prolific")
    for name in PAGES:
        page = shown(arabic, name)
        page.set_viewport_size({"width": 380, "height": 800})
        assert page.evaluate("() => [document.documentElement.dir, document.documentElement.lang]") == ["rtl", "ar"]
        assert page.evaluate("() => getComputedStyle(document.body).direction") == "rtl", name
        assert page.evaluate(SIDEWAYS) <= 0, name
        assert page.evaluate(CUT_OFF) == [], name
        assert in_english(page.evaluate(WORDS), "ar") == [], name
        page.close()
    heading = shown(arabic, "options").locator("h1")
    box = heading.evaluate(
        """(one) => {
            const range = document.createRange();
            range.selectNodeContents(one);
            const words = range.getBoundingClientRect();
            return [one.getBoundingClientRect().right - words.right, words.left - one.getBoundingClientRect().left];
        }"""
    )
    assert box[0] < 2 < box[1]  # it begins at the right edge
    arabic.page.goto(f"https://{HOST}/studies")
    arabic.expect_badge(ROW, sentences("ar")["badge_no_data"])
    assert arabic.badge_in(ROW).evaluate("(pill) => getComputedStyle(pill).direction") == "rtl"


@pytest.mark.parametrize("language", LONGEST)
def test_long_words_and_tall_letters_fit_on_a_small_screen(
    language: str, extension: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LANGUAGE", language)
    with at_browser(tmp_path / "profile", extension) as worker:
        for name in PAGES:
            page = shown(worker, name)
            page.set_viewport_size({"width": 380, "height": 800})
            assert page.evaluate("() => chrome.i18n.getMessage('page_options')") == sentences(language)["page_options"]
            assert page.evaluate(SIDEWAYS) <= 0, name
            assert page.evaluate(CUT_OFF) == [], name
            assert in_english(page.evaluate(WORDS), language) == [], name
            page.close()
