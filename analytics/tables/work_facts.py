"""Sums of whole numbers by client, week and contributor, the input of the supplementary tables.

They are a pure function of rows. Each partition of a large history can be reduced alone and the results combined.
"""

from __future__ import annotations

from datetime import date
from math import log2

import polars as pl

from analytics.estimator.group_sums import whole_group_sums
from analytics.model.policy import Policy
from analytics.model.units import MICROS
from analytics.tables.countries import NO_QUARTERS, quarter_before

FACTS: dict[str, pl.DataType] = {
    "platform": pl.String(),
    "client_key": pl.Int64(),
    "week": pl.Int64(),  # the ordinal of its Monday; null for work outside published whole weeks
    "contributor": pl.Int64(),
    "is_recent": pl.Boolean(),  # of the last RECENT_DAYS
    "in_quarter": pl.Boolean(),  # of the last finished quarter; of an archive, all
    "reward": pl.Int64(),  # micros of USD listed for submitted work
    "credited": pl.Int64(),  # micros of every outcome; 0 for pending work
    "decided": pl.Int64(),  # part of `reward` that is no longer pending
    "submitted_ms": pl.Int64(),
    "all_ms": pl.Int64(),
    "owed": pl.Int64(),  # part of `reward` that is still pending
    "tasks": pl.Int64(),  # submitted
    "pending": pl.Int64(),  # of these, undecided
}
KEYS = ("platform", "client_key", "week", "contributor", "is_recent", "in_quarter")
SUMS = tuple(name for name in FACTS if name not in KEYS)
DAYS = 7
RECENT_DAYS = 90


def work_facts(rows: pl.DataFrame, day: date, policy: Policy) -> pl.DataFrame:
    """Return the facts of admitted `rows` on `day`, in the shape FACTS, with the platform unchanged.

    Only finished weeks whose days all still count under `policy` are included.
    """
    claimed = pl.lit(day.toordinal()) - pl.col("age_days").cast(pl.Int64)
    monday = monday_of(claimed)
    is_told = (monday + DAYS <= day.toordinal()) & (monday >= first_day(day, policy))
    first, last = (one.toordinal() for one in quarter_before(day))
    in_quarter = pl.lit(True) if policy.name in NO_QUARTERS else claimed.is_between(first, last)
    submitted = pl.col("submitted")

    def micros(amount: str) -> pl.Expr:
        return (pl.col(amount).fill_null(0.0) * MICROS).round().cast(pl.Int64)

    milliseconds = (pl.col("seconds") * 1000).round().cast(pl.Int64)
    each = rows.select(
        "platform",
        "client_key",
        "contributor",
        week=pl.when(is_told).then(monday),
        is_recent=pl.col("age_days") < RECENT_DAYS,
        in_quarter=in_quarter,
        reward=micros("reward") * submitted,
        credited=micros("credited"),
        decided=micros("reward") * (submitted & pl.col("credited").is_not_null()),
        submitted_ms=milliseconds * submitted,
        all_ms=milliseconds,
        owed=micros("reward") * (submitted & pl.col("credited").is_null()),
        tasks=submitted.cast(pl.Int64),
        pending=(pl.col("outcome") == "submitted").cast(pl.Int64),
    )
    found = summed(each, KEYS)
    return found.select("platform", *(pl.col(name).cast(kind) for name, kind in FACTS.items() if name != "platform"))


def monday_of(day: pl.Expr) -> pl.Expr:
    """Return the ordinal of the Monday of each day's week; ordinal 1 is a Monday."""
    return day - (day + 6) % DAYS


def summed(facts: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Return facts added up by `keys`, sorted by these; null comes first."""
    return whole_group_sums(facts, keys, [name for name in facts.columns if name in SUMS])


def first_day(day: date, policy: Policy) -> int:
    """Return the ordinal of the first day whose work has not decayed away; 0 if none decays."""
    if policy.half_life_days is None:
        return 0
    return day.toordinal() - int(policy.half_life_days * log2(1 / policy.least_decay))
