"""Everything the worker meets can be read by a screen reader and worked by keyboard alone, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe import found
from building import build
from playwright.sync_api import Page, expect
from pretend_site import serve
from server import free_port
from worker import Worker, at_browser

HOST = "app.prolific.com"
ROW = "li[data-testid='study-65a000000000000000000001']"
PAGES = ("consent", "options", "outbox", "ledger", "popup", "side")
REACHABLE = """() => {
    const shown = (one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0;
    const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
    const grouped = (one) => one.type === "radio" && !one.checked;
    return all.filter((one) => shown(one) && !grouped(one)).map((one, place) => {
        one.dataset.place = String(place);
        return `${one.tagName} ${one.id || one.textContent.trim().slice(0, 40)}`;
    });
}"""


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Somebody who did one task while our server was away: there is something on every page."""
    tmp_path = tmp_path_factory.mktemp("accessible")
    site, running = serve("prolific", tmp_path)
    extension = build(tmp_path / "extension", f"http://127.0.0.1:{free_port()}")
    with at_browser(tmp_path / "profile", extension, {HOST: site.port}) as made:
        made.agree("prolific")
        made.page.goto(f"https://{HOST}/studies")
        made.page.get_by_text("How people read short news").click()
        made.page.locator("[data-testid='reserve']").click()
        made.work_for(2)
        made.page.locator("[data-testid='complete-button']").click()
        expect(made.page).to_have_url(f"https://{HOST}/submissions/complete?cc=EXAMPLE0")
        yield made
    running.shutdown()
    running.server_close()


def settled(worker: Worker, name: str) -> Page:
    """One of our pages, once it shows what it has to show."""
    page = worker.own_page(name)
    expect(page.locator("main h1, main .card, main .brand").first).to_be_visible()
    page.wait_for_timeout(400)
    return page


def test_axe_finds_nothing_on_any_page_of_ours_in_light_and_dark(worker: Worker):
    findings: dict[str, list[str]] = {}
    for name in PAGES:
        page = settled(worker, name)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            findings[f"{name}, {scheme}"] = found(page)
        page.close()
    assert {page: words for page, words in findings.items() if words} == {}


def test_axe_finds_nothing_on_the_explained_badge_and_the_keyboard_opens_and_closes_it(worker: Worker):
    page = worker.page
    page.goto(f"https://{HOST}/studies")
    worker.expect_badge(ROW, "")
    pill = worker.badge_in(ROW)
    card = page.locator(ROW).locator("css=.card")
    pill.focus()
    expect(card).to_be_visible()
    page.locator(ROW).evaluate(
        "(row) => { [...row.querySelectorAll('*')].find((one) => one.shadowRoot).id = 'the-badge'; }"
    )
    assert found(page, "#the-badge") == []
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.keyboard.press("Enter")
    expect(card).to_be_visible()


def test_every_control_is_reached_with_the_tab_key_and_shows_where_it_is(worker: Worker):
    missed: dict[str, list[str]] = {}
    for name in PAGES:
        page = settled(worker, name)
        controls = page.evaluate(REACHABLE)
        assert controls, name
        reached = set()
        for _ in range(2 * len(controls) + 10):  # a time has several fields
            page.keyboard.press("Tab")
            at = page.evaluate(
                """() => {
                    const one = document.activeElement;
                    const style = getComputedStyle(one);
                    return [one.dataset.place ?? null, style.outlineStyle !== "none" && style.outlineWidth !== "0px"];
                }"""
            )
            if at[0] is not None:
                assert at[1], f"{name}: focus on {controls[int(at[0])]} cannot be seen"
                reached.add(int(at[0]))
        missed[name] = [control for place, control in enumerate(controls) if place not in reached]
        page.close()
    assert {name: controls for name, controls in missed.items() if controls} == {}


def test_an_item_is_looked_at_and_deleted_by_keyboard_alone(worker: Worker):
    page = settled(worker, "outbox")
    item = page.locator("#items > li").first
    expect(item).to_have_count(1)
    item.locator("summary").focus()
    page.keyboard.press("Enter")
    assert '"outcome": "submitted"' in item.locator("pre").inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#items")).to_have_count(0)
    expect(page.locator("#said")).not_to_be_empty()
    assert worker.today()["waiting"] == 0
