"""The fast subset of the self-evaluation meets its published thresholds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.evaluation import (
    clock,
    coverage,
    differencing,
    drift,
    exact,
    golden,
    manipulation,
    one_task,
    prediction,
    presence,
    releases,
)
from analytics.evaluation.effort import FAST
from analytics.evaluation.suite import TESTS, in_order

KNOWN_MISSES = {"26.rate.8", "26.rate.9", "28.centre.5", "28.centre.10", "2.b.k5"}


@pytest.mark.parametrize(
    "test",
    [
        coverage.coverage,
        coverage.few_clients,
        coverage.next_tasks,
        clock.conservation,
        clock.ordering,
        golden.golden,
        drift.step,
        differencing.differencing,
        exact.unseen_cells,
        exact.erasure,
        exact.scale,
        manipulation.sleepers,
        manipulation.quiet_clients,
        manipulation.silencing,
        manipulation.honest_flags,
        manipulation.copied_times,
        releases.erasures,
        presence.presence,
        one_task.one_task_data,
        releases.staleness,
        releases.divided_cells,
    ],
    ids=lambda test: test.__name__,
)
def test_the_thresholds_are_met(test):
    missed = [figure for figure in test(FAST) if figure.passed is False]
    assert {figure.id: (figure.measured, figure.reason) for figure in missed if not figure.is_pinned} == {}
    assert {figure.id for figure in missed} <= KNOWN_MISSES
    assert all(figure.reason for figure in missed)


def test_what_cannot_be_measured_here_is_open_and_not_passed():
    figures = prediction.without_rows(FAST)
    assert [(figure.id, figure.measured, figure.passed) for figure in figures] == [
        ("12", None, None),
        ("13", None, None),
    ]
    assert all(figure.reason for figure in figures)


def test_what_the_test_of_presence_does_not_measure_is_open_and_says_so():
    figure = presence.tuned()
    assert (figure.id, figure.measured, figure.passed) == ("26.tuned", None, None)
    assert (figure.reason or "").startswith("not measured")


@pytest.mark.parametrize("test", [clock.conservation, presence.at_once, releases.erasures, differencing.differencing])
def test_a_second_set_draws_from_other_seeds(test):
    first, second = test(FAST), test(replace(FAST, seed_set=1))
    pairs = [(one.sample, other.sample) for one, other in zip(first, second, strict=True) if one.measured is not None]
    assert pairs
    assert all(one and other and one.seed != other.seed for one, other in pairs)


def test_the_worst_market_with_sleepers_has_a_bound():
    figures = {figure.id: figure for figure in manipulation.silencing(FAST)}
    assert figures["22.sleepers.worst"].threshold == "<= 2 people"
    assert figures["22.sleepers.worst"].passed


def test_every_test_of_the_specification_is_in_the_suite_once():
    assert len(TESTS) == len(set(TESTS)) == 26


def test_figures_stand_in_the_order_of_their_tests():
    figures = [*golden.golden(FAST), *prediction.without_rows(FAST), *clock.conservation(FAST)]
    assert [figure.id.split(".")[0] for figure in in_order(figures)][:2] == ["9", "11"]
