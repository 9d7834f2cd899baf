"""Figure Eight (CrowdFlower, now Appen) full reports: one row a judgment, several of them on a page.

All units of a page share worker, start and end: together they are one attempt. The files state neither pay nor outcome;
pay per page or per unit comes from the command line. Times have no zone and are UTC; a spreadsheet may have rewritten
them. Some reports have no worker ids: then every row is an attempt. Tainted pages and test questions are work and stay.
"""

from __future__ import annotations

import re

import polars as pl

from analytics.importers.attempts import DUPLICATE, Outcome
from analytics.importers.formats import Attempts, Format, Origin, Reasons, noted, paid, shaped, sift, stem
from analytics.importers.source import LINE, Cells
from analytics.importers.times import INSTANT, DayOrder, day_order, instants, is_numbered

PLATFORM = "appen"  # the current name of the platform
_CODE = 3  # letters of a country; "NA" is no country
_JOB = re.compile(r"[0-9]{5,}")
_PAGE = ("worker", "accepted_at", "submitted_at")
_UNTOUCHED = r"^\d{1,2}/\d{1,2}/\d{4} \d{2}:\d{2}:\d{2}$"  # the platform's own format, month first

_REASONS: Reasons = {
    "no_time": {"start": pl.col("start").is_null(), "end": pl.col("end").is_null()},
    "unreadable_time": {"start": pl.col("accepted_at").is_null(), "end": pl.col("submitted_at").is_null()},
    "ends_before_start": {"end": pl.col("submitted_at") < pl.col("accepted_at")},
    DUPLICATE: {"judgment": pl.col("judgment").is_not_null() & ~pl.col("judgment").is_first_distinct()},
}
_ODDITIES = {
    "no_worker": pl.col("worker").is_null(),
    "tainted": pl.col("tainted").str.to_lowercase() == "true",
    "test_question": pl.col("golden").str.to_lowercase() == "true",
}


def job_of(file: str) -> str:
    """Return the job in the file's name, else the last part of the name, because these files have no title."""
    last = stem(file).split("__")[-1]
    number = _JOB.search(last)
    return number.group() if number else last


def attempts(cells: Cells, origin: Origin) -> Attempts:
    """Return pages as attempts; their rows are the units on them."""
    start, end = instants(cells.frame, ("start", "end"), usual=DayOrder.MONTH_FIRST)
    read = cells.frame.with_columns(start.alias("accepted_at"), end.alias("submitted_at"))
    sifted = sift(read, _REASONS, origin.file, cells.headers)
    kept = sifted.frame
    alone = pl.when(pl.col("worker").is_null()).then(pl.int_range(pl.len()))  # no worker: every row is its own attempt
    pages = kept.group_by(*_PAGE, alone.alias("_alone"), maintain_order=True).agg(
        rows=pl.len(),
        line=pl.col(LINE).first(),
        country=pl.col("country").filter(pl.col("country").str.len_chars() == _CODE).first(),
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
    rewritten = is_numbered(pl.col("start")) & ~pl.col("start").str.contains(_UNTOUCHED)
    assumed = noted(kept, {"month_first_assumed": rewritten})
    if assumed and day_order(kept, ("start", "end")) == DayOrder.OPEN:
        notes |= assumed
    reward, is_pay_used = paid(framed, origin.pay)
    return Attempts(
        shaped(framed.with_columns(reward)), sifted.left_out, notes, sifted.examples, is_pay_used=is_pay_used
    )


FORMAT = Format(
    name=PLATFORM,
    old_names=("figure-eight", "figure_eight", "figureeight", "crowdflower"),
    unit="page",
    title="Appen (Figure Eight, CrowdFlower) full reports",
    marks=(frozenset({"_unit_id", "_started_at", "_created_at"}),),
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
