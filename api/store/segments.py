"""Raw rows that have left PostgreSQL already: Parquet files by day of arrival, in DATA/segments.

A day that is over gets no new rows, so it leaves once. Before every use each day's rows are counted and summed
up in the database; a day that differs (rows were erased, a backup was restored, the day was not over) leaves
anew, whole. So the answer is the same to the byte whether there were segments or none. The files hold what the
table holds and nothing else; they may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct

from api.store.binary import Reader, layout

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from api.store.database import Database

COPY_SECONDS = 3600.0  # a hundred million rows on a slow disk
BLOCK_ROWS = 500_000  # some 100 MB while they are turned
INDEX = "index.json"
EPOCH = date(1970, 1, 1)
SUMS = """
SELECT received_on AS day, count(*) AS rows, sum(uuid_hash(id)::bigint * 31 + revision)::text AS sum
FROM intake.observations WHERE received_on <= $1 GROUP BY received_on ORDER BY received_on
"""
ROWS = """
SELECT client_key, task_key, coalesce(reward_micros, -1), coalesce(paid_micros, -1), id, contributor, claimed_hour,
    active_seconds, open_seconds, coalesce(limit_seconds, 'NaN'), coalesce(estimate_seconds, 'NaN'), units,
    coalesce(decided_on - DATE '1970-01-01', -1), received_on - DATE '1970-01-01', revision, reward_per, outcome,
    coalesce(currency, '   ')
FROM intake.observations WHERE received_on = ANY(string_to_array($1, ',')::date[])
"""
_LONG, _INT, _REAL = ">i8", ">i4", ">f4"
RECORD = layout(
    {
        **{name: [(name, _LONG)] for name in ("client_key", "task_key", "reward_micros", "paid_micros")},
        "id": [("id_high", _LONG), ("id_low", _LONG)],
        **{name: [(name, _INT)] for name in ("contributor", "claimed_hour")},
        **{name: [(name, _REAL)] for name in ("active_seconds", "open_seconds", "limit_seconds", "estimate_seconds")},
        **{name: [(name, _INT)] for name in ("units", "decided_day", "received_day")},
        "revision": [("revision", ">i2")],
        **{name: [(name, "u1")] for name in ("reward_per_code", "outcome_code")},
        "currency": [("currency_first", "u1"), ("currency_rest", ">u2")],
    }
)
NO_CURRENCY = int.from_bytes(b"   ", "big")
NULLS = {"reward_micros": -1, "paid_micros": -1, "decided_day": -1}
RECORD_KEY = ("id_high", "id_low")


class Day(Struct, frozen=True):
    """One day's rows as they left: how many, their sum, and in which files."""

    rows: int
    sum: str
    files: dict[str, str]  # with the sha256 of each: a file that a power cut spoilt is not read


class Taken(NamedTuple):
    """The latest revisions, and how many rows had to leave PostgreSQL for it."""

    rows: pl.DataFrame
    left: int


async def latest(db: Database, folder: Path, day: date) -> Taken:
    """Of each record the highest revision that had come by the end of `day`, with the day of its first one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = _index(folder)
    wanted = {row["day"].isoformat(): (row["rows"], row["sum"]) for row in await db.fetch(SUMS, day)}
    stale = [name for name, facts in wanted.items() if not _stands(folder, known.get(name), facts)]
    fresh = await _export(db, folder, stale, wanted) if stale else {}
    days = {name: facts for name, facts in known.items() if name not in stale and (name in wanted or name > str(day))}
    days |= fresh
    _keep(folder, days)
    files = [folder / file for name in wanted for file in days[name].files]
    return Taken(_latest(files), sum(facts.rows for facts in fresh.values()))


def _stands(folder: Path, kept: Day | None, facts: tuple[int, str]) -> bool:
    return (
        kept is not None
        and (kept.rows, kept.sum) == facts
        and all(_sha256(folder / name) == sha256 for name, sha256 in kept.files.items())
    )


def _sha256(file: Path) -> str:
    """The hash of a file; of one that is not there, none that any file has."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


