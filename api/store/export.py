"""The export of raw rows from PostgreSQL, each once (`api.store.segments`), into the estimator's frame.

Rows are exported as known at the end of one day: the highest revision of each record received by then, with the day of
its first one. Columns of contributors and clients are joined afterwards in memory, one partition at a time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

import polars as pl
from obstore.store import ObjectStore

from analytics.estimator.all_in import OVERHEADS as OVERHEADS_SHAPE
from analytics.model.observations import PAID_TIME, RAW
from api.store import codes, objects, segments, words
from api.store.database import Database, closing_on_failure
from api.store.past import moving
from api.store.records import currencies
from api.store.words import Words

COPY_SECONDS = 3600.0  # a hundred million rows on a slow disk
SEGMENTS = "segments"
MICROSECONDS_PER_HOUR = 3_600_000_000
OVERHEADS = """
SELECT DISTINCT ON (contributor, id) contributor, platform, day - DATE '1970-01-01' AS days,
    search_seconds::float8 + watch_seconds + preview_seconds + qualification_seconds + messages_seconds
    + payment_seconds + learning_seconds AS seconds
FROM intake.overheads WHERE received_on <= $1::date
ORDER BY contributor, id, revision DESC
"""
CONTRIBUTORS = "SELECT number AS contributor, origin AS origin_code, country FROM intake.contributors"
CLIENTS = "SELECT client_key, platform, client_id, client_name FROM intake.clients ORDER BY client_key"
TASKS = "SELECT client_key, task_key, task_id, title FROM intake.tasks ORDER BY client_key, task_key"

_INT, _REAL, _TEXT = pl.Int64(), pl.Float64(), pl.String()
_CONTRIBUTOR_TYPES: dict[str, pl.DataType] = {"contributor": _INT, "origin_code": _TEXT, "country": _TEXT}
_CLIENT_TYPES: dict[str, pl.DataType] = {
    "client_key": _INT,
    "platform": _TEXT,
    "client_id": _TEXT,
    "client_name": _TEXT,
}
_OVERHEAD_TYPES: dict[str, pl.DataType] = {
    "contributor": _INT,
    "platform": _TEXT,
    "days": pl.Int32(),
    "seconds": _REAL,
}
_TASK_TYPES: dict[str, pl.DataType] = {"client_key": _INT, "task_key": _INT, "task_id": _TEXT, "title": _TEXT}


class ReferenceData(NamedTuple):
    """Contributors, unpaid time, clients, tasks and names that join the rows."""

    people: pl.DataFrame  # contributor, origin_code, country
    overheads: pl.DataFrame  # in the shape of analytics.estimator.all_in.OVERHEADS
    clients: pl.DataFrame
    tasks: pl.DataFrame
    words: Words


class Part(Protocol):
    """The rows of one partition, of one database or of several homes; small enough to send to another process."""

    @property
    def rows(self) -> int:
        """Return the number of rows, replaced revisions included."""

    def read(self) -> pl.DataFrame:
        """Return the latest revision of each record, in the order of `api.store.records.ORDER`, without ids."""

    def unordered(self) -> pl.DataFrame:
        """Return the same rows unsorted."""


@dataclass(frozen=True)
class Exported:
    """Everything that a release needs, as known on one day."""

    parts: tuple[Part, ...]  # of the observations; each is read on demand
    around: ReferenceData

    def partitions(self) -> Iterator[pl.DataFrame]:
        """Yield the observations of each partition in the shape of analytics.model.observations.RAW.

        Rows have the order of `api.store.records.ORDER`. All rows of a client are in one partition, and each record is
        in one only.

        Raises:
            DamagedSegment: A file was lost or damaged since; the next export writes it again.
        """
        return (raw(part.read(), self.around.people, self.around.clients) for part in self.parts)

    @cached_property
    def observations(self) -> pl.DataFrame:
        """Return all partitions in one frame."""
        return pl.concat(self.partitions())


async def export(db: Database, spool: Path, day: date, place: ObjectStore | None = None) -> Exported:
    """Export all raw rows received by the end of `day` (UTC), and the names.

    Rows exported before are read from the segments. The others pass through files in the folder `spool`, which are
    deleted before this returns.
    """
    place = place or objects.place_of(None, spool / SEGMENTS)
    mover = await moving.begun(db, place)
    await moving.purge(mover)
    async with db.transaction(isolation="repeatable_read", readonly=True):
        around = await _around(db, spool, day)
        taken = await segments.taken(db, place, spool, day, mover.now)
    return Exported(taken.partitions, around)


async def _around(db: Database, spool: Path, day: date) -> ReferenceData:
    with tempfile.TemporaryDirectory(prefix="export-", dir=spool) as folder:
        files = Path(folder)
        spent = await _frame(db, Question(OVERHEADS, day), files / "overheads.csv", _OVERHEAD_TYPES)
        people = await _frame(db, Question(CONTRIBUTORS), files / "contributors.csv", _CONTRIBUTOR_TYPES)
        clients = await _frame(db, Question(CLIENTS), files / "clients.csv", _CLIENT_TYPES)
        tasks = await _frame(db, Question(TASKS), files / "tasks.csv", _TASK_TYPES)
    return ReferenceData(people, unpaid(spent), clients, tasks, await words.standing(db, day))


class Question(NamedTuple):
    """A query and its day parameter, if it has one."""

    query: str
    day: date | None = None


async def _frame(db: Database, asked: Question, path: Path, types: dict[str, pl.DataType]) -> pl.DataFrame:
    arguments = () if asked.day is None else (asked.day,)
    with closing_on_failure(db):
        await db.copy_from_query(asked.query, *arguments, output=path, format="csv", header=True, timeout=COPY_SECONDS)
    frame = pl.read_csv(path, schema=types)
    path.unlink()
    return frame


def raw(rows: pl.DataFrame, people: pl.DataFrame, clients: pl.DataFrame) -> pl.DataFrame:
    """Decode `rows` to the frame `analytics.model.observations.RAW`, in the same order."""
    joined = rows.join(people, on="contributor", how="inner", maintain_order="left").join(
        clients.select("client_key", "platform"), on="client_key", how="inner", maintain_order="left"
    )
    letters = currencies(rows["currency_code"])
    return joined.select(
        pl.col("platform", "client_key", "task_key", "contributor", "country", "reward_micros", "units", "paid_micros"),
        pl.col("active_seconds", "open_seconds", "limit_seconds", "estimate_seconds", *PAID_TIME),
        _word("origin", "origin_code", codes.letters(codes.ORIGIN)),
        _word("reward_per", "reward_per_code", codes.numbers(codes.REWARD_PER)),
        _word("outcome", "outcome_code", codes.numbers(codes.OUTCOME)),
        _word("currency", "currency_code", letters),
        (pl.col("claimed_hour").cast(pl.Int64) * MICROSECONDS_PER_HOUR).cast(pl.Datetime("us", "UTC")),
        pl.col("decided_day").cast(pl.Date).alias("decided_on"),
        pl.col("received_day").cast(pl.Date).alias("received_on"),
    ).select(pl.col(name).cast(kind) for name, kind in (RAW | PAID_TIME).items())


def unpaid(spent: pl.DataFrame) -> pl.DataFrame:
    """Return unpaid time in the estimator's shape."""
    return spent.with_columns(pl.col("days").cast(pl.Date).alias("day")).select(
        pl.col(name).cast(kind) for name, kind in OVERHEADS_SHAPE.items()
    )


def _word(name: str, column: str, known: Mapping[str, str] | Mapping[int, str]) -> pl.Expr:
    return pl.col(column).replace_strict(known, return_dtype=RAW[name]).alias(name)
