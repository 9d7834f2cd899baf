"""Counts that slow a flood and are forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.errors import TooMany
from api.intake.rate_limits import AskLimit, PostLimit, ProofOfWorkDifficulty
from api.store import enrolments
from tests.builders import NOW


def test_a_neighbourhood_asks_so_often_a_minute_and_then_again():
    limit = AskLimit(2)
    limit.count("203.0.113.1", NOW)
    limit.count("203.0.113.2", NOW)
    with pytest.raises(TooMany) as caught:
        limit.count("203.0.113.3", NOW + timedelta(seconds=15))
    assert caught.value.headers() == {"retry-after": "45"}
    limit.count("198.51.100.1", NOW)
    limit.count("203.0.113.3", NOW + timedelta(minutes=1))


def test_no_address_is_kept_and_the_salt_dies_with_the_day():
    limit = AskLimit(2)
    limit.count("203.0.113.1", NOW)
    salt = limit._salt
    assert "203.0.113" not in repr((limit.__dict__, limit._windows.__dict__))
    limit.count("203.0.113.1", NOW + timedelta(days=1))
    assert limit._salt != salt
    assert len(limit._windows._windows) == 1


def test_a_contributor_posts_so_often_a_minute_and_then_again():
    limit = PostLimit(3)
    for second in range(3):
        limit.count(7, NOW + timedelta(seconds=second))
    limit.count(8, NOW)
    with pytest.raises(TooMany) as caught:
        limit.count(7, NOW + timedelta(seconds=20))
    assert caught.value.headers() == {"retry-after": "40"}
    limit.count(7, NOW + timedelta(seconds=60))


def test_a_clock_that_goes_back_locks_nobody_out():
    limit = PostLimit(1)
    limit.count(7, NOW)
    limit.count(7, NOW - timedelta(days=1))


async def test_the_toll_rises_with_the_crowd_and_falls_again(pool):
    toll = ProofOfWorkDifficulty(pool, 18, 2)
    assert await toll.difficulty(NOW) == 18
    async with pool.acquire() as db:
        for _ in range(8):
            await enrolments.count(db, "203.0.113.1", NOW)
    assert await toll.difficulty(NOW + timedelta(seconds=5)) == 18  # it looks every ten seconds only
    assert await toll.difficulty(NOW + timedelta(seconds=10)) == 20
    assert await toll.difficulty(NOW + timedelta(hours=2)) == 18


async def test_processes_count_enrolments_together_without_an_address(pool):
    async with pool.acquire() as one, pool.acquire() as other:
        assert await enrolments.count(one, "203.0.113.1", NOW) == 1
        assert await enrolments.count(other, "203.0.113.99", NOW) == 2
        assert await enrolments.count(one, "198.51.100.1", NOW) == 1
        assert await enrolments.rate(one, NOW) == 3
        kept = await one.fetch("SELECT * FROM intake.enrolment_places")
    assert "203.0" not in str(kept)
    assert {row["used"] for row in kept} == {1, 2}
    assert all(0 <= row["place"] < 2**20 for row in kept)


async def test_yesterdays_salt_and_counts_are_let_go(pool):
    async with pool.acquire() as db:
        await enrolments.count(db, "203.0.113.1", NOW)
        await enrolments.count(db, "203.0.113.1", NOW + timedelta(days=2))
        await enrolments.forget(db, NOW + timedelta(days=2))
        days = [
            await db.fetchval(f"SELECT count(*) FROM intake.enrolment_{part}") for part in ("salts", "places", "hours")
        ]
    assert days == [1, 1, 1]


async def test_what_limits_enrolment_is_in_no_write_ahead_log(pool):
    found = await pool.fetch("SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r'")
    limits = {"daily_use", "enrolment_salts", "enrolment_places", "enrolment_hours"}
    assert {row["relname"] for row in found} == limits
