"""Contributors whose rows count, and days that are too long, from the frames of all parts (step E)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.estimator.arrival import MOST_DAY_MILLISECONDS
from analytics.estimator.maturity import EPOCH_ORDINAL, is_mature, maturity_of
from analytics.model.policy import Maturity, Policy

NO_DAYS = pl.DataFrame(schema={"contributor": pl.Int64, "claimed": pl.Int64, "factor": pl.Float64})
EVERYBODY = Maturity(days_since_first=0, arrival_days=1, client_days=1, clients=1)

__all__ = ["EPOCH_ORDINAL", "EligibleContributors", "eligible_contributors"]


@dataclass(frozen=True)
class EligibleContributors:
    """The contributors that count, and the days that were too long.

    `contributors` are sorted, with days `since` their first arrival, `is_grown` and their `seniority` (lambda of step
    D4). Those `set_aside` have no vote. `shortened` has contributor, `claimed` (days since 1970) and the `factor` of
    each such day.
    """

    contributors: pl.DataFrame
    set_aside: frozenset[int]
    shortened: pl.DataFrame


def mature_contributors(arrivals: pl.DataFrame, day: date, policy: Policy) -> pl.DataFrame:
    """Return the contributors that count (step E), with their seniority (step D4)."""
    progress = maturity_of(arrivals, day, policy.maturity or EVERYBODY)
    grown = (pl.col("clients") >= policy.grown_clients) & (pl.col("since") >= policy.grown_days)
    return (
        progress.filter(is_mature(policy.maturity or EVERYBODY))
        .select("contributor", "since", is_grown=grown)
        .with_columns(seniority=pl.when("is_grown").then(1.0).otherwise(policy.young_vote))
    )


def shortened(claims: pl.DataFrame) -> pl.DataFrame:
    """Return the days that are too long once all parts are combined, and the factor of their times."""
    whole = claims.group_by("contributor", "claimed").agg(pl.col("milliseconds").sum())
    return (
        whole.filter(pl.col("milliseconds") > MOST_DAY_MILLISECONDS)
        .select("contributor", "claimed", factor=MOST_DAY_MILLISECONDS / pl.col("milliseconds"))
        .sort("contributor", "claimed")
    )


def eligible_contributors(
    behind: dict[str, pl.DataFrame], claims: pl.DataFrame | None, day: date, policy: Policy, set_aside: AbstractSet[int]
) -> EligibleContributors:
    """Return the contributors that count on `day`, given the parts' frames (`analytics.estimator.arrival`)."""
    contributors = mature_contributors(behind["days"], day, policy)
    return EligibleContributors(contributors, frozenset(set_aside), NO_DAYS if claims is None else shortened(claims))
