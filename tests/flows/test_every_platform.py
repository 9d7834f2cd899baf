"""Every pack's pages under their real host names, in a real Chromium: rows, badges, claims, ends; the site notices nothing.

Each walk is gone twice: before the worker switches the site on, and after. The site saw the same requests both times.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from building import build
from playwright.sync_api import Page, expect
from pretend_site import Site, serve
from worker import REGISTERED, Worker, at_browser

from api.packs import load as packs
from api.packs.model import Pack

SITES = {pack.slug: pack for pack in packs.load().values() if pack.pages and pack.slug != "practice"}
TAPPED = [slug for slug, pack in SITES.items() if pack.tap and slug not in {"prolific", "dataannotation"}]
PATIENCE = 15
RECORDS = """async () => {
  const request = indexedDB.open("taskwage");
  const database = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const reading = database.transaction("records").objectStore("records").getAll();
  const records = await new Promise((resolve) => { reading.onsuccess = () => resolve(reading.result); });
  database.close();
  return records;
}"""
SET_TAPS = "async (taps) => chrome.storage.local.set({ taps: { version: 1, value: taps } })"
SCRIPTS = "async (least) => (await chrome.scripting.getRegisteredContentScripts()).length >= least"
ROWS_TOLD = """async () => {
  const tabs = await chrome.tabs.query({});
  const told = await Promise.all(tabs.map((tab) => chrome.tabs.sendMessage(tab.id, { kind: "rows" }).catch(() => null)));
  return told.filter((one) => one !== null).flatMap(({ rows }) => rows.map(({ task }) => task.title));
}"""


@dataclass
class Seat:
    """A worker with one page on the sites and one page of the extension open."""

    worker: Worker
    page: Page
    own: Page
    sites: dict[str, Site]
    extension: Path
    is_on: bool = False

    def go(self, address: str) -> None:
        self.page.goto(address)

    def press(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def work(self) -> None:
        """Moves the pointer a while, as somebody does who works."""
        for step in range(4 if self.is_on else 0):
            self.page.mouse.move(100 + step, 200)
            self.page.wait_for_timeout(200)

    def badges(self, rows: str, count: int, *, are_there: bool = True) -> None:
        """Wait for one badge in every row; a worker who is not switched on, or whose site changed, sees none."""
        expect(self.page.locator(rows)).to_have_count(count)
        if not self.is_on or not are_there:
            expect(self.page.locator(rows).locator("css=.pill")).to_have_count(0)
            return
        for row in self.page.locator(rows).all():
            expect(row.locator("css=.pill")).to_have_count(1, timeout=PATIENCE * 1000)

    def told(self, *titles: str) -> None:
        """What the list beside the page shows of this page."""
        if self.is_on:
            self.until(lambda: [one for one in self.own.evaluate(ROWS_TOLD) if one in titles] == list(titles))

    def open(self, title: str) -> None:
        """A task of that title is being timed."""
        if self.is_on:
            self.until(lambda: title in [one["title"] for one in self.today()["open"]])

    def ended(self, attempt: str, ending: str, title: str, micros: int | None) -> None:
        """An attempt is in the ledger, with its time and its pay."""
        if not self.is_on:
            return

        def is_there() -> bool:
            kept = self.own.evaluate(RECORDS)
            # Where an id names a task, the record adds a number of its own: the task may be taken again.
            found = [one for one in kept if (one["attempt"].split(" ")[0], one["outcome"]) == (attempt, ending)]
            if not found:
                return False
            task = found[0]["task"]
            assert task["task"]["title"] == title
            assert (task["reward"] or {}).get("micros") == micros
            return bool(found[0]["active_seconds"] > 0)

        self.until(is_there)

    def today(self) -> dict[str, Any]:
        reply: dict[str, dict[str, Any]] = self.own.evaluate("() => chrome.runtime.sendMessage({ kind: 'today' })")
        return reply["value"]

    def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, (self.today()["open"], self.own.evaluate(RECORDS))
            self.page.wait_for_timeout(100)


def mturk(seat: Seat) -> None:
    group = "https://worker.mturk.com/projects/3EXAMPLEGROUP000000000000000001/tasks"
    photos = "Label 12 street photos"
    seat.go("https://worker.mturk.com/projects")
    seat.badges("ol.hit-set-table > li.table-row", 5)
    seat.go("https://worker.mturk.com/requesters/A0EXAMPLEREQ01/projects")
    seat.badges("ol.hit-set-table > li.table-row", 2)
    seat.go(group)
    seat.press("a.btn-primary")
    seat.work()
    seat.open(photos)
    seat.go(f"{group}/3EXAMPLETASK000000000000000002?assignment_id=3EXAMPLEASSIGN0000000000000002")  # auto-accept
    seat.ended("3EXAMPLEASSIGN0000000000000001", "submitted", photos, 350_000)
    seat.work()
    seat.press("form:has(input[value='delete']) button")
    seat.ended("3EXAMPLEASSIGN0000000000000002", "returned", photos, 350_000)
    seat.go(f"{group}/3EXAMPLETASK000000000000000003?assignment_id=3EXAMPLEASSIGN0000000000000003")
    seat.work()
    seat.open(photos)
    seat.go("https://worker.mturk.com/projects?after=expired")
    seat.ended("3EXAMPLEASSIGN0000000000000003", "expired", photos, 350_000)
    seat.go("https://worker.mturk.com/projects?page_number=9")


def prolific(seat: Seat) -> None:
    seat.go("https://app.prolific.com/")
    row = "li[data-testid^='study-']"
    seat.badges(row, 3)
    ends = [
        ("65a000000000000000000001", "#finish", "submitted", "How people read short news", 1_500_000),
        ("65a000000000000000000002", "#back", "returned", "Choosing between two lotteries, 15 rounds", 3_250_000),
        ("65a000000000000000000003", "#late", "expired", "A long interview about work at night", 12_000_000),
    ]
    for attempt, button, ending, title, micros in ends:
        seat.press(f"{row} a[href$='{attempt}']")
        seat.press("#reserve")
        seat.work()
        seat.open(title)
        seat.press(button)
        seat.ended(attempt, ending, title, micros)
        seat.press("#home")
        seat.badges(row, 3)


def outlier(seat: Seat) -> None:
    queue(seat, "https://app.outlier.ai", "#submit", "submitted")


def remotasks(seat: Seat) -> None:
    queue(seat, "https://www.remotasks.com", "#skip", "returned")


def queue(seat: Seat, site: str, button: str, ending: str) -> None:
    seat.go(f"{site}/en/expert/tasks")
    seat.work()
    seat.open("Amber Lantern")
    seat.press(button)
    expect(seat.page.locator("#item")).to_have_count(0)
    seat.ended("66dd00000000000000000001", ending, "Amber Lantern", 25_000_000)


def dataannotation(seat: Seat) -> None:
    for form in ("links=tasks", "links=query", "pay=text"):  # as the site linked its rows within one year
        seat.go(f"https://app.dataannotation.tech/workers/projects?{form}")
        seat.badges("tbody.projects tr", 3 if form == "pay=text" else 2)
        expect(seat.page.locator("tbody.reports").locator("css=.pill")).to_have_count(0)
    seat.go(
        "https://app.dataannotation.tech/workers/projects?links=other"
    )  # the page tells of rows that we do not find
    seat.badges("tbody.projects tr", 2, are_there=False)
    seat.go("https://app.dataannotation.tech/workers/projects")
    seat.badges("tbody tr", 4)
    seat.press("tbody tr:nth-child(2) a")
    seat.press("#enter")
    seat.work()
    seat.open("Heron - Fix Python code")


def dataannotation_later(seat: Seat) -> None:
    """The list of open tasks may lag by ten seconds: what is listed no more after that is over."""
    seat.go("https://app.dataannotation.tech/workers/projects")
    attempt = "7c000000-0000-4000-8000-000000000001"
    seat.ended(attempt, "submitted", "Heron - Fix Python code", 40_500_000)


def connect(seat: Seat) -> None:
    seat.go("https://connect.cloudresearch.com/participant/dashboard")
    seat.badges(".project-card", 3)
    seat.press(".project-card a")
    seat.work()
    seat.open("Opinions on city parks")
    seat.press("#go")
    seat.ended("A1B2C3D4E5", "submitted", "Opinions on city parks", 2_500_000)


def microworkers(seat: Seat) -> None:
    seat.go("https://www.microworkers.com/jobs.php?page=1")
    seat.badges(".jobslist", 4)
    seat.press("#campaign3a1f a")
    seat.work()
    seat.press("#send")
    seat.ended("3a1f", "submitted", "Search, visit and take a screenshot", 220_000)
    seat.go("https://www.microworkers.com/jobs.php?page=1")
    seat.badges(".jobslist", 4)
    seat.press("#campaign90c2 a")
    seat.press("#start")
    seat.work()
    seat.open("Sort pictures of shoes")
    seat.press("#save")
    seat.ended("5f00aa11bb22", "submitted", "Sort pictures of shoes", 50_000)


def appen(seat: Seat) -> None:
    shop = "Is this a real shop?"
    seat.go("https://account.appen.com/channels/feca/tasks")
    seat.badges("#task-listing-datatable tbody tr", 4)
    seat.go("https://view.appen.io/assignments/8800000001")
    seat.work()
    seat.open(shop)
    seat.press("input[type=submit]")
    seat.ended("8800000001", "submitted", shop, 120_000)
    seat.work()
    seat.press("input[type=submit]")
    seat.ended("8800000002", "submitted", shop, 120_000)


def toloka(seat: Seat) -> None:
    sign = "Is the sign readable?"
    seat.go("https://toloka.yandex.com/tasks")
    seat.told(sign, "Record a short phrase", "Compare two pages")
    seat.press("#start")
    for number in (1, 2):
        seat.work()
        seat.open(sign)
        seat.press(".new-task-page-footer > button")
        seat.ended(f"0001d905c1--64a00000000000000000000{number}", "submitted", sign, 30_000)


def uhrs(seat: Seat) -> None:
    seat.go("https://prod.uhrs.playmsn.com/marketplace/tasks/all")
    seat.badges(".task-card", 4)
    seat.page.mouse.wheel(0, 200)  # rows come while scrolling
    seat.badges(".task-card", 5)
    seat.go("https://prod.uhrs.playmsn.com/Judge/Views/judge?hitappid=5501")


def oneforma(seat: Seat) -> None:
    seat.go("https://my.oneforma.com/contributor/jobs/apply")
    seat.told("Record 50 sentences", "Label road scenes", "Rate translations", "Paid in points", "Judge search results")


def handshake(seat: Seat) -> None:
    seat.go("https://ai.joinhandshake.com/fellow/projects")
    seat.press("button[aria-label='View project']")
    seat.badges("main", 1)
    seat.press("#tasks")
    seat.press("#start")
    seat.work()
    seat.open("Project Hazel - Evals")
    seat.press("#send")
    seat.ended("3b1e0000-0000-4000-8000-000000000021", "submitted", "Project Hazel - Evals", 40_000_000)


def mercor(seat: Seat) -> None:
    seat.go("https://work.mercor.com/explore")
    seat.told("Grade answers in biology", "Translate short texts", "Review contracts", "Write one case study")


def crowdgen(seat: Seat) -> None:
    """Nothing is read there: the page's own request is heard for its keys."""
    seat.go("https://app.crowdgen.com/projects")
    seat.work()
    expect(seat.page.locator("css=.pill")).to_have_count(0)


