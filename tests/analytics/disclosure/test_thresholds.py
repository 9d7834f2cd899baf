"""What leaves the estimator: thresholds, grids, bands, names."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.disclosure.thresholds import RATE_STEPS, SHARE_STEPS, Names, disclose, named, on_grid, on_steps
from analytics.estimator import Rates
from analytics.estimator.rates import CELLS, COMPONENTS
from analytics.model.policy import ARCHIVE
from analytics.simulation.synthetic import AS_OF

NUMBERS = ("effective_usd_per_hour", "task_usd_per_hour", "paid_share", "kept_share", "submitted_share")


def cell(contributors, level="client", client_key=1, task_key=None, **figures):
    row = dict.fromkeys(CELLS, None) | {
        "level": level,
        "platform": "here",
        "client_key": client_key,
        "task_key": task_key,
        "parent": "platform",
        "contributors": contributors,
        "people": contributors,
        "decided_contributors": contributors,
        "days_to_pay_contributors": contributors,
        "pooled_variance": 0.1,
        "paid_share": 0.93,
        "paid_share_variance": 0.0,
        "kept_share": 0.87,
        "submitted_share": 0.87,
        "task_usd_per_hour": 4.4,
        "effective_usd_per_hour": 3.5,
        "days_to_pay": 3.0,
    }
    return row | figures


def disclosed(*cells):
    frame = pl.DataFrame(list(cells), schema=CELLS)
    return disclose(Rates(AS_OF.date(), "archive", frame, pl.DataFrame(schema=COMPONENTS), {}), ARCHIVE)


def only(*cells):
    return disclosed(*cells).cells.row(0, named=True)


@pytest.mark.parametrize("contributors", [0, 1, 4])
def test_fewer_than_five_people_have_no_row(contributors):
    assert disclosed(cell(contributors)).cells.is_empty()


@pytest.mark.parametrize("contributors", [5, 9])
def test_five_to_nine_people_have_a_band_and_no_number(contributors):
    row = only(cell(contributors))
    assert [row[name] for name in NUMBERS] == [None] * len(NUMBERS)
    assert (row["contributors"], row["contributors_at_least"]) == ("5-9", 5)
    assert row["low_usd_per_hour"] < 3.5 < row["high_usd_per_hour"]
    assert (row["days_to_pay"], row["paid_share_low"]) == (None, None)


@pytest.mark.parametrize(
    ("contributors", "band", "effective", "paid"),
    [
        (10, "10-19", 3.58, 0.9),
        (19, "10-19", 3.58, 0.9),
        (20, "20-49", 3.45, 0.95),
        (49, "20-49", 3.45, 0.95),
        (50, "50+", 3.56, 0.94),
    ],
)
def test_more_people_give_a_finer_number(contributors, band, effective, paid):
    row = only(cell(contributors))
    assert (row["contributors"], row["effective_usd_per_hour"], row["paid_share"]) == (band, effective, paid)


def test_every_figure_needs_its_own_ten_people():
    row = only(cell(30, decided_contributors=9, days_to_pay_contributors=9))
    assert row["effective_usd_per_hour"] is not None
    assert [row[name] for name in ("paid_share", "paid_share_low", "paid_share_high", "days_to_pay")] == [None] * 4


def test_the_interval_is_made_from_the_pooled_variance():
    rows = [
        only(cell(30, variance=v, effective_variance=v, low_usd_per_hour=v, high_usd_per_hour=v)) for v in (0.01, 9.0)
    ]
    assert rows[0] == rows[1]


@given(st.floats(-6, 6), st.floats(-6, 6), st.sampled_from([step for _, step in RATE_STEPS]))
def test_the_grid_keeps_order_and_stays_within_half_a_step(one, other, step):
    frame = pl.DataFrame({"log": [min(one, other), max(one, other)]})
    near, down, up = (
        frame.select(on_grid(pl.col("log"), pl.lit(step), how))["log"] for how in ("nearest", "down", "up")
    )
    assert near[0] <= near[1]
    for place, value in enumerate(frame["log"]):
        assert down[place] <= near[place] <= up[place]
        assert abs(math.log(near[place]) - value) <= math.log1p(step) / 2 + 0.006
        assert math.log(down[place]) - 0.006 <= value <= math.log(up[place]) + 0.006


@given(st.floats(0, 2), st.floats(0, 2), st.sampled_from([step for _, step in SHARE_STEPS]))
def test_shares_keep_order_and_stay_within_half_a_step(one, other, step):
    frame = pl.DataFrame({"share": [min(one, other), max(one, other)]})
    near = frame.select(on_steps(pl.col("share"), pl.lit(step)))["share"]
    assert near[0] <= near[1]
    assert (near - frame["share"]).abs().max() <= step / 2 + 1e-9


@given(st.integers(10, 49), st.floats(0, 1))
def test_one_contributor_s_all_or_nothing_is_no_more_than_a_step_of_a_share(contributors, share):
    step = next(step for least, step in reversed(SHARE_STEPS) if contributors >= least)
    assert 1 / contributors <= step + 1e-12


NAMES = Names(
    pl.DataFrame(
        {"client_key": [1, 2], "platform": ["here"] * 2, "client_id": ["A1", None], "client_name": ["Ann", "Bo"]}
    ),
    pl.DataFrame({"task_key": [7, 8], "client_key": [1, 1], "title": ["Label", "Rate"], "task_id": ["T7", None]}),
    frozenset({"here"}),
)


def test_a_client_s_name_needs_ten_people_and_a_platform_that_shows_it():
    cells = disclosed(cell(10, client_key=1), cell(9, client_key=2))
    assert named(cells, NAMES, ARCHIVE)["client_name"].to_list() == ["Ann", None]
    hidden = Names(NAMES.clients, NAMES.tasks, frozenset())
    shown = named(cells, hidden, ARCHIVE)
    assert shown["client_name"].to_list() == [None, None]
    assert shown["client_id"].to_list() == ["A1", None]


def test_a_task_bears_its_title_from_five_people_and_the_name_only_of_a_named_client():
    few = disclosed(cell(9, client_key=1), cell(5, "task", task_key=7), cell(4, "task", task_key=8))
    row = named(few, NAMES, ARCHIVE).filter(pl.col("level") == "task").row(0, named=True)
    assert (row["title"], row["task_id"], row["client_name"]) == ("Label", "T7", None)
    enough = disclosed(cell(10, client_key=1), cell(5, "task", task_key=7))
    assert named(enough, NAMES, ARCHIVE)["client_name"].to_list() == ["Ann", "Ann"]


def test_a_key_that_nobody_named_stays_a_key():
    assert named(disclosed(cell(10, client_key=99)), NAMES, ARCHIVE)["client_id"].to_list() == [None]
