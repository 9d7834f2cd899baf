"""How many people earn how much: noisy, the same for the same rows, once a quarter."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.disclosure.release_secret import ReleaseSecret
from analytics.model.encoding import schema
from analytics.model.policy import ARCHIVE, CROWD
from analytics.tables.dictionary.people import WORKER_RATES
from analytics.tables.overheads import CLASSES, SPENT
from analytics.tables.release_context import ReleaseContext
from analytics.tables.work import hours_of, with_expected_pay
from analytics.tables.work_facts import work_facts
from analytics.tables.worker_pay import EDGES, EPSILON, FLOORS, PERCENTILES, Curve, worker_rates

DAY = date(2026, 11, 23)  # the third quarter is 54 days old
ROWS = {
    "platform": pl.String, "contributor": pl.Int64, "client_key": pl.Int64, "outcome": pl.String,
    "submitted": pl.Boolean, "reward": pl.Float64, "credited": pl.Float64, "seconds": pl.Float64, "age_days": pl.Float64,
}  # fmt: skip


def worked(hours, platform="here", age=80.0):
    rows = [
        (platform, person, 1, "approved", True, float(usd), float(usd), 3600.0, age) for person, usd in enumerate(hours)
    ]
    return pl.DataFrame(rows, schema=ROWS, orient="row")


def searched(people, seconds):
    rows = [(person, "here", DAY - timedelta(days=80), float(seconds), *([0.0] * 6)) for person in range(people)]
    return pl.DataFrame(rows, schema=SPENT, orient="row")


NOTHING = pl.DataFrame(schema=SPENT)


def told(rows, spent=NOTHING, before=None, day=DAY, policy=CROWD, secret=bytes(range(32))):
    platforms = rows["platform"].unique().sort()
    rates = pl.DataFrame({"platform": platforms}).with_columns(level=pl.lit("platform"))
    clients = pl.DataFrame({"level": ["client"], "client_key": [1], "paid_share": [0.8]})
    hours = with_expected_pay(hours_of(work_facts(rows, day, policy)), clients)
    return worker_rates(hours, spent, ReleaseContext(day, policy, ReleaseSecret(secret), rates), before)


def point(table, kind, at, basis="tasks"):
    return table.filter(pl.col("kind") == kind, pl.col("point") == at, pl.col("basis") == basis).row(0, named=True)


def test_percentiles_and_floors_of_a_large_crowd_are_near_the_truth():
    hours = np.exp(np.random.default_rng(1).normal(1.3, 0.9, 4000)).clip(0.3, 50)
    table, _ = told(worked(hours))
    for percentile in PERCENTILES:
        row, truth = point(table, "percentile", percentile), np.percentile(hours, percentile)
        assert row["own_usd_per_hour"] == pytest.approx(truth, rel=0.15)
        assert row["low_usd_per_hour"] <= row["own_usd_per_hour"] <= row["high_usd_per_hour"]
    for floor in FLOORS:
        row = point(table, "floor", floor)
        assert row["share_below"] == pytest.approx((hours < floor).mean(), abs=0.03)
        assert row["share_low"] <= row["share_below"] <= row["share_high"]


def test_the_hour_with_unpaid_time_in_it_pays_less():
    hours = np.exp(np.random.default_rng(2).normal(1.3, 0.9, 2000))
    table, _ = told(worked(hours), searched(2000, 3600))
    alone, whole = (point(table, "percentile", 50, basis)["own_usd_per_hour"] for basis in ("tasks", "all_hours"))
    assert whole == pytest.approx(alone / 2, rel=0.15)


@pytest.mark.parametrize(("people", "rows"), [(49, 0), (60, len(PERCENTILES) + len(FLOORS))])
def test_rows_need_fifty_to_sixty_people(people, rows):
    table, _ = told(worked([4.0] * people))
    assert table.height == rows
    assert table.schema == {name: kind for name, kind in schema(WORKER_RATES).items() if name != "release"}


def test_a_person_spends_a_budget_of_one_in_the_whole_table():
    table, _ = told(pl.concat([worked([4.0] * 200), worked([2.0] * 100, "there")]), searched(200, 60))
    assert set(table["platform"]) == {"here"}  # everybody worked as long there, and counts on one of them
    assert table.select("basis", "epsilon").unique()["epsilon"].sum() == 2 * EPSILON == 1.0


def test_the_same_rows_give_the_same_noise_and_another_secret_other_noise():
    rows = worked(np.linspace(0.5, 20, 60))
    assert told(rows)[0].equals(told(rows.reverse())[0])
    assert not told(rows)[0].equals(told(rows, secret=bytes(range(1, 33)))[0])


def test_one_person_s_pay_is_within_the_noise():
    """With somebody in any other bin the table is another draw, and its interval is wider than one person."""
    rows = point(told(worked([4.0] * 69 + [0.3]))[0], "floor", 2.0)
    assert rows["share_high"] - rows["share_low"] > 4 / 70


def test_a_table_stands_until_the_next_quarter_is_over():
    first, memory = told(worked([4.0] * 60))
    changed = worked([40.0] * 90)
    assert told(changed, before=memory)[0].equals(first)
    assert not told(changed.with_columns(pl.col("age_days") - 30), before=memory, day=date(2027, 1, 2))[0].equals(first)


def test_an_archive_tells_of_all_its_time_and_keeps_what_it_told():
    first, memory = told(worked([4.0] * 60, age=3000.0), policy=ARCHIVE)
    assert set(first["quarter"]) == {"all"}
    both = pl.concat([worked([9.0] * 60), worked([2.0] * 60, "there", 50.0).with_columns(pl.col("contributor") + 1000)])
    later, _ = told(both, before=memory, policy=ARCHIVE)
    assert later.filter(pl.col("platform") == "here").equals(first)
    assert "there" in later["platform"].to_list()


def test_work_of_another_quarter_does_not_count():
    assert told(worked([4.0] * 60, age=20.0))[0].is_empty()


def test_a_curve_is_read_between_its_edges():
    even = Curve("here", "tasks", 160.0, np.arange(1, len(EDGES) + 1) * 10.0, 0.0)
    assert even.at(100 * 5 / 16, 0.0) == pytest.approx(EDGES[4])
    assert even.at(10, 0.0) < even.at(50, 0.0) < even.at(90, 0.0)
    assert even.at(50, 1.96) <= even.at(50, 0.0) <= even.at(50, -1.96)
    assert len(CLASSES) == 7


def pending(hours):
    return worked(hours).with_columns(outcome=pl.lit("submitted"), credited=pl.lit(None, pl.Float64))


def test_people_whose_work_is_not_decided_are_in_every_figure_at_the_paid_share_of_their_client():
    """Of 644 people 584 had no decided work: they were left out, and "under $2: 0 %" was published where 15 % is right."""
    poor, others = pending([1.5] * 96 + [4.0] * 488), worked([8.0] * 60)
    rows = pl.concat([poor, others.with_columns(pl.col("contributor") + 1000)])
    table, _ = told(rows)
    assert set(table["contributors"]) == {"500-1,999"}
    assert point(table, "floor", 2.0)["share_below"] == pytest.approx(96 / 644, abs=0.03)
    assert point(table, "percentile", 50)["own_usd_per_hour"] == pytest.approx(4.0 * 0.8, rel=0.15)
    assert table["undecided_share"].unique().to_list() == [0.9]


@given(st.integers(60, 160), st.floats(0.0, 3.0), st.integers(0, 500))
@settings(max_examples=25, deadline=None)
def test_after_the_noise_nobody_is_richer_with_unpaid_time_counted(people, spread, seed):
    hours = np.exp(np.random.default_rng(seed).normal(1.0, spread, people)).clip(0.01, 500)
    table, _ = told(worked(hours), searched(people, 900), secret=seed.to_bytes(4, "big") * 8)
    for floor in FLOORS:
        tasks, whole = (point(table, "floor", floor, basis) for basis in ("tasks", "all_hours"))
        for name in ("share_below", "share_low", "share_high"):
            assert 0 <= tasks[name] <= whole[name] <= 1
    for percentile in PERCENTILES:
        tasks, whole = (point(table, "percentile", percentile, basis) for basis in ("tasks", "all_hours"))
        assert whole["own_usd_per_hour"] <= tasks["own_usd_per_hour"]
    below = [point(table, "floor", floor)["share_below"] for floor in FLOORS]
    assert below == sorted(below)
