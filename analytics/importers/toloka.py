"""Toloka pool results, tab separated: one row a task, several of them in a suite.

All tasks of a suite share their assignment: together they are one attempt. It ends when it was submitted, skipped or
expired, each in a column of its own. An export may lack these columns and the reward. It then gives no rates, but still
workers and expired tasks. Times are UTC without a zone.
"""

from __future__ import annotations

from collections.abc import Mapping

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
    plain_word,
    shaped,
    sift,
    unknown_words,
)
from analytics.importers.source import LINE, Cells
from analytics.importers.times import instants, is_numbered

PLATFORM = "toloka"
_OUTCOMES: Mapping[str, str] = {
    "approved": "approved",
    "accepted": "approved",
    "rejected": "rejected",
    "submitted": "submitted",
    "expired": "expired",
    "skipped": "returned",
}
_TIMES = ("start", "end", "decided", "rejected", "skipped", "expired")
_SUITE = ("assignment", "worker", "status", "start", "ending", "decided", "reward")
_UNENDED = pl.col("ending").is_not_null() & pl.col("submitted_at").is_null()

_REASONS: Reasons = {
    "no_time": {"start": pl.col("start").is_null()},
    "ambiguous_day": {
        "start": pl.col("accepted_at").is_null() & is_numbered(pl.col("start")),
        "end": _UNENDED & is_numbered(pl.col("ending")),
    },
    "unreadable_time": {"start": pl.col("accepted_at").is_null(), "end": _UNENDED},
    "ends_before_start": {"end": pl.col("submitted_at") < pl.col("accepted_at")},
    "unfinished": {"status": pl.col("word") == "active"},
    "unknown_status": {"status": pl.col("status").is_not_null() & pl.col("outcome").is_null()},
    **BAD_REWARD,
}
_ODDITIES = {
    "no_worker": pl.col("worker").is_null(),
    "no_status": pl.col("outcome").is_null(),
    NO_END: pl.col("submitted_at").is_null(),
    "no_reward": pl.col("reward_micros").is_null(),
}


def attempts(cells: Cells, origin: Origin) -> Attempts:
    """Return suites as attempts; their rows are the tasks in them."""
    rows = _read(cells.frame)
    sifted = sift(rows, _REASONS, origin.file, cells.headers)
    kept = sifted.frame
    alone = pl.when(pl.col("assignment").is_null()).then(pl.int_range(pl.len()))  # no id: every row is its own attempt
    shared = [
        pl.col(name).first() for name in ("outcome", "accepted_at", "submitted_at", "decided_at", "reward_micros", LINE)
    ]
    suites = kept.group_by(*_SUITE, alone.alias("_alone"), maintain_order=True).agg(*shared, rows=pl.len())
    framed = suites.with_columns(
        platform=pl.lit(PLATFORM),
        source=pl.lit(origin.source),
        file=pl.lit(origin.file),
        task_title=pl.lit(origin.source),
        task_id=pl.lit(None, dtype=pl.String),
        limit_seconds=pl.lit(None, dtype=pl.Float64),
        units=pl.col("rows"),
    )
    reward, is_pay_used = paid(framed, origin.pay)
    counted, _ = paid(kept.with_columns(units=1), origin.pay)
    notes = noted(kept.with_columns(counted), _ODDITIES)
    unknown = unknown_words(rows.filter((pl.col("word") != "active").fill_null(True)), "status", "outcome")
    return Attempts(shaped(framed.with_columns(reward)), sifted.left_out, notes, sifted.examples, unknown, is_pay_used)


def _read(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with their times: the status names the column of an attempt's end."""
    frame = frame.with_columns(plain_word(frame["status"]).alias("word"))
    start, end, accepted, rejected, skipped, expired = instants(frame, _TIMES)
    frame = frame.with_columns(
        outcomes(frame["status"], _OUTCOMES),
        amounts(frame["reward"]).alias("reward_micros"),
        start.alias("accepted_at"),
        end.alias("_submitted"),
        accepted.alias("_accepted"),
        rejected.alias("_rejected"),
        skipped.alias("_skipped"),
        expired.alias("_expired"),
    )
    is_skipped, is_expired = pl.col("word") == "skipped", pl.col("word") == "expired"
    return frame.with_columns(
        ending=pl.when(is_skipped).then(pl.coalesce("skipped", "end"))
        .when(is_expired)
        .then(pl.coalesce("expired", "end"))
        .otherwise("end"),
        submitted_at=pl.when(is_skipped).then(pl.coalesce("_skipped", "_submitted"))
        .when(is_expired)
        .then(pl.coalesce("_expired", "_submitted"))
        .otherwise("_submitted"),
        decided_at=pl.when(pl.col("word") == "rejected").then("_rejected").otherwise("_accepted"),
    )  # fmt: skip


FORMAT = Format(
    name=PLATFORM,
    old_names=("yandex-toloka",),
    unit="suite",
    title="Toloka pool results",
    marks=(frozenset({"assignment:assignment_id", "assignment:started", "assignment:status"}),),
    columns={
        "worker": ("assignment:worker_id", "assignment:user_id"),
        "assignment": ("assignment:assignment_id",),
        "status": ("assignment:status",),
        "start": ("assignment:started",),
        "end": ("assignment:submitted",),
        "decided": ("assignment:accepted",),
        "rejected": ("assignment:rejected",),
        "skipped": ("assignment:skipped",),
        "expired": ("assignment:expired",),
        "reward": ("assignment:reward",),
    },
    attempts=attempts,
)
