"""The main job: a worker claims a task, the extension times it, the API stores it, the next listing shows what it pays."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest
from people import Person, observation, weeks_of_work
from playwright.sync_api import expect
from pretend_site import PAGES, Site, serve
from server import Server
from worker import Worker, at_browser

FIRST = "#listing > li.task:nth-child(1)"
COUNT = "SELECT count(*) AS rows, count(DISTINCT id) AS attempts FROM intake.observations"
STORED_SECONDS = 90  # the extension rests up to 30 after a failure, and up to 60 after a second one


def stored(server: Server, rows: int) -> bool:
    """Whether the database comes to hold `rows` attempts, each once."""
    deadline = time.monotonic() + STORED_SECONDS
    while time.monotonic() < deadline:
        (counts,) = server.rows(COUNT)
        if counts["attempts"] >= rows:
            break
        time.sleep(0.3)
    return counts == {"rows": rows, "attempts": rows}


def practice_readings(worker: Worker) -> list[dict[str, object]]:
    """What the first rows of the practice listing say, for people without a browser."""
    rows = worker.page.evaluate(
        """() => [...document.querySelectorAll("#listing > li.task")].slice(0, 2).map((row) => ({
            client: { id: row.dataset.client, name: row.querySelector(".client").textContent.trim() },
            task: { id: row.dataset.task, title: row.querySelector(".title").textContent.trim() },
            dollars: row.querySelector(".reward").textContent.trim().slice(1),
        }))"""
    )
    return [
        {
            "platform": "practice",
            "client": row["client"],
            "task": row["task"],
            "reward": {"micros": round(float(row["dollars"]) * 1_000_000), "currency": "USD"},
            "reward_per": "task",
            "units": 1,
            "limit_seconds": None,
            "estimate_seconds": None,
            "pack": {"slug": "practice", "version": 1},
        }
        for row in rows
    ]


def test_a_claimed_practice_task_is_timed_stored_and_its_pay_shown_once_enough_people_shared(
    server, extension, http, tmp_path
):
    with at_browser(tmp_path / "profile", extension) as worker:
        worker.agree("practice")
        worker.page.goto(f"{server.url}/practice")
        worker.expect_badge(FIRST, "no data yet")
        readings = practice_readings(worker)

        worker.page.locator(FIRST).locator("form.claim button").click()
        worker.work_for(4)
        worker.page.locator("#answer input").first.check()
        worker.page.locator("#answer button").click()
        expect(worker.page.locator("#submitted")).to_be_visible()
        assert stored(server, 1)
        (row,) = server.rows("SELECT active_seconds, outcome, claimed_hour FROM intake.observations")
        assert 2 <= row["active_seconds"] <= 20
        assert 0 <= time.time() / 3600 - row["claimed_hour"] < 2  # whole hours since 1970: no exact instant can be kept

        weeks_of_work([Person.enrolled(http) for _ in range(4)], readings, server, seconds=200)
        server.publish()
        worker.sync()
        worker.page.goto(f"{server.url}/practice")
        worker.expect_badge(FIRST, "no data yet")

        weeks_of_work([Person.enrolled(http) for _ in range(12)], readings, server, seconds=200)
        server.publish()
        worker.sync()
        worker.page.goto(f"{server.url}/practice")
        worker.expect_badge(FIRST, "/h", "10–19 people")
        pay = float(worker.badge_in(FIRST).locator(".figure").inner_text().lstrip("$").split("/")[0])
        listed = readings[0]["reward"]["micros"] / 1_000_000 / 200 * 3600
        assert 0.5 * listed < pay < 1.5 * listed


def expected_readings(slug: str) -> list[dict[str, object]]:
    readings = json.loads((PAGES / slug / "listing.expected.json").read_text())["reading"]
    return [reading for reading in readings if reading["reward"] is not None][:2]


def reserve_and_complete(worker: Worker, half_way) -> None:
    worker.page.goto("https://app.prolific.com/studies")
    worker.page.get_by_text("How people read short news").click()
    worker.page.locator("[data-testid='reserve']").click()
    worker.work_for(3)
    half_way()
    worker.page.locator("[data-testid='complete-button']").click()
    expect(worker.page).to_have_url("https://app.prolific.com/submissions/complete?cc=EXAMPLE0")


def accept_and_submit(worker: Worker, half_way) -> None:
    worker.page.goto("https://worker.mturk.com/projects/3EXAMPLEGROUP000000000000000001/tasks")
    worker.page.get_by_text("Accept", exact=True).click()
    worker.work_for(3)
    half_way()
    worker.page.frame_locator("iframe").locator("#submitButton").click()
    expect(worker.page).to_have_url("https://worker.mturk.com/projects?after=submitted")


SITES = {
    "prolific": (
        "app.prolific.com",
        "/studies",
        "li[data-testid='study-65a000000000000000000001']",
        reserve_and_complete,
    ),
    "mturk": ("worker.mturk.com", "/projects", "ol.hit-set-table > li:nth-child(2)", accept_and_submit),
}


@pytest.fixture
def site(request, tmp_path: Path):
    made, running = serve(request.param, tmp_path)
    yield made
    running.shutdown()
    running.server_close()


@pytest.mark.parametrize(
    ("site", "slug", "is_told"),
    [pytest.param("prolific", "prolific", False, id="prolific"), pytest.param("mturk", "mturk", True, id="mturk")],
    indirect=["site"],
)
def test_a_site_under_its_real_name_is_timed_through_a_killed_server_and_its_pay_is_shown(
    server: Server, extension: Path, http: httpx.Client, site: Site, slug: str, is_told: bool, tmp_path: Path
):
    """The extension finds the server again when the browser says that the line is back, and by itself."""
    host, listing, row, journey = SITES[slug]
    with at_browser(tmp_path / "profile", extension, {host: site.port}) as worker:
        worker.agree(slug)
        worker.page.goto(f"https://{host}{listing}")
        worker.expect_badge(row, "no data yet")

        journey(worker, half_way=server.kill)
        assert worker.until(lambda: worker.today()["waiting"] == 1)
        server.start()
        if is_told:
            back_on_line(worker)
        assert stored(server, 1)
        assert worker.until(lambda: worker.today()["waiting"] == 0)
        worker.sync()
        assert stored(server, 1)

        people = [Person.enrolled(http) for _ in range(16)]  # a number needs 10 to 14, by a secret draw
        weeks_of_work(people, expected_readings(slug), server, seconds=300)
        server.publish()
        worker.sync()
        worker.page.goto(f"https://{host}{listing}")
        worker.expect_badge(row, "/h", "10–19 people")
    assert asked_by_the_page_alone(site), site.requests


def back_on_line(worker: Worker) -> None:
    """What the browser says to the background when the network comes back."""
    (background,) = worker.context.service_workers
    background.evaluate("() => { self.dispatchEvent(new Event('online')); }")


def asked_by_the_page_alone(site: Site) -> bool:
    """Whether every request to the site is a navigation or a frame of its own pages: nothing was fetched beside them."""
    return all(request.destination in ("document", "iframe", "image") for request in site.requests)


def test_an_answer_that_was_lost_doubles_nothing(server, http):
    person = Person.enrolled(http)
    reading = expected_readings("prolific")[0]
    item = observation(reading, server.now(), 120)
    assert [receipt["status"] for receipt in person.share(item)] == ["accepted"]
    server.kill()
    server.start()
    assert [receipt["status"] for receipt in person.share(item, item)] == ["duplicate", "duplicate"]
    assert stored(server, 1)
