"""Files of past days in the folder or bucket of segments: written once, read back, and compared by size and hash.

`past.json` is the manifest of these files for people who have the bucket and not the database. It also tells a foreign
database, and one that was restored to an earlier moment, before anything is written.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec
import polars as pl
from msgspec import Struct
from obstore.store import ObjectStore

from api.errors import LostRows
from api.runtime.logs import tell
from api.store import objects
from api.store.database import Database
from api.store.exports import Export
from api.store.objects import Seen
from api.store.past.plan import File, Move

FOLDER, MANIFEST, LAYOUT = "past/", "past.json", 1
COLUMNS = "past_files.number, first_day, last_day, bucket, buckets, past_files.rows, bytes, name, sha256, e_tag"
FILES = f"SELECT {COLUMNS} FROM intake.past_files ORDER BY first_day, bucket"
TAG = "UPDATE intake.past_files SET e_tag = $2 WHERE number = $1"
DRAFTS = "SELECT name FROM intake.past_drafts"


class Listed(Struct, frozen=True):
    """One file in the manifest."""

    first_day: str
    last_day: str
    rows: int
    name: str
    sha256: str


class Manifest(Struct, frozen=True):
    """The files that counted after one run, and who wrote them."""

    layout: int
    database: UUID
    number: int
    files: list[Listed]


class Content(NamedTuple):
    """The bytes of a file and its name."""

    name: str
    sha256: str
    content: bytes


async def standing(db: Database) -> list[File]:
    """Return the files that count."""
    return [File(*row) for row in await db.fetch(FILES)]


def content(move: Move, bucket: int, rows: pl.DataFrame) -> Content:
    """Return the file of one bucket."""
    buffer = io.BytesIO()
    rows.write_parquet(buffer, compression="zstd", compression_level=3)
    written = buffer.getvalue()
    sha256 = objects.sha256(written)
    days = f"{move.first_day}-to-{move.last_day}"
    return Content(f"{FOLDER}{days}-{bucket}-of-{move.buckets}-{sha256[:16]}.parquet", sha256, written)


def write(place: ObjectStore, file: Content, rows: pl.DataFrame) -> Seen:
    """Write a file to the disk, read it back and compare every row.

    Raises:
        LostRows: What was read is not what was written.
    """
    seen = objects.put_safely(place, file.name, file.content)
    again = objects.got(place, file.name)
    if again is None or objects.sha256(again) != file.sha256 or not pl.read_parquet(again).equals(rows):
        raise LostRows(f"the file {file.name} does not read back as it was written; nothing left the database")
    return seen


def read(place: ObjectStore, file: File) -> pl.DataFrame:
    """Return the rows of a file.

    Raises:
        LostRows: The file is missing or damaged.
    """
    return pl.read_parquet(content_of(place, file))


def content_of(place: ObjectStore, file: File) -> bytes:
    """Return the bytes of a file.

    Raises:
        LostRows: The file is missing or damaged.
    """
    found = objects.got(place, file.name)
    if found is None or objects.sha256(found) != file.sha256:
        raise LostRows(_lost(file, "missing" if found is None else "damaged"))
    return found


def copied(place: ObjectStore, file: File, target: Path) -> None:
    """Copy a file to `target`.

    Raises:
        LostRows: The file is missing or damaged.
    """
    target.write_bytes(content_of(place, file))


def _lost(file: File, how: str) -> str:
    return (
        f"the file {file.name} is {how}: it is the only copy of {file.rows} rows of {file.first_day} to {file.last_day}; "
        "put it back from a backup or from an earlier version of the object"
    )


async def require_all(db: Database, place: ObjectStore, there: Mapping[str, Seen]) -> list[File]:
    """Return the files that count, after a look at the place's listing.

    A file whose tag changed is read. A foreign file there is logged.

    Raises:
        LostRows: A file is missing, has another size, or other bytes.
    """
    counted = await standing(db)
    for file in counted:
        seen = there.get(file.name)
        if seen is None or seen.size != file.bytes:
            raise LostRows(_lost(file, "missing" if seen is None else "cut short"))
        if seen.e_tag != file.e_tag:
            await asyncio.to_thread(read, place, file)
            await db.execute(TAG, file.number, seen.e_tag)
    known = {file.name for file in counted} | {row["name"] for row in await db.fetch(DRAFTS)}
    foreign = sorted(name for name in there if name.startswith(FOLDER) and name not in known)
    if foreign:
        tell("foreign_files", count=len(foreign), first=foreign[0])
    return counted


def written_by(place: ObjectStore) -> Export | None:
    """Return the run that wrote the manifest, or None if there is none."""
    try:
        found = msgspec.json.decode(objects.got(place, MANIFEST) or b"", type=Manifest)
    except msgspec.DecodeError:
        return None
    return Export(found.database, found.number)


def keep(place: ObjectStore, files: Sequence[File], now: Export) -> None:
    """Write the manifest."""
    listed = [Listed(str(one.first_day), str(one.last_day), one.rows, one.name, one.sha256) for one in files]
    manifest = Manifest(LAYOUT, now.database, now.number, listed)
    objects.put_safely(place, MANIFEST, msgspec.json.encode(manifest))