WALKS: dict[str, Callable[[Seat], None]] = {
    walk.__name__: walk
    for walk in (
        dataannotation,
        mturk,
        prolific,
        outlier,
        remotasks,
        connect,
        microworkers,
        appen,
        toloka,
        uhrs,
        oneforma,
        handshake,
        mercor,
        crowdgen,
    )
}


@pytest.fixture(scope="module")
def seat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    """All pretend sites, one browser in front of them, and nothing else on the line."""
    folder = tmp_path_factory.mktemp("sites")
    extension = build(folder / "extension", "http://127.0.0.1:9")
    with ExitStack() as until:
        hosts: dict[str, int] = {}
        sites: dict[str, Site] = {}
        for slug, pack in SITES.items():
            site, server = serve(slug, folder)
            until.callback(server.server_close)
            until.callback(server.shutdown)
            sites[slug] = site
            hosts |= dict.fromkeys(_hosts(pack), site.port)
        worker = until.enter_context(at_browser(folder / "profile", extension, hosts))
        own = worker.own_page("options")
        worker.page.bring_to_front()
        yield Seat(worker, worker.page, own, sites, extension)


def _hosts(pack: Pack) -> list[str]:
    named = [urlsplit(host.removesuffix("*")).hostname or "" for host in pack.hosts]
    return named + [reply.host for reply in pack.replies if reply.host is not None]


