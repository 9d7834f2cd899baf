"""A market with known truth: the generator against which the estimator is checked (specification, part G).

ln rate = mu + client + contributor + contributor x client + task, in USD per hour of submitted work. Tasks per
contributor and client follow a Pareto law. Tests and the self-evaluation of a release use it. For behaviour like that
of people, use the other modules of `analytics.simulation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.model.identifiers import key
from analytics.model.observations import SCHEMA
from analytics.model.units import MICROS, SECONDS_PER_HOUR

AS_OF = datetime(2026, 11, 23, tzinfo=UTC)
QUIET_DAYS = 2  # between the last attempt and AS_OF
PLATFORM = "synthetic"
WINSORISED_AT = 2.5  # standard deviations: the cut of step C1, also used for the truth under heavy tails
TRUTH_DRAWS = 200_000


@dataclass(frozen=True)
class Market:
    """Parameters of the market; spreads are standard deviations of natural logarithms."""

    clients: int = 60
    contributors: int = 10  # K, of every client
    seed: int = 1
    mu: float = 1.3
    client_spread: float = 0.70
    contributor_spread: float = 0.55
    interaction_spread: float = 0.90
    task_spread: float = 0.95
    noise: Literal["normal", "t5"] = "normal"
    unsubmitted: float = 0.0
    rejected: float = 0.0
    pareto: float = 0.9
    most_tasks: int = 60
    reward_spread: float = 0.8
    reward_slope: float = 0.6
    pool: int = 20  # people to choose from, in multiples of K: few make all clients rise and fall together
    origin: Literal["archive", "crowd"] = "archive"
    days: int = 20  # over which the work is spread


def made(market: Market) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return observations in the shape SCHEMA, and the truth: `client_key`, `theta`, `effective` (ln USD per hour).

    The truth of a client is the long-run hour of its typical contributor. The task noise enters by the moment -ln
    mean(e^-noise), which is -sigma^2/2 for normal noise.
    """
    random = np.random.default_rng(market.seed)
    pool = market.pool * market.contributors
    person = market.contributor_spread * standard(random, pool, market.noise)
    level = market.reward_spread * random.standard_normal(market.clients)
    client = market.reward_slope * level + market.client_spread * random.standard_normal(market.clients)
    chosen = np.argsort(random.random((market.clients, pool)), axis=1)[:, : market.contributors]
    of_client = np.repeat(np.arange(market.clients), market.contributors)
    of_person = chosen.ravel()
    vote = (
        client[of_client]
        + person[of_person]
        + market.interaction_spread * standard(random, len(of_client), market.noise)
    )
    tasks = np.minimum(random.pareto(market.pareto, len(of_client)) + 1, market.most_tasks).astype(np.int64)
    cell = np.repeat(np.arange(len(of_client)), tasks)
    log_rate = market.mu + vote[cell] + market.task_spread * standard(random, len(cell), market.noise)
    theta = market.mu + client + long_run(market)
    effective = theta + np.log1p(-market.unsubmitted) + np.log1p(-market.rejected)
    keys = [key(f"client {number}") for number in range(market.clients)]
    truth = pl.DataFrame({"client_key": keys, "theta": theta, "effective": effective})
    return rows(market, random, of_client[cell], of_person[cell], level, log_rate), truth


def standard(random: np.random.Generator, size: int, noise: str) -> NDArray[np.float64]:
    """Return noise of mean 0 and variance 1."""
    return random.standard_normal(size) if noise == "normal" else random.standard_t(5, size) / np.sqrt(5 / 3)


def long_run(market: Market) -> float:
    """Return -ln mean(e^-noise): the distance of an hour of work below the typical task.

    Heavy tails have this moment only after the cut.
    """
    if market.noise == "normal":
        return -(market.task_spread**2) / 2
    draws = standard(np.random.default_rng(0), TRUTH_DRAWS, market.noise)
    return -float(np.log(np.mean(np.exp(-market.task_spread * np.clip(draws, -WINSORISED_AT, WINSORISED_AT)))))


def rows(
    market: Market,
    random: np.random.Generator,
    client: NDArray[np.int64],
    person: NDArray[np.int64],
    level: NDArray[np.float64],
    log_rate: NDArray[np.float64],
) -> pl.DataFrame:
    """Return the attempts as observations; a client lists all its tasks at the same reward."""
    count = len(client)
    reward = np.maximum(np.rint(0.25 * np.exp(level[client]) * MICROS), 1).astype(np.int64)
    seconds = reward / MICROS / np.exp(log_rate) * SECONDS_PER_HOUR
    dice = random.random(count)
    outcome = np.where(dice < market.unsubmitted, "returned", "approved")
    handed_in = dice >= market.unsubmitted
    outcome = np.where(handed_in & (random.random(count) < market.rejected), "rejected", outcome)
    hour = random.integers(0, market.days * 24, count)
    first = (AS_OF - timedelta(days=market.days + QUIET_DAYS)).replace(tzinfo=None)
    frame = pl.DataFrame(
        {
            "platform": [PLATFORM] * count,
            "client_key": np.array([key(f"client {number}") for number in range(market.clients)])[client],
            "task_key": np.array([key(f"task {number}") for number in range(market.clients)])[client],
            "contributor": person,
            "origin": [market.origin] * count,
            "country": [None] * count,
            "reward_micros": reward,
            "paid_micros": [None] * count,
            "active_seconds": seconds,
            "open_seconds": seconds,
            "limit_seconds": [None] * count,
            "estimate_seconds": [None] * count,
            "outcome": outcome,
            "claimed_hour": np.datetime64(first, "us") + hour * np.timedelta64(1, "h"),
            "decided_on": [None] * count,
        }
    )
    arrived = pl.col("claimed_hour").dt.date() if market.origin == "crowd" else pl.lit(AS_OF.date() - timedelta(days=1))
    timed = frame.with_columns(pl.col("claimed_hour").dt.replace_time_zone("UTC"), received_on=arrived)
    return timed.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
