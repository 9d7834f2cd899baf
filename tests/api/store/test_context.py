"""Unpaid days are summed by the server, and the tables made of them do not differ."""

from __future__ import annotations

import random
from datetime import timedelta

import polars as pl
import pytest

from analytics.tables.countries import quarter_before
from analytics.tables.overheads import CLASSES, SPENT
from analytics.tables.work_facts import RECENT_DAYS
from api.store import context
from tests.builders import NOW

TODAY = NOW.date()
PEOPLE, DAYS = 5, 400
FILL = """
INSERT INTO intake.overheads (id, contributor, day, received_on, search_seconds, watch_seconds, preview_seconds,
    qualification_seconds, messages_seconds, payment_seconds, learning_seconds, revision, platform)
SELECT gen_random_uuid(), person, day, day, 60 + person * 7.25, 1.5, 0.125, 0, 2, 3, 4, 1, platform
FROM generate_series(1, $1::int) AS person, unnest(ARRAY['practice', 'prolific']) AS platform,
    (SELECT $2::date - number AS day FROM generate_series(0, $3::int - 1) AS number) AS days
"""
EVERY_DAY = """
SELECT contributor, platform, day, search_seconds, watch_seconds, preview_seconds, qualification_seconds, messages_seconds,
    payment_seconds, learning_seconds
FROM intake.overheads WHERE received_on <= $1
"""


@pytest.fixture
async def db(pool):
    async with pool.acquire() as connection:
        await connection.execute(FILL, PEOPLE, TODAY, DAYS)
        yield connection


def sums(spent, first, last):
    """Milliseconds of each class, person and platform from the day `first` to `last`."""
    milliseconds = [(pl.col(f"{name}_seconds") * 1000).round().cast(pl.Int64).sum().alias(name) for name in CLASSES]
    inside = spent.filter(pl.col("day").is_between(first, last))
    return inside.group_by("contributor", "platform").agg(milliseconds).sort("contributor", "platform")


@pytest.mark.parametrize("back", [0, 1, 37, random.Random(1).randrange(200)])
async def test_sums_over_recent_days_the_last_quarter_and_all_days_are_those_of_every_day(db, back):
    day = TODAY - timedelta(days=back)
    found = await context.unpaid(db, day)
    every = pl.DataFrame([tuple(row) for row in await db.fetch(EVERY_DAY, day)], schema=SPENT, orient="row")
    assert found.schema == every.schema
    for first, last in (
        (day - timedelta(days=RECENT_DAYS - 1), day),
        quarter_before(day),
        (day - timedelta(days=DAYS), day),
    ):
        assert sums(found, first, last).equals(sums(every, first, last))


async def test_what_memory_holds_does_not_grow_with_days(db):
    assert (await context.unpaid(db, TODAY)).height <= PEOPLE * 2 * 4
    await db.execute(FILL, PEOPLE, TODAY - timedelta(days=DAYS), DAYS)
    assert (await context.unpaid(db, TODAY)).height <= PEOPLE * 2 * 4


async def test_of_a_record_the_highest_revision_counts_and_only_what_had_come(db):
    await db.execute(
        """
        INSERT INTO intake.overheads SELECT id, contributor, day, $1::date + 1, 0, 0, 0, 0, 0, 0, 0, 2, platform
        FROM intake.overheads
        """,
        TODAY,
    )
    assert (await context.unpaid(db, TODAY))["search_seconds"].sum() > 0
    assert (await context.unpaid(db, TODAY + timedelta(days=1)))["search_seconds"].sum() == 0
