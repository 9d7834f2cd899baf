"""Prolific demographic exports: one row a submission, in the older header and in today's.

Returned and timed-out submissions have no completion time, and a `time_taken` that runs on until somebody looked: when they
ended is not known, and no time is made up for them. Times are UTC, with or without saying so. The files state no pay; pay
per submission comes from outside.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analytics.importers.attempts import INSTANT, NO_END, Outcome
from analytics.importers.formats import Attempts, Format, Origin, iso_instant, noted, per_attempt, shaped, sift

PLATFORM = "prolific"
_OUTCOMES: Mapping[str, str] = {
    "approved": "approved",
    "rejected": "rejected",
    "returned": "returned",
    "timedout": "expired",
    "awaitingreview": "submitted",
    "screenedout": "screened_out",
}
_UNFINISHED = ("reserved", "active")  # still at work when the file was downloaded
_NO_CODE = ("", "nocode")

_REASONS = {
    "no_time": pl.col("start").is_null(),
    "unreadable_time": pl.col("accepted_at").is_null()
    | (pl.col("end").is_not_null() & pl.col("submitted_at").is_null()),
    "ends_before_start": pl.col("submitted_at") < pl.col("accepted_at"),
    "unfinished": pl.col("word").is_in(_UNFINISHED),
    "unknown_status": pl.col("word").is_not_null() & pl.col("outcome").is_null(),
}
_ODDITIES = {
    "no_worker": pl.col("worker").is_null(),
    "no_status": pl.col("outcome").is_null(),
    NO_END: pl.col("submitted_at").is_null(),
    "no_code": pl.col("code").fill_null("").str.to_lowercase().is_in(_NO_CODE) & pl.col("submitted_at").is_not_null(),
    "no_reward": pl.col("reward_micros").is_null(),
}


def attempts(cells: pl.DataFrame, origin: Origin) -> Attempts:
    """Submissions as attempts; a returned one without an end keeps its outcome and has no time."""
    read = cells.with_columns(
        platform=pl.lit(PLATFORM),
        source=pl.lit(origin.source),
        file=pl.lit(origin.file),
        task_title=pl.lit(origin.source),
        task_id=pl.lit(None, dtype=pl.String),
        word=pl.col("status").str.to_lowercase().str.replace_all("[^a-z]", ""),
        accepted_at=iso_instant("start"),
        submitted_at=iso_instant("end"),
        decided_at=iso_instant("reviewed"),
        limit_seconds=pl.lit(None, dtype=pl.Float64),
        units=1,
        rows=1,
    )
    read = read.with_columns(
        outcome=pl.col("word").replace_strict(_OUTCOMES, default=None, return_dtype=Outcome),
        reward_micros=per_attempt(origin.pay, read),
    )
    decided = pl.col("outcome").is_in(["approved", "rejected"])
    read = read.with_columns(decided_at=pl.when(decided).then("decided_at").otherwise(pl.lit(None, dtype=INSTANT)))
    kept, left_out = sift(read, _REASONS)
    return Attempts(shaped(kept), left_out, noted(kept, _ODDITIES))


FORMAT = Format(
    name="prolific",
    platform=PLATFORM,
    marks=(
        frozenset({"session_id", "started_datetime", "completed_date_time"}),
        frozenset({"submission id", "started at", "completed at"}),
    ),
    columns={
        "worker": ("worker_id", "participant_id", "participant id"),
        "assignment": ("session_id", "submission id"),
        "status": ("status",),
        "start": ("started_datetime", "started at"),
        "end": ("completed_date_time", "completed at"),
        "reviewed": ("reviewed_at_datetime", "reviewed at"),
        "code": ("entered_code", "completion code"),
    },
    attempts=attempts,
)
