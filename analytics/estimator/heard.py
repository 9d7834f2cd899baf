"""Who is heard: from what all parts tell of each contributor, who counts and whose days are too long (step E)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.estimator.arrival import MOST_DAY_MILLISECONDS
from analytics.model.policy import Policy

NO_DAYS = pl.DataFrame(schema={"contributor": pl.Int64, "claimed": pl.Int64, "factor": pl.Float64})
EPOCH_ORDINAL = 719_163  # of 1970-01-01


@dataclass(frozen=True)
class Heard:
    """`arrivals`: the contributors that count, sorted, and days `since` their first arrival. Those `set_aside` have no
    vote. `shortened`: contributor, `claimed` (days since 1970) and the `factor` of each day that was too long.
    """

    arrivals: pl.DataFrame
    set_aside: frozenset[int]
    shortened: pl.DataFrame


def heard(visits: pl.DataFrame, days: pl.DataFrame, day: date, policy: Policy) -> pl.DataFrame:
    """Contributors that count (step E), with the days `since` their first arrival: by the server's days, never by a
    claimed time.
    """
    arrived = days.group_by("contributor").agg(
        since=day.toordinal() - EPOCH_ORDINAL - pl.col("day").min(), days=pl.col("day").n_unique()
    )
    if policy.maturity is None:
        return arrived.select("contributor", "since").sort("contributor")
    behind = visits.group_by("contributor").agg(pl.col("tasks").sum(), clients=pl.col("client_key").n_unique())
    maturity = policy.maturity
    return (
        arrived.join(behind, on="contributor")
        .filter(
            pl.col("since") >= maturity.days_since_first,
            pl.col("days") >= maturity.active_days,
            pl.col("tasks") >= maturity.tasks,
            pl.col("clients") >= maturity.clients,
        )
        .select("contributor", "since")
        .sort("contributor")
    )


def shortened(claims: pl.DataFrame) -> pl.DataFrame:
    """Of the days that parts told, those too long when put together, and by what their times are multiplied."""
    whole = claims.group_by("contributor", "claimed").agg(pl.col("milliseconds").sum())
    return (
        whole.filter(pl.col("milliseconds") > MOST_DAY_MILLISECONDS)
        .select("contributor", "claimed", factor=MOST_DAY_MILLISECONDS / pl.col("milliseconds"))
        .sort("contributor", "claimed")
    )


def told(
    behind: dict[str, pl.DataFrame], claims: pl.DataFrame | None, day: date, policy: Policy, set_aside: AbstractSet[int]
) -> Heard:
    """Who is heard on `day`, given what the parts told."""
    arrivals = heard(behind["visits"], behind["days"], day, policy)
    return Heard(arrivals, frozenset(set_aside), NO_DAYS if claims is None else shortened(claims))
