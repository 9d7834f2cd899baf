"""A study on a single-page site and its survey on another host, in a real Chromium: time, end and badges hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from building import build
from playwright.sync_api import expect
from single_page_site import OTHER_STUDY, SITE, STUDY, SURVEY, app, serving
from worker import REGISTERED, Worker, at_browser

RECORDS = """async () => {
  const request = indexedDB.open("taskwage");
  const database = await new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const reading = database.transaction("records").objectStore("records").getAll();
  await new Promise((resolve) => { reading.onsuccess = resolve; });
  database.close();
  return reading.result;
}"""
SECONDS_AT_SURVEY = 4


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("builds") / "extension", "http://127.0.0.1:9")


@contextmanager
def at_site(tmp_path: Path, extension: Path, page: str) -> Iterator[Worker]:
    with (
        serving(tmp_path, page) as port,
        at_browser(tmp_path / "profile", extension, {SITE: port, SURVEY: port}) as worker,
    ):
        own = worker.own_page("consent")
        own.locator("#ledger").check()
        own.locator("#site-prolific").check()
        own.wait_for_function(REGISTERED, arg=1)
        own.close()
        yield worker


def reserve(worker: Worker, study: str) -> None:
    worker.page.goto(f"https://{SITE}/studies")
    worker.page.locator(f"[data-testid=study-{study}] a").click()
    worker.page.locator("[data-testid=reserve]").click()
    assert worker.until(lambda: worker.today()["open"] or worker.today().get("tasks"))
    worker.page.bring_to_front()


def answer_survey(worker: Worker) -> None:
    """Work on the survey in its own tab and finish it there."""
    with worker.context.expect_page() as opened:
        worker.page.locator("a[target=_blank]").click()
    survey = opened.value
    for _ in range(SECONDS_AT_SURVEY * 2):
        survey.locator("textarea").press_sequentially("a")
        survey.wait_for_timeout(500)
    survey.locator("#next").click()
    survey.wait_for_url(f"https://{SITE}/**")


def records(worker: Worker) -> list[dict[str, Any]]:
    own = worker.own_page("popup")
    found: list[dict[str, Any]] = own.evaluate(RECORDS)
    own.close()
    return found


ENDS = {"stays": {}, "moves on soon": {"leaves_after_ms": 300}, "moves on at once": {"leaves_at_once": True}}


@pytest.mark.parametrize("config", ENDS.values(), ids=ENDS.keys())
def test_a_survey_on_another_host_is_timed_and_its_end_is_seen_when_the_page_of_completion(
    config: dict[str, Any], tmp_path: Path, extension: Path
) -> None:
    with at_site(tmp_path, extension, app(**config)) as worker:
        reserve(worker, STUDY)
        answer_survey(worker)
        assert worker.until(lambda: records(worker), 15_000)
        (record,) = records(worker)
        assert (record["outcome"], record["task"]["task"]["title"]) == ("submitted", "Views on night buses")
        assert record["task"]["reward"] == {"micros": 1_200_000, "currency": "GBP"}
        assert record["active_seconds"] >= SECONDS_AT_SURVEY - 1
        assert "INVENTED" not in str(record)


def test_badges_stay_through_redraws_of_what_is_inside_their_rows(tmp_path: Path, extension: Path) -> None:
    with at_site(tmp_path, extension, app(redraws_ms=400)) as worker:
        worker.page.goto(f"https://{SITE}/studies")
        pills = worker.page.locator("css=.pill")
        expect(pills).to_have_count(2, timeout=20_000)
        for _ in range(8):
            worker.page.wait_for_timeout(400)
            expect(pills).to_have_count(2)
        assert worker.badge_in(f"[data-testid=study-{OTHER_STUDY}]").count() == 1
