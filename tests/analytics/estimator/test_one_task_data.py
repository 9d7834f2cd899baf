"""Data in which people did few tasks, as in exports of surveys: the interval holds what plain formulas say (D11)."""

from __future__ import annotations

from datetime import timedelta
from math import exp, log

import numpy as np
import polars as pl
import pytest
from attempts import AS_OF, attempt, frame
from scipy.optimize import brentq

from analytics.estimator import estimate
from analytics.model.policy import ARCHIVE

MARKETS = 60


def plain_huber(values):
    """The equal-vote Huber centre of ln(pay / time), scale the median distance; by winsorised means, not by Newton."""
    middle = float(np.median(values))
    scale = float(np.median(np.abs(values - middle))) / 0.6745
    for _ in range(2_000 if scale else 0):
        middle = float(np.mean(np.clip(values, middle - 0.8 * scale, middle + 0.8 * scale)))
    return middle


def client(people_log_rates):
    """The estimate of one client; `people_log_rates`: for each person the ln USD per hour of each of their tasks."""
    rows = [
        attempt(1, person, usd=0.5, seconds=1800 / exp(rate), days_ago=number % 20)
        for person, rates in enumerate(people_log_rates)
        for number, rate in enumerate(rates)
    ]
    cells = estimate(frame(rows), as_of=AS_OF + timedelta(days=1), policy=ARCHIVE).cells
    return cells.filter(pl.col("level") == "client").row(0, named=True)


def markets(spread, seed):
    """Made markets with one to twelve tasks a person and 5 to 400 people; half of the spread is within a person."""
    random = np.random.default_rng(seed)
    for _ in range(MARKETS):
        people, most = int(np.exp(random.uniform(log(5), log(400)))), int(random.integers(1, 13))
        own = spread * np.sqrt(0.55) * random.standard_normal(people)
        tasks = random.integers(1, most + 1, people)
        noise = spread * np.sqrt(0.45)
        yield [list(2.2 + person + noise * random.standard_normal(n)) for person, n in zip(own, tasks, strict=True)]


def held(spread, seed):
    inside = []
    for people in markets(spread, seed):
        rate = client(people)
        hours = np.array([log(len(rates) / sum(exp(-r) for r in rates)) for rates in people])
        centre = plain_huber(hours)
        inside.append(log(rate["low_usd_per_hour"]) <= centre <= log(rate["high_usd_per_hour"]))
    return float(np.mean(inside))


@pytest.mark.parametrize("spread", [0.2, 0.3, 0.45, 0.6, 0.7])
def test_the_interval_holds_the_huber_centre_of_people_s_own_hours(spread):
    """Before the grid, which only widens it."""
    assert held(spread, seed=round(100 * spread)) >= 0.95


def test_at_a_spread_of_nine_tenths_it_still_holds_nearly_as_often():
    assert held(0.9, seed=90) >= 0.90


def test_sixty_equal_people_are_published_at_their_rate():
    """Sixty people who took 300 s for $0.50 each (invented, in the layout of a Prolific export): $6.00 an hour."""
    rate = client([[log(6.0)]] * 60)
    assert rate["effective_usd_per_hour"] == pytest.approx(6.0, rel=1e-9)
    assert rate["low_usd_per_hour"] < 6.0 < rate["high_usd_per_hour"]


@pytest.mark.parametrize("people", [5, 10, 25, 30, 60])
def test_equal_people_have_their_rate_at_any_number(people):
    assert client([[log(7.5)]] * people)["effective_usd_per_hour"] == pytest.approx(7.5, rel=1e-9)


@pytest.mark.parametrize("people", [5, 10, 29])
@pytest.mark.parametrize("spread", [0.36, 0.89])
def test_one_task_each_is_published_below_the_centre_by_just_the_specified_part_of_the_spread(people, spread):
    """T^2 is the median over pairs, drawn to 0.49 with the weight of five voters; sigma_e^2 is 0.45 of it (step D11)."""
    votes = 2.0 + spread * np.random.default_rng(people).standard_normal(people)
    first, second = np.triu_indices(people, 1)
    middle = np.median((votes[first] - votes[second]) ** 2) / (2 * 0.6745**2)
    total = np.exp((people * np.log(middle) + 5 * np.log(0.49)) / (people + 5))
    scale = np.sqrt(total)  # s_b^2 is 0.55 of T^2, and one task adds sigma_e^2
    centre = brentq(lambda m: np.clip((votes - m) / scale, -0.8, 0.8).sum(), votes.min(), votes.max(), xtol=1e-13)
    assert client([[vote] for vote in votes])["theta"] == pytest.approx(
        centre - 0.45 * total / 2, abs=5e-4
    )  # the parent moves it less


@pytest.mark.parametrize("spread", [0.36, 0.55, 0.89])
def test_from_29_to_30_voters_there_is_no_step(spread):
    """From 30 voters on they tell s_b by the equation of pairs; before, it is a part of T."""
    random = np.random.default_rng(3)
    many = np.sort(spread * random.standard_normal((2_000, 30)), axis=1).mean(axis=0)
    few = np.sort(spread * random.standard_normal((2_000, 29)), axis=1).mean(axis=0)
    rates = [client([[2.0 + value] for value in values])["theta"] for values in (few, many)]
    assert abs(np.expm1(rates[1] - rates[0])) < 0.02