def switch_on(seat: Seat) -> None:
    """The worker's own record, all sites, and the taps of those that tell nothing without."""
    page = seat.worker.own_page("consent")
    page.locator("#ledger").check()
    for slug in SITES:
        page.locator(f"#site-{slug}").check()
    page.wait_for_function(REGISTERED, arg=len(SITES))
    page.evaluate(SET_TAPS, dict.fromkeys(TAPPED, True))
    page.wait_for_function(SCRIPTS, arg=len(SITES) + len(TAPPED))
    page.close()
    seat.page.bring_to_front()
    seat.is_on = True


def seen(sites: dict[str, Site]) -> dict[str, Counter[tuple[str, str]]]:
    """What every site saw, but for what the browser fetches by itself; and forgets it."""
    counted = {
        slug: Counter((one.method, one.path) for one in site.requests if one.path != "/favicon.ico")
        for slug, site in sites.items()
    }
    for site in sites.values():
        site.requests.clear()
    return counted


def test_the_script_in_a_page_holds_no_pack(seat: Seat):
    script = (seat.extension / "content.js").read_text()
    assert [pack.slug for pack in SITES.values() for host in pack.hosts if host in script] == []


def test_every_readable_pack_has_its_walk():
    assert set(WALKS) == set(SITES)


def test_every_platform_is_read_timed_and_left_in_peace(seat: Seat):
    for walk in (*WALKS.values(), dataannotation_later):
        walk(seat)
    without = seen(seat.sites)
    switch_on(seat)
    for walk in (*WALKS.values(), dataannotation_later):
        walk(seat)
    assert seen(seat.sites) == without
    assert all(requests for requests in without.values())
