"""Enrol, look, change, take, go."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import msgspec
import pytest

from api.intake import enrolment
from tests.builders import HOUR, hour_id, observation, overhead


async def toll(site):
    made = (await site.http.post("/v1/challenges")).json()
    return {"challenge": made["challenge"], "nonce": enrolment.solve(made["challenge"], made["difficulty"])}


async def test_a_toll_pays_for_one_contributor(site):
    paid = await toll(site)
    assert (await site.http.post("/v1/contributors", json=paid)).status_code == 201
    again = await site.http.post("/v1/contributors", json=paid)
    assert (again.status_code, again.json()["code"]) == (400, "toll_unpaid")


async def test_the_secret_is_kept_as_a_hash_only(site):
    answer = await site.http.post("/v1/contributors", json=await toll(site))
    (row,) = await site.rows("SELECT * FROM intake.contributors")
    secret = answer.json()["secret"]
    assert row["secret_hash"] == enrolment.secret_hash(secret)
    assert secret not in str(row)
    assert row["enrolled_on"] == site.clock.now().date()


async def test_used_challenges_are_forgotten_when_they_have_expired(site):
    await site.enrol()
    site.clock.advance(timedelta(hours=3))
    await site.enrol()
    assert len(await site.rows("SELECT * FROM intake.challenges")) == 1


@pytest.mark.parametrize("body", [
    {"challenge": "made up", "nonce": "0"},
    {"challenge": "x" * 400, "nonce": "0"},
    {"nonce": "0"},
    {"challenge": "a", "nonce": "0", "country": "philippines"},
    {"challenge": "a", "nonce": "0", "email": "a@example.org"},
    [],
])  # fmt: skip
async def test_a_bad_enrolment_is_one_clear_problem(site, body):
    answer = await site.http.post("/v1/contributors", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] in ("toll_unpaid", "malformed_body")


async def test_a_neighbourhood_that_enrols_many_pays_more_and_is_never_refused(settings, serving):
    async with serving(msgspec.structs.replace(settings, enrolments_per_day=2)) as site:
        early = await toll(site)
        for _ in range(5):
            await site.enrol()
        now = (await site.http.post("/v1/challenges")).json()["difficulty"]
        assert now == settings.difficulty_bits + 2
        # A challenge keeps the price of when it was asked for.
        assert (await site.http.post("/v1/contributors", json=early)).status_code == 201
        await site.enrol()
        site.clock.advance(timedelta(days=1))
        assert (await site.http.post("/v1/challenges")).json()["difficulty"] == settings.difficulty_bits


async def test_standing_counts_what_was_shared(site):
    who = await site.enrol(country="PH")
    item = observation()
    await site.share(who, item, observation(task={"id": None, "title": "Other"}))
    await site.share(who, item | {"revision": 2, "outcome": "paid"})
    await site.share(who, observation(client={"id": "c-9", "name": None}))
    found = (await site.http.get("/v1/contributors/me", headers=who)).json()
    assert found["country"] == "PH"
    assert (found["observations"], found["tasks"], found["clients"], found["active_days"]) == (3, 3, 2, 1)
    assert found["first_received_on"] == "2026-11-23"
    assert not found["is_mature"]
    assert found["next_steps"] == [
        "Wait 14 more days.",
        "Share work on 4 more days.",
        "Share 6 more days of work (a day counts once for each client, up to 5 of one client).",
    ]


async def test_a_contributor_matures_by_days_of_arrival(site):
    who = await site.enrol()
    for day in range(16):
        site.clock.set(site.clock.now() + timedelta(days=1))
        hour = HOUR + timedelta(days=day)
        when = {"id": hour_id(hour), "claimed_hour": hour.isoformat()}
        await site.share(who, observation(**when, client={"id": f"c-{day % 2}", "name": None}))
    found = (await site.http.get("/v1/contributors/me", headers=who)).json()
    assert (found["is_mature"], found["next_steps"]) == (True, [])


async def test_work_of_many_past_days_sent_on_one_day_does_not_mature_anybody(site):
    """Claimed days in the past count for nothing: the estimator counts days of arrival, and so does this page."""
    who = await site.enrol()
    site.clock.set(site.clock.now() + timedelta(days=20))
    for day in range(12):
        hour = HOUR + timedelta(days=day)
        when = {"id": hour_id(hour), "claimed_hour": hour.isoformat()}
        await site.share(who, observation(**when, client={"id": f"c-{day % 4}", "name": None}))
    site.clock.set(site.clock.now() + timedelta(days=14))
    found = (await site.http.get("/v1/contributors/me", headers=who)).json()
    assert not found["is_mature"]
    assert found["next_steps"] == [
        "Share work on 4 more days.",
        "Share 4 more days of work (a day counts once for each client, up to 5 of one client).",
    ]


async def test_a_country_can_be_given_and_taken_back(site):
    who = await site.enrol()
    given = await site.http.patch("/v1/contributors/me", headers=who, json={"country": "KE"})
    assert given.json()["country"] == "KE"
    same = await site.http.patch("/v1/contributors/me", headers=who, json={})
    assert same.json()["country"] == "KE"
    taken = await site.http.patch("/v1/contributors/me", headers=who, json={"country": None})
    assert taken.json()["country"] is None
    wrong = await site.http.patch("/v1/contributors/me", headers=who, json={"country": "Kenya"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "malformed_body")


async def test_everything_can_be_taken_along_as_json(site):
    who = await site.enrol()
    item = observation()
    await site.share(who, item, overheads=[overhead()])
    await site.share(await site.enrol(), observation())
    found = (await site.http.get("/v1/contributors/me/export", headers=who)).json()
    (row,) = found["observations"]
    assert (row["id"], row["title"], row["outcome"]) == (item["id"], "Label 12 photos", "submitted")
    assert found["overheads"][0]["search_seconds"] == 600


async def test_everything_can_be_taken_along_as_csv_that_no_spreadsheet_runs(site):
    who = await site.enrol()
    await site.share(who, observation(task={"id": None, "title": '=HYPERLINK("http://x")'}))
    answer = await site.http.get("/v1/contributors/me/export", headers={**who, "accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["title"] == '\'=HYPERLINK("http://x")'


async def test_an_export_in_another_form_is_not_to_be_had(site):
    who = await site.enrol()
    answer = await site.http.get("/v1/contributors/me/export", headers={**who, "accept": "image/png"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


async def test_erasure_leaves_nothing_of_one_and_all_of_the_others(site):
    leaver, stayer = await site.enrol(), await site.enrol()
    item = observation()
    await site.share(leaver, item, item | {"revision": 2}, observation(), overheads=[overhead()])
    await site.share(stayer, observation())
    receipt = (await site.http.delete("/v1/contributors/me", headers=leaver)).json()
    assert (receipt["observations"], receipt["overheads"]) == (2, 1)
    assert receipt["gone_from_releases_by"] == "2026-12-21"
    assert len(await site.rows()) == 1
    assert len(await site.rows("SELECT * FROM intake.contributors")) == 1
    for answer in (
        await site.http.get("/v1/contributors/me", headers=leaver),
        await site.http.delete("/v1/contributors/me", headers=leaver),
        await site.http.post("/v1/observations", json={"observations": [observation()]}, headers=leaver),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "unknown_secret")


async def test_who_was_erased_by_another_process_is_not_stored_from_memory(site):
    who = await site.enrol()
    await site.share(who, observation())
    await site.pool.execute("DELETE FROM intake.contributors")
    answer = await site.http.post("/v1/observations", json={"observations": [observation()]}, headers=who)
    assert (answer.status_code, answer.json()["code"]) == (401, "unknown_secret")
    assert len(await site.rows()) == 1
