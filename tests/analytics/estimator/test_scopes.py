"""For whom two publishes differ: nobody, somebody or everybody."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import Different
from analytics.estimator.heard import NO_DAYS, Heard
from analytics.estimator.scopes import Scoped, scoped
from analytics.estimator.steady import BOUNDS_STEP, SPREAD_STEP, steady
from analytics.marks import Key
from analytics.policy import ARCHIVE, CROWD


def differing(before, now):
    """By whom it concerns, those of whom the two values do not say the same."""
    pairs = zip(scoped(before), scoped(now), strict=True)
    return {one.whom: one.differing(other).to_list() for one, other in pairs}


def arrays(*values):
    return np.array(values)


def some(function=len, **fields):
    return partial(function, **fields)


@pytest.mark.parametrize(("before", "now", "whom"), [
    (arrays(1.0, np.nan), arrays(1.0, np.nan), {"platform": []}),
    (arrays(1.0, np.nan, 3.0), arrays(1.0, 2.0, 3.0), {"platform": [1]}),
    (arrays(0.0, 1.0), arrays(-0.0, 1.0), {"platform": [0]}),
    (arrays(4, 5), arrays(4, 6), {"platform": [1]}),
    (pl.DataFrame({"client_key": [1, 2], "x": [0.1, 0.2]}), pl.DataFrame({"client_key": [2, 1], "x": [0.2, 0.1]}),
     {"client_key": []}),
    (pl.DataFrame({"client_key": [1, 2], "x": [None, 0.2]}), pl.DataFrame({"client_key": [2, 3], "x": [0.2, None]}),
     {"client_key": [1, 3]}),
    (pl.DataFrame({"contributor": [5], "claimed": [9]}), pl.DataFrame({"contributor": [5, 6], "claimed": [9, 9]}),
     {"contributor": [6]}),
    (pl.DataFrame({"platform": ["a", "b"], "x": [1.0, 2.0]}), pl.DataFrame({"platform": ["a", "b"], "x": [1.0, 2.5]}),
     {"platform": ["b"]}),
    (CROWD, replace(CROWD), {None: []}),
])  # fmt: skip
def test_those_differ_of_whom_something_else_is_said(before, now, whom):
    assert differing(before, now) == whom


@pytest.mark.parametrize(("before", "now"), [
    (CROWD, ARCHIVE),
    (["here"], ["here", "there"]),
    (some(day=1), some(day=2)),
    (some(), some(sum)),
    (Key(1, 2), Key(1, 3)),
    (arrays(1.0), pl.DataFrame({"client_key": [1]})),
])  # fmt: skip
def test_what_concerns_all_makes_everybody_differ(before, now):
    with pytest.raises(Different):
        differing(before, now)


def test_who_is_heard_differs_by_contributor():
    def heard(people, aside):
        return Heard(pl.DataFrame({"contributor": people, "since": [20] * len(people)}), frozenset(aside), NO_DAYS)

    found = [
        one.differing(other).to_list()
        for one, other in zip(heard([1, 2], {9}).scoped(), heard([2, 3], {9, 8}).scoped(), strict=True)
    ]
    assert found == [[1, 3], [8], []]


@given(st.lists(st.floats(-9, 9), min_size=1), st.sampled_from([BOUNDS_STEP, SPREAD_STEP]))
def test_a_steady_value_is_the_nearest_step_and_stays_there(values, step):
    found = steady(np.array(values), step)
    assert np.all(np.abs(found - values) <= step / 2)
    assert np.array_equal(steady(found, step), found)
    assert np.array_equal(found / step, np.rint(found / step))


def test_a_frame_of_another_shape_concerns_everybody():
    one, other = (Scoped("client_key", pl.DataFrame({"client_key": [1], name: [1]})) for name in ("x", "y"))
    with pytest.raises(Different):
        one.differing(other)
