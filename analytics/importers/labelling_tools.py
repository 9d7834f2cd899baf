"""Exports of tools that institutes and companies run: Label Studio annotations, Ground Truth worker responses.

Label Studio gives the end of an annotation and its duration (`lead_time`, seconds); its start is the difference. Ground
Truth gives the times of acceptance and submission. Neither states pay or outcome. Each server numbers its own ids, so
worker and times identify an attempt.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from analytics.importers.attempts import Outcome
from analytics.importers.formats import Attempts, Format, Origin, Reasons, noted, paid, shaped, sift
from analytics.importers.source import Cells
from analytics.importers.times import INSTANT, instants

_REASONS: Reasons = {
    "no_time": {
        "start": pl.col("start").is_null() & pl.col("seconds").is_null(),
        "end": pl.col("end").is_null(),
    },
    "unreadable_time": {
        "start": pl.col("start").is_not_null() & pl.col("accepted_at").is_null(),
        "seconds": pl.col("accepted_at").is_null() & pl.col("submitted_at").is_not_null(),
        "end": pl.col("submitted_at").is_null(),
    },
    "ends_before_start": {"end": pl.col("submitted_at") < pl.col("accepted_at")},
}
_ODDITIES = {
    "no_worker": pl.col("worker").is_null(),
    "no_reward": pl.col("reward_micros").is_null(),
    "no_status": pl.col("outcome").is_null(),
}


def _reader(platform: str) -> Callable[[Cells, Origin], Attempts]:
    def attempts(cells: Cells, origin: Origin) -> Attempts:
        start, end = instants(cells.frame, ("start", "end"))
        took = pl.duration(
            microseconds=(pl.col("seconds").cast(pl.Float64, strict=False) * 1_000_000).round().cast(pl.Int64)
        )
        read = cells.frame.with_columns(start.alias("_start"), end.alias("submitted_at"))
        read = read.with_columns(
            accepted_at=pl.coalesce("_start", pl.col("submitted_at") - took),
            outcome=pl.when(pl.col("skipped").str.to_lowercase() == "true").then(pl.lit("returned")).cast(Outcome),
            platform=pl.lit(platform),
            source=pl.lit(origin.source),
            file=pl.lit(origin.file),
            assignment=pl.lit(None, dtype=pl.String),
            task_title=pl.lit(origin.source),
            task_id=pl.lit(None, dtype=pl.String),
            decided_at=pl.lit(None, dtype=INSTANT),
            limit_seconds=pl.lit(None, dtype=pl.Float64),
            units=1,
            rows=1,
        )
        sifted = sift(read, _REASONS, origin.file, cells.headers)
        reward, is_pay_used = paid(sifted.frame, origin.pay)
        kept = sifted.frame.with_columns(reward)
        return Attempts(shaped(kept), sifted.left_out, noted(kept, _ODDITIES), sifted.examples, is_pay_used=is_pay_used)

    return attempts


LABEL_STUDIO = Format(
    name="label_studio",
    old_names=("label-studio", "heartex"),
    unit="annotation",
    title="Label Studio annotations (CSV, JSON)",
    marks=(
        frozenset({"lead_time", "annotation_id", "created_at"}),
        frozenset({"lead_time", "completed_by", "created_at"}),
        frozenset({"lead_time", "completed_by.id", "created_at"}),
    ),
    columns={
        "worker": ("annotator", "completed_by", "completed_by.id"),
        "start": (),
        "end": ("created_at",),
        "seconds": ("lead_time",),
        "skipped": ("was_cancelled",),
    },
    attempts=_reader("label_studio"),
)
GROUND_TRUTH = Format(
    name="ground_truth",
    old_names=("sagemaker", "ground-truth"),
    unit="response",
    title="Ground Truth worker responses (JSON)",
    marks=(frozenset({"acceptancetime", "submissiontime", "workerid"}),),
    columns={
        "worker": ("workerid",),
        "start": ("acceptancetime",),
        "end": ("submissiontime",),
        "seconds": ("timespentinseconds",),
        "skipped": (),
    },
    attempts=_reader("ground_truth"),
)
