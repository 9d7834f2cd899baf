"""Step D10: what one person and one next task may meet, and a task that nobody did yet."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from attempts import AS_OF, frame, team

from analytics.estimator import estimate
from analytics.estimator.ranges import PREDICTED, predict, ranges
from analytics.model.policy import ARCHIVE

ROWS = frame([*team(12), *team(12, client=2, seconds=1800.0), *team(12, client=2, task_key=7, usd=4.0, seconds=1800.0)])
RATES = estimate(ROWS, as_of=AS_OF, policy=ARCHIVE)
WANTED = {"platform": pl.String, "client_key": pl.Int64, "task_key": pl.Int64, "reward_usd": pl.Float64}


def asked(*rows):
    return predict(RATES, pl.DataFrame(list(rows), schema=WANTED, orient="row"))


def test_a_person_s_range_is_wider_than_the_interval_of_the_middle_and_a_task_s_is_wider_still():
    both = ranges(RATES).join(RATES.cells, on=["level", "platform", "client_key", "task_key"], nulls_equal=True)
    assert both.height == RATES.cells.height
    for row in both.iter_rows(named=True):
        person = np.log(row["contributor_high_usd_per_hour"] / row["contributor_low_usd_per_hour"])
        task = np.log(row["next_task_high_usd_per_hour"] / row["next_task_low_usd_per_hour"])
        assert 2 * 1.2815 * np.sqrt(row["variance"]) < person <= task * (1 + 1e-12)


def test_the_middle_task_pays_more_than_the_hour():
    row = ranges(RATES).filter(pl.col("level") == "platform").row(0, named=True)
    theta = RATES.cells.filter(pl.col("level") == "platform")["theta"][0]
    sigma = RATES.components["sigma_e"][0]
    assert row["next_task_usd_per_hour"] == pytest.approx(np.exp(theta + sigma**2 / 2))


def test_the_deepest_level_that_is_known_answers():
    told = asked(("here", 2, 7, 4.0), ("here", 2, 999, 1.0), ("here", 77, 999, 1.0), ("there", 1, 1, 1.0))
    assert told.schema == PREDICTED
    assert told["level_used"].to_list() == ["task", "client", "platform", None]
    assert told["contributors"].to_list() == [12, 12, 12, None]
    assert told.row(3) == (None,) * 5


def test_a_better_listed_task_that_nobody_did_is_expected_to_pay_more():
    low, high = asked(("here", 2, 999, 1.0), ("here", 2, 999, 2.0))["next_task_usd_per_hour"]
    assert high / low == pytest.approx(2**0.6)


def test_without_a_listed_reward_the_ancestor_s_own_level_stands():
    assert asked(("here", 2, None, None))["next_task_usd_per_hour"][0] > 0


def test_what_was_never_seen_is_less_sure():
    known, new = asked(("here", 2, 7, 4.0), ("here", 2, 999, 4.0)).iter_rows(named=True)

    def width(row):
        return row["next_task_high_usd_per_hour"] / row["next_task_low_usd_per_hour"]

    assert width(new) > width(known)
