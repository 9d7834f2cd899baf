"""The all-in factor: one contributor one voice, drawn to what studies found, null where nobody was asked."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from attempts import AS_OF, TODAY, attempt, frame, mature_history, team

from analytics.estimator import all_in, estimate
from analytics.estimator.all_in import OVERHEADS, ratios
from analytics.model.policy import ARCHIVE, CROWD


def overheads(*rows):
    """(contributor, seconds) on `here` today, or longer rows as they are."""
    whole = [row if len(row) == 4 else (row[0], "here", TODAY, row[1]) for row in rows]
    return pl.DataFrame(whole, schema=OVERHEADS, orient="row")


def house(rows, shared, policy=ARCHIVE):
    cells = estimate(frame(rows), as_of=AS_OF, policy=policy, overheads=shared).cells
    return cells.filter(pl.col("level") == "platform").row(0, named=True)


def test_without_overheads_there_is_no_factor():
    row = house(team(12), None)
    assert (row["all_in_factor"], row["all_in_usd_per_hour"], row["all_in_contributors"]) == (None, None, 0)


def test_where_nobody_shared_any_studies_stand_in():
    row = house(team(12), overheads())
    assert row["all_in_factor"] == pytest.approx(1.5)
    assert row["all_in_contributors"] == 0
    assert row["all_in_variance"] == pytest.approx(0.25**2)


def test_many_who_agree_are_believed():
    row = house(team(400), overheads(*((person, 360.0) for person in range(1, 401))))
    assert row["all_in_factor"] == pytest.approx(2.0, rel=0.01)
    assert row["all_in_usd_per_hour"] == pytest.approx(row["effective_usd_per_hour"] / row["all_in_factor"])


def test_a_few_are_drawn_to_the_studies():
    row = house(team(12), overheads((1, 3600.0)))
    assert 1.5 < row["all_in_factor"] < 3
    assert row["all_in_contributors"] == 1


def test_a_loud_account_is_one_of_many():
    honest = [(person, 180.0) for person in range(1, 41)]
    lied = house(team(41), overheads(*honest, (41, 80_000.0)))["all_in_factor"]
    assert lied == pytest.approx(house(team(41), overheads(*honest))["all_in_factor"], rel=0.05)


def test_who_shares_no_overheads_says_nothing_of_them():
    one = house(team(12), overheads((1, 360.0)))
    assert house(team(40), overheads((1, 360.0)))["all_in_factor"] == pytest.approx(one["all_in_factor"])


def test_tasks_that_offer_nothing_are_overhead():
    rows = team(30)
    free = [attempt(contributor=person, usd=0.0, seconds=360.0) for person in range(1, 31)]
    shared = overheads(*((person, 0.0) for person in range(1, 31)))
    without, with_free = (house(given, shared)["all_in_factor"] for given in (rows, [*rows, *free]))
    assert without < 1.1
    assert with_free == pytest.approx(2.0, rel=0.05)


def test_a_crowd_s_overheads_fade_like_its_work_and_count_when_mature():
    mature = [row for person in range(1, 31) for row in mature_history(person)]
    old = TODAY - timedelta(days=20)
    shared = [(person, "here", old, 3_600.0) for person in range(1, 31)]
    row = house(mature, overheads(*shared), CROWD)
    assert row["all_in_contributors"] == 30
    ratio = 2 ** (-20 / 45) * 3_600 / sum(2 ** (-(20 - number % 5) / 45) * 360 for number in range(10))
    assert np.log(row["all_in_factor"]) == pytest.approx(np.log1p(ratio), abs=0.02)
    assert house(mature, overheads(*shared, (99, "here", TODAY, 9e3)), CROWD) == row


def test_days_that_cannot_be_are_left_out():
    shared = overheads(
        (1, -5.0), (2, 90_000.0), (3, "here", TODAY + timedelta(days=1), 60.0), (4, "there", TODAY, 60.0)
    )
    assert house(team(12), shared)["all_in_contributors"] == 0


def test_days_summed_in_parts_are_the_same_to_the_bit(monkeypatch):
    """A part holds all days of its people, so memory is that of a part and the sums are those of all days at once."""
    shared = overheads(
        *((person, where, TODAY - timedelta(days=day), 0.1 * person + day) for person in range(1, 40)
          for where in ("here", "there") for day in range(9))
    )  # fmt: skip
    worked = shared.group_by("platform", "contributor").agg(worked=pl.lit(1_000.0))
    free = pl.DataFrame(schema={"platform": pl.String, "contributor": pl.Int64, "seconds": pl.Float64})
    order = ["platform", "contributor"]
    whole = ratios(worked, free, shared, TODAY, CROWD).sort(order)
    monkeypatch.setattr(all_in, "PART_DAYS", 50)
    assert ratios(worked, free, shared, TODAY, CROWD).sort(order).equals(whole)
    assert whole.height == 78
