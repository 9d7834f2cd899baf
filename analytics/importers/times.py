"""Instants as exports, APIs and spreadsheets write them.

The formats are `Tue May 12 14:10:56 PDT 2015`, ISO 8601 with or without a zone (then UTC), seconds since 1970, and
dates of spreadsheets such as `6/23/15 22:56`. All times of a file together decide between day first and month first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

import polars as pl

INSTANT = pl.Datetime("us", "UTC")
_ZONES = {
    "UTC": "+0000",
    "GMT": "+0000",
    "EST": "-0500",
    "EDT": "-0400",
    "CST": "-0600",
    "CDT": "-0500",
    "MST": "-0700",
    "MDT": "-0600",
    "PST": "-0800",
    "PDT": "-0700",
}  # the zones that RFC 5322 names
_SPELLED = r"^[A-Za-z]{3} [A-Za-z]{3} "
_ISO = r"^(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2})(:\d{2}(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$"
_NUMBERS = r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4}),?\s+(\d{1,2}:\d{2})(:\d{2})?\s*([AaPp][Mm])?$"
_NUMBERED = r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{2}"
_WHOLE_YEAR = r"^\d{1,2}/\d{1,2}/\d{4} "
_EPOCH = r"^\d{10}(?:\.\d+)?$|^\d{13}$"
_MONTHS = 12
_MILLISECONDS = 10**11


class DayOrder(StrEnum):
    """The order of day and month in a file's numbered dates. MIXED: only unambiguous dates are read."""

    DAY_FIRST = "day"
    MONTH_FIRST = "month"
    MIXED = "mixed"
    OPEN = "open"


_USUAL_FORMS = {DayOrder.MONTH_FIRST: "%m/%d/%Y %H:%M:%S", DayOrder.DAY_FIRST: "%d/%m/%Y %H:%M:%S"}


def instants(frame: pl.DataFrame, columns: Sequence[str], usual: DayOrder = DayOrder.OPEN) -> list[pl.Series]:
    """Return the instants of `columns`, null if a text is none. `usual` decides if no date of the file does."""
    firsts = [frame[column].first(ignore_nulls=True) for column in columns]
    order = usual
    if any(first is not None and re.match(_NUMBERED, str(first)) for first in firsts):
        shown = day_order(frame, columns)
        order = usual if shown == DayOrder.OPEN else shown
    return [_instants(frame[column], order) for column in columns]


def day_order(frame: pl.DataFrame, columns: Sequence[str]) -> DayOrder:
    """Return the order that the numbered dates of `columns` show."""
    counts = frame.select(
        is_day_first=pl.any_horizontal((_number(column, 1) > _MONTHS).fill_null(False).any() for column in columns),
        is_month_first=pl.any_horizontal((_number(column, 2) > _MONTHS).fill_null(False).any() for column in columns),
    )
    match counts.row(0):
        case (True, True):
            return DayOrder.MIXED
        case (True, _):
            return DayOrder.DAY_FIRST
        case (_, True):
            return DayOrder.MONTH_FIRST
        case _:
            return DayOrder.OPEN


def _number(column: str, place: int) -> pl.Expr:
    return pl.col(column).str.extract(_NUMBERS, place).cast(pl.Int32, strict=False)


def is_numbered(texts: pl.Expr) -> pl.Expr:
    """Return an expression for dates in numbers, in which day and month can be confused."""
    return texts.str.contains(_NUMBERED)


def _instants(texts: pl.Series, order: DayOrder) -> pl.Series:
    first = texts.first(ignore_nulls=True)
    parsers: list[tuple[str, Callable[[pl.Series], pl.Series]]] = [
        (_SPELLED, _spelled),
        (_ISO, _iso),
        (_NUMBERED, lambda given: _numbered(given, order)),
        (_EPOCH, _epoch),
    ]
    found = pl.Series(texts.name, [None], dtype=INSTANT).new_from_index(0, len(texts))
    if first is None:
        return found
    absent = texts.null_count()
    for _, parse in sorted(parsers, key=lambda known: re.match(known[0], str(first)) is None):
        read = parse(texts).alias(texts.name)
        found = read if found.null_count() == len(texts) else found.zip_with(found.is_not_null(), read)
        if found.null_count() == absent:
            break
    return found


