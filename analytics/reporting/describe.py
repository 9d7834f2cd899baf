"""Description of an hour of the work in a set of exports, before any statistics: counts, medians, sums.

The arithmetic is plain, so that it can be checked by hand: one row is one count, and rejected rows count at their
reward. Published rates come from the estimator instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from analytics.importers.apportion import person, union_seconds
from analytics.importers.attempts import Example, Merged, Reading, merge
from analytics.model.units import MICROS, SECONDS_PER_HOUR, usd_per_hour

HANDED_IN = ("submitted", "approved", "rejected")
PAGED = frozenset({"page", "suite"})  # units of an attempt that hold several tasks


@dataclass(frozen=True)
class Description:
    """Figures of one source or one file. Rates are USD per hour of wall clock, None if the files do not give them."""

    source: str
    platform: str  # its only name
    files: int
    rows_read: int
    rows_used: int
    left_out: dict[str, int]
    notes: dict[str, int]
    attempts: int
    median_of: str  # kind of an attempt: an assignment, page, submission, suite ...
    pages: int | None  # attempts of several units at once; None if a platform has no pages
    workers: int | None
    median_seconds: float | None  # of an attempt
    median_seconds_per_unit: float | None  # over attempts, of each one's mean
    median_usd_per_hour: float | None  # over attempts
    ratio_usd_per_hour: float | None  # sum of rewards / sum of durations
    paid_usd_per_hour: float | None  # the same with rejected attempts at 0
    union_usd_per_hour: float | None  # sum of rewards / time in which anything was open: overlaps count once
    overlap_share: float | None  # share begun before the same worker's earlier attempt ended
    rejected_share: float | None
    undecided_share: float | None
    returned_share: float | None
    expired_share: float | None
    screened_out_share: float | None
    examples: dict[str, Example] = field(default_factory=dict)  # one row for each reason of rows left out
    unknown_words: dict[str, int] = field(default_factory=dict)  # statuses without a known outcome


def by_source(readings: Sequence[Reading]) -> list[Description]:
    """Return one description for each source in order of name; each attempt counts once."""
    keys = sorted({(reading.source, reading.format) for reading in readings})
    return [
        describe(
            source,
            merge([reading for reading in readings if (reading.source, reading.format) == (source, form)]),
        )
        for source, form in keys
    ]


def by_file(readings: Sequence[Reading]) -> list[Description]:
    """Return one description for each file in the given order."""
    return [describe(reading.source, merge([reading])) for reading in readings]


def describe(source: str, merged: Merged) -> Description:
    """Return the figures of one set of attempts.

    Attempts without an end have no time and no rate. Returned and expired attempts are not submitted work and have no
    rate. All of them count among the outcomes.
    """
    frame = merged.frame.with_columns(
        seconds=(pl.col("submitted_at") - pl.col("accepted_at")).dt.total_microseconds() / 1e6
    )
    timed = frame.filter(pl.col("submitted_at").is_not_null())
    handed_in = pl.col("outcome").is_null() | pl.col("outcome").is_in(HANDED_IN)
    rated = timed.filter((pl.col("reward_micros") > 0) & handed_in)
    known = frame.filter(pl.col("worker").is_not_null())
    compared = rated if rated.height else timed  # the overlap of the rows behind the rates
    ended = frame.filter(pl.col("outcome").is_not_null())
    per_unit = frame.select(pl.col("seconds") / pl.col("units"))
    paid = rated.filter(pl.col("outcome").is_null() | (pl.col("outcome") != "rejected"))
    hourly = rated.select(_rate(pl.col("reward_micros"), pl.col("seconds")))
    return Description(
        source=source,
        platform=" + ".join(merged.formats),
        files=len(merged.files),
        rows_read=merged.rows_read,
        rows_used=merged.rows_used,
        left_out=merged.left_out,
        notes=merged.notes,
        attempts=frame.height,
        median_of=" + ".join(merged.units),
        pages=frame.height if set(merged.units) & PAGED else None,
        workers=known["worker"].n_unique() or None,
        median_seconds=_figure(frame["seconds"].median()),
        median_seconds_per_unit=_figure(per_unit.to_series().median()),
        median_usd_per_hour=_figure(hourly.to_series().median()),
        ratio_usd_per_hour=_ratio(rated, rated["seconds"].sum()),
        paid_usd_per_hour=_ratio(paid, rated["seconds"].sum()) if ended.height else None,
        union_usd_per_hour=_union_rate(rated.filter(pl.col("worker").is_not_null())),
        overlap_share=_overlap_share(compared.filter(pl.col("worker").is_not_null())),
        rejected_share=_share(ended, "rejected"),
        undecided_share=_share(ended, "submitted"),
        returned_share=_share(ended, "returned"),
        expired_share=_share(ended, "expired"),
        screened_out_share=_share(ended, "screened_out"),
        examples=merged.examples,
        unknown_words=merged.unknown_words,
    )


def _rate(micros: pl.Expr, seconds: pl.Expr) -> pl.Expr:
    return micros / MICROS / seconds * SECONDS_PER_HOUR


def _ratio(frame: pl.DataFrame, seconds: object) -> float | None:
    seconds = _figure(seconds)
    return _figure(usd_per_hour(int(frame["reward_micros"].sum()), seconds)) if seconds else None


def _union_rate(rated: pl.DataFrame) -> float | None:
    return _ratio(rated, union_seconds(rated)["union_seconds"].sum())


def _overlap_share(known: pl.DataFrame) -> float | None:
    if known.is_empty():
        return None
    ordered = known.with_columns(_person=person()).sort("_person", "accepted_at", "submitted_at")
    before = pl.col("submitted_at").cum_max().shift(1).over("_person")
    overlapping = ordered.select((pl.col("accepted_at") < before).fill_null(False).mean()).item()
    return _figure(overlapping)


def _share(ended: pl.DataFrame, outcome: str) -> float | None:
    return None if ended.is_empty() else _figure((ended["outcome"] == outcome).mean())


def _figure(value: object) -> float | None:
    """Return a finite number with six digits after the point, or None."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return round(float(value), 6)