async def _export(db: Database, folder: Path, days: list[str], facts: dict[str, tuple[int, str]]) -> dict[str, Day]:
    """Every row of `days`, by day."""
    files: dict[str, dict[str, str]] = {day: {} for day in days}

    def hand_on(records: NDArray[Any]) -> None:
        for (number,), part in columns(records).partition_by("received_day", as_dict=True).items():
            day = (EPOCH + timedelta(days=int(str(number)))).isoformat()
            name = f"{day}-{uuid4().hex[:12]}.parquet"
            part.write_parquet(folder / name, compression="zstd", compression_level=1)
            files[day][name] = _sha256(folder / name)

    reader = Reader(RECORD, BLOCK_ROWS, hand_on)
    await db.copy_from_query(ROWS, ",".join(days), output=reader.take, format="binary", timeout=COPY_SECONDS)
    reader.close()
    return {day: Day(*facts[day], files[day]) for day in days}


def columns(records: NDArray[Any]) -> pl.DataFrame:
    """Records as columns, with their nulls again; a currency as the number that its three letters make."""
    fields = [name for name in records.dtype.names or () if not name.startswith("_")]
    frame = pl.DataFrame({name: _native(records[name]) for name in fields})
    reals = ("limit_seconds", "estimate_seconds")
    currency = pl.col("currency_first").cast(pl.Int32) * (1 << 16) + pl.col("currency_rest")
    return frame.with_columns(
        *(pl.when(pl.col(name) != null).then(pl.col(name)) for name, null in NULLS.items()),
        *(pl.when(pl.col(name).is_not_nan()).then(pl.col(name)) for name in reals),
        currency_code=pl.when(currency != NO_CURRENCY).then(currency),
    ).drop("currency_first", "currency_rest")


def _native(values: NDArray[Any]) -> NDArray[Any]:
    """In the machine's order of bytes; a real number as the shortest decimal that it stands for, where that has at
    most three digits behind the point: 0.1 as 0.1, not as the nearest of 32 bits."""
    if values.dtype.kind != "f":
        return values.astype(values.dtype.newbyteorder("="))
    exact = values.astype(np.float64)
    short = np.round(exact, 3)
    return np.where(short.astype(np.float32) == values, short, exact)


def currencies(codes: pl.Series) -> dict[int, str]:
    """The letters of every currency that occurs in `codes`."""
    return {code: int(code).to_bytes(3, "big").decode("ascii") for code in codes.drop_nulls().unique().to_list()}


def _latest(files: list[Path]) -> pl.DataFrame:
    """All rows of `files` but those that a later revision replaced."""
    if not files:
        return columns(np.zeros(0, RECORD)).drop(*RECORD_KEY, "revision")
    rows = pl.concat([pl.read_parquet(file) for file in files], rechunk=False)
    again = rows.filter(pl.col("revision") > 1).select(RECORD_KEY).unique()
    if again.is_empty():
        return rows.drop(*RECORD_KEY, "revision")
    changed = rows.join(again, on=RECORD_KEY, how="semi")
    settled = (
        changed.with_columns(pl.col("received_day").min().over(RECORD_KEY))
        .sort("revision", descending=True)
        .unique(RECORD_KEY, keep="first", maintain_order=True)
    )
    once = rows.join(again, on=RECORD_KEY, how="anti")
    return pl.concat([once, settled], rechunk=False).drop(*RECORD_KEY, "revision")


def _index(folder: Path) -> dict[str, Day]:
    """What is known of the segments; nothing where that is not to be read: then all leaves anew."""
    try:
        return msgspec.json.decode((folder / INDEX).read_bytes(), type=dict[str, Day])
    except (FileNotFoundError, msgspec.DecodeError):
        return {}


def _keep(folder: Path, days: dict[str, Day]) -> None:
    """Write the index at once and whole; files that it does not name go."""
    partial = folder / f"{INDEX}.partial"
    partial.write_bytes(msgspec.json.encode(days))
    partial.replace(folder / INDEX)
    named = {file for facts in days.values() for file in facts.files} | {INDEX}
    for path in folder.iterdir():
        if path.name not in named:
            path.unlink(missing_ok=True)


def forget(folder: Path) -> None:
    """Delete every segment: they come again when they are needed."""
    shutil.rmtree(folder, ignore_errors=True)
