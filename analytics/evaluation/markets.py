"""Synthetic markets with the estimator's results for them, the basis of most tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.estimator import Rates
from analytics.estimator.estimate import rates_of as estimated
from analytics.estimator.parts import InMemory
from analytics.estimator.screening import newly_set_aside, screened
from analytics.estimator.study import Study, arrivals_of
from analytics.model.policy import CROWD, POLICIES, Policy
from analytics.simulation.synthetic import AS_OF, Market, made

CROWD_DAYS = 90
UNSUBMITTED, REJECTED = 0.13, 0.007  # as measured on a large platform (literature 1)
Z95 = 1.96
NO_VERDICTS = pl.DataFrame(schema={"contributor": pl.Int64, "flag": pl.String, "verdict": pl.String})

# People work for several clients each, so that a crowd is mature. There are many people, so that no few of them make
# all clients rise and fall together.
BASE = Market(clients=960, pool=160)
CROWD_BASE = replace(BASE, origin="crowd", days=CROWD_DAYS)
SMALL = replace(BASE, clients=120, pool=20)  # for comparisons of a market with itself
SMALL_CROWD = replace(SMALL, origin="crowd", days=CROWD_DAYS)


def with_unpaid(market: Market) -> Market:
    """Return the same market with returned and rejected work."""
    return replace(market, unsubmitted=UNSUBMITTED, rejected=REJECTED)


def policy_of(market: Market) -> Policy:
    return POLICIES[market.origin]


def rates_of(rows: pl.DataFrame, policy: Policy = CROWD) -> Rates:
    """Return rates as published: without the votes of contributors who are set aside (step E)."""
    return estimated(screened_study(rows, policy)[0])


def screened_study(rows: pl.DataFrame, policy: Policy = CROWD, day: datetime = AS_OF) -> tuple[Study, frozenset[int]]:
    """Return the study of a first release, and the contributors set aside in it."""
    arrivals = arrivals_of(InMemory([lambda: rows]), day.date(), policy)
    studied = arrivals.study()
    aside, _ = newly_set_aside(screened(studied), NO_VERDICTS, frozenset())
    return (arrivals.study(aside) if aside else studied), aside


@lru_cache(maxsize=32)
def untouched(market: Market) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a market's rows, and its cells without false reports."""
    rows, _ = made(market)
    return rows, rates_of(rows, policy_of(market)).cells


def client_cells(rates: Rates, truth: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return all clients with workers, with `true_theta` and `true_effective` if known.

    Unpublished clients are included: a condition of five submitters would select clients where most people submit.
    """
    cells = rates.cells.filter(pl.col("level") == "client", pl.col("contributors") > 0)
    if truth is None:
        return cells
    return cells.join(truth.rename({"theta": "true_theta", "effective": "true_effective"}), on="client_key")


def found(markets: Iterable[Market]) -> pl.DataFrame:
    """Return client cells of all `markets` with their truth."""
    tables = []
    for market in markets:
        rows, truth = made(market)
        tables.append(client_cells(rates_of(rows, policy_of(market)), truth))
    return pl.concat(tables)


def seeds(market: Market, count: int) -> Iterable[Market]:
    return (replace(market, seed=market.seed + number) for number in range(count))


def misses(table: pl.DataFrame) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return by interval each cell's distance from its truth (natural logs) and its claimed standard error.

    `task` is theta, `effective` has the cell's own spread, `published` is the effective rate with the spreads pooled.
    """
    log_effective = table["effective_usd_per_hour"].log()
    by_interval = {
        "task": (table["theta"] - table["true_theta"], "variance"),
        "effective": (log_effective - table["true_effective"], "effective_variance"),
        "published": (log_effective - table["true_effective"], "pooled_variance"),
    }
    return {name: (miss.to_numpy(), table[spread].sqrt().to_numpy()) for name, (miss, spread) in by_interval.items()}


def percent(log_ratio: float | NDArray[np.float64]) -> float:
    """Return a mean difference of logs in percent."""
    return float(100 * np.expm1(np.mean(log_ratio)))
