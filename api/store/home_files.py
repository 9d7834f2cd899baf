"""What a home adds to its segments, so that a publisher can make releases without its database: Parquet tables of
contributors, names, unpaid time, counts and notes, and `home.json`, which names them with their hashes.

Each table holds all revisions with the day of their arrival, so a publisher can make the release of an earlier day.
The files are as private as the database. The name of a file is its hash: a file never changes, and `home.json` is
written last.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec
import polars as pl
from msgspec import Struct
from obstore.store import ObjectStore

from analytics.tables.overheads import CLASSES
from api.errors import DamagedHome
from api.store import moved_records, objects
from api.store.database import Database
from api.store.exports import Export

LAYOUT = 1
MANIFEST = "home.json"
COPY_SECONDS = 3600.0
OURS = re.compile(r"tables/[a-z]+-[0-9a-f]{16}\.parquet")
_INT, _TEXT, _REAL, _DAY = pl.Int64(), pl.String(), pl.Float64(), pl.Date()
Shape = dict[str, pl.DataType]
_COUNTS = ("watched_minutes", "appeared", "lives", "units_minutes", "units_gone")


class Question(NamedTuple):
    """The query of one table, and its columns."""

    query: str
    shape: Shape


TABLES: dict[str, Question] = {
    "people": Question(
        "SELECT number, origin, country FROM intake.contributors ORDER BY number",
        {"contributor": _INT, "origin_code": _TEXT, "country": _TEXT},
    ),
    "clients": Question(
        "SELECT client_key, platform, client_id FROM intake.clients ORDER BY client_key",
        {"client_key": _INT, "platform": _TEXT, "client_id": _TEXT},
    ),
    "tasks": Question(
        "SELECT client_key, task_key, title FROM intake.tasks ORDER BY client_key, task_key",
        {"client_key": _INT, "task_key": _INT, "title": _TEXT},
    ),
    "words": Question(
        """
        SELECT 'client_name', client_key, client_name, contributor, sent_on FROM intake.words
        WHERE client_name IS NOT NULL
        UNION ALL SELECT 'title', task_key, title, contributor, sent_on FROM intake.words
        UNION ALL SELECT 'task_id', task_key, task_id, contributor, sent_on FROM intake.words WHERE task_id IS NOT NULL
        """,
        {"kind": _TEXT, "key": _INT, "text": _TEXT, "contributor": _INT, "sent_on": _DAY},
    ),
    "unpaid": Question(
        f"""
        SELECT contributor, id, revision, platform, day, received_on,
            {", ".join(f"{name}_seconds::float8" for name in CLASSES)} FROM intake.overheads
        """,
        {"contributor": _INT, "id": _TEXT, "revision": _INT, "platform": _TEXT, "day": _DAY, "received_on": _DAY}
        | {f"{name}_seconds": _REAL for name in CLASSES},
    ),
    "sightings": Question(
        f"""
        SELECT contributor, id, revision, platform, day, received_on,
            {", ".join(f"array_to_string({name}, ' ') AS {name}" for name in _COUNTS)} FROM intake.sightings
        """,
        {"contributor": _INT, "id": _TEXT, "revision": _INT, "platform": _TEXT, "day": _DAY, "received_on": _DAY}
        | dict.fromkeys(_COUNTS, _TEXT),
    ),
    "rulings": Question(
        "SELECT kind, key, text, written_on FROM intake.name_rulings ORDER BY kind, key",
        {"kind": _TEXT, "key": _INT, "text": _TEXT, "written_on": _DAY},
    ),
    "notes": Question(
        """
        SELECT platform, client_key, client_id, number, written_on, kind, text, withdrawn_on FROM intake.notes
        ORDER BY number
        """,
        {"platform": _TEXT, "client_key": _INT, "client_id": _TEXT, "note": _INT, "written_on": _DAY, "kind": _TEXT}
        | {"text": _TEXT, "withdrawn_on": _DAY},
    ),
}
MOVED = "moved"
MOVED_SHAPE: Shape = {"contributor": _INT, "id": _TEXT, "revision": _INT, "client_key": _INT, "received_day": _INT}
MOVED_SHAPE |= {"number": _INT}


class TableFile(Struct, frozen=True):
    """One table's object."""

    name: str
    sha256: str
    rows: int


