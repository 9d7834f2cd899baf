"""Test 28: data with one task for each person, as in exports of surveys. Published rates against plain formulas."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl

from analytics.estimator import Rates, estimate
from analytics.estimator.groups import Floats
from analytics.evaluation.crowds import observations
from analytics.evaluation.effort import Effort
from analytics.evaluation.figure import Bound, Figure, checked
from analytics.evaluation.sample import Sample, of_logs, of_share
from analytics.model.observations import Origin
from analytics.model.policy import ARCHIVE
from analytics.simulation.synthetic import AS_OF

SPREADS = (0.36, 0.45, 0.55, 0.64, 0.75, 0.89)  # of six public exports: standard deviation of ln(pay/time)
SIZES = (5, 10, 29, 30, 60)
CLIP, NORMAL_MAD = 0.8, 0.6745
MIDDLE = np.log(9.0)
LOW = (
    "the correction for one task takes 0.45 T^2/2: 8.6 % on average over these spreads; where people are few, T leans "
    "to 0.7 with the weight of five voters and takes 1.4 % more of five people, 1.0 % of ten"
)
PIN = Bound(-12, 10)


def one_task_data(effort: Effort) -> list[Figure]:
    """Return the figures of test 28."""
    return [*against_plain_formulas(effort), *equal_people(), jump(effort.seed(28))]


def against_plain_formulas(effort: Effort) -> list[Figure]:
    """Compare with the equal-vote Huber centre of ln(pay/time) and with pay over time, at spreads of real exports."""
    figures = []
    for people in SIZES:
        first = effort.seed(280_000 + people)
        random = np.random.default_rng(first)
        centres, pooled, held = [], [], []
        for spread, _ in product(SPREADS, range(4 * effort.attacks)):
            votes = MIDDLE + spread * random.standard_normal(people)
            client = client_of(rates(votes))
            centre = plain_huber(votes)
            centres.append(client["theta"] - centre)
            pooled.append(client["theta"] - np.log(1 / np.mean(np.exp(-votes))))
            held.append(np.log(client["low_usd_per_hour"]) <= centre <= np.log(client["high_usd_per_hour"]))
        figures += [
            checked(f"28.centre.{people}", f"Published below the equal-vote Huber centre, mean, K = {people}",
                    Bound(-10, 10), 100 * np.expm1(np.mean(centres)), LOW, of_logs(first, np.array(centres), "cells"), PIN),
            checked(f"28.holds.{people}", f"The interval holds that centre, K = {people}", Bound(low=95),
                    100 * np.mean(held), LOW, of_share(first, float(100 * np.mean(held)), len(held), "cells")),
            checked(f"28.pooled.{people}", f"Published against pay over time, mean, K = {people}", Bound(-15, 15),
                    100 * np.expm1(np.mean(pooled)), LOW, of_logs(first, np.array(pooled), "cells")),
        ]  # fmt: skip
    return figures


def equal_people() -> list[Figure]:
    """Check that people with equal times are published at exactly their rate, before the grid."""
    exact = Bound(0, 0)
    return [
        checked(f"28.equal.{people}", f"Equal people, published against their rate, K = {people}", exact,
                100 * np.expm1(client_of(rates(np.full(people, MIDDLE)))["theta"] - MIDDLE), LOW,
                Sample(None, people, "people"))
        for people in SIZES
    ]  # fmt: skip


def jump(seed: int) -> Figure:
    """Compare the rate of 29 and of 30 people with the same quantiles: from 30 on the data determine s_b."""
    jumps = []
    for spread in SPREADS:
        few, more = (client_of(rates(MIDDLE + spread * quantiles(people, seed)))["theta"] for people in (29, 30))
        jumps.append(abs(np.expm1(more - few)))
    name = "Jump of the rate from 29 to 30 voters, the worst spread"
    return checked(
        "28.jump", name, Bound(high=2), 100 * max(jumps), "a border is a step", Sample(seed, len(jumps), "cells")
    )


def quantiles(people: int, seed: int) -> Floats:
    """Return the normal quantiles at (i - 1/2)/n, as the mean of many sorted draws."""
    draws = np.sort(np.random.default_rng(seed).standard_normal((4_000, people)), axis=1)
    middle: Floats = draws.mean(axis=0)
    return middle


def rates(votes: Floats) -> Rates:
    """Return the rates of an export in which each person did one task of one client; `votes` in ln USD per hour."""
    people = np.arange(len(votes))
    rows = observations(np.ones(len(votes), np.int64), people, np.full(len(votes), 5), votes, pay=0.50)
    return estimate(rows.with_columns(origin=pl.lit("archive").cast(Origin)), as_of=AS_OF, policy=ARCHIVE)


def client_of(found: Rates) -> dict[str, float]:
    """Return the row of the only client."""
    row: dict[str, float] = found.cells.filter(pl.col("level") == "client").row(0, named=True)
    return row


def plain_huber(votes: Floats) -> float:
    """Return the Huber centre by a plain loop, at the scale of the median distance from the median."""
    middle = float(np.median(votes))
    scale = max(float(np.median(np.abs(votes - middle))) / NORMAL_MAD, 1e-9)
    low, high = float(votes.min()), float(votes.max())
    for _ in range(200):
        middle = (low + high) / 2
        above = float(np.clip((votes - middle) / scale, -CLIP, CLIP).sum()) > 0
        low, high = (middle, high) if above else (low, middle)
    return (low + high) / 2
