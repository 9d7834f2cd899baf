"""Figure Eight (CrowdFlower) full reports: one row a judgment, several of them on a page.

All units of a page share worker, start and end: together they are one attempt. The files state neither pay
nor outcome; pay per page or per unit comes from outside. Times have no zone and are UTC. Tainted pages and
test questions are work like any other and stay in, counted.
"""

from __future__ import annotations

import re

import polars as pl

from analytics.importers.attempts import DUPLICATE, INSTANT, Outcome
from analytics.importers.formats import Attempts, Format, Origin, noted, per_attempt, shaped, sift, stem

PLATFORM = "appen"  # the name under which the platform went on
_CODE = 3  # letters of a country; "NA" is nobody's
_JOB = re.compile(r"[0-9]{5,}")
_PAGE = ("worker", "accepted_at", "submitted_at")


def _instant(column: str) -> pl.Expr:
    """`6/23/2015 22:56:48`, in UTC."""
    return (
        pl.col(column).str.to_datetime("%m/%d/%Y %H:%M:%S", time_unit="us", time_zone="UTC", strict=False).cast(INSTANT)
    )


def job_of(file: str) -> str:
    """The job that the file's name tells, else the last part of the name: these files have no title
    inside.
    """
    last = stem(file).split("__")[-1]
    number = _JOB.search(last)
    return number.group() if number else last


_REASONS = {
    "no_time": pl.col("start").is_null() | pl.col("end").is_null(),
    "unreadable_time": pl.col("accepted_at").is_null() | pl.col("submitted_at").is_null(),
    "ends_before_start": pl.col("submitted_at") < pl.col("accepted_at"),
    DUPLICATE: pl.col("judgment").is_not_null() & ~pl.col("judgment").is_first_distinct(),
}
_ODDITIES = {
    "no_worker": pl.col("worker").is_null(),
    "tainted": pl.col("tainted").str.to_lowercase() == "true",
    "test_question": pl.col("golden").str.to_lowercase() == "true",
}


def attempts(cells: pl.DataFrame, origin: Origin) -> Attempts:
    """Pages as attempts; their rows are the units on them."""
    read = cells.with_columns(accepted_at=_instant("start"), submitted_at=_instant("end"))
    kept, left_out = sift(read, _REASONS)
    nobody = pl.when(pl.col("worker").is_null()).then(pl.int_range(pl.len()))  # no worker: every row for itself
    pages = kept.group_by(*_PAGE, nobody.alias("_nobody"), maintain_order=True).agg(
        rows=pl.len(), country=pl.col("country").filter(pl.col("country").str.len_chars() == _CODE).first()
    )
    job = job_of(origin.file)
    framed = pages.with_columns(
        platform=pl.lit(PLATFORM),
        source=pl.lit(origin.source),
        file=pl.lit(origin.file),
        assignment=pl.lit(None, dtype=pl.String),
        task_title=pl.lit(job),
        task_id=pl.lit(job),
        outcome=pl.lit(None, dtype=Outcome),
        decided_at=pl.lit(None, dtype=INSTANT),
        limit_seconds=pl.lit(None, dtype=pl.Float64),
        units=pl.col("rows"),
    )
    notes = noted(kept, _ODDITIES)
    if origin.pay is None and kept.height:
        notes["no_reward"] = kept.height
    return Attempts(shaped(framed.with_columns(per_attempt(origin.pay, framed))), left_out, notes)


FORMAT = Format(
    name="figure-eight",
    platform=PLATFORM,
    marks=(frozenset({"_unit_id", "_started_at", "_created_at", "_worker_id"}),),
    columns={
        "worker": ("_worker_id",),
        "judgment": ("_id",),
        "start": ("_started_at",),
        "end": ("_created_at",),
        "tainted": ("_tainted",),
        "golden": ("_golden",),
        "country": ("_country",),
    },
    attempts=attempts,
)
