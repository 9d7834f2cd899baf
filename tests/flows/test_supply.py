"""What open listings show, in a real browser: counted while the worker shares, sent once the day is over, as counts alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from building import build
from middleman import between
from playwright.sync_api import Page
from pretend_site import PAGES, Site, serve
from server import Server
from worker import Worker, at_browser

from api.intake.contract import Sighting

SLUG, HOST = "prolific", "app.prolific.com"
KEPT = """async () => ({
    sightings: (await chrome.storage.local.get("sightings")).sightings?.value ?? {},
    looks: (await chrome.storage.session.get("looks")).looks ?? {},
})"""
AHEAD = "() => { const now = Date.now; Date.now = () => now() + 86_400_000; }"
CHANGES = (  # what the site's own page does, one after another: places go, studies come and go
    """() => {
        const [first, , third] = document.querySelectorAll("li.study");
        first.querySelector("[data-testid='study-tag-places']").textContent = "79 places";
        third.remove();
        const fresh = first.cloneNode(true);
        fresh.dataset.testid = "study-65a0000000000000000000ff";
        fresh.querySelector("[data-testid='title']").textContent = "A study that comes and goes";
        fresh.querySelector("[data-testid='study-tag-places']").textContent = "12 places";
        first.parentElement.append(fresh);
    }""",
    """() => {
        const rows = document.querySelectorAll("li.study");
        rows[rows.length - 1].querySelector("[data-testid='study-tag-places']").textContent = "9 places";
    }""",
    """() => {
        const rows = document.querySelectorAll("li.study");
        rows[rows.length - 1].remove();
    }""",
)
GONE = (4, 7, 16)  # units after each change: 3 of the first and the last of the third; 3 of the new one; its last 9
PATIENCE_TURNS = 200


def until(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_TURNS):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.evaluate(KEPT))


def stored(page: Page, name: str) -> list[dict[str, Any]]:
    """What the extension keeps under `name`, of all platforms."""
    kept: dict[str, dict[str, dict[str, Any]]] = page.evaluate(KEPT)
    return list(kept[name].values())


def units_gone(page: Page) -> int:
    return sum(sum(day["units"]["gone"]) for day in stored(page, "sightings"))


def watch(worker: Worker, own: Page) -> None:
    """The worker leaves the listing open, and touches nothing, while it changes."""
    worker.page.goto(f"https://{HOST}/studies")
    worker.page.bring_to_front()
    until(own, lambda: bool(stored(own, "looks")))
    for change, gone in zip(CHANGES, GONE, strict=True):
        worker.page.evaluate(change)
        until(own, lambda gone=gone: units_gone(own) == gone)  # type: ignore[misc]


def telling_words() -> list[str]:
    """Titles, clients and ids of the listing."""
    readings = json.loads((PAGES / SLUG / "listing.expected.json").read_text())["reading"]
    return [
        word
        for reading in readings
        for word in (reading["task"]["title"], reading["task"]["id"], (reading["client"] or {}).get("name"))
        if word
    ]


def test_listings_kept_open_are_sent_as_counts_and_nothing_else(server: Server, tmp_path: Path):
    site, running = serve(SLUG, tmp_path)
    with between(server.url) as line:
        extension = build(tmp_path / "extension", line.url)
        with at_browser(tmp_path / "profile", extension, {HOST: site.port}) as worker:
            worker.agree(SLUG)
            own = worker.own_page("outbox")
            watch(worker, own)
            assert all(path != "/v1/observations" for path, _ in line.sent)  # not before the day is over

            (background,) = worker.context.service_workers
            background.evaluate(AHEAD)
            server.turn(server.now() + timedelta(days=1))
            worker.sync()
            until(own, lambda: any(path == "/v1/observations" for path, _ in line.sent))
            assert_counts_alone([body for path, body in line.sent if path == "/v1/observations"])
            own.wait_for_timeout(300)
            (row,) = server.rows("SELECT platform, lives, units_gone FROM intake.sightings")
            assert (row["platform"], sum(row["lives"]), list(row["units_gone"])) == (SLUG, 1, [1, 12, 3, 0, 0])
    running.shutdown()
    running.server_close()
    assert asked_by_the_page_alone(site), site.requests


def assert_counts_alone(bodies: list[bytes]) -> None:
    """One item with the fields that the contract declares, in whole numbers; no word of the listing."""
    (body,) = bodies
    (item,) = json.loads(body)["sightings"]
    assert set(item) == set(Sighting.__struct_fields__)
    counts = msgspec.json.decode(msgspec.json.encode(item), type=Sighting)
    assert (counts.id.int >> 80) % 3_600_000 == 0  # the id's clock is cut to the hour
    assert (sum(counts.appeared), sum(counts.lives), counts.lives[0]) == (1, 1, 1)
    assert counts.units is not None
    assert counts.units.gone == [1, 12, 3, 0, 0]
    assert all(minutes <= 6 for minutes in counts.units.watched_minutes)
    text = body.decode()
    assert [word for word in telling_words() if word in text] == []


def test_nothing_is_counted_while_the_worker_shares_nothing(server: Server, extension: Path, tmp_path: Path):
    site, running = serve(SLUG, tmp_path)
    with at_browser(tmp_path / "profile", extension, {HOST: site.port}) as worker:
        worker.agree(SLUG)
        own = worker.own_page("consent")
        own.locator("#sharing").uncheck()
        worker.page.goto(f"https://{HOST}/studies")
        worker.page.bring_to_front()
        worker.expect_badge("li[data-testid='study-65a000000000000000000001']", "rates not fetched")
        for change in CHANGES[:2]:
            worker.page.evaluate(change)
            worker.page.wait_for_timeout(1500)
        assert stored(own, "looks") == stored(own, "sightings") == []
    running.shutdown()
    running.server_close()


def asked_by_the_page_alone(site: Site) -> bool:
    """Whether the site saw the one page that the worker opened, and nothing beside it."""
    return [request.path for request in site.requests if request.path != "/favicon.ico"] == ["/studies"]
