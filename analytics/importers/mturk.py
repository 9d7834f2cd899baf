"""Mechanical Turk results: one row an assignment, by download, API, AWS CLI or the Command Line Tools; and Turkle's.

The headers are those of 2012 to 2026. Times are Pacific, `Tue May 12 14:10:56 PDT 2015`, or ISO with a zone.
`Submitted` means not reviewed at the time of download. An approved row that also has a rejection time was rejected
first, and the rejection was reversed. The API states no reward. Turkle, which institutes run themselves, writes nearly
the same columns.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from analytics.importers.attempts import Outcome
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
from analytics.importers.times import instants

_OUTCOMES = {"submitted": "submitted", "approved": "approved", "rejected": "rejected"}
_TIMES = ("accept", "submit", "approval", "rejection")

_REASONS: Reasons = {
    "no_time": {"accept": pl.col("accept").is_null(), "submit": pl.col("submit").is_null()},
    "unreadable_time": {"accept": pl.col("accepted_at").is_null(), "submit": pl.col("submitted_at").is_null()},
    "ends_before_start": {"submit": pl.col("submitted_at") < pl.col("accepted_at")},
    "unknown_status": {"status": pl.col("status").is_not_null() & pl.col("outcome").is_null()},
    **BAD_REWARD,
}
_ODDITIES = {
    "no_worker": pl.col("worker").is_null(),
    "no_reward": pl.col("reward_micros").is_null(),
    "zero_reward": pl.col("reward_micros") == 0,
    "no_status": pl.col("outcome").is_null(),
    "rejection_reversed": (pl.col("outcome") == "approved") & pl.col("rejected_at").is_not_null(),
}


def reader(platform: str, *, has_global_ids: bool) -> Callable[[Cells, Origin], Attempts]:
    """Return the reader of assignments. If each server numbers its own ids, the times identify an attempt."""

    def attempts(cells: Cells, origin: Origin) -> Attempts:
        frame = cells.frame
        accept, submit, approval, rejection = instants(frame, _TIMES)
        read = frame.with_columns(
            outcomes(frame["status"], _OUTCOMES),
            amounts(frame["reward"]).alias("reward_micros"),
            accept.alias("accepted_at"),
            submit.alias("submitted_at"),
            approval.alias("approved_at"),
            rejection.alias("rejected_at"),
            platform=pl.lit(platform),
            source=pl.lit(origin.source),
            file=pl.lit(origin.file),
            assignment=pl.col("assignment") if has_global_ids else pl.lit(None, dtype=pl.String),
            limit_seconds=pl.col("limit").cast(pl.Float64, strict=False),
            units=1,
            rows=1,
        )
        read = read.with_columns(decided_at=_decided_at())
        sifted = sift(read, _REASONS, origin.file, cells.headers)
        reward, is_pay_used = paid(sifted.frame, origin.pay)
        kept = sifted.frame.with_columns(reward)
        return Attempts(
            shaped(kept),
            sifted.left_out,
            noted(kept, _ODDITIES),
            sifted.examples,
            unknown_words(read, "status", "outcome"),
            is_pay_used,
        )

    return attempts


def _decided_at() -> pl.Expr:
    outcome = pl.col("outcome")
    return (
        pl.when(outcome == pl.lit("approved", dtype=Outcome))
        .then("approved_at")
        .when(outcome == pl.lit("rejected", dtype=Outcome))
        .then("rejected_at")
    )


_COLUMNS = {
    "worker": ("workerid",),
    "assignment": ("assignmentid",),
    "task_title": ("title", "hittitle"),
    "task_id": ("hittypeid",),
    "reward": ("reward",),
    "status": ("assignmentstatus", "status"),
    "accept": ("accepttime", "assignmentaccepttime"),
    "submit": ("submittime", "assignmentsubmittime"),
    "approval": ("approvaltime", "assignmentapprovaltime"),
    "rejection": ("rejectiontime", "assignmentrejecttime"),
    "limit": ("assignmentdurationinseconds", "assignmentduration"),
}

TURKLE = Format(
    name="turkle",
    old_names=(),
    unit="assignment",
    title="Turkle batch results",
    marks=(frozenset({"turkle.username", "accepttime", "submittime"}),),
    columns=_COLUMNS,
    attempts=reader("turkle", has_global_ids=False),
)
FORMAT = Format(
    name="mturk",
    old_names=("amt", "amazon", "mechanical-turk"),
    unit="assignment",
    title="MTurk batch results (download, API, AWS CLI, Command Line Tools)",
    marks=(frozenset({"accepttime", "submittime"}), frozenset({"assignmentaccepttime", "assignmentsubmittime"})),
    columns=_COLUMNS,
    attempts=reader("mturk", has_global_ids=True),
)
