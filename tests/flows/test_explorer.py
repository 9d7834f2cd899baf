"""The explorer and the report in a real browser: every page, in three languages, on a phone and without a script."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe import found
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright
from server import Server

from api.http.pages.language import Language
from tests.api.http.pages.hand_made import HOSTILE, PLATFORM, four_releases

CLIENT = f"/clients/{PLATFORM}/c-1"
PAGES = {
    "/": ("What an hour of microtask work", "Lo que de verdad paga", "ما الذي تدفعه فعلًا"),
    "/search?q=c": ("Search", "Buscar", "ابحث"),
    f"/platforms/{PLATFORM}": ("Practice", "Practice", "Practice"),
    f"{CLIENT}?floor=7.25": (HOSTILE, HOSTILE, HOSTILE),
    "/countries": ("Pay by country", "Pago por país", "الأجر بحسب البلد"),
    "/compare": ("Compare", "Comparar", "قارن"),
    "/releases": ("Releases", "Publicaciones", "الإصدارات"),
    "/changes": ("What changed", "Qué cambió", "ما الذي تغيّر"),
    "/tables": ("Tables", "Tablas", "الجداول"),
    "/tables/client_rates": ("client_rates", "client_rates", "client_rates"),
    "/method": ("How a number is made", "Cómo se hace un número", "كيف يُصنَع رقم"),
    "/privacy": ("Privacy", "Privacidad", "الخصوصية"),
}
LANGUAGES = ("en", "es", "ar")
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1100, "height": 900}
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
DRAWINGS = """() => [...document.querySelectorAll("figure")].map((figure) => {
    const svg = [...figure.querySelectorAll("svg")].find((one) => one.checkVisibility());
    if (!svg) return { name: figure.id, drawn: 0, cut: ["no drawing"] };
    const box = svg.getBoundingClientRect();
    const marks = [...svg.querySelectorAll("path, rect, line")].filter((one) => {
        const own = one.getBoundingClientRect();
        const paint = getComputedStyle(one);
        return own.width + own.height > 3 && (paint.fill !== "none" || paint.stroke !== "none");
    });
    const cut = [...svg.querySelectorAll("text")].filter((one) => {
        const own = one.getBoundingClientRect();
        return own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 2 || own.bottom > box.bottom + 2;
    }).map((one) => one.textContent);
    const least = Math.min(...[...svg.querySelectorAll("text")].map((one) => one.getBoundingClientRect().height));
    return { name: figure.id, drawn: marks.length, cut, least, width: box.width, page: document.documentElement.clientWidth };
})"""


@dataclass
class Watched:
    """A page whose every request and complaint is noted."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, context: BrowserContext) -> Watched:
        made = cls(context.new_page())
        made.page.on("console", lambda said: made.complaints.append(said.text))
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        made.page.on("request", lambda request: made.requests.append(request.url))
        return made


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A whole server with four releases."""
    made = Server(tmp_path_factory.mktemp("explorer"))
    four_releases(made.data / "releases")
    made.turn(datetime(2026, 11, 23, 12, tzinfo=UTC))
    made.start()
    yield made.url
    made.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium")
        yield browser
        browser.close()


def is_right(page: Page, address: str, language: str) -> list[str]:
    """What is wrong with a page that is open, in words."""
    wrong = []
    heading = page.locator("h1").inner_text()
    if PAGES[address][LANGUAGES.index(language)] not in heading:
        wrong.append(f"heading {heading!r}")
    if page.evaluate(SIDEWAYS) > 0:
        wrong.append("goes sideways")
    return wrong + [
        f"drawing {one}"
        for one in page.evaluate(DRAWINGS)
        if one["drawn"] < 2 or one["cut"] or one["least"] < 11 or one["width"] > one["page"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole_on_a_phone_and_on_a_desk_and_asks_nobody_else(
    site: str, chromium: Browser, language: str
) -> None:
    with chromium.new_context(locale=language, viewport=PHONE) as context:  # type: ignore[arg-type]
        watched = Watched.of(context)
        wrong: dict[str, list[str]] = {}
        for address in PAGES:
            watched.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            watched.page.goto(site + address)
            assert watched.page.evaluate("() => document.documentElement.lang") == language
            wrong[f"{address} on a phone"] = is_right(watched.page, address, language)
            wrong[f"{address} for axe"] = found(watched.page)
            watched.page.set_viewport_size(DESK)  # type: ignore[arg-type]
            wrong[f"{address} on a desk"] = is_right(watched.page, address, language)
        assert {where: words for where, words in wrong.items() if words} == {}
        assert watched.complaints == []
        assert {url for url in watched.requests if not url.startswith(site + "/")} == set()
        direction = "rtl" if language == "ar" else "ltr"
        assert watched.page.evaluate("() => getComputedStyle(document.body).direction") == direction


def test_dark_pages_are_legible_and_their_charts_change_with_them(site: str, chromium: Browser) -> None:
    with chromium.new_context(color_scheme="dark", viewport=DESK) as context:  # type: ignore[arg-type]
        page = context.new_page()
        paint = """() => getComputedStyle(document.querySelector(".for-wide svg text")).fill"""
        for address in (f"/platforms/{PLATFORM}", f"{CLIENT}?floor=7.25", "/changes"):
            page.goto(site + address)
            assert found(page) == []
        page.goto(f"{site}/platforms/{PLATFORM}")
        dark = page.evaluate(paint)
        page.emulate_media(color_scheme="light")
        assert page.evaluate(paint) != dark


def test_search_and_floor_work_without_a_script(site: str, chromium: Browser) -> None:
    with chromium.new_context(java_script_enabled=False, viewport=PHONE, locale="es") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{site}/?lang=en")
        page.get_by_label("Search for a client or task").fill("Sons")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Sons").first.click()
        assert page.url == f"{site}{CLIENT}?lang=en"
        page.get_by_label("Your floor, an hour").fill("7,25")
        page.get_by_role("button", name="Show").click()
        assert page.get_by_text("Around your floor of $7.25").is_visible()
        page.get_by_text("The same as a table").first.click()
        assert page.get_by_role("region", name="Beside its platform").is_visible()
        page.get_by_role("link", name="العربية").click()
        assert "floor=7.25+USD" in page.url
        assert page.locator("html").get_attribute("dir") == "rtl"


@pytest.mark.parametrize("language", LANGUAGES)
def test_five_questions_are_answered_in_three_steps_by_keyboard_on_a_phone(
    site: str, chromium: Browser, language: str
) -> None:
    says = Language(language)
    with chromium.new_context(java_script_enabled=False, viewport=PHONE, locale=language) as context:  # type: ignore[arg-type]
        page = context.new_page()

        def enter(link: Locator) -> None:
            link.focus()
            page.keyboard.press("Enter")
            page.wait_for_load_state()

        page.goto(site)  # does this client pay 75 pesos an hour?
        page.locator("#q").fill("Sons")
        enter(page.get_by_role("button", name=says.say("Search")))
        enter(page.locator(f'main a[href="{CLIENT}"]').first)
        page.locator("#floor").fill("75 PHP")
        enter(page.get_by_role("button", name=says.say("Show")))
        above = says.say("Above your floor of %(floor)s: the whole interval lies over it.", floor="|").split("|")[0]
        assert above.strip() in page.locator(".verdict").first.inner_text()
        assert "50+" in page.locator("dl.facts").first.inner_text()  # how many people?
        assert (
            len(re.findall(r"[0-9a-f]{64}", page.locator("section.cite > p").first.inner_text())) == 1
        )  # what to cite?

        page.goto(site)  # which platform has the most unpaid time?
        enter(page.get_by_role("link", name=says.say("Compare"), exact=True).first)
        enter(page.get_by_role("link", name=says.say("Unpaid minutes")))
        assert "Practice" in page.locator("main strong").first.inner_text()
        assert "26" in page.locator("main strong").first.inner_text()

        page.goto(site)  # did pay fall in the last month?
        enter(page.get_by_role("link", name=says.say("Changes"), exact=True).first)
        assert says.say("Too few clients to compare.") in page.locator("table").first.inner_text()
        assert page.evaluate(SIDEWAYS) <= 0


def test_every_chart_has_a_name_words_and_a_table(site: str, chromium: Browser) -> None:
    with chromium.new_context(viewport=DESK) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{site}/platforms/{PLATFORM}")
        figures = page.locator("figure")
        assert figures.count() >= 10
        for figure in figures.all():
            title = figure.locator("figcaption").inner_text()
            assert page.get_by_role("img", name=title).first.is_visible()
            figure.locator("summary").click()
            assert figure.locator("tbody tr").count() >= 2


def test_a_report_opens_prints_and_needs_nothing(chromium: Browser, tmp_path: Path) -> None:
    four_releases(tmp_path / "releases")
    path = tmp_path / "report.html"
    command = [sys.executable, "-m", "analytics", "report", "--data", str(tmp_path), "--out", str(path)]
    subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[2])
    with chromium.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        watched = Watched.of(context)
        watched.page.goto(path.as_uri())
        for size in (PHONE, DESK):
            watched.page.set_viewport_size(size)  # type: ignore[arg-type]
            assert watched.page.evaluate(SIDEWAYS) <= 0
            drawings = [one for one in watched.page.evaluate(DRAWINGS) if one["cut"] != ["no drawing"]]
            assert len(drawings) >= 8
            assert [one for one in drawings if one["drawn"] < 2 or one["cut"] or one["least"] < 11] == []
        printed = watched.page.pdf(prefer_css_page_size=True)
        assert 4 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 30
        assert watched.complaints == []
        assert watched.requests == [path.as_uri()]
    with chromium.new_context(viewport=DESK, bypass_csp=True) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(path.as_uri())
        assert found(page) == []
