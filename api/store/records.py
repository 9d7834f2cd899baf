"""One exported row of `intake.observations`: its query, its bytes, its columns."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from api.store import codes
from api.store.binary import layout
from api.store.spread import PARTITION_OF_CLIENT

EPOCH = date(1970, 1, 1)
MOST_DAYS = 1_000_000  # a partition and a day in one number: the partition times this, plus the day since 1970
PIECE = f"{PARTITION_OF_CLIENT} * {MOST_DAYS} + (received_on - DATE '1970-01-01')"
SUM = "sum(uuid_hash(id)::bigint * 31 + revision)"  # of a set of revisions
COUNTED = f"count(*) AS rows, {SUM} AS sum"
# Leave out rows of extensions older than the field `extension_version` that a known fault may have affected: an
# unobserved end, a time whose half was the only answer, hours of open time, or zero pay recorded while pending. They
# stay stored, and count once they arrive again as a later revision. Until then an earlier revision that no fault touched
# counts: it is the last true statement about the task (the time before it was halved, pay before it was taken for none).
LONGEST_BEFORE_SECONDS = 4 * 3600
IS_COUNTED = f"""NOT (
    extension_version IS NULL AND timer IN ('{codes.TIMER["focus"].decode()}', '{codes.TIMER["manual"].decode()}')
    AND (
        outcome = '{codes.OUTCOME["abandoned"].decode()}' OR timer = '{codes.TIMER["manual"].decode()}'
        OR active_seconds >= {LONGEST_BEFORE_SECONDS}
        OR (paid_micros IS NOT DISTINCT FROM 0 AND coalesce(reward_micros, 0) > 0 AND outcome IN (
            '{codes.OUTCOME["submitted"].decode()}', '{codes.OUTCOME["approved"].decode()}',
            '{codes.OUTCOME["paid"].decode()}'))
    )
)"""
SUMS = f"""
SELECT piece, sum(rows)::bigint AS rows, sum(sum)::text AS sum FROM (
    SELECT {PIECE} AS piece, {COUNTED} FROM intake.observations WHERE received_on <= $1 AND {IS_COUNTED} GROUP BY 1
    UNION ALL
    SELECT told.* FROM intake.past_files, unnest(pieces, piece_rows, piece_sums) AS told (piece, rows, sum)
    WHERE told.piece % {MOST_DAYS} <= $1 - DATE '1970-01-01'
) AS pieces GROUP BY piece ORDER BY 1
"""
SELECTED = f"""client_key, task_key, coalesce(reward_micros, -1), coalesce(paid_micros, -1), id, contributor, claimed_hour,
    active_seconds, open_seconds, coalesce(limit_seconds, 'NaN'), coalesce(estimate_seconds, 'NaN'),
    coalesce(cap_seconds, 'NaN'), coalesce(paid_seconds, 'NaN'), units,
    coalesce(decided_on - DATE '1970-01-01', -1), received_on - DATE '1970-01-01', revision, reward_per, outcome,
    coalesce(currency, '   '), {PARTITION_OF_CLIENT}::smallint"""
ROWS = f"""
SELECT {SELECTED}
FROM intake.observations
WHERE received_on BETWEEN $1 AND $2 AND {IS_COUNTED} AND {PIECE} = ANY(string_to_array($3, ',')::bigint[])
"""
OPTIONAL_SECONDS = ("limit_seconds", "estimate_seconds", "cap_seconds", "paid_seconds")
_LONG, _INT, _SHORT, _REAL = ">i8", ">i4", ">i2", ">f4"
FIELDS = {
    **{name: [(name, _LONG)] for name in ("client_key", "task_key", "reward_micros", "paid_micros")},
    "id": [("id_high", _LONG), ("id_low", _LONG)],
    "contributor": [("contributor", _LONG)],
    "claimed_hour": [("claimed_hour", _INT)],
    **{name: [(name, _REAL)] for name in ("active_seconds", "open_seconds", *OPTIONAL_SECONDS)},
    **{name: [(name, _INT)] for name in ("units", "decided_day", "received_day")},
    "revision": [("revision", _SHORT)],
    **{name: [(name, "u1")] for name in ("reward_per_code", "outcome_code")},
    "currency": [("currency_first", "u1"), ("currency_rest", ">u2")],
    "partition": [("partition", _SHORT)],
}
RECORD = layout(FIELDS)
NO_CURRENCY = int.from_bytes(b"   ", "big")
NULLS = {"reward_micros": -1, "paid_micros": -1, "decided_day": -1}
ID = ("id_high", "id_low")
KEY = ("contributor", *ID)  # a record
ORDER = ("client_key", "contributor", "task_key", *ID)  # rows that are processed together are adjacent


class Facts(NamedTuple):
    """The database's count and checksum of the rows of one partition and day."""

    number: int
    day: date
    rows: int
    sum: str

    @classmethod
    def of(cls, piece: int, rows: int, total: str) -> Facts:
        """Return the facts of a row of SUMS."""
        number, days = divmod(piece, MOST_DAYS)
        return cls(number, EPOCH + timedelta(days=days), rows, total)

    @property
    def day_number(self) -> int:
        return (self.day - EPOCH).days

    @property
    def piece(self) -> int:
        return self.number * MOST_DAYS + self.day_number


