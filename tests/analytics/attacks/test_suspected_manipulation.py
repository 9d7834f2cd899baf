"""The attack lab: shares of false reports, one account, loud people, against the thresholds of tests 4 to 8."""

from __future__ import annotations

import pytest

from analytics.evaluation import attacks
from analytics.evaluation.effort import FAST


@pytest.fixture(scope="module")
def shares():
    return {figure.id: figure for figure in attacks.shares_of_false_reports(FAST)}


@pytest.mark.parametrize("test", ["4a", "4b"])
@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("share", [10, 20])
@pytest.mark.parametrize("policy", ["archive", "crowd"])
def test_a_tenth_and_a_fifth_of_false_reports_move_a_rate_within_bounds(shares, test, direction, share, policy):
    assert shares[f"{test}.{policy}.{direction}.{share}"].passed


@pytest.mark.parametrize("control", ["mean of task rates", "pooled pay over time", "median of task rates"])
def test_what_is_usually_done_is_carried_away_by_the_same_reports(shares, control):
    assert shares[f"6.4a.archive.up.20/{control}"].passed


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_third_of_false_reports_wins_and_nobody_is_told_otherwise(shares, direction):
    assert shares[f"4a.archive.{direction}.30"].passed is None
    assert abs(shares[f"4a.archive.{direction}.30"].measured) > abs(shares[f"4a.archive.{direction}.20"].measured)


@pytest.mark.parametrize("direction", ["up", "down"])
def test_accounts_that_come_together_stay_within_bounds(shares, direction):
    assert shares[f"4a.wave.{direction}.20"].passed


def test_at_any_spread_a_fifth_of_false_reports_moves_the_centre_by_a_third_of_it():
    for figure in attacks.any_spread(FAST):
        assert figure.passed, figure


def test_one_false_report_moves_a_rate_within_bounds():
    for figure in attacks.one_false_report(FAST):
        assert figure.passed, figure


def test_a_flood_of_one_person_s_work_hardly_moves_a_rate():
    figures = {figure.id: figure for figure in attacks.volume(FAST)}
    ours = [figures.pop(f"8.archive.{kind}") for kind in ("mean", "p95")]
    assert all(figure.passed for figure in ours)
    controls = [figure.measured for figure in figures.values() if "/" in figure.id]
    assert min(controls) > 10 * ours[1].measured
    assert all(figure.passed for figure in figures.values() if "/" not in figure.id)
