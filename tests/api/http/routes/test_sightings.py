"""Counts of open listings over real HTTP: receipts, refusals, the contributor's own copy, erasure, and a release."""

from __future__ import annotations

import asyncio

import pytest

from api.commands.prune import prune
from api.store import context
from tests.builders import NOW, observation, overhead, sighting

HOURS = [0] * 24


def status(receipts):
    return [receipt["status"] for receipt in receipts]


async def test_counts_are_on_disk_before_their_receipt_and_once(site):
    who, item = await site.enrol(), sighting()
    assert status(await site.share(who, sightings=[item])) == ["accepted"]
    (row,) = await site.rows("SELECT * FROM intake.sightings")
    assert (str(row["id"]), row["platform"], row["lives"]) == (item["id"], "practice", [0, 2, 2, 1, 0, 0])
    answers = await asyncio.gather(*(site.share(who, sightings=[item]) for _ in range(10)))
    assert {one for receipts in answers for one in status(receipts)} == {"duplicate"}
    assert len(await site.rows("SELECT * FROM intake.sightings")) == 1


async def test_units_are_kept_and_a_sender_that_counts_none_is_as_welcome(site):
    who, new, old = await site.enrol(), sighting(), sighting(units=None)
    del old["units"]
    assert status(await site.share(who, sightings=[new, old])) == ["accepted", "accepted"]
    async with site.pool.acquire() as db:
        known = (await context.beside(db, NOW.date())).sightings
    counted = known.select("units_minutes", "units_gone").sort("units_gone", nulls_last=True)
    assert counted.rows() == [([12, 30, 0, 4, 0], [1, 9, 0, 40, 0]), (None, None)]


async def test_receipts_come_after_those_of_observations_and_overheads(site):
    who = await site.enrol()
    items = observation(), overhead(), sighting()
    receipts = await site.share(who, items[0], overheads=[items[1]], sightings=[items[2]])
    assert [receipt["id"] for receipt in receipts] == [item["id"] for item in items]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"platform": "nowhere"}, "unknown_platform"),
        ({"watched_minutes": HOURS}, "unwatched"),
        ({"watched_minutes": HOURS[1:]}, "malformed"),
        ({"watched_minutes": [61, *HOURS[1:]]}, "malformed"),
        ({"lives": [1, 2, 3]}, "malformed"),
        ({"units": {"watched_minutes": [0] * 5, "gone": [1, 0, 0, 0, 0]}}, "unwatched"),
        ({"units": {"watched_minutes": [1] * 4, "gone": [0] * 4}}, "malformed"),
        ({"units": {"watched_minutes": [1] * 5, "gone": [0.5] * 5}}, "malformed"),
        ({"appeared": [-1, *HOURS[1:]]}, "malformed"),
        ({"day": "2027-01-01"}, "in_the_future"),
        ({"day": "2020-01-01"}, "too_old"),
    ],
)
async def test_what_is_no_count_of_a_known_day_is_refused_alone(site, changes, reason):
    who = await site.enrol()
    receipts = await site.share(who, observation(), sightings=[sighting(**changes), sighting()])
    assert status(receipts) == ["accepted", "refused", "accepted"]
    assert receipts[1]["reason"] == reason


async def test_they_are_in_the_contributor_s_own_copy_and_gone_with_them(site):
    who, other = await site.enrol(), await site.enrol()
    await site.share(who, sightings=[sighting()])
    await site.share(other, sightings=[sighting()])
    copy = (await site.http.get("/v1/contributors/me/export", headers=who)).json()
    assert [row["appeared"][9] for row in copy["sightings"]] == [6]
    assert (await site.http.delete("/v1/contributors/me", headers=who)).status_code == 200
    assert len(await site.rows("SELECT * FROM intake.sightings")) == 1
    assert (await site.http.post("/v1/observations", json={"sightings": [sighting()]}, headers=who)).status_code == 401


async def test_the_latest_revision_that_had_come_by_a_day_counts(site):
    who, item = await site.enrol(), sighting()
    await site.share(who, sightings=[item])
    site.clock.set(NOW.replace(day=25))
    assert status(await site.share(who, sightings=[item | {"revision": 2, "lives": [9, 0, 0, 0, 0, 0]}])) == ["updated"]
    async with site.pool.acquire() as db:
        seen = [(await context.beside(db, NOW.replace(day=day).date())).sightings for day in (22, 23, 25)]
    assert [frame["lives"].to_list() for frame in seen] == [[], [[0, 2, 2, 1, 0, 0]], [[9, 0, 0, 0, 0, 0]]]


async def test_they_are_not_kept_longer_than_raw_rows(site):
    await site.share(await site.enrol(), sightings=[sighting()])
    await prune(site.pool, NOW.replace(year=2027))
    assert len(await site.rows("SELECT * FROM intake.sightings")) == 1
    await prune(site.pool, NOW.replace(year=2028, month=3))
    assert await site.rows("SELECT * FROM intake.sightings") == []
