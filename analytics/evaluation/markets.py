"""Synthetic markets beside what the estimator makes of them: the ground of most tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.estimator import Rates
from analytics.estimator.estimate import Study, arrivals_of
from analytics.estimator.estimate import rates_of as estimated
from analytics.estimator.parts import InMemory
from analytics.estimator.screening import newly_set_aside, screened
from analytics.model.policy import CROWD, POLICIES, Policy
from analytics.simulation.synthetic import AS_OF, Market, made

CROWD_DAYS = 90
UNSUBMITTED, REJECTED = 0.13, 0.007  # as measured on a large platform (literature 1)
Z95 = 1.96
NO_VERDICTS = pl.DataFrame(schema={"contributor": pl.Int64, "flag": pl.String, "verdict": pl.String})

# People work for several clients each, so that a crowd is mature; there are so many that no few make all clients rise
# and fall together.
BASE = Market(clients=960, pool=160)
CROWD_BASE = replace(BASE, origin="crowd", days=CROWD_DAYS)
SMALL = replace(BASE, clients=120, pool=20)  # where a market is held against itself
SMALL_CROWD = replace(SMALL, origin="crowd", days=CROWD_DAYS)


def with_unpaid(market: Market) -> Market:
    """The same market with work that is given back and work that is refused."""
    return replace(market, unsubmitted=UNSUBMITTED, rejected=REJECTED)


def policy_of(market: Market) -> Policy:
    return POLICIES[market.origin]


def rates_of(rows: pl.DataFrame, policy: Policy = CROWD) -> Rates:
    """Return rates as they are published: without the votes of those who are set aside (step E)."""
    return estimated(screened_study(rows, policy)[0])


def screened_study(rows: pl.DataFrame, policy: Policy = CROWD, day: datetime = AS_OF) -> tuple[Study, frozenset[int]]:
    """Return the study that a first release would be made of, and who is set aside in it."""
    arrivals = arrivals_of(InMemory([lambda: rows]), day.date(), policy)
    studied = arrivals.study()
    aside, _ = newly_set_aside(screened(studied), NO_VERDICTS, frozenset())
    return (arrivals.study(aside) if aside else studied), aside


@lru_cache(maxsize=32)
def untouched(market: Market) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A market's rows, and its cells with nobody reporting falsely."""
    rows, _ = made(market)
    return rows, rates_of(rows, policy_of(market)).cells


def client_cells(rates: Rates, truth: pl.DataFrame | None = None) -> pl.DataFrame:
    """All clients that anybody works for, beside `true_theta` and `true_effective` where these are known.

    Not only those that would be published: to ask for five who handed something in would choose clients where most do.
    """
    cells = rates.cells.filter(pl.col("level") == "client", pl.col("contributors") > 0)
    if truth is None:
        return cells
    return cells.join(truth.rename({"theta": "true_theta", "effective": "true_effective"}), on="client_key")


def found(markets: Iterable[Market]) -> pl.DataFrame:
    """Client cells of all `markets` beside their truth."""
    tables = []
    for market in markets:
        rows, truth = made(market)
        tables.append(client_cells(rates_of(rows, policy_of(market)), truth))
    return pl.concat(tables)


def seeds(market: Market, count: int) -> Iterable[Market]:
    return (replace(market, seed=market.seed + number) for number in range(count))


def misses(table: pl.DataFrame) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """By interval: how far each cell is from its truth (natural logs), and the standard error it claims.

    `task` is theta, `effective` has the cell's own spread, `published` is the effective rate with the spreads pooled.
    """
    log_effective = table["effective_usd_per_hour"].log()
    told = {
        "task": (table["theta"] - table["true_theta"], "variance"),
        "effective": (log_effective - table["true_effective"], "effective_variance"),
        "published": (log_effective - table["true_effective"], "pooled_variance"),
    }
    return {name: (miss.to_numpy(), table[spread].sqrt().to_numpy()) for name, (miss, spread) in told.items()}


def percent(log_ratio: float | NDArray[np.float64]) -> float:
    """A mean difference of logs as percent."""
    return float(100 * np.expm1(np.mean(log_ratio)))
