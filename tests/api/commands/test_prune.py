"""What we promised not to keep is gone; everything else is there."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from api.commands.prune import prune
from api.errors import Busy
from api.store import locks
from api.store.bulk import load
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
