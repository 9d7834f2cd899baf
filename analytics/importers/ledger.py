"""The export of a worker's own ledger: one row a task, with its counted time, pay and outcome.

A ledger belongs to one person and contains no names. It can be described and reported, and is never stored. The time is
the counted time, from the start on; a task without a time has no end. Amounts in currencies other than US dollars are
unknown here.
"""

from __future__ import annotations

import polars as pl

from analytics.importers.attempts import NO_END
from analytics.importers.formats import (
    BAD_REWARD,
    Attempts,
    Format,
    Origin,
    Reasons,
    amounts,
    noted,
    outcomes,
    paid,
    shaped,
    sift,
    unknown_words,
)
from analytics.importers.source import Cells
from analytics.importers.times import INSTANT, instants

_OUTCOMES = {
    "submitted": "submitted",
    "approved": "approved",
    "paid": "approved",
    "rejected": "rejected",
    "returned": "returned",
    "abandoned": "returned",
    "expired": "expired",
    "screenedout": "screened_out",
}
_HARMLESS = r"^'([\s\p{Cc}]*[=+\-@|%'])"  # an apostrophe in front of what a spreadsheet would run
_CURRENCY = "USD"
_SECONDS = pl.col("seconds").cast(pl.Float64, strict=False)

_REASONS: Reasons = {
    "no_time": {"start": pl.col("start").is_null()},
    "unreadable_time": {
        "start": pl.col("accepted_at").is_null(),
        "seconds": pl.col("seconds").is_not_null() & _SECONDS.is_null(),
    },
    "unknown_status": {"status": pl.col("status").is_not_null() & pl.col("outcome").is_null()},
    **BAD_REWARD,
}
_ODDITIES = {
    "no_reward": pl.col("reward_micros").is_null(),
    "other_currency": pl.col("currency").is_not_null() & (pl.col("currency") != _CURRENCY),
    NO_END: pl.col("submitted_at").is_null(),
}


def attempts(cells: Cells, origin: Origin) -> Attempts:
    """Return tasks as attempts of the platform in each row."""
    frame = cells.frame.with_columns(
        reward=pl.when(pl.col("currency") == _CURRENCY).then("reward"),
        seconds=pl.when(pl.col("seconds") != "0").then("seconds"),
    )
    (start,) = instants(frame, ("start",))
    read = frame.with_columns(
        outcomes(frame["status"], _OUTCOMES),
        amounts(frame["reward"]).alias("reward_micros"),
        start.alias("accepted_at"),
        submitted_at=(start + pl.duration(microseconds=(_SECONDS * 1_000_000).cast(pl.Int64))).cast(INSTANT),
        source=pl.lit(origin.source),
        file=pl.lit(origin.file),
        worker=pl.lit(None, dtype=pl.String),
        task_title=pl.col("task_title").str.replace(_HARMLESS, "$1"),
        decided_at=pl.lit(None, dtype=INSTANT),
        limit_seconds=pl.col("limit").cast(pl.Float64, strict=False),
        units=1,
        rows=1,
    )
    sifted = sift(read, _REASONS, origin.file, cells.headers)
    reward, is_pay_used = paid(sifted.frame, origin.pay)
    kept = sifted.frame.with_columns(reward)
    unknown = unknown_words(read, "status", "outcome")
    return Attempts(shaped(kept), sifted.left_out, noted(kept, _ODDITIES), sifted.examples, unknown, is_pay_used)


FORMAT = Format(
    name="ledger",
    old_names=(),
    unit="task",
    title="tables of a worker's own ledger",
    marks=(frozenset({"platform", "counted_seconds", "claimed_at", "listed_currency"}),),
    columns={
        "platform": ("platform",),
        "assignment": ("id",),
        "task_title": ("title",),
        "task_id": ("task_id",),
        "reward": ("listed",),
        "currency": ("listed_currency",),
        "status": ("outcome",),
        "start": ("claimed_at",),
        "seconds": ("counted_seconds",),
        "limit": ("limit_seconds",),
    },
    attempts=attempts,
)