class HomeManifest(Struct, frozen=True):
    """A home's own account: who wrote these files, from which database, with days up to when."""

    layout: int
    home: str
    nature: str
    schema: str
    database: UUID
    number: int  # of the export that wrote them; each export adds one
    through: date  # the last day that is whole
    tables: dict[str, TableFile]


class Writer(NamedTuple):
    """The home that writes, and the day up to which its rows are whole."""

    home: str
    nature: str
    schema: str
    through: date


@dataclass(frozen=True)
class HomeFiles:
    """A home's manifest and its place in the bucket."""

    manifest: HomeManifest
    place: ObjectStore = field(repr=False)

    def read(self, table: str) -> pl.DataFrame:
        """Return a table.

        Raises:
            DamagedHome: Its file is lost or damaged; the home's next export writes it again.
        """
        file = self.manifest.tables.get(table)
        content = None if file is None else objects.got(self.place, file.name)
        if file is None or content is None or objects.sha256(content) != file.sha256:
            raise DamagedHome(f"home {self.manifest.home}: its table {table} is lost or damaged; run its export again")
        return pl.read_parquet(content)


async def write(db: Database, place: ObjectStore, spool: Path, writer: Writer, now: Export) -> HomeManifest:
    """Write every table and the manifest, which belong to the segments of the export `now`; delete older tables."""
    tables = {}
    with tempfile.TemporaryDirectory(prefix="export-", dir=spool) as folder:
        async with db.transaction(isolation="repeatable_read", readonly=True):
            for name, asked in TABLES.items():
                tables[name] = _put(place, name, await _frame(db, asked, Path(folder) / "table.csv"))
            tables[MOVED] = _put(place, MOVED, await _moved(db, writer.through))
    manifest = HomeManifest(LAYOUT, *writer[:3], now.database, now.number, writer.through, tables)
    before = objects.listed(place, "tables/")
    objects.put(place, MANIFEST, msgspec.json.encode(manifest))
    named = {file.name for file in tables.values()}
    objects.delete(place, [name for name in before if OURS.fullmatch(name) and name not in named])
    return manifest


def _put(place: ObjectStore, table: str, frame: pl.DataFrame) -> TableFile:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=1)
    content = buffer.getvalue()
    sha256 = objects.sha256(content)
    name = f"tables/{table}-{sha256[:16]}.parquet"
    objects.put(place, name, content)
    return TableFile(name, sha256, frame.height)


async def _frame(db: Database, asked: Question, path: Path) -> pl.DataFrame:
    await db.copy_from_query(asked.query, output=path, format="csv", timeout=COPY_SECONDS)
    frame = pl.read_csv(path, has_header=False, schema=asked.shape, raise_if_empty=False)
    path.unlink()
    return frame


async def _moved(db: Database, day: date) -> pl.DataFrame:
    """Return every revision of records that moved to another client, of any day up to `day`."""
    found = await db.fetch(moved_records.REVISIONS, day, timeout=moved_records.READ_SECONDS)
    rows = [(row["contributor"], str(row["id"]), *tuple(row)[2:]) for row in found]
    return pl.DataFrame(rows, schema=MOVED_SHAPE, orient="row")


def moved_by_partition(moved: pl.DataFrame, day: date) -> Mapping[int, tuple[moved_records.Moved, ...]]:
    """Return the moved records of each partition, as of the end of `day`."""
    last = (day - date(1970, 1, 1)).days
    rows = moved.filter(pl.col("received_day") <= last).iter_rows()
    return moved_records.by_partition(moved_records.Revision(row[0], UUID(row[1]), *row[2:]) for row in rows)


def manifest_at(place: ObjectStore) -> HomeManifest | None:
    """Return the manifest of the home at `place`, or None if there is none.

    Raises:
        DamagedHome: It cannot be read, or is of another layout.
    """
    content = objects.got(place, MANIFEST)
    if content is None:
        return None
    try:
        manifest = msgspec.json.decode(content, type=HomeManifest)
    except msgspec.DecodeError:
        raise DamagedHome("its manifest cannot be read; run its export again") from None
    if manifest.layout != LAYOUT:
        raise DamagedHome(f"its files have layout {manifest.layout}, and this version reads {LAYOUT}; upgrade it")
    return manifest
