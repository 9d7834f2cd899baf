"""Exported raw rows: Parquet files by partition and day of arrival, in a folder or a bucket.

A finished day gets no new rows, so it is exported once. Before each use the database counts and sums the rows of each
partition and day. A segment with a day that differs is exported again in full: rows were erased, a backup was restored,
or the day was not over. The result is the same to the byte with or without segments. The files hold what the table
holds and may be deleted at any time.

Small days share a segment: a new one merges with its older neighbour while that is no larger. So there are few files,
and a row is rewritten a few times at most (`api.store.gathering`).
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec
import polars as pl
from msgspec import Struct
from obstore.store import ObjectStore

from analytics.model.threads import side_by_side
from api.errors import DamagedSegment
from api.store import moved_records, objects
from api.store.database import Database
from api.store.exports import Export
from api.store.gathering import Batch, gathered
from api.store.moved_records import Moved
from api.store.moved_records import counted as counted_at
from api.store.objects import Seen
from api.store.records import ORDER, SUMS, Facts, latest, nothing, without_ids
from api.store.scratch import Scratch
from api.store.spread import PARTITIONS

SUM_SECONDS = 3600.0
INDEX, LAYOUT = "index.json", 5
# Only files with these names are ever deleted: the bucket may hold others. The second pattern is the old layout's.
OURS = re.compile(r"\d\d/[\d-]{10}-to-[\d-]{10}-[0-9a-f]{16}\.parquet|\d{4}-\d\d-\d\d-[0-9a-f]{12}\.parquet")


class Segment(Struct, frozen=True):
    """Some days' rows of one partition in one file, with the database's counts at the export."""

    days: tuple[Facts, ...]  # oldest first
    name: str
    sha256: str
    seen: Seen


class Index(Struct, frozen=True):
    """The manifest of a place: its segments, and the export that wrote it (none before layout 3)."""

    layout: int
    segments: list[Segment]
    database: UUID | None = None
    number: int = 0


@dataclass(frozen=True)
class Partition:
    """The rows of one partition as known at the end of `day`; small enough to send to another process.

    `print` is the same for the same rows, however they are divided into files.
    """

    number: int
    day: date
    rows: int  # replaced revisions included
    print: str
    segments: tuple[Segment, ...]
    place: ObjectStore = field(repr=False)
    moved: tuple[Moved, ...] = ()
    is_read_only: bool = False  # the segments of a home, which only that home deletes

    def read(self) -> pl.DataFrame:
        """Return the latest revision of each record, in the order of `api.store.records.ORDER`.

        Raises:
            DamagedSegment: A file's hash differs; the file is deleted, and the next export writes it again.
        """
        return without_ids(self._latest().sort(ORDER))

    def unordered(self) -> pl.DataFrame:
        """Return the same rows unsorted, for callers that sort them anyway."""
        return without_ids(self._latest())

    def _latest(self) -> pl.DataFrame:
        if not self.segments:
            return nothing()
        last = Facts(self.number, self.day, 0, "").day_number
        frames = [
            rows if segment.days[-1].day <= self.day else rows.filter(pl.col("received_day") <= last)
            for segment in self.segments
            for rows in [_read(self.place, segment, is_read_only=self.is_read_only)]
        ]
        return counted_at(latest(pl.concat(frames, rechunk=False)), self.moved)


class Taken(NamedTuple):
    """All partitions, and the number of rows that had to leave PostgreSQL."""

    partitions: tuple[Partition, ...]
    left: int


async def taken(db: Database, place: ObjectStore, spool: Path, day: date, now: Export) -> Taken:
    """Return all partitions as of the end of `day`, by the export `now`; `spool` is for temporary files."""
    index, there = _index(place), objects.listed(place)
    known = index.segments if index.layout == LAYOUT else []
    moved = await moved_records.known(db, day)
    facts = await counted(db, max([day, *(segment.days[-1].day for segment in known)]))
    standing = [found for segment in known if (found := _standing(place, there, segment, facts))]
    wanted = facts - {one for segment in standing for one in segment.days}
    stale = sorted(one for one in wanted if one.day <= day)
    with tempfile.TemporaryDirectory(prefix="export-", dir=spool) as folder:
        scratch = Scratch(Path(folder))
        await scratch.fill(db, place, stale)
        batches = gathered(standing, stale, day)
        segments = await asyncio.to_thread(side_by_side, partial(_written, place, scratch), batches)
    _keep(place, segments, there, now)
    numbers = range(PARTITIONS)
    partitions = tuple(_partition(number, day, segments, place, moved.get(number, ())) for number in numbers)
    return Taken(partitions, sum(one.rows for one in stale))


async def counted(db: Database, day: date) -> set[Facts]:
    """Return counts and sums of each partition and day up to `day`."""
    found = await db.fetch(SUMS, day, timeout=SUM_SECONDS)
    return {Facts.of(row["piece"], row["rows"], row["sum"]) for row in found}


def _standing(place: ObjectStore, there: Mapping[str, Seen], known: Segment, facts: set[Facts]) -> Segment | None:
    """Return `known` if it holds what the database does; where the file's listing changed, compare its hash."""
    if not facts.issuperset(known.days) or known.name not in there:
        return None
    seen = there[known.name]
    if seen == known.seen:
        return known
    content = objects.got(place, known.name)
    is_whole = content is not None and objects.sha256(content) == known.sha256
    return msgspec.structs.replace(known, seen=seen) if is_whole else None


