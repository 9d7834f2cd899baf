"""All columns of a past observation: how PostgreSQL sends them, and how a file holds them.

A file holds every revision exactly as the table did, sorted by contributor. `counted` gives the rows of a release.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import polars as pl
from numpy.typing import NDArray

from api.store import records
from api.store.binary import layout
from api.store.records import EPOCH, FIELDS, ID, IS_COUNTED, KEY, MOST_DAYS, SELECTED

REVISION = (*KEY, "revision")
IN_DAYS = "id >= $1 AND id < $2 AND contributor & $3 = ANY(string_to_array($4, ',')::bigint[])"
TAKEN = f"""
SELECT {SELECTED}, pack_version, timer, coalesce(pay_kind, ' '), coalesce(extension_version, -1),
    ({IS_COUNTED})::int::smallint
FROM intake.observations WHERE {IN_DAYS}
"""
RECORD = layout(
    FIELDS
    | {
        "pack_version": [("pack_version", ">i2")],
        "timer": [("timer_code", "u1")],
        "pay_kind": [("pay_kind_code", "u1")],
        "extension_version": [("extension_version", ">i4")],
        "counted": [("counted", ">i2")],
    }
)
_NOT_KEPT = ("currency_first", "currency_rest")
_FLOATS = ("active_seconds", "open_seconds", *records.OPTIONAL_SECONDS)
_HOUR_SECONDS = 3600


def frame(received: NDArray[Any]) -> pl.DataFrame:
    """Return records as the columns of a file, in its order."""
    names = [name for name in received.dtype.names or () if not name.startswith("_")]
    found = pl.DataFrame({name: received[name].astype(received[name].dtype.newbyteorder("=")) for name in names})
    currency = pl.col("currency_first").cast(pl.Int32) * (1 << 16) + pl.col("currency_rest")
    return (
        found.with_columns(
            *(pl.when(pl.col(name) != null).then(pl.col(name)) for name, null in records.NULLS.items()),
            *(pl.when(pl.col(name).is_not_nan()).then(pl.col(name)) for name in records.OPTIONAL_SECONDS),
            pl.when(pl.col("pay_kind_code") != ord(" ")).then(pl.col("pay_kind_code")),
            pl.when(pl.col("extension_version") >= 0).then(pl.col("extension_version")),
            pl.col("counted") == 1,
            currency_code=pl.when(currency != records.NO_CURRENCY).then(currency),
        )
        .drop(_NOT_KEPT)
        .sort(REVISION)
    )


def nothing() -> pl.DataFrame:
    """Return the columns of a file, without a row."""
    return frame(np.zeros(0, RECORD))


def counted(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that count, as `api.store.records.columns` returns those of PostgreSQL, with their partition."""
    some = rows.filter("counted")
    exact = {name: records.decimal(some[name].fill_null(float("nan")).to_numpy()) for name in _FLOATS}
    return some.with_columns(**{name: pl.Series(values) for name, values in exact.items()}).select(
        *(
            pl.when(pl.col(name).is_not_nan()).then(pl.col(name)) if name in records.OPTIONAL_SECONDS else pl.col(name)
            for name in records.nothing().columns
        ),
        "partition",
    )


def pieces(rows: pl.DataFrame) -> pl.Series:
    """Return the partition and day of arrival of each row in one number (`api.store.records.PIECE`)."""
    return rows.select(pl.col("partition").cast(pl.Int64) * MOST_DAYS + pl.col("received_day")).to_series()


def ids(rows: pl.DataFrame) -> list[UUID]:
    """Return the ids of rows."""
    both = np.stack([rows[name].to_numpy() for name in ID], axis=1).astype(">i8")
    return [UUID(bytes=one.tobytes()) for one in both]


def latest(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the highest revision of each record."""
    return rows.sort("revision", descending=True, maintain_order=True).unique(KEY, keep="first", maintain_order=True)


def as_selected(rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield rows with the values that a query of `intake.observations` gives."""
    letters = {
        "reward_per": "reward_per_code",
        "outcome": "outcome_code",
        "timer": "timer_code",
        "pay_kind": "pay_kind_code",
    }
    for id_, row in zip(ids(rows), rows.iter_rows(named=True), strict=True):
        code = row["currency_code"]
        yield {
            **row,
            **{name: None if row[held] is None else bytes([row[held]]) for name, held in letters.items()},
            "id": id_,
            "currency": None if code is None else records.currency(code),
            "claimed_hour": datetime.fromtimestamp(row["claimed_hour"] * _HOUR_SECONDS, UTC),
            "decided_on": None if row["decided_day"] is None else day_of(row["decided_day"]),
            "received_on": day_of(row["received_day"]),
        }


def day_of(number: int) -> date:
    """Return a day by its number since 1970."""
    return EPOCH + timedelta(days=number)
