"""Mechanical Turk batch results: one row an assignment, as a requester downloads them.

The header of 2012 to 2023 in all its spellings. Times are Pacific, `Tue May 12 14:10:56 PDT 2015`, and in
some years `2015-05-15 21:10:56 UTC` in the very same column. `Submitted` means not reviewed when it was
downloaded; an approved row that also has a rejection time was rejected first and the rejection taken back.
"""

from __future__ import annotations

import polars as pl

from analytics.importers.attempts import INSTANT, Outcome
from analytics.importers.formats import UNREADABLE, Attempts, Format, Origin, amounts, noted, shaped, sift

PLATFORM = "mturk"
_OFFSETS = {"PST": "-0800", "PDT": "-0700", "UTC": "+0000", "GMT": "+0000"}


def _instant(column: str) -> pl.Expr:
    """The instant that either form of time in `column` tells; null where it is neither."""
    text = pl.col(column)
    spelled = text.str.replace(r"^[A-Za-z]{3} ", "").str.replace_many([*_OFFSETS], [*_OFFSETS.values()])
    plain = text.str.strip_suffix(" UTC")
    return pl.coalesce(
        spelled.str.to_datetime("%b %d %H:%M:%S %z %Y", time_unit="us", strict=False).cast(INSTANT),
        plain.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", time_zone="UTC", strict=False),
    )


_REASONS = {
    "no_time": pl.col("accept").is_null() | pl.col("submit").is_null(),
    "unreadable_time": pl.col("accepted_at").is_null() | pl.col("submitted_at").is_null(),
    "ends_before_start": pl.col("submitted_at") < pl.col("accepted_at"),
    "unknown_status": pl.col("status").is_not_null() & pl.col("outcome").is_null(),
    "unreadable_reward": pl.col("reward_micros") == UNREADABLE,
}
_ODDITIES = {
    "no_worker": pl.col("worker").is_null(),
    "no_reward": pl.col("reward_micros").is_null(),
    "zero_reward": pl.col("reward_micros") == 0,
    "no_status": pl.col("outcome").is_null(),
    "rejection_reversed": (pl.col("outcome") == "approved") & pl.col("rejected_at").is_not_null(),
}


def attempts(cells: pl.DataFrame, origin: Origin) -> Attempts:
    """Attempts of a batch, outcomes as they stood when it was downloaded."""
    status = pl.col("status").str.to_lowercase()
    read = cells.with_columns(
        platform=pl.lit(PLATFORM),
        source=pl.lit(origin.source),
        file=pl.lit(origin.file),
        reward_micros=amounts(cells["reward"]),
        outcome=pl.when(status.is_in(["submitted", "approved", "rejected"])).then(status).cast(Outcome),
        accepted_at=_instant("accept"),
        submitted_at=_instant("submit"),
        approved_at=_instant("approval"),
        rejected_at=_instant("rejection"),
        limit_seconds=pl.col("limit").cast(pl.Float64, strict=False),
        units=1,
        rows=1,
    )
    read = read.with_columns(
        decided_at=pl.when(pl.col("outcome") == "approved")
        .then("approved_at")
        .when(pl.col("outcome") == "rejected")
        .then("rejected_at")
    )
    kept, left_out = sift(read, _REASONS)
    return Attempts(shaped(kept), left_out, noted(kept, _ODDITIES))


FORMAT = Format(
    name="mturk",
    platform=PLATFORM,
    marks=(frozenset({"accepttime", "submittime"}),),
    columns={
        "worker": ("workerid",),
        "assignment": ("assignmentid",),
        "task_title": ("title", "hittitle"),
        "task_id": ("hittypeid",),
        "reward": ("reward",),
        "status": ("assignmentstatus", "status"),
        "accept": ("accepttime",),
        "submit": ("submittime",),
        "approval": ("approvaltime",),
        "rejection": ("rejectiontime",),
        "limit": ("assignmentdurationinseconds",),
    },
    attempts=attempts,
)