def _written(place: ObjectStore, scratch: Scratch, batch: Batch[Segment]) -> Segment:
    """Write the file of one batch; an existing single segment is kept as it is."""
    if not batch.fresh and len(batch.kept) == 1:
        return batch.kept[0]
    frames = [*(_read(place, segment) for segment in batch.kept), scratch.rows(batch.fresh)]
    buffer = io.BytesIO()
    pl.concat(frames).sort(*ORDER, "revision").write_parquet(buffer, compression="zstd", compression_level=1)
    content = buffer.getvalue()
    sha256, days = objects.sha256(content), batch.days
    name = f"{days[0].number:02}/{days[0].day}-to-{days[-1].day}-{sha256[:16]}.parquet"
    return Segment(days, name, sha256, objects.put(place, name, content))


def _partition(
    number: int, day: date, segments: Iterable[Segment], place: ObjectStore, moved: tuple[Moved, ...]
) -> Partition:
    own = tuple(one for one in segments if one.days[0].number == number and one.days[0].day <= day)
    facts = sorted(facts for segment in own for facts in segment.days if facts.day <= day)
    told = "\n".join(f"{one.day} {one.rows} {one.sum}" for one in facts)
    rows = sum(one.rows for one in facts)
    mark = hashlib.sha256(f"{number}\n{told}\n{moved}".encode()).hexdigest()
    return Partition(number, day, rows, mark, own, place, moved)


def _read(place: ObjectStore, segment: Segment, *, is_read_only: bool = False) -> pl.DataFrame:
    content = objects.got(place, segment.name)
    if content is None or objects.sha256(content) != segment.sha256:
        if not is_read_only:
            objects.delete(place, [segment.name])
        raise DamagedSegment(f"the segment {segment.name} is missing or damaged; run the export again to write it")
    return pl.read_parquet(content)


def standing_partitions(
    place: ObjectStore, day: date, moved: Mapping[int, tuple[Moved, ...]]
) -> tuple[Partition, ...] | None:
    """Return all partitions as of the end of `day` from the manifest alone; None if its layout is another."""
    index = _index(place)
    if index.layout != LAYOUT:
        return None
    numbers = range(PARTITIONS)
    parts = (_partition(number, day, index.segments, place, moved.get(number, ())) for number in numbers)
    return tuple(replace(part, is_read_only=True) for part in parts)


def forget(place: ObjectStore) -> None:
    """Delete the segments and their manifest, which can be written again; files of past days stay."""
    there = objects.listed(place)
    objects.delete(place, [name for name in there if OURS.fullmatch(name) or name == INDEX])


def written_by(place: ObjectStore) -> Export | None:
    """Return the export that wrote the segments; None if there are none, or an earlier version wrote them."""
    index = _index(place)
    return None if index.database is None else Export(index.database, index.number)


def _index(place: ObjectStore) -> Index:
    """Return the manifest, or an empty one if it cannot be read; then all rows are exported again."""
    try:
        return msgspec.json.decode(objects.got(place, INDEX) or b"", type=Index)
    except msgspec.DecodeError:
        return Index(LAYOUT, [])


def _keep(place: ObjectStore, segments: list[Segment], there: Iterable[str], now: Export) -> None:
    """Write the index, and delete segment files that it does not name."""
    objects.put(place, INDEX, msgspec.json.encode(Index(LAYOUT, segments, now.database, now.number)))
    named = {segment.name for segment in segments}
    objects.delete(place, [name for name in there if OURS.fullmatch(name) and name not in named])
