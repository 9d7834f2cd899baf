"""Raw rows that have left PostgreSQL already: Parquet files by partition and day of arrival, in a folder or a bucket.

A day that is over gets no new rows, so it leaves once. Before every use the rows of each partition and day are counted
and summed up in the database; a segment with a day that differs (rows were erased, a backup was restored, the day was
not over) leaves anew, whole. So the answer is the same to the byte whether there were segments or none. The files hold
what the table holds and nothing else; they may be deleted at any time.

Small days share a segment: a new one is put together with its elder neighbour while that is no larger, so that there
are few files, and a row is written again a few times at most (`api.store.gathering`).
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
# Only what looks like ours is ever deleted: the bucket may hold other things. The second is the layout of old.
OURS = re.compile(r"\d\d/[\d-]{10}-to-[\d-]{10}-[0-9a-f]{16}\.parquet|\d{4}-\d\d-\d\d-[0-9a-f]{12}\.parquet")


class Segment(Struct, frozen=True):
    """Some days' rows of one partition in one file: which, as the database counted them when they left."""

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
    """The rows of one partition as they were known at the end of `day`; small, to be handed to another process.

    `print` is the same for the same rows, however they are cut into files.
    """

    number: int
    day: date
    rows: int  # replaced revisions included
    print: str
    segments: tuple[Segment, ...]
    place: ObjectStore = field(repr=False)
    moved: tuple[Moved, ...] = ()

    def read(self) -> pl.DataFrame:
        """Of each record the latest revision, in the order of `api.store.records.ORDER`.

        Raises:
            DamagedSegment: a file is not what was written; it is deleted, and the next export makes it anew.
        """
        return without_ids(self._latest().sort(ORDER))

    def unordered(self) -> pl.DataFrame:
        """The same rows as they lie, for whoever sorts them anyway."""
        return without_ids(self._latest())

    def _latest(self) -> pl.DataFrame:
        if not self.segments:
            return nothing()
        last = Facts(self.number, self.day, 0, "").day_number
        frames = [
            rows if segment.days[-1].day <= self.day else rows.filter(pl.col("received_day") <= last)
            for segment in self.segments
            for rows in [_read(self.place, segment)]
        ]
        return counted_at(latest(pl.concat(frames, rechunk=False)), self.moved)


class Taken(NamedTuple):
    """All partitions, and how many rows had to leave PostgreSQL for it."""

    partitions: tuple[Partition, ...]
    left: int


async def taken(db: Database, place: ObjectStore, spool: Path, day: date, now: Export) -> Taken:
    """All partitions as they were at the end of `day`, by the export `now`; `spool` is for scratch files."""
    index, there = _index(place), objects.listed(place)
    known = index.segments if index.layout == LAYOUT else []
    moved = await moved_records.known(db, day)
    facts = await counted(db, max([day, *(segment.days[-1].day for segment in known)]))
    standing = [found for segment in known if (found := _standing(place, there, segment, facts))]
    wanted = facts - {one for segment in standing for one in segment.days}
    stale = sorted(one for one in wanted if one.day <= day)
    with tempfile.TemporaryDirectory(prefix="export-", dir=spool) as folder:
        scratch = Scratch(Path(folder))
        await scratch.fill(db, stale)
        batches = gathered(standing, stale, day)
        segments = await asyncio.to_thread(side_by_side, partial(_written, place, scratch), batches)
    _keep(place, segments, there, now)
    numbers = range(PARTITIONS)
    partitions = tuple(_partition(number, day, segments, place, moved.get(number, ())) for number in numbers)
    return Taken(partitions, sum(one.rows for one in stale))


async def counted(db: Database, day: date) -> set[Facts]:
    """Counts and sums of each partition and day up to `day`."""
    found = await db.fetch(SUMS, day, timeout=SUM_SECONDS)
    return {Facts.of(row["piece"], row["rows"], row["sum"]) for row in found}


def _standing(place: ObjectStore, there: Mapping[str, Seen], known: Segment, facts: set[Facts]) -> Segment | None:
    """`known`, where it holds what the database does; of a file that changed its looks, the bytes decide."""
    if not facts.issuperset(known.days) or known.name not in there:
        return None
    seen = there[known.name]
    if seen == known.seen:
        return known
    content = objects.got(place, known.name)
    is_whole = content is not None and objects.sha256(content) == known.sha256
    return msgspec.structs.replace(known, seen=seen) if is_whole else None


def _written(place: ObjectStore, scratch: Scratch, batch: Batch[Segment]) -> Segment:
    """What is to be in one file; where that stands already, nothing is written."""
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


def _read(place: ObjectStore, segment: Segment) -> pl.DataFrame:
    content = objects.got(place, segment.name)
    if content is None or objects.sha256(content) != segment.sha256:
        objects.delete(place, [segment.name])
        raise DamagedSegment(f"the segment {segment.name} is lost or damaged; it is made anew at the next try")
    return pl.read_parquet(content)


def written_by(place: ObjectStore) -> Export | None:
    """The export that wrote the segments; none where there are none, or they are of an earlier version."""
    index = _index(place)
    return None if index.database is None else Export(index.database, index.number)


def _index(place: ObjectStore) -> Index:
    """The manifest; an empty one where it cannot be read: then all rows leave again."""
    try:
        return msgspec.json.decode(objects.got(place, INDEX) or b"", type=Index)
    except msgspec.DecodeError:
        return Index(LAYOUT, [])


def _keep(place: ObjectStore, segments: list[Segment], there: Iterable[str], now: Export) -> None:
    """Write the index; files of ours that it does not name go."""
    objects.put(place, INDEX, msgspec.json.encode(Index(LAYOUT, segments, now.database, now.number)))
    named = {segment.name for segment in segments}
    objects.delete(place, [name for name in there if OURS.fullmatch(name) and name not in named])
