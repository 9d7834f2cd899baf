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


def difficulty_for(pool, *, per_hour=10_000, per_day=10):
    return ProofOfWorkDifficulty(pool, 18, usual_per_hour=per_hour, usual_per_day=per_day)


async def enrol(pool, address, count, when=NOW):
    async with pool.acquire() as db:
        for _ in range(count):
            await enrolments.count(db, address, when)


async def test_the_toll_rises_with_the_crowd_and_falls_again(pool):
    toll = difficulty_for(pool, per_hour=2)
    assert await toll.difficulty("198.51.100.1", NOW) == 18
    await enrol(pool, "203.0.113.1", 8)
    # It looks every ten seconds only.
    assert await toll.difficulty("198.51.100.1", NOW + timedelta(seconds=5)) == 18
    assert await toll.difficulty("198.51.100.1", NOW + timedelta(seconds=10)) == 20
    assert await toll.difficulty("198.51.100.1", NOW + timedelta(hours=2)) == 18


@pytest.mark.parametrize(("enrolled", "bits"), [(9, 18), (10, 19), (19, 19), (20, 20), (40, 21), (1_000, 24)])
async def test_the_toll_of_a_neighbourhood_doubles_with_its_enrolments_up_to_a_bound(pool, enrolled, bits):
    await enrol(pool, "203.0.113.1", enrolled)
    assert await difficulty_for(pool).difficulty("203.0.113.99", NOW) == bits
    assert await difficulty_for(pool).difficulty("198.51.100.1", NOW) == 18
    assert await difficulty_for(pool).difficulty("203.0.113.99", NOW + timedelta(days=1)) == 18


async def test_a_carrier_pays_more_beyond_a_hundred_from_its_ipv6_range(pool):
    for household in range(100):
        await enrol(pool, f"2001:db8:{household:x}::1", 1)
    assert await difficulty_for(pool).difficulty("2001:db8:ffff::1", NOW) == 19
    assert await difficulty_for(pool).difficulty("2001:db9:ffff::1", NOW) == 18


async def test_challenges_asked_in_store_cost_what_enrolments_would(pool):
    """Without this count, all challenges of a half hour could be asked at the base price and solved later."""
    one, other = difficulty_for(pool), difficulty_for(pool)
    asked = [await (one, other)[i % 2].difficulty("203.0.113.1", NOW) for i in range(41)]
    assert (asked[:10], asked[10:20], asked[20:40], asked[40]) == ([18] * 10, [19] * 10, [20] * 20, 21)
    assert await one.difficulty("203.0.113.1", NOW + timedelta(hours=1)) == 21
    # Questions alone do not cost a neighbourhood its day.
    assert await one.difficulty("203.0.113.1", NOW + timedelta(hours=3)) == 18


async def test_processes_count_enrolments_together_without_an_address(pool):
    async with pool.acquire() as one, pool.acquire() as other:
        await enrolments.count(one, "203.0.113.1", NOW)
        await enrolments.count(other, "203.0.113.99", NOW)
        await enrolments.count(one, "198.51.100.1", NOW)
        assert await enrolments.rate(one, NOW) == 3
        kept = await one.fetch("SELECT * FROM intake.enrolment_places")
        assert await enrolments.crowd(other, "203.0.113.7", 1, NOW) == 3
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
