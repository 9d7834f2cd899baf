"""The rules that an item must pass, one by one and at their edges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.intake.contract import MAX_AGE_DAYS, MAX_CLOCK_AHEAD_HOURS, Refusal
from api.intake.rules import IngestRules, judge, judge_overhead
from tests.builders import HOUR, NOW, hour_id, observed, unpaid

LAW = IngestRules(frozenset({"practice", "other"}), frozenset({"USD", "EUR"}))


def usd(amount):
    return {"micros": round(amount * 1_000_000), "currency": "USD"}


def refused(**changes):
    verdict = judge(observed(**changes), LAW, NOW)
    return verdict[0] if verdict else None


def whole_hour(instant):
    return instant.replace(minute=0, second=0, microsecond=0).isoformat()


def test_a_plain_task_is_kept():
    assert refused() is None


def test_an_unknown_platform_is_refused():
    assert refused(platform="nowhere") is Refusal.UNKNOWN_PLATFORM


def test_a_pack_of_another_platform_is_refused():
    assert refused(pack={"slug": "other", "version": 1}) is Refusal.MALFORMED


@pytest.mark.parametrize(
    ("id_", "why"),
    [
        ("3f6c1a52-8d1e-4b0a-9c77-5b1f0e6a2d94", Refusal.NOT_TIME_ORDERED),
        (hour_id(HOUR + timedelta(milliseconds=1)), Refusal.NOT_HOURLY),
        (hour_id(HOUR + timedelta(days=3)), Refusal.IN_THE_FUTURE),
        (hour_id(HOUR - timedelta(days=MAX_AGE_DAYS + 1)), Refusal.TOO_OLD),
        (hour_id(HOUR), None),
    ],
)
def test_an_id_is_time_ordered_and_tells_only_the_hour(id_, why):
    assert refused(id=id_) is why


@pytest.mark.parametrize(
    ("claimed", "why"),
    [
        ("2026-11-23T09:00:01Z", Refusal.NOT_HOURLY),
        ("2026-11-23T09:30:00Z", Refusal.NOT_HOURLY),
        ("2026-11-23T09:00:00.000001Z", Refusal.NOT_HOURLY),
        ("2026-11-23T14:00:00+05:30", Refusal.NOT_HOURLY),
        ("2026-11-23T14:30:00+05:30", None),
        (whole_hour(NOW + timedelta(hours=MAX_CLOCK_AHEAD_HOURS + 1)), Refusal.IN_THE_FUTURE),
        (whole_hour(NOW + timedelta(hours=MAX_CLOCK_AHEAD_HOURS - 1)), None),
        (whole_hour(NOW - timedelta(days=MAX_AGE_DAYS + 1)), Refusal.TOO_OLD),
        (whole_hour(NOW - timedelta(days=MAX_AGE_DAYS - 1)), None),
    ],
)
def test_a_claim_is_a_whole_hour_of_a_day_that_we_keep(claimed, why):
    assert refused(claimed_hour=claimed) is why


@pytest.mark.parametrize(("active", "open_", "why"), [
    (100.0, 99.5, None),
    (100.0, 98.0, Refusal.OPEN_SHORTER_THAN_ACTIVE),
    (0.0, 0.0, None),
])  # fmt: skip
def test_nobody_works_longer_on_a_task_than_it_is_open(active, open_, why):
    assert refused(active_seconds=active, open_seconds=open_) is why


@pytest.mark.parametrize(("changes", "why"), [
    ({"paid": {"micros": 1, "currency": "EUR"}}, Refusal.CURRENCIES_DIFFER),
    ({"reward": {"micros": 1, "currency": "XXX"}}, Refusal.UNKNOWN_CURRENCY),
    ({"reward": None, "paid": {"micros": 1, "currency": "ZZZ"}}, Refusal.UNKNOWN_CURRENCY),
    ({"outcome": "returned", "paid": usd(0.35)}, Refusal.PAID_WITHOUT_WORK),
    ({"outcome": "expired", "paid": usd(0.35)}, Refusal.PAID_WITHOUT_WORK),
    ({"outcome": "returned", "paid": usd(0)}, None),
    ({"outcome": "screened_out", "paid": usd(0.10)}, None),
    ({"outcome": "paid", "paid": usd(1.00)}, None),
    ({"outcome": "paid", "paid": usd(101)}, Refusal.PAID_BEYOND_REWARD),
    ({"outcome": "paid", "reward": usd(50), "paid": usd(900)}, None),
    ({"outcome": "paid", "reward": usd(50), "paid": usd(1001)}, Refusal.PAID_BEYOND_REWARD),
    ({"outcome": "paid", "reward": usd(0.10), "reward_per": "unit", "units": 1000, "paid": usd(1900)}, None),
    ({"outcome": "paid", "reward": usd(10), "reward_per": "thousand", "units": 5000, "paid": usd(60)}, None),
    ({"outcome": "paid", "reward": usd(20), "reward_per": "hour", "open_seconds": 36_000.0, "paid": usd(200)}, None),
    ({"outcome": "paid", "reward": None, "paid": usd(9)}, None),
    ({"decided_on": "2026-11-29"}, Refusal.IN_THE_FUTURE),
    ({"decided_on": "2026-11-23"}, None),
    ({"task": {"id": None, "title": "a\x00b"}}, Refusal.MALFORMED),
    ({"client": {"id": None, "name": "a\x00b"}}, Refusal.MALFORMED),
])  # fmt: skip
def test_pay_and_words_make_sense(changes, why):
    assert refused(**changes) is why


@pytest.mark.parametrize(("changes", "why"), [
    ({}, None),
    ({"platform": "nowhere"}, Refusal.UNKNOWN_PLATFORM),
    ({"id": "3f6c1a52-8d1e-4b0a-9c77-5b1f0e6a2d94"}, Refusal.NOT_TIME_ORDERED),
    ({"day": "2026-11-26"}, Refusal.IN_THE_FUTURE),
    ({"day": "2024-01-01"}, Refusal.TOO_OLD),
    ({"seconds": {"search": 80_000.0, "watch": 7_000.0}}, Refusal.BEYOND_A_DAY),
    ({"seconds": {"search": 80_000.0, "watch": 6_400.0}}, None),
])  # fmt: skip
def test_an_overhead_is_part_of_a_day_that_we_keep(changes, why):
    verdict = judge_overhead(unpaid(**changes), LAW, NOW)
    assert (verdict[0] if verdict else None) is why


@given(st.timedeltas(timedelta(0), timedelta(days=3650)).map(lambda age: datetime(2020, 1, 1, tzinfo=UTC) + age))
def test_what_is_kept_never_tells_an_exact_time(instant):
    verdict = judge(observed(claimed_hour=instant.isoformat()), LAW, instant)
    if verdict is None:
        assert (instant.minute, instant.second, instant.microsecond) == (0, 0, 0)
