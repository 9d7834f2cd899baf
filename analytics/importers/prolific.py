"""Prolific exports and API answers: one row a submission, in the older header and in today's, with renamed id columns.

Returned and timed-out submissions have no completion time, and their `time_taken` runs on until a review. Their end is
unknown, and no time is made up for them. Times are UTC, with or without a zone. The files state no pay in dollars; pay
per submission comes from the command line.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analytics.importers.attempts import NO_END
from analytics.importers.formats import (
    Attempts,
    Format,
    Origin,
    Reasons,
    noted,
    outcomes,
    paid,
    plain_word,
    shaped,
    sift,
    unknown_words,
)
from analytics.importers.source import Cells
from analytics.importers.times import INSTANT, instants, is_numbered

PLATFORM = "prolific"
_PARTLY = "partiallyapproved"
_OUTCOMES: Mapping[str, str] = {
    "approved": "approved",
    _PARTLY: "approved",
    "rejected": "rejected",
    "returned": "returned",
    "timedout": "expired",
    "awaitingreview": "submitted",
    "screenedout": "screened_out",
}
_UNFINISHED = ("reserved", "active")  # still in progress at the time of download
_STATELESS = ("unknown",)  # an official status without a meaning
_NO_CODE = ("", "nocode")
_UNENDED = pl.col("end").is_not_null() & pl.col("submitted_at").is_null()

_REASONS: Reasons = {
    "no_time": {"start": pl.col("start").is_null()},
    "ambiguous_day": {
        "start": pl.col("accepted_at").is_null() & is_numbered(pl.col("start")),
        "end": _UNENDED & is_numbered(pl.col("end")),
    },
    "unreadable_time": {"start": pl.col("accepted_at").is_null(), "end": _UNENDED},
    "ends_before_start": {"end": pl.col("submitted_at") < pl.col("accepted_at")},
    "unfinished": {"status": pl.col("word").is_in(_UNFINISHED)},
    "unknown_status": {"status": pl.col("status").is_not_null() & pl.col("outcome").is_null()},
}
_ODDITIES = {
    "no_worker": pl.col("worker").is_null(),
    "no_status": pl.col("outcome").is_null(),
    "partially_approved": pl.col("is_partly_paid"),
    NO_END: pl.col("submitted_at").is_null(),
    "no_code": pl.col("code").fill_null("").str.to_lowercase().is_in(_NO_CODE) & pl.col("submitted_at").is_not_null(),
    "no_reward": pl.col("reward_micros").is_null(),
}


def attempts(cells: Cells, origin: Origin) -> Attempts:
    """Return submissions as attempts; a returned one without an end keeps its outcome and has no time."""
    frame = cells.frame.with_columns(plain_word(cells.frame["status"]).alias("word"))
    frame = frame.with_columns(status=pl.when(~pl.col("word").is_in(_STATELESS)).then("status"))
    start, end, reviewed = instants(frame, ("start", "end", "reviewed"))
    read = frame.with_columns(
        outcomes(frame["status"], _OUTCOMES),
        start.alias("accepted_at"),
        end.alias("submitted_at"),
        reviewed.alias("decided_at"),
        platform=pl.lit(PLATFORM),
        source=pl.lit(origin.source),
        file=pl.lit(origin.file),
        task_title=pl.lit(origin.source),
        task_id=pl.lit(None, dtype=pl.String),
        limit_seconds=pl.lit(None, dtype=pl.Float64),
        is_partly_paid=pl.col("word") == _PARTLY,
        units=1,
        rows=1,
    )
    decided = pl.col("outcome").is_in(["approved", "rejected"])
    read = read.with_columns(decided_at=pl.when(decided).then("decided_at").otherwise(pl.lit(None, dtype=INSTANT)))
    sifted = sift(read, _REASONS, origin.file, cells.headers)
    reward, is_pay_used = paid(sifted.frame, origin.pay)
    kept = sifted.frame.with_columns(reward)
    unfinished = pl.col("word").is_in(_UNFINISHED).fill_null(False)
    unknown = unknown_words(read.filter(~unfinished), "status", "outcome")
    return Attempts(shaped(kept), sifted.left_out, noted(kept, _ODDITIES), sifted.examples, unknown, is_pay_used)


FORMAT = Format(
    name=PLATFORM,
    old_names=("prolific-academic",),
    unit="submission",
    title="Prolific exports",
    marks=(
        frozenset({"session_id", "started_datetime", "completed_date_time"}),
        frozenset({"submission id", "started at", "completed at"}),
        frozenset({"participant id", "started at", "completed at"}),
        frozenset({"prolific_pid", "started at", "completed at"}),
        frozenset({"time taken", "started at", "completed at"}),
    ),
    columns={
        "worker": ("worker_id", "participant_id", "participant id", "prolific_pid", "prolific_id", "pid"),
        "assignment": ("session_id", "submission id", "id"),
        "status": ("status",),
        "start": ("started_datetime", "started at"),
        "end": ("completed_date_time", "completed at"),
        "reviewed": ("reviewed_at_datetime", "reviewed at"),
        "code": ("entered_code", "completion code"),
    },
    attempts=attempts,
)
