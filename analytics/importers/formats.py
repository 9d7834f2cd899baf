"""What a format is: the marks of its header, the columns it wants, and how its cells become attempts.

Also the small pieces of frame that every format shares: who posted the work, and counting what is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from analytics.importers.attempts import ATTEMPTS, INSTANT
from analytics.importers.pay import Pay
from analytics.model.errors import BadInput
from analytics.model.units import usd_micros

UNREADABLE = -1  # a reward that is no amount; no amount is negative
_ENDINGS = (".gz", ".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class Origin:
    """Where rows come from: the file's name, who posted the work, and the pay told from outside the file."""

    file: str
    source: str
    pay: Pay | None


@dataclass(frozen=True)
class Attempts:
    """What a format makes of a file's cells: attempts, and rows counted by reason and by oddity."""

    frame: pl.DataFrame
    left_out: dict[str, int]
    notes: dict[str, int]


@dataclass(frozen=True)
class Format:
    """One kind of export. `marks` are headers: with all columns of one of them a file is of this kind; `columns` gives
    for each word used inside the spellings it may have in the header, folded to lower case.
    """

    name: str
    platform: str
    marks: tuple[frozenset[str], ...]
    columns: dict[str, tuple[str, ...]]
    attempts: Callable[[pl.DataFrame, Origin], Attempts]


def stem(file: str) -> str:
    """The file's name without its endings."""
    name = file
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name


def source_of(file: str) -> str:
    """Who posted the work, as far as the name tells: `platform__source__batch.csv`, else the whole name."""
    parts = stem(file).split("__")
    return parts[1] if len(parts) > 1 and parts[1] else parts[0]


def sift(frame: pl.DataFrame, reasons: dict[str, pl.Expr]) -> tuple[pl.DataFrame, dict[str, int]]:
    """`frame` without the rows to which a reason applies, and how many rows each took; a row goes by its
    first reason.
    """
    left_out: dict[str, int] = {}
    for reason, applies in reasons.items():
        kept = frame.filter(~applies.fill_null(False))
        if kept.height < frame.height:
            left_out[reason] = frame.height - kept.height
        frame = kept
    return frame, left_out


def noted(frame: pl.DataFrame, oddities: dict[str, pl.Expr]) -> dict[str, int]:
    """How many rows of `frame` each oddity applies to, without the ones that never occur."""
    counts = frame.select(**{name: applies.fill_null(False).sum() for name, applies in oddities.items()}).row(
        0, named=True
    )
    return {name: int(count) for name, count in counts.items() if count}


def shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with exactly the columns and types of an attempt frame; unreadable where they differ is a fault
    of ours. A country stands in few formats.
    """
    placed = frame if "country" in frame.columns else frame.with_columns(country=pl.lit(None))
    return placed.select(pl.col(name).cast(kind) for name, kind in ATTEMPTS.items())


def iso_instant(column: str) -> pl.Expr:
    """`2020-09-13 09:37:48.401000`, `2024-02-04T19:13:23`, with or without a zone: UTC where none is told."""
    plain = pl.col(column).str.replace("T", " ", literal=True).str.replace(r"(Z|\+00:?00)$", "")
    forms = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
    return pl.coalesce(
        plain.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False) for form in forms
    ).cast(INSTANT)


def amounts(texts: pl.Series) -> pl.Expr:
    """USD micros of the few different rewards a file has, `UNREADABLE` for what is no amount; for the column of `texts`."""
    known = texts.drop_nulls().unique().to_list()
    return pl.col(texts.name).replace_strict(
        known, [_micros(text) for text in known], default=None, return_dtype=pl.Int64
    )


def _micros(text: str) -> int:
    try:
        return usd_micros(text)
    except BadInput:
        return UNREADABLE


def per_attempt(pay: Pay | None, frame: pl.DataFrame) -> pl.Series:
    """USD micros of each attempt of `frame` by pay told from outside, which is per page (the whole attempt) or per unit."""
    if pay is None:
        return pl.Series("reward_micros", [None] * frame.height, dtype=pl.Int64)
    units = frame["units"].cast(pl.Int64) if pay.per == "unit" else pl.Series([1] * frame.height, dtype=pl.Int64)
    return (units * pay.micros).alias("reward_micros")
