"""Odd inputs end in a number or in no row, never in a failure."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from attempts import AS_OF, TODAY, attempt, frame, mature_history, team
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.disclosure.thresholds import Draws, disclose
from analytics.estimator import estimate
from analytics.estimator.rates import CELLS, COMPONENTS
from analytics.model.observations import OUTCOMES, SCHEMA
from analytics.model.policy import ARCHIVE, CROWD
from tests.secret import SECRET

NEVER_NULL = ("theta", "variance", "kept_share", "task_usd_per_hour", "pooled_variance")
EFFECTIVE = ("paid_share", "effective_usd_per_hour", "low_usd_per_hour", "high_usd_per_hour")


def cells(rows, level="client", policy=ARCHIVE):
    return estimate(frame(rows), as_of=AS_OF, policy=policy).cells.filter(pl.col("level") == level)


@pytest.mark.parametrize("policy", [ARCHIVE, CROWD], ids=lambda policy: policy.name)
def test_no_rows_give_empty_rates_of_the_same_shape(policy):
    rates = estimate(pl.DataFrame(schema=SCHEMA), as_of=AS_OF, policy=policy)
    assert rates.cells.schema == CELLS
    assert rates.components.schema == COMPONENTS
    assert disclose(rates, policy, Draws(SECRET)).cells.is_empty()


def test_the_frames_have_the_declared_shape():
    rates = estimate(frame(team(12)), as_of=AS_OF, policy=ARCHIVE)
    assert rates.cells.schema == CELLS
    assert rates.components.schema == COMPONENTS


def test_one_row_is_a_rate_of_one_contributor():
    rate = cells([attempt()]).row(0, named=True)
    assert (rate["contributors"], rate["paid_share"], rate["kept_share"]) == (1, 1.0, 1.0)
    assert rate["low_usd_per_hour"] < rate["effective_usd_per_hour"] < rate["high_usd_per_hour"]


def test_alike_contributors_give_exactly_their_rate():
    rate = cells(team(12, usd=1.0, seconds=360.0)).row(0, named=True)
    assert rate["effective_usd_per_hour"] == pytest.approx(10, rel=1e-9)


def test_work_that_was_all_rejected_puts_the_paid_share_at_its_floor():
    rate = cells(team(12, outcome="rejected")).row(0, named=True)
    assert rate["paid_share"] == 0.02
    assert rate["effective_usd_per_hour"] == pytest.approx(0.02 * rate["task_usd_per_hour"])


def test_where_nothing_is_decided_there_is_a_task_rate_and_no_effective_rate():
    rate = cells(team(12, outcome="submitted")).row(0, named=True)
    assert (rate["paid_share"], rate["paid_share_level"], rate["effective_usd_per_hour"]) == (None, None, None)
    assert (rate["decided_contributors"], rate["pending_share"], rate["undecided_share"]) == (0, 1.0, 1.0)
    assert rate["task_usd_per_hour"] == pytest.approx(10)
    assert (rate["none_paid_usd_per_hour"], rate["all_paid_usd_per_hour"]) == (0, pytest.approx(10))


def test_a_client_with_few_decisions_takes_the_paid_share_of_its_platform():
    """A reviewer rejects by hand first; the site approves the others later (an export of 2017 had 5.5 % decided)."""
    others = [row for client in range(2, 8) for row in team(40, client=client, first=200 * client)]
    early = [*team(4, outcome="rejected"), *team(5, first=5), *team(91, first=10, outcome="submitted")]
    rate = cells([*others, *early]).filter(pl.col("client_key") == 1).row(0, named=True)
    assert rate["paid_share_level"] == "platform"
    assert rate["paid_share"] > 0.97
    assert rate["undecided_share"] == pytest.approx(0.91)
    assert rate["none_paid_usd_per_hour"] < rate["effective_usd_per_hour"] <= rate["all_paid_usd_per_hour"]


def test_half_decided_is_enough_for_an_own_paid_share():
    rows = [
        *team(12, client=2),
        *team(10),
        *team(2, first=11, outcome="rejected"),
        *team(12, first=13, outcome="submitted"),
    ]
    rate = cells(rows).filter(pl.col("client_key") == 1).row(0, named=True)
    assert (rate["paid_share_level"], rate["undecided_share"]) == ("client", 0.5)
    assert rate["paid_share"] < 0.95


def test_overdue_pay_counts_at_nothing_only_where_the_client_s_own_share_is_used():
    def history(person, outcome, client):
        return [
            {**row, "client_key": client, "task_key": client * 1000, "outcome": outcome}
            for row in mature_history(person, first_days_ago=40)
        ] + mature_history(person, clients=(8, 9), first_days_ago=40)

    def rows(paid, overdue):
        decided = [row for person in range(paid) for row in history(person, "approved", 1)]
        return decided + [row for person in range(paid, paid + overdue) for row in history(person, "submitted", 1)]

    def client(found):
        return cells(found, policy=CROWD).filter(pl.col("client_key") == 1).row(0, named=True)

    own, parent = client(rows(20, 10)), client(rows(10, 20))
    assert own["paid_share_level"] == "client"
    assert own["paid_share"] < 0.85
    assert own["overdue_share"] == pytest.approx(1 / 3)
    assert parent["paid_share_level"] == "platform"
    assert parent["paid_share"] == pytest.approx(1.0)
    assert parent["overdue_share"] == pytest.approx(2 / 3)


def test_returned_work_without_a_time_leaves_the_kept_share_unknown():
    """Half of an export's rows are returned and say no time (the shape of Prolific's export, invented rows)."""
    rows = [*team(12), *team(12, first=20, outcome="returned", seconds=None)]
    rate = cells(rows).row(0, named=True)
    assert (rate["submitted_share"], rate["returned_share"], rate["untimed_share"]) == (0.5, 0.5, 0.5)
    assert (rate["kept_share"], rate["kept_share_level"], rate["effective_usd_per_hour"]) == (None, None, None)
    assert rate["task_usd_per_hour"] == pytest.approx(10)


def test_time_of_returned_work_is_that_of_the_platform_where_the_client_s_rows_say_none():
    timed = [*team(12, client=2), *team(12, client=2, outcome="returned")]
    rate = cells([*timed, *team(12), *team(2, outcome="returned", seconds=None)])
    row = rate.filter(pl.col("client_key") == 1).row(0, named=True)
    assert row["kept_share_level"] in ("platform", "all")
    assert row["kept_share"] < 0.8


def test_a_few_decisions_do_not_show_in_a_published_cell():
    many = [*team(12, client=2), *team(12, client=2, first=20, outcome="rejected"), *team(12, outcome="submitted")]
    here = cells([*many, *team(4, outcome="rejected")])
    assert here["decided_contributors"][0] == 0
    assert here["paid_share_level"].to_list() == ["platform", "client"]


def test_time_of_work_given_back_lowers_the_effective_rate_and_not_the_task_rate():
    returned = cells([*team(12), *team(12, outcome="returned")]).row(0, named=True)
    assert returned["kept_share"] == pytest.approx(0.5)
    assert returned["task_usd_per_hour"] == pytest.approx(cells(team(12))["task_usd_per_hour"][0])
    assert returned["returned_share"] == pytest.approx(0.5)


def test_a_client_with_returns_only_leans_on_its_platform():
    rows = [*team(12), *team(3, client=2, outcome="returned")]
    own, other = cells(rows).sort("client_key").iter_rows(named=True)
    assert (other["contributors"], other["people"]) == (0, 3)
    assert other["theta"] == pytest.approx(own["theta"], abs=0.3)


def test_nothing_but_free_work_gives_no_cell():
    assert cells([attempt(usd=0.0), attempt(usd=None)]).is_empty()


def test_where_nobody_submitted_anything_there_is_no_rate():
    assert cells(team(12, outcome="returned")).is_empty()


def test_days_to_pay_is_the_middle_of_people_s_own_middles():
    rows = [
        attempt(contributor=person, days_ago=20, decided_on=TODAY - timedelta(days=20 - wait))
        for person, waits in enumerate([[1, 1, 9], [4], [6]])
        for wait in waits
    ]
    rate = cells(rows).row(0, named=True)
    assert (rate["days_to_pay"], rate["days_to_pay_contributors"]) == (4.0, 3)


def test_each_platform_has_its_own_rates():
    rows = [*team(12), *team(12, client=2, platform="there", seconds=3600.0)]
    houses = cells(rows, "platform")
    assert houses["platform"].to_list() == ["here", "there"]
    assert houses["theta"][0] > houses["theta"][1] + 1


ATTEMPTS = st.builds(
    attempt,
    client=st.integers(-3, 3),
    contributor=st.integers(1, 12),
    days_ago=st.integers(0, 400),
    usd=st.none() | st.floats(0, 1000),
    paid=st.none() | st.floats(0, 5000),
    seconds=st.none() | st.floats(0, 1e7),
    outcome=st.sampled_from(OUTCOMES),
    task_key=st.integers(1, 4),
    platform=st.sampled_from(["here", "there"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ATTEMPTS, max_size=60))
def test_no_figure_is_ever_undefined(rows):
    rates = estimate(frame(rows), as_of=AS_OF, policy=ARCHIVE)
    told = rates.cells.filter(pl.col("kept_share").is_not_null()).select(NEVER_NULL)
    assert np.isfinite(told.to_numpy()).all()
    is_known = pl.col("paid_share").is_not_null() & pl.col("kept_share").is_not_null()
    assert rates.cells.select((pl.col("effective_usd_per_hour").is_not_null() == is_known).all()).item()
    known = rates.cells.filter(is_known).select(EFFECTIVE)
    assert np.isfinite(known.to_numpy()).all()
    assert known["paid_share"].is_between(0.02, 2).all()
    assert told["kept_share"].is_between(0.02, 1).all()
    assert (known["low_usd_per_hour"] <= known["effective_usd_per_hour"]).all()
    assert (known["effective_usd_per_hour"] <= known["high_usd_per_hour"]).all()
    shown = disclose(rates, ARCHIVE).cells
    assert (shown["low_usd_per_hour"] <= shown["high_usd_per_hour"]).all()