def columns(records: NDArray[Any]) -> pl.DataFrame:
    """Return records as columns, with their nulls restored; a currency is the number of its three letters."""
    fields = [name for name in records.dtype.names or () if not name.startswith("_") and name != "partition"]
    frame = pl.DataFrame({name: _native(records[name]) for name in fields})
    currency = pl.col("currency_first").cast(pl.Int32) * (1 << 16) + pl.col("currency_rest")
    return frame.with_columns(
        *(pl.when(pl.col(name) != null).then(pl.col(name)) for name, null in NULLS.items()),
        *(pl.when(pl.col(name).is_not_nan()).then(pl.col(name)) for name in OPTIONAL_SECONDS),
        currency_code=pl.when(currency != NO_CURRENCY).then(currency),
    ).drop("currency_first", "currency_rest")


def _native(values: NDArray[Any]) -> NDArray[Any]:
    """Return values in native byte order; 32-bit floats become decimals."""
    return decimal(values) if values.dtype.kind == "f" else values.astype(values.dtype.newbyteorder("="))


def decimal(values: NDArray[Any]) -> NDArray[Any]:
    """Return 32-bit floats as their decimals of at most three places, if exact (0.1 as 0.1)."""
    exact = values.astype(np.float64)
    short = np.round(exact, 3)
    return np.where(short.astype(np.float32) == values, short, exact)


def currencies(codes: pl.Series) -> dict[int, str]:
    """Return the letters of every currency in `codes`."""
    return {code: currency(code) for code in codes.drop_nulls().unique().to_list()}


def currency(code: int) -> str:
    """Return the three letters behind the number of a currency."""
    return int(code).to_bytes(3, "big").decode("ascii")


def latest(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the highest revision of each record among the rows of one partition, with the day of its first one there.

    Other partitions may have a higher revision of a record that moved to another client (`api.store.moved_records`).
    """
    again = rows.filter(pl.col("revision") > 1).select(KEY).unique()
    if again.is_empty():
        return rows
    changed = rows.join(again, on=KEY, how="semi")
    last = (
        changed.with_columns(pl.col("received_day").min().over(KEY))
        .sort("revision", descending=True)
        .unique(KEY, keep="first", maintain_order=True)
    )
    return pl.concat([rows.join(again, on=KEY, how="anti"), last], rechunk=False)


def without_ids(rows: pl.DataFrame) -> pl.DataFrame:
    """Return sorted rows without ids and revisions, as a release uses them."""
    return rows.drop(*ID, "revision")


def nothing() -> pl.DataFrame:
    """Return the columns of rows, without a row."""
    return columns(np.zeros(0, RECORD))
