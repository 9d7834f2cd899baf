"""People's own hours, shares, endings and countries, beside figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.importers.attempts import ATTEMPTS
from analytics.reporting.report.endings import concentration, endings, gini, pauses
from analytics.reporting.report.people import (
    mean,
    own_hours,
    pay_over_time,
    people_too_short,
    percentile,
    share_of,
    undecided_share,
)
from analytics.reporting.report.same_task import same_task

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def attempt(worker, start, minutes, **more):
    """An attempt of an hour's pay per minute given: 1 USD unless told otherwise."""
    begun = NOON + timedelta(minutes=start)
    usual = {
        "platform": "site",
        "source": "lab",
        "file": "f.csv",
        "worker": worker,
        "task_title": "T",
        "task_id": "t",
        "reward_micros": 1_000_000,
        "outcome": "approved",
        "accepted_at": begun,
        "submitted_at": begun + timedelta(minutes=minutes),
        "units": 1,
        "rows": 1,
    }
    return {name: {**usual, **more}.get(name) for name in ATTEMPTS}


def frame(rows):
    return pl.DataFrame(rows, schema=ATTEMPTS)


def test_overlapping_tasks_count_twice_by_task_and_once_otherwise():
    hours = own_hours(frame([attempt("a", 0, 30), attempt("a", 0, 30)])).row(0, named=True)
    assert hours["by_task"] == pytest.approx(2.0)  # 2 USD in an hour of tasks
    assert hours["tasks"] == pytest.approx(4.0)  # 2 USD in half an hour of clock
    assert hours["all_hours"] == pytest.approx(4.0)


def test_refused_work_and_short_pauses_are_time_in_all_hours_only():
    rows = [attempt("a", 0, 30), attempt("a", 30.5, 29.5, outcome="rejected")]
    hours = own_hours(frame(rows)).row(0, named=True)
    assert hours["tasks"] == pytest.approx(2.0)
    assert hours["all_hours"] == pytest.approx(1.0)
    longer = own_hours(frame([attempt("a", 0, 30), attempt("a", 60, 30)])).row(0, named=True)
    assert longer["all_hours"] == pytest.approx(2.0)  # half an hour away is no work


def test_a_person_all_of_whose_work_was_refused_earned_nothing():
    hours = own_hours(frame([attempt("a", 0, 30, outcome="rejected")])).row(0, named=True)
    assert hours["all_hours"] == 0.0
    assert hours["tasks"] is None


def test_work_without_pay_end_or_worker_is_in_nobody_s_hour():
    rows = [attempt(None, 0, 9), attempt("a", 0, 9, reward_micros=None), attempt("b", 0, 9, submitted_at=None)]
    assert own_hours(frame(rows)).is_empty()


def test_percentiles_and_means_need_ten_people():
    amounts = [1.0 + place for place in range(50)]
    assert percentile(amounts[:9], 0.5) is None
    assert mean(amounts[:9]) is None
    told = percentile(amounts, 0.5)
    assert told.low < told.middle < told.high
    assert told.middle == pytest.approx(25.5, rel=0.06)
    assert mean(amounts) == pytest.approx(25.5, rel=0.03)


@given(st.lists(st.floats(0.01, 500), min_size=10, max_size=200), st.sampled_from([0.1, 0.5, 0.9]))
def test_the_interval_of_a_percentile_holds_it(amounts, part):
    told = percentile(amounts, part)
    assert told.low <= told.middle <= told.high


@given(st.integers(0, 400), st.integers(10, 400))
def test_a_share_lies_in_its_interval_and_in_steps(hits, count):
    told = share_of(min(hits, count), count)
    assert 0 <= told.low <= told.middle <= told.high <= 1.01


def test_a_share_of_nine_people_is_not_told():
    assert share_of(3, 9) is None
    assert share_of(3, 10) is not None


def test_people_with_less_than_a_minute_of_work_are_left_out_and_counted():
    rows = frame([attempt("a", 0, 0.5), attempt("b", 0, 30), attempt("c", 0, 0.9)])
    assert own_hours(rows)["person"].len() == 1
    assert people_too_short(rows) == 2


def test_pay_over_time_is_all_pay_over_all_hours():
    assert pay_over_time(frame([attempt("a", 0, 30), attempt("b", 0, 90)])) == {"site": 1.0}


def test_the_share_not_decided_counts_each_person_once():
    rows = [attempt("a", 0, 30, outcome="submitted"), *(attempt("b", 60 * n, 30) for n in range(9))]
    assert undecided_share(frame(rows)) == 0.5
    assert undecided_share(frame([attempt("a", 0, 30, outcome="returned")])) is None


