"""Which rows count: steps B and E."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from attempts import TODAY, attempt, frame, mature_history
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimator.admission import admit
from analytics.estimator.maturity import ARRIVALS, EPOCH_ORDINAL, next_steps
from analytics.model.policy import ARCHIVE, CROWD, Maturity


def admitted(rows, policy=ARCHIVE):
    return admit(frame(rows), TODAY, policy)


def test_a_history_that_meets_every_bound_counts():
    assert admitted(mature_history(1), CROWD).rows.height == 10


@pytest.mark.parametrize(
    "lacking",
    [{"tasks": 7}, {"days": 4}, {"clients": (1,)}, {"first_days_ago": 13, "days": 5}],
    ids=["client-days", "arrival days", "clients", "days since the first"],
)
def test_a_contributor_short_of_one_bound_does_not_count(lacking):
    whole = admitted(mature_history(1, **lacking), CROWD)
    assert whole.rows.height == 0
    assert whole.left_out["contributor_not_mature"] == lacking.get("tasks", 10)


def test_maturity_counts_days_of_arrival_and_not_claimed_ones():
    backdated = [{**row, "received_on": TODAY - timedelta(days=1)} for row in mature_history(1)]
    assert admitted(backdated, CROWD).rows.height == 0


def test_volume_matures_nobody():
    """Hundreds of tasks of one client on five days are five client-days, and eight are asked."""
    flood = [row for _ in range(60) for row in mature_history(1, clients=(1,), tasks=5)]
    other = mature_history(1, clients=(2,), tasks=2)
    assert admitted([*flood, *other], CROWD).rows.height == 0
    assert admitted([*flood, *mature_history(1, clients=(2,), tasks=3)], CROWD).rows.height == 303


def test_days_of_one_client_beyond_the_fifth_count_for_nothing():
    loyal = mature_history(1, clients=(1,), tasks=12, days=12)
    assert admitted([*loyal, *mature_history(1, clients=(2,), tasks=2, days=2)], CROWD).rows.height == 0
    assert admitted([*loyal, *mature_history(1, clients=(2,), tasks=3, days=3)], CROWD).rows.height == 15


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 25)), min_size=1, max_size=14))
def test_the_contributor_s_own_page_says_exactly_who_counts(arrivals):
    """`next_steps` of the page and the estimator's admission agree, whatever arrived when."""
    rows = [attempt(client, 1, origin="crowd", received_on=TODAY - timedelta(days=ago)) for client, ago in arrivals]
    days = [(1, client, (TODAY - timedelta(days=ago)).toordinal() - EPOCH_ORDINAL) for client, ago in arrivals]
    steps = next_steps(pl.DataFrame(days, schema=ARRIVALS, orient="row"), TODAY, Maturity())
    assert (steps == []) == (admitted(rows, CROWD).rows.height == len(rows))


def test_what_is_missing_is_said_in_plain_words():
    days = [(1, client, TODAY.toordinal() - EPOCH_ORDINAL - ago) for client in (1, 2) for ago in (9, 10, 11, 13)]
    assert next_steps(pl.DataFrame(days, schema=ARRIVALS, orient="row"), TODAY, Maturity()) == [
        "Wait 1 more day.",
        "Share work on 1 more day.",
    ]
    assert next_steps(pl.DataFrame(schema=ARRIVALS), TODAY, Maturity()) == ["Share a first task."]


def test_an_export_counts_without_a_history():
    assert admitted([attempt()]).rows.height == 1


def test_each_policy_takes_its_own_origin_and_nothing_of_the_future():
    rows = [attempt(origin="crowd"), attempt(received_on=TODAY + timedelta(days=1)), attempt()]
    assert admitted(rows).rows.height == 1
    assert admitted(rows).left_out["not_of_this_policy"] == 2


def test_weight_halves_in_45_days_and_ends_after_six_half_lives():
    policy = replace(CROWD, maturity=None)
    rows = [attempt(origin="crowd", days_ago=days) for days in (0, 45, 270, 271)]
    assert sorted(admitted(rows, policy).rows["decay"]) == [1 / 64, 0.5, 1.0]


@pytest.mark.parametrize(
    ("fields", "credited"),
    [
        ({"outcome": "approved"}, 1.0),
        ({"outcome": "approved", "paid": 0.4}, 0.4),
        ({"outcome": "paid", "paid": 1.5}, 1.5),
        ({"outcome": "rejected"}, 0.0),
        ({"outcome": "rejected", "paid": 0.02}, 0.02),
        ({"outcome": "submitted"}, None),
        ({"outcome": "submitted", "days_ago": 30}, None),
        ({"outcome": "submitted", "days_ago": 31}, 0.0),
        ({"outcome": "submitted", "days_ago": 31, "paid": 1.0}, 1.0),
        ({"outcome": "screened_out", "paid": 0.1}, 0.1),
        ({"outcome": "returned"}, 0.0),
    ],
)
def test_credited_pay_follows_the_outcome(fields, credited):
    crowd = replace(CROWD, maturity=None)
    assert admitted([attempt(origin="crowd", **fields)], crowd).rows["credited"].to_list() == [credited]


def test_unreviewed_work_in_an_export_stays_pending():
    assert admitted([attempt(outcome="submitted", days_ago=200)]).rows["credited"].to_list() == [None]


def test_a_task_takes_between_a_second_and_four_hours():
    rows = [attempt(seconds=seconds, days_ago=day) for day, seconds in enumerate((0.0, 60.0, 90_000.0))]
    assert sorted(admitted(rows).rows["seconds"]) == [1.0, 60.0, 14_400.0]


def test_a_day_of_more_than_fourteen_hours_shrinks_to_fourteen():
    rows = [attempt(client, seconds=4 * 3600) for client in range(1, 8)] + [attempt(contributor=2, seconds=60.0)]
    seconds = admitted(rows).rows.group_by("contributor").agg(pl.col("seconds").sum()).sort("contributor")
    assert seconds["seconds"].to_list() == pytest.approx([14 * 3600, 60.0])


def test_work_without_a_price_is_left_out_but_a_return_keeps_its_time():
    rows = [
        attempt(usd=None, outcome="approved"),
        attempt(usd=0.0, outcome="approved"),
        attempt(usd=0.0, outcome="returned"),
        attempt(usd=None, outcome="returned", contributor=2),
    ]
    whole = admitted(rows)
    assert whole.rows["contributor"].to_list() == [2]
    assert whole.left_out["too_old_or_unpriced"] == 3


def test_rows_without_a_usable_time_are_counted_out():
    rows = [attempt(seconds=seconds) for seconds in (None, float("nan"), float("inf"), -1.0)]
    whole = admitted(rows)
    assert (whole.rows.height, whole.left_out["no_time"]) == (0, 4)


def test_returned_work_without_a_time_counts_among_outcomes():
    rows = [attempt(seconds=seconds, outcome="returned") for seconds in (None, float("nan"), float("inf"), -1.0, 60.0)]
    whole = admitted(rows)
    assert whole.left_out["no_time"] == 2
    assert sorted(zip(whole.rows["is_timed"], whole.rows["seconds"], strict=True)) == [
        (False, 0),
        (False, 0),
        (True, 60),
    ]


def test_the_bounds_of_maturity_are_the_policy_s():
    easy = replace(CROWD, maturity=Maturity(days_since_first=0, arrival_days=1, client_days=1, clients=1))
    assert admitted([attempt(origin="crowd")], easy).rows.height == 1
