"""What we promised not to keep is gone; everything else is there."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from api.commands.prune import PastDays, prune
from api.errors import Busy
from api.store import locks, objects
from api.store.bulk import load
from api.store.export import SEGMENTS, export
from api.store.past import files
from tests.builders import NOW, crowd, hour_id, observation, overhead


async def counted(site):
    return {
        name: await site.pool.fetchval(f"SELECT count(*) FROM intake.{name}")
        for name in ("observations", "overheads", "challenges", "enrolment_salts", "enrolment_places")
    }


async def test_rows_beyond_400_days_go_and_younger_ones_stay(site):
    who = await site.enrol()
    await site.share(who, observation(), overheads=[overhead()])
    later = NOW + timedelta(days=300)
    site.clock.set(later)
    hour = later.replace(minute=0)
    young = observation(id=hour_id(hour), claimed_hour=hour.isoformat())
    await site.share(who, young, overheads=[overhead(id=hour_id(hour), day=str(hour.date()))])
    assert await counted(site) | {"observations": 2, "overheads": 2} == await counted(site)
    await prune(site.pool, NOW + timedelta(days=399))
    assert (await counted(site))["observations"] == 2
    gone = await prune(site.pool, NOW + timedelta(days=435))
    assert (gone.observations, gone.overheads) == (1, 1)
    assert (await counted(site))["observations"] == 1
    assert [str(row["id"]) for row in await site.rows()] == [young["id"]]
    again = await prune(site.pool, NOW + timedelta(days=435))
    assert (again.observations, again.overheads) == (0, 0)


async def test_a_worker_does_not_notice_that_past_days_left_the_database(site):
    """Receipts, standing, copy and erasure over HTTP, before and after; the files hold the only copy between."""
    who = await site.enrol()
    items = [observation(task={"id": None, "title": f"A task {number}"}) for number in range(3)]
    await site.share(who, *items)
    me = (await site.http.get("/v1/contributors/me", headers=who)).json()
    copy = (await site.http.get("/v1/contributors/me/export", headers=who)).content
    later = NOW + timedelta(days=60)
    place = objects.place_of(None, site.settings.data / SEGMENTS)
    assert (await prune(site.pool, later, past_days=PastDays(place, 45))).moved == 3
    assert (await counted(site))["observations"] == 0
    assert (await site.http.get("/v1/contributors/me", headers=who)).json() == me
    assert (await site.http.get("/v1/contributors/me/export", headers=who)).content == copy
    again = [items[0], items[1] | {"revision": 2, "outcome": "rejected"}, items[1]]
    assert [one["status"] for one in await site.share(who, *again)] == ["duplicate", "updated", "stale"]
    own = (await site.http.get("/v1/contributors/me/export", headers=who)).json()["observations"]
    assert {row["id"]: row["outcome"] for row in own} == {
        item["id"]: "rejected" if item is items[1] else "submitted" for item in items
    }
    assert (await site.http.get("/v1/contributors/me", headers=who)).json() == me
    assert (await site.http.delete("/v1/contributors/me", headers=who)).json()["observations"] == 3
    await prune(site.pool, later, past_days=PastDays(place, 45))
    assert [name for name in objects.listed(place) if name.startswith("past/")] == []


async def test_past_days_are_deleted_with_their_files_after_400_days_and_imported_ones_stay(site):
    await site.share(await site.enrol(), observation())
    async with site.pool.acquire() as db:
        await load(db, crowd(2), NOW.date())
    place = objects.place_of(None, site.settings.data / SEGMENTS)
    past_days = PastDays(place, 45)
    assert (await prune(site.pool, NOW + timedelta(days=60), past_days=past_days)).moved == 25
    assert (await prune(site.pool, NOW + timedelta(days=399), past_days=past_days)).observations == 0
    gone = await prune(site.pool, NOW + timedelta(days=435), past_days=past_days)
    assert gone.observations == 1
    async with site.pool.acquire() as db:
        held = [files.read(place, file).height for file in await files.standing(db)]
        assert sum(held) == 24
        exported = await export(db, site.settings.data, NOW.date(), place)
        assert exported.observations.height == 24  # names included: none of theirs was deleted
    assert len([name for name in objects.listed(place) if name.startswith("past/")]) == len(held)


async def test_the_disk_of_an_emptied_month_is_given_back(site):
    async with site.pool.acquire() as db:
        for _ in range(4):
            await load(db, crowd(100), NOW.date())
        size = "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = $1::regclass"
        before = await db.fetchval(size, "intake.observations")
    place = objects.place_of(None, site.settings.data / SEGMENTS)
    moved = (await prune(site.pool, NOW + timedelta(days=90), past_days=PastDays(place, 45))).moved
    async with site.pool.acquire() as db:
        assert moved == 4 * len(crowd(100))
        assert await db.fetchval(size, "intake.observations") < before / 4
        assert (await export(db, site.settings.data, NOW.date(), place)).observations.height == moved


async def test_imported_rows_stay_however_old(site):
    async with site.pool.acquire() as db:
        await load(db, crowd(2), NOW.date())
    await prune(site.pool, NOW + timedelta(days=900))
    assert (await counted(site))["observations"] == 24


async def test_traces_needed_for_hours_are_gone_the_next_day(site):
    await site.enrol()
    found = await counted(site)
    assert [found[name] for name in ("challenges", "enrolment_salts", "enrolment_places")] == [1, 1, 2]
    await prune(site.pool, NOW + timedelta(days=1))
    assert {(await counted(site))[name] for name in ("challenges", "enrolment_salts", "enrolment_places")} == {0}


async def test_files_that_a_crashed_publish_left_are_deleted(site, tmp_path):
    (tmp_path / "step-files").mkdir()
    (tmp_path / "step-files" / "rows-00.arrow").touch()
    for _ in range(2):
        await prune(site.pool, NOW, tmp_path / "step-files")
        assert not (tmp_path / "step-files").exists()


async def test_nothing_goes_while_somebody_publishes(site):
    db = await asyncpg.connect(site.settings.database_url)
    async with locks.alone(db, locks.PUBLISHING):
        with pytest.raises(Busy):
            await prune(site.pool, NOW)
    await db.close()
