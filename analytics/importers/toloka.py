"""Toloka pool results, tab separated: one row a task, several of them in a suite.

All tasks of a suite share their assignment: together they are one attempt. An export may lack submit time and reward;
then no rate can be had from it, but who came and what expired can. Times are UTC without saying so.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analytics.importers.attempts import NO_END, Outcome
from analytics.importers.formats import (
    UNREADABLE,
    Attempts,
    Format,
    Origin,
    amounts,
    iso_instant,
    noted,
    per_attempt,
    shaped,
    sift,
)

PLATFORM = "toloka"
_OUTCOMES: Mapping[str, str] = {
    "approved": "approved",
    "accepted": "approved",
    "rejected": "rejected",
    "submitted": "submitted",
    "expired": "expired",
    "skipped": "returned",
}
_SUITE = ("assignment", "worker", "status", "start", "end", "decided", "reward")

_REASONS = {
    "no_time": pl.col("start").is_null(),
    "unreadable_time": pl.col("accepted_at").is_null()
    | (pl.col("end").is_not_null() & pl.col("submitted_at").is_null()),
    "ends_before_start": pl.col("submitted_at") < pl.col("accepted_at"),
    "unfinished": pl.col("status").str.to_lowercase() == "active",
    "unknown_status": pl.col("status").is_not_null() & pl.col("outcome").is_null(),
    "unreadable_reward": pl.col("reward_micros") == UNREADABLE,
}
_ODDITIES = {
    "no_worker": pl.col("worker").is_null(),
    "no_status": pl.col("outcome").is_null(),
    NO_END: pl.col("submitted_at").is_null(),
    "no_reward": pl.col("reward_micros").is_null(),
}


def attempts(cells: pl.DataFrame, origin: Origin) -> Attempts:
    """Suites as attempts; their rows are the tasks in them."""
    rows = cells.with_columns(
        outcome=pl.col("status").str.to_lowercase().replace_strict(_OUTCOMES, default=None, return_dtype=Outcome),
        accepted_at=iso_instant("start"),
        submitted_at=iso_instant("end"),
        decided_at=iso_instant("decided"),
        reward_micros=amounts(cells["reward"]),
    )
    kept, left_out = sift(rows, _REASONS)
    nobody = pl.when(pl.col("assignment").is_null()).then(pl.int_range(pl.len()))  # no id: every row for itself
    told = [pl.col(name).first() for name in ("outcome", "accepted_at", "submitted_at", "decided_at", "reward_micros")]
    suites = kept.group_by(*_SUITE, nobody.alias("_nobody"), maintain_order=True).agg(*told, rows=pl.len())
    framed = suites.with_columns(
        platform=pl.lit(PLATFORM),
        source=pl.lit(origin.source),
        file=pl.lit(origin.file),
        task_title=pl.lit(origin.source),
        task_id=pl.lit(None, dtype=pl.String),
        limit_seconds=pl.lit(None, dtype=pl.Float64),
        units=pl.col("rows"),
    )
    paid = framed.with_columns(reward_micros=pl.coalesce("reward_micros", per_attempt(origin.pay, framed)))
    counted = kept.with_columns(
        reward_micros=pl.coalesce("reward_micros", per_attempt(origin.pay, kept.with_columns(units=1)))
    )
    return Attempts(shaped(paid), left_out, noted(counted, _ODDITIES))


FORMAT = Format(
    name="toloka",
    platform=PLATFORM,
    marks=(frozenset({"assignment:assignment_id", "assignment:started", "assignment:status"}),),
    columns={
        "worker": ("assignment:worker_id", "assignment:user_id"),
        "assignment": ("assignment:assignment_id",),
        "status": ("assignment:status",),
        "start": ("assignment:started",),
        "end": ("assignment:submitted",),
        "decided": ("assignment:accepted",),
        "reward": ("assignment:reward",),
    },
    attempts=attempts,
)
