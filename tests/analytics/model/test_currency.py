"""Amounts in dollars: the day's rate, the unit of pay, and what cannot be converted."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from analytics.model.currency import Exchange, in_usd, shipped
from analytics.model.observations import PAID_TIME, RAW, SCHEMA

RATES = Exchange(
    pl.DataFrame(
        {
            "currency": ["EUR", "EUR", "GBP", "GBP", "USD", "USD", "XOF"],
            "day": [date(2026, 3, 2), date(2026, 3, 6)] * 3 + [date(2019, 1, 1)],
            "usd_per_unit": [1.10, 1.20, 1.30, 1.40, 1.0, 1.0, 0.002],
        }
    ).sort("currency", "day")
)  # fmt: skip


def raw(**fields):
    row = {
        "platform": "here", "client_key": 1, "task_key": 2, "contributor": 3, "origin": "crowd", "country": None,
        "reward_micros": 2_000_000, "reward_per": "task", "units": 1, "paid_micros": None, "currency": "EUR",
        "active_seconds": 1800.0, "open_seconds": 1800.0, "limit_seconds": None, "estimate_seconds": None,
        "outcome": "approved", "claimed_hour": datetime(2026, 3, 6, 9, tzinfo=UTC), "decided_on": None,
        "received_on": date(2026, 3, 6),
    }  # fmt: skip
    return pl.DataFrame([row | fields], schema=RAW)


def reward(**fields):
    return in_usd(raw(**fields), RATES)["reward_micros"].to_list()


def test_the_frame_has_the_estimator_s_shape():
    assert in_usd(raw(), RATES).schema == SCHEMA
    assert in_usd(raw().clear(), RATES).schema == SCHEMA


@pytest.mark.parametrize(
    ("day", "micros"),
    [
        (datetime(2026, 3, 6, tzinfo=UTC), 2_400_000),
        (datetime(2026, 3, 4, tzinfo=UTC), 2_200_000),
        (datetime(2027, 8, 1, tzinfo=UTC), 2_400_000),
    ],
    ids=["the day itself", "the last known day before", "beyond the history"],
)
def test_a_day_has_its_last_known_rate(day, micros):
    assert reward(claimed_hour=day) == [micros]


def test_before_the_first_rate_and_without_any_the_row_is_left_out():
    assert reward(claimed_hour=datetime(2026, 3, 1, tzinfo=UTC)) == []
    assert reward(currency="QQQ") == []
    assert reward(currency=None) == []


def test_a_currency_that_is_no_longer_quoted_has_no_rate():
    assert reward(currency="XOF") == []
    assert "XOF" not in RATES.usd_per_unit(date(2026, 3, 6))


def test_dollars_need_no_history():
    assert reward(currency="USD", claimed_hour=datetime(1990, 1, 1, tzinfo=UTC)) == [2_000_000]


@pytest.mark.parametrize(
    ("fields", "micros"),
    [
        ({"reward_per": "unit", "units": 30}, 60_000_000),
        ({"reward_per": "thousand", "units": 250}, 500_000),
        ({"reward_per": "hour"}, 1_000_000),
        ({"reward_per": "task", "units": 30}, 2_000_000),
    ],
    ids=["unit", "thousand", "hour", "task"],
)
def test_pay_is_for_the_whole_attempt(fields, micros):
    assert reward(currency="USD", **fields) == [micros]


def test_credited_pay_is_of_the_attempt_already():
    paid = in_usd(raw(currency="GBP", reward_per="unit", units=30, paid_micros=1_000_000), RATES)
    assert paid["paid_micros"].to_list() == [1_400_000]


def test_a_row_that_names_no_amount_stays():
    assert reward(reward_micros=None, currency=None) == [None]


def test_rows_keep_their_order():
    rows = pl.concat([raw(contributor=n, currency="EUR" if n % 2 else "GBP") for n in range(6)])
    assert in_usd(rows, RATES)["contributor"].to_list() == list(range(6))


def test_the_shipped_history_knows_the_euro_and_the_peso_of_the_day():
    known = shipped().usd_per_unit(date(2018, 9, 3))
    assert known["EUR"] == pytest.approx(1.1615, abs=1e-3)
    assert known["USD"] == 1.0
    assert 0.015 < known["PHP"] < 0.025
    assert list(known) == sorted(known)
    assert "CYP" not in known


def test_before_the_history_only_the_dollar_is_known():
    assert shipped().usd_per_unit(date(1980, 1, 1)) == {"USD": 1.0}


def hourly(**fields):
    """Pay of $20 an hour for 41 minutes of work."""
    paid_time = {name: fields.pop(name, None) for name in PAID_TIME}
    rows = raw(reward_micros=20_000_000, reward_per="hour", currency="USD", active_seconds=41 * 60.0, **fields)
    frame = rows.with_columns(pl.lit(value, PAID_TIME[name]).alias(name) for name, value in paid_time.items())
    return in_usd(frame, RATES).select("reward_micros", "paid_micros").row(0)


def test_hourly_pay_counts_time_up_to_what_the_site_pays_for():
    assert hourly() == (13_666_667, None)
    assert hourly(cap_seconds=1800.0) == (10_000_000, None)
    assert hourly(limit_seconds=1800.0) == (10_000_000, None)
    assert hourly(cap_seconds=1800.0, limit_seconds=600.0) == (10_000_000, None)
    assert hourly(cap_seconds=7200.0) == (13_666_667, None)


def test_time_that_was_paid_replaces_worked_time_in_what_is_paid_alone():
    """41 minutes worked, 30 paid at $20: r = p = $10 under a cap of 30 minutes, $14.63 an hour."""
    assert hourly(cap_seconds=1800.0, paid_seconds=1800.0) == (10_000_000, 10_000_000)
    assert hourly(paid_seconds=1800.0) == (13_666_667, 10_000_000)
    assert hourly(paid_seconds=1800.0, paid_micros=9_000_000) == (13_666_667, 9_000_000)
    assert hourly(paid_seconds=1800.0, outcome="submitted") == (13_666_667, None)
    reward, paid = hourly(cap_seconds=1800.0, paid_seconds=1800.0)
    assert reward == paid
    assert paid / 1e6 / (41 / 60) == pytest.approx(14.63, abs=0.005)
