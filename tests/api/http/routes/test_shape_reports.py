"""Shapes of changed pages: taken without a secret, kept without a sender, never with a value of the page."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from api.intake.contract import MAX_SHAPE_LETTERS
from api.store.shape_reports import KEPT_FOR, MOST_A_DAY

REPORT = {
    "platform": "prolific",
    "pack_version": 2,
    "page": "listing",
    "report": "Site: prolific, pack 2. Page: listing (/studies). Why: pay cannot be read.\n\nThe page:\nbody\n li text",
}


async def test_a_report_is_kept_with_its_day_and_nothing_of_its_sender(site):
    answer = await site.http.post("/v1/shape-reports", json=REPORT)
    assert (answer.status_code, answer.json()) == (202, {"status": "kept"})
    (row,) = await site.rows("SELECT * FROM intake.shape_reports")
    assert {name: row[name] for name in REPORT} == REPORT
    assert row["received_on"] == site.clock.now().date()
    assert set(row.keys()) == {"number", "received_on", *REPORT}


@pytest.mark.parametrize(
    "words",
    ["study-65a00000", "maria@example.org", "£1.50", "$ 3", "Ein Café", "a 2026 study"],
)
async def test_what_may_be_a_value_of_the_page_is_refused_and_not_kept(site, words):
    answer = await site.http.post("/v1/shape-reports", json=REPORT | {"report": f"The page:\n li {words}"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert await site.rows("SELECT * FROM intake.shape_reports") == []


@pytest.mark.parametrize(
    "change",
    [{"platform": "nobody"}, {"platform": "../x"}, {"page": "A page"}, {"report": ""}, {"worker": "x"}],
)
async def test_a_report_of_another_form_is_refused(site, change):
    answer = await site.http.post("/v1/shape-reports", json=REPORT | change)
    assert answer.status_code == 400


async def test_a_report_longer_than_any_of_ours_is_refused(site):
    long = await site.http.post("/v1/shape-reports", json=REPORT | {"report": "a" * (MAX_SHAPE_LETTERS + 1)})
    assert long.status_code == 400
    body = json.dumps(REPORT | {"report": "a" * 70_000})
    huge = await site.http.post("/v1/shape-reports", content=body, headers={"content-type": "application/json"})
    assert huge.status_code == 413


async def test_one_platform_keeps_only_so_many_a_day_and_none_for_ever(site):
    for _ in range(MOST_A_DAY):
        await site.http.post("/v1/shape-reports", json=REPORT)
    answer = await site.http.post("/v1/shape-reports", json=REPORT)
    assert answer.json() == {"status": "enough"}
    other = await site.http.post("/v1/shape-reports", json=REPORT | {"platform": "connect"})
    assert other.json() == {"status": "kept"}
    site.clock.advance(KEPT_FOR + timedelta(days=1))
    assert (await site.http.post("/v1/shape-reports", json=REPORT)).json() == {"status": "kept"}
    assert len(await site.rows("SELECT * FROM intake.shape_reports")) == 1
