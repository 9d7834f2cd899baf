"""Test 11: single tasks from people's reports, which the worker's own view must show exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from analytics.estimator import estimate
from analytics.estimator.admission import admit
from analytics.evaluation.clock import attempts
from analytics.evaluation.effort import Effort
from analytics.evaluation.figure import Bound, Figure, checked
from analytics.model.policy import ARCHIVE
from analytics.model.units import MICROS, SECONDS_PER_HOUR
from analytics.simulation.synthetic import AS_OF

HOUR = 3600.0


@dataclass(frozen=True)
class Example:
    """One attempt: listed and paid in USD, seconds of work, its outcome, and the expected result."""

    words: str
    listed: float
    paid: float
    seconds: float
    outcome: str
    expected: Mapping[str, float]


EXAMPLES = {
    "four_hours": Example(
        "listed $2.00, four hours, paid $0.30", 2.0, 0.3, 4 * HOUR, "paid",
        {"effective": 0.075, "task": 0.5, "paid_share": 0.15},
    ),
    "three_days": Example("listed $50, paid $12", 50.0, 12.0, 3 * HOUR, "paid", {"paid_share": 0.24}),
    "two_percent": Example("refused, 2 % of the price paid", 1.0, 0.02, HOUR, "rejected", {"paid_share": 0.02}),
    "all_refused": Example("ten hours, all refused", 5.0, 0.0, HOUR, "rejected", {"effective": 0.0, "paid_share": 0.0}),
}  # fmt: skip


def own_view(rows: pl.DataFrame) -> dict[str, float]:
    """Return a worker's own rates in raw form (step B).

    effective = pay / time of every outcome; task = listed / time of submitted work; paid_share = pay / listed of
    submitted work.
    """
    everyone = replace(ARCHIVE, maturity=None)
    own = admit(rows, AS_OF.date(), everyone).rows
    submitted = own.filter(pl.col("submitted"))
    paid, listed = float(own["credited"].sum()), float(submitted["reward"].sum())
    return {
        "effective": paid * SECONDS_PER_HOUR / float(own["seconds"].sum()),
        "task": listed * SECONDS_PER_HOUR / float(submitted["seconds"].sum()),
        "paid_share": paid / listed,
    }


def golden(_: Effort) -> list[Figure]:
    """Run test 11; and test that a client that rejects everything has its paid share at the floor."""
    figures = []
    for key, example in EXAMPLES.items():
        times = 10 if key == "all_refused" else 1
        view = own_view(rows_of(example, times))
        for name, expected in example.expected.items():
            figures.append(exactly(f"11.{key}.{name}", f"Own view, {example.words}: {name}", expected, view[name]))
    refused = pl.concat(rows_of(EXAMPLES["all_refused"], 1, person) for person in range(12))
    cells = estimate(refused, as_of=AS_OF, policy=ARCHIVE).cells
    share = float(cells.filter(pl.col("level") == "client")["paid_share"][0])
    return [*figures, exactly("11.floor", "Paid share of a client that refuses everything: its floor", 0.02, share)]


def exactly(identity: str, name: str, expected: float, measured: float) -> Figure:
    """Return a figure without tolerance, compared in millionths, so that 0.075 is not 0.08."""
    figure = checked(identity, name, Bound(expected, expected, unit=""), measured, "arithmetic is wrong")
    value = round(measured, 6)
    passed = value == expected
    return replace(figure, measured=value, passed=passed, reason=None if passed else "arithmetic is wrong")


def rows_of(example: Example, times: int, person: int = 1) -> pl.DataFrame:
    client, outcome = np.ones(times, np.int64), np.full(times, example.outcome)
    frame = attempts(client * person, client, np.full(times, example.listed), np.full(times, example.seconds), outcome)
    return frame.with_columns(paid_micros=pl.lit(round(example.paid * MICROS), pl.Int64))