def _spelled(texts: pl.Series) -> pl.Series:
    """Parse `Tue May 12 14:10:56 PDT 2015`."""
    plain = pl.col("text").str.slice(len("Tue ")).str.replace_many([*_ZONES], [*_ZONES.values()])
    read = plain.str.to_datetime("%b %d %H:%M:%S %z %Y", time_unit="us", strict=False).cast(INSTANT)
    return pl.DataFrame({"text": texts}).select(read).to_series()


def _iso(texts: pl.Series) -> pl.Series:
    """Parse `2026-05-11T22:58:20+09:00`, `2015-05-15 21:10:56 UTC`, `2020-09-13 09:37:48.401000`."""
    parts = pl.DataFrame({"text": texts}).select(
        day=pl.col("text").str.extract(_ISO, 1),
        minute=pl.col("text").str.extract(_ISO, 2),
        second=pl.col("text").str.extract(_ISO, 3).str.replace(",", ".").fill_null(":00"),
        zone=pl.col("text")
        .str.extract(_ISO, 4)
        .str.replace(r"^(Z|UTC|GMT)$", "+0000")
        .str.replace(":", "")
        .fill_null("+0000"),
    )
    whole = parts.select(
        pl.format("{} {}{} {}", "day", "minute", "second", pl.col("zone").str.pad_end(5, "0"))
    ).to_series()
    return whole.str.to_datetime("%Y-%m-%d %H:%M:%S%.f %z", time_unit="us", strict=False).cast(INSTANT)


def _numbered(texts: pl.Series, order: DayOrder) -> pl.Series:
    """Parse `6/23/2015 22:56:48`, `23.06.15 22:56`, `6/23/2015 10:56:48 PM`, in UTC."""
    if order in _USUAL_FORMS and bool(texts.str.contains(_WHOLE_YEAR).all()):
        usual = texts.str.to_datetime(_USUAL_FORMS[order], time_unit="us", time_zone="UTC", strict=False).cast(INSTANT)
        if usual.null_count() == texts.null_count():
            return usual
    parts = pl.DataFrame({"text": texts}).select(
        first=pl.col("text").str.extract(_NUMBERS, 1).cast(pl.Int32, strict=False),
        second=pl.col("text").str.extract(_NUMBERS, 2).cast(pl.Int32, strict=False),
        year=pl.col("text").str.extract(_NUMBERS, 3).str.replace(r"^(\d{2})$", "20$1"),
        clock=pl.concat_str(
            pl.col("text").str.extract(_NUMBERS, 4),
            pl.col("text").str.extract(_NUMBERS, 5).fill_null(":00"),
        ),
        half=pl.col("text").str.extract(_NUMBERS, 6).str.to_uppercase(),
    )
    first, second = pl.col("first"), pl.col("second")
    is_day_first = {
        DayOrder.DAY_FIRST: pl.lit(True),
        DayOrder.MONTH_FIRST: pl.lit(False),
        DayOrder.MIXED: pl.when(first > _MONTHS).then(True).when(second > _MONTHS).then(False),
        DayOrder.OPEN: pl.lit(None, dtype=pl.Boolean),
    }[order]
    day = pl.when(is_day_first).then(first).when(~is_day_first).then(second)
    month = pl.when(is_day_first).then(second).when(~is_day_first).then(first)
    whole = parts.select(
        plain=pl.when(pl.col("half").is_null()).then(pl.format("{}-{}-{} {}", "year", month, day, "clock")),
        halved=pl.format("{}-{}-{} {} {}", "year", month, day, "clock", "half"),
    )
    read = whole.select(
        pl.coalesce(
            pl.col("plain").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False),
            pl.col("halved").str.to_datetime("%Y-%m-%d %I:%M:%S %p", time_unit="us", strict=False),
        ).dt.replace_time_zone("UTC")
    )
    return read.to_series().cast(INSTANT)


def _epoch(texts: pl.Series) -> pl.Series:
    """Parse seconds or milliseconds since 1970."""
    value = pl.col("text").cast(pl.Float64, strict=False)
    seconds = pl.when(value > _MILLISECONDS).then(value / 1000).otherwise(value)
    made = pl.DataFrame({"text": texts}).select(
        pl.when(pl.col("text").str.contains(_EPOCH)).then(pl.from_epoch((seconds * 1_000_000).cast(pl.Int64), "us"))
    )
    return made.to_series().dt.replace_time_zone("UTC").cast(INSTANT)
