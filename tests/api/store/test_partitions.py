"""Months of rows: made ahead, filled from the rest, dropped with all that is in them but archives."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from api.store import contributors, observations, partitions
from api.store.bulk import BulkRow, load
from api.store.contributors import NewContributor
from api.store.partitions import Month, lowest_id
from api.store.rows import named
from tests.builders import NOW, hour_id, observed

TODAY = NOW.date()
OVER = "SELECT tableoid::regclass::text AS place, count(*) AS rows FROM intake.observations GROUP BY 1 ORDER BY 1"


@pytest.fixture
async def who(pool):
    await contributors.enrol(pool, NewContributor(uuid4(), uuid4().bytes * 2, TODAY, None))
    return await pool.fetchval("SELECT max(number) FROM intake.contributors")


@pytest.fixture
async def db(pool):
    async with pool.acquire() as connection:
        yield connection


async def shared(db, who, *instants):
    rows = [named(observed(id=hour_id(instant)), who, TODAY).row for instant in instants]
    async with db.transaction():
        return await observations.store(db, rows)


async def places(db):
    return {row["place"]: row["rows"] for row in await db.fetch(OVER)}


def at(year, month, day):
    return datetime(year, month, day, 9, tzinfo=UTC)


async def test_months_are_made_ahead_and_once(db):
    made = await partitions.ahead(db, TODAY)
    assert made == ["observations_2026_11", "observations_2026_12", "observations_2027_01"]
    assert await partitions.ahead(db, TODAY) == []
    assert await partitions.ahead(db, date(2026, 12, 1)) == ["observations_2027_02"]
    assert [month.name for month in await partitions.months(db)][-1] == "observations_2027_02"


async def test_a_row_lands_in_its_month_whatever_the_month(db, who):
    await partitions.ahead(db, TODAY)
    await shared(db, who, at(2026, 11, 1), at(2026, 12, 31), at(2015, 5, 12), at(2030, 1, 1))
    assert await places(db) == {
        "intake.observations_2026_11": 1,
        "intake.observations_2026_12": 1,
        "intake.observations_older": 1,
        "intake.observations_rest": 1,
    }


async def test_a_new_month_takes_its_rows_out_of_the_rest(db, who):
    await shared(db, who, at(2026, 11, 3), at(2026, 12, 3), at(2026, 9, 1), at(2027, 6, 1))
    assert await places(db) == {"intake.observations_rest": 4}
    await partitions.ahead(db, TODAY)
    assert await places(db) == {
        "intake.observations_2026_11": 1,
        "intake.observations_2026_12": 1,
        "intake.observations_older": 1,
        "intake.observations_rest": 1,
    }


async def test_retention_drops_months_and_keeps_what_was_imported(db, who):
    await partitions.ahead(db, date(2026, 9, 1))
    await partitions.ahead(db, TODAY)
    await shared(db, who, at(2026, 8, 1), at(2026, 9, 5), at(2026, 9, 6), at(2026, 11, 2), at(2026, 11, 20))
    imported = observed(id=hour_id(at(2026, 9, 7)))
    await load(db, [BulkRow(uuid4(), imported)], TODAY)
    retired = await partitions.retire(db, date(2026, 11, 10), await partitions.archive(db))
    assert retired.months == ["observations_2026_09", "observations_2026_10"]
    assert retired.rows == 4
    assert sum((await places(db)).values()) == 2
    assert await db.fetchval("SELECT count(*) FROM intake.observations WHERE id = $1", imported.id) == 1
    assert await partitions.retire(db, date(2026, 11, 10), await partitions.archive(db)) == ([], 0)


async def test_who_reads_the_rest_for_long_delays_a_month_and_nothing_else(db, pool, who):
    await shared(db, who, at(2026, 11, 3))
    async with pool.acquire() as reader, reader.transaction():
        await reader.fetch("SELECT * FROM intake.observations")
        assert await partitions.ahead(db, TODAY) == []
        assert await shared(db, who, at(2026, 11, 4)) == ["accepted"]
    assert len(await partitions.ahead(db, TODAY)) == 3


def test_the_least_id_of_a_day_begins_with_its_first_millisecond():
    assert str(lowest_id(date(2026, 11, 1))).startswith("01a19467-e800-0000")
    assert Month(2026, 12).after() == Month(2027, 1)
    assert Month(2026, 1).after(14) == Month(2027, 3)
