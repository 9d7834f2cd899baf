"""The attack lab: parts of liars, one liar, loud people. Thresholds are those of the specification, tests 4 to 8."""

from __future__ import annotations

import pytest

from analytics.evaluation import attacks
from analytics.evaluation.effort import FAST

# Votes fade with age, so liars who keep fresh weigh more than their heads: named in the figures, not loosened here.
FADING = "crowd"


@pytest.fixture(scope="module")
def shares():
    return {figure.id: figure for figure in attacks.shares_of_liars(FAST)}


@pytest.mark.parametrize("test", ["4a", "4b"])
@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize("share", [10, 20])
def test_a_tenth_and_a_fifth_of_liars_move_a_rate_within_bounds(shares, test, direction, share):
    assert shares[f"{test}.archive.{direction}.{share}"].passed


@pytest.mark.parametrize("control", ["mean of task rates", "pooled pay over time", "median of task rates"])
def test_what_is_usually_done_is_carried_away_by_the_same_liars(shares, control):
    assert shares[f"6.4a.archive.up.20/{control}"].passed


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_third_of_liars_wins_and_nobody_is_told_otherwise(shares, direction):
    assert shares[f"4a.archive.{direction}.30"].passed is None
    assert abs(shares[f"4a.archive.{direction}.30"].measured) > abs(shares[f"4a.archive.{direction}.20"].measured)


@pytest.mark.parametrize("direction", ["up", "down"])
def test_liars_who_come_together_are_set_aside(shares, direction):
    assert shares[f"4a.wave.{direction}.20"].passed


def test_a_miss_is_named_with_its_reason(shares):
    missed = [figure for figure in shares.values() if figure.passed is False]
    assert all(figure.reason for figure in missed)
    assert all(f".{FADING}." in figure.id or ".wave." in figure.id for figure in missed)


def test_at_any_spread_a_fifth_of_liars_moves_the_centre_by_a_third_of_it():
    for figure in attacks.any_spread(FAST):
        assert figure.passed or figure.id == f"5.{FADING}", figure


def test_one_liar_moves_a_rate_within_bounds():
    for figure in attacks.one_liar(FAST):
        assert figure.passed or f".{FADING}." in figure.id, figure


def test_a_flood_of_one_person_s_work_hardly_moves_a_rate():
    figures = {figure.id: figure for figure in attacks.volume(FAST)}
    ours = [figures.pop(f"8.archive.{kind}") for kind in ("mean", "p95")]
    assert all(figure.passed for figure in ours)
    controls = [figure.measured for figure in figures.values() if "/" in figure.id]
    assert min(controls) > 10 * ours[1].measured
    assert all(figure.passed or f".{FADING}." in figure.id for figure in figures.values() if "/" not in figure.id)
