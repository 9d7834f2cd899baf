"""The control estimators: the usual methods, shown in the same table for comparison."""

from __future__ import annotations

import polars as pl

from analytics.model.units import MICROS, SECONDS_PER_HOUR

MEAN, POOLED, MEDIAN = "mean of task rates", "pooled pay over time", "median of task rates"
CONTROLS = (MEAN, POOLED, MEDIAN)


def of_clients(observations: pl.DataFrame) -> pl.DataFrame:
    """Return client_key and the controls of every client in USD per hour, over its submitted tasks, one task one vote."""
    reward, seconds = pl.col("reward_micros") / MICROS, pl.col("active_seconds")
    rate = reward / seconds * SECONDS_PER_HOUR
    submitted = pl.col("outcome").is_in(["submitted", "approved", "rejected", "paid"])
    return (
        observations.filter(submitted, reward > 0, seconds > 0)
        .group_by("client_key")
        .agg(
            rate.mean().alias(MEAN),
            (reward.sum() / seconds.sum() * SECONDS_PER_HOUR).alias(POOLED),
            rate.median().alias(MEDIAN),
        )
        .sort("client_key")
    )
