"""Maturity of contributors: the one rule for people to count (step E).

The estimator and the contributor's own page (`GET /v1/contributors/me`) both use it, so that the page agrees with the
next release. Days are the server's days of first arrival, never claimed times.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from analytics.model.policy import Maturity

ARRIVALS: dict[str, pl.DataType] = {"contributor": pl.Int64(), "client_key": pl.Int64(), "day": pl.Int64()}
EPOCH_ORDINAL = 719_163  # of 1970-01-01
WORDS = {
    "days_since_first": ("Wait {} more day.", "Wait {} more days."),
    "arrival_days": ("Share work on {} more day.", "Share work on {} more days."),
    "clients": ("Work for {} more client.", "Work for {} more clients."),
    "client_days": (
        "Share {} more day of work (a day counts once for each client, up to 5 of one client).",
        "Share {} more days of work (a day counts once for each client, up to 5 of one client).",
    ),
}


def maturity_of(arrivals: pl.DataFrame, day: date, maturity: Maturity) -> pl.DataFrame:
    """Return each contributor's progress on `day`, sorted: `since` and the four measures of `Maturity`.

    `arrivals` in the shape ARRIVALS: the days (since 1970) on which something arrived, by contributor and client. Days
    of one client beyond the first `arrival_days` change nothing and may be left out, except a contributor's first.
    """
    distinct = arrivals.unique()
    of_client = distinct.group_by("contributor", "client_key").agg(
        days=pl.len().clip(upper_bound=maturity.arrival_days)
    )
    worked = of_client.group_by("contributor").agg(client_days=pl.col("days").sum(), clients=pl.len())
    arrived = distinct.group_by("contributor").agg(
        since=pl.lit(day.toordinal() - EPOCH_ORDINAL, pl.Int64) - pl.col("day").min(),
        arrival_days=pl.col("day").n_unique(),
    )
    measures = ("arrival_days", "client_days", "clients")
    return (
        arrived.join(worked, on="contributor")
        .select("contributor", "since", pl.col("since").alias("days_since_first"), pl.col(*measures).cast(pl.Int64))
        .sort("contributor")
    )


def missing(maturity: Maturity) -> dict[str, pl.Expr]:
    """Return, by measure, the deficit of a row of `maturity_of`; a contributor without any deficit is mature."""
    return {name: (getattr(maturity, name) - pl.col(name)).clip(lower_bound=0) for name in WORDS}


def is_mature(maturity: Maturity) -> pl.Expr:
    """Return an expression for rows of `maturity_of` that count."""
    return pl.all_horizontal(lack == 0 for lack in missing(maturity).values())


def next_steps(arrivals: pl.DataFrame, day: date, maturity: Maturity) -> list[str]:
    """Return what one contributor still needs before their work counts, as sentences; none once it counts.

    `arrivals` are theirs, in the shape ARRIVALS; empty before anything arrived.
    """
    if arrivals.is_empty():
        return ["Share a first task."]
    lacks = maturity_of(arrivals, day, maturity).select(**missing(maturity)).row(0, named=True)
    return [WORDS[name][lacks[name] != 1].format(lacks[name]) for name in WORDS if lacks[name] > 0]