def test_what_rejections_cost_is_exact_on_one_s_own_files():
    rows = [attempt(f"w{n}", 60 * n, 30) for n in range(20)]
    few = [attempt(f"w{n}", 60 * n + 30, 15, outcome="rejected") for n in range(4)]
    many = [attempt(f"w{n}", 60 * n + 30, 15, outcome="rejected") for n in range(8)]
    (told,) = endings(frame(rows + few))
    assert (told["ending"], told["hours"], told["listed_usd"]) == ("rejected", 1.0, 4.0)
    (told,) = endings(frame(rows + many))
    assert told["hours"] == pytest.approx(2.0)
    assert told["listed_usd"] == pytest.approx(8.0)
    assert told["share_of_tasks"] == pytest.approx(0.2)  # half of the tasks of eight people in twenty
    assert told["people_share"] == pytest.approx(0.4)


def test_people_are_counted_exactly_and_their_share_needs_ten():
    rows = [attempt(f"w{n}", 60 * n, 30, outcome="rejected" if n < 6 else "approved") for n in range(9)]
    (told,) = endings(frame(rows))
    assert told["people"] == 9
    assert told["people_share"] is None
    assert told["share_of_tasks"] == pytest.approx(6 / 9, abs=1e-3)


def test_where_no_outcome_is_known_no_ending_is_told():
    assert endings(frame([attempt("a", 0, 30, outcome=None)])) == []
    assert endings(frame([attempt("a", 0, 30, submitted_at=None, outcome="expired")]))[0]["hours"] is None


def test_pauses_between_tasks_are_minutes_beside_an_hour_of_them():
    rows = [attempt(f"w{n}", start, 29.5) for n in range(10) for start in (100 * n, 100 * n + 30)]
    (told,) = pauses(frame(rows))
    assert told["minutes_per_task_hour"] == pytest.approx(0.5, abs=0.05)
    assert pauses(frame(rows[:8])) == []


def test_concentration_needs_five_clients_of_five_people():
    rows = [attempt(f"w{n}", 60 * n, 30, source=f"lab{lab}") for lab in range(5) for n in range(5)]
    rich = [attempt(f"w{n}", 60 * n, 30, source="lab0", reward_micros=15_000_000) for n in range(5)]
    (told,) = concentration(frame(rows))
    assert (told["clients"], told["largest_share"], told["gini"]) == (5, 0.2, 0.0)
    (told,) = concentration(frame(rows + rich))
    assert told["largest_share"] == pytest.approx(0.8)
    assert concentration(frame([row for row in rows if row["source"] != "lab4"])) == []
    assert concentration(frame([row for row in rows if (row["source"], row["worker"]) != ("lab4", "w4")])) == []


def test_gini_is_nothing_among_equals_and_near_one_where_one_has_all():
    assert gini([3.0, 3.0, 3.0]) == 0.0
    assert gini([0.0, 0.0, 0.0, 10.0]) == pytest.approx(0.75)


def compared(slower=2.0, people=20):
    """Two countries on two tasks, one `slower`; the second task takes ten times as long and only it pays well."""
    return [
        attempt(
            f"{country}{n}",
            400 * n + 50 * task,
            (1 + 9 * task) * (slower if country == "BB" else 1.0) * (1 + 0.02 * (n % 5)),
            country=country,
            task_id=f"t{task}",
            reward_micros=None,
        )
        for country in ("AA", "BB")
        for n in range(people if country == "AA" else people // 2)
        for task in range(2 if country == "AA" or n % 2 else 1)
    ]


def test_a_country_is_compared_on_the_same_tasks_only():
    first, second = same_task(frame(compared()))
    assert (first["country"], second["country"]) == ("AA", "BB")
    assert first["factor"] / second["factor"] == pytest.approx(2.0, rel=0.02)
    assert second["low"] <= second["factor"] <= second["high"]
    assert first["people"] == 20


def test_a_country_with_fewer_than_ten_people_is_not_told():
    assert same_task(frame(compared(people=18))) == []


def test_countries_that_share_no_task_cannot_be_compared():
    rows = [attempt(f"{c}{n}", 40 * n, 5, country=c, task_id=c) for c in ("AA", "BB") for n in range(20)]
    assert same_task(frame(rows)) == []
    assert same_task(frame([attempt("a", 0, 5)])) == []
