"""How rows leave PostgreSQL: to files that are on disk and read back, then in one transaction that compares again.

In that transaction the rows are deleted, the new files begin to count, and those that they replace cease to. So a
crash at any moment leaves each row in exactly one place. A file that was written and does not count is a draft; only
drafts are ever deleted.

The caller holds the lock PUBLISHING, so that one process moves, publishes or prunes at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from obstore.store import ObjectStore

from api.errors import Busy
from api.store import exports, objects, segments
from api.store.binary import Reader
from api.store.database import Database
from api.store.exports import Export
from api.store.locks import MOVING, READING
from api.store.partitions import lowest_id
from api.store.past import files, keys, people, rows
from api.store.past.lookup import LAST_DAY
from api.store.past.plan import FILE_ROWS, Move, Waiting, moves
from api.store.records import SUM

SECONDS = 3600.0
BLOCK_ROWS = 500_000
TRIES = 5
_DAY = "(('x' || substr(id::text, 1, 8) || substr(id::text, 10, 4))::bit(48)::bigint / 86400000)::int"
WAITING = f"""
SELECT DATE '1970-01-01' + {_DAY} AS day, count(*) AS rows, min(received_on) AS oldest
FROM intake.observations WHERE id < $1 GROUP BY 1
"""
SEEN = f"SELECT count(*) AS rows, sum(hashtextextended(o::text, 0)) AS print FROM intake.observations o WHERE {rows.IN_DAYS}"
ERASED = "SELECT file, contributor FROM intake.past_erased WHERE file = ANY($1::int[])"
WITH_ERASED = "SELECT DISTINCT file FROM intake.past_erased"
DRAFT = "INSERT INTO intake.past_drafts (name) VALUES ($1) ON CONFLICT DO NOTHING"
ALONE = "SELECT pg_advisory_xact_lock($1)"
# One statement, so that every part sees the same rows.
LEAVE = f"""
WITH gone AS (
    DELETE FROM intake.observations o WHERE {rows.IN_DAYS}
    RETURNING o.contributor, o.id, o.client_key, o.task_key, o.received_on, o.revision,
        hashtextextended(o::text, 0) AS print
), moved AS (
    INSERT INTO intake.moved_revisions (contributor, id, client_key, received_on, revision)
    SELECT contributor, id, client_key, received_on, revision FROM gone
    JOIN intake.moved_records USING (contributor, id) ON CONFLICT DO NOTHING
), named AS (
    UPDATE intake.words w SET past_to = $5 FROM (SELECT DISTINCT contributor, task_key FROM gone) AS done
    WHERE (w.task_key, w.contributor) = (done.task_key, done.contributor) AND (w.past_to IS NULL OR w.past_to < $5)
), nameless AS (
    INSERT INTO intake.past_tasks (client_key, task_key, last_day)
    SELECT client_key, task_key, CASE WHEN bool_or(c.origin = 'a') THEN $6 ELSE $5 END
    FROM gone JOIN intake.contributors c ON c.number = gone.contributor
    WHERE NOT EXISTS (
        SELECT FROM intake.words w WHERE (w.task_key, w.contributor) = (gone.task_key, gone.contributor))
    GROUP BY client_key, task_key
    ON CONFLICT (task_key, client_key) DO UPDATE SET last_day = greatest(past_tasks.last_day, excluded.last_day)
)
SELECT count(*) AS rows, sum(print) AS print FROM gone
"""
FACTS = f"""
SELECT array_agg(piece ORDER BY piece) AS pieces, array_agg(rows ORDER BY piece) AS rows,
    array_agg(sum ORDER BY piece) AS sums
FROM (
    SELECT piece, count(*) AS rows, {SUM} AS sum
    FROM unnest($1::bigint[], $2::uuid[], $3::smallint[]) AS counted (piece, id, revision) GROUP BY piece
) AS facts
"""
COUNT_IN = """
INSERT INTO intake.past_files (first_day, last_day, bucket, buckets, rows, bytes, name, sha256, e_tag, pieces, piece_rows,
    piece_sums)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING number
"""
PEOPLE = "INSERT INTO intake.past_people (file, contributor, records, summary) VALUES ($1, $2, $3, $4)"
KEYS = "INSERT INTO intake.past_keys (file, first_key, keys) VALUES ($1, $2, $3)"
COUNT_OUT = "WITH gone AS (DELETE FROM intake.past_files WHERE number = ANY($1::int[]) RETURNING name) " + (
    "INSERT INTO intake.past_drafts (name) SELECT name FROM gone ON CONFLICT DO NOTHING"
)
NO_DRAFT = "DELETE FROM intake.past_drafts WHERE name = ANY($1::text[])"
TRY_ALONE = "SELECT pg_try_advisory_xact_lock($1)"
IMPORTED = "SELECT coalesce(array_agg(number), '{}') FROM intake.contributors WHERE origin = 'a'"
RETIRE_MOVED = "DELETE FROM intake.moved_revisions WHERE id < $1 AND contributor <> ALL($2::bigint[])"
RETIRE_TASKS = "DELETE FROM intake.past_tasks WHERE last_day < $1"
Keep = Callable[[pl.DataFrame], pl.DataFrame]
Sign = Callable[[str], None]


class Moved(NamedTuple):
    """What one run did: rows that left PostgreSQL, and files that were written."""

    rows: int
    files: int


@dataclass(frozen=True)
class Mover:
    """A connection that holds PUBLISHING, the place of files, and the number of this run.

    `passed` is called with the name of each step that was just done; a test fails there.
    """

    db: Database
    place: ObjectStore
    now: Export
    file_rows: int = FILE_ROWS
    passed: Sign = field(default=lambda _: None)


async def begun(db: Database, place: ObjectStore, **more: Any) -> Mover:  # noqa: ANN401 - fields of Mover
    """Return a mover, after a look that the place is this database's and that every file is there.

    Raises:
        BadSettings: The place is another database's, or this database was restored to an earlier moment.
        LostRows: A file is missing or cut short.
    """
    await files.require_all(db, place, objects.listed(place))
    now = await exports.begin(db, segments.written_by(place), files.written_by(place))
    return Mover(db, place, now, **more)


async def move_out(mover: Mover, today: date, live_days: int) -> Moved:
    """Move the rows of days older than `live_days` to files, with late rows of days that left before."""
    files.keep(mover.place, await files.standing(mover.db), mover.now)  # the place is taken before any file is
    before = lowest_id(today - timedelta(days=live_days))
    found = await mover.db.fetch(WAITING, before, timeout=SECONDS)
    waiting = {row["day"]: Waiting(row["rows"], row["oldest"]) for row in found}
    done = Moved(0, 0)
    for move in list(moves(await files.standing(mover.db), waiting, today, mover.file_rows)):
        one = await written(mover, move)
        done = Moved(done.rows + one.rows, done.files + one.files)
    await finish(mover)
    return done


async def purge(mover: Mover) -> int:
    """Write the files again that hold rows of erased contributors; return their number."""
    erased = {row["file"] for row in await mover.db.fetch(WITH_ERASED)}
    again = [Move.of(file) for file in await files.standing(mover.db) if file.number in erased]
    for move in again:
        await written(mover, move)
    if again:
        await finish(mover)
    return len(again)


async def retire(mover: Mover, keep_from: date) -> int:
    """Delete past rows from before `keep_from`, except imported ones; return their number."""
    imported = await mover.db.fetchval(IMPORTED)
    bound = lowest_id(keep_from)
    counted = 0
    for file in [file for file in await files.standing(mover.db) if file.first_day < keep_from]:
        held = await asyncio.to_thread(files.read, mover.place, file)
        kept = held.filter((pl.col("id_high") >= bound.int >> 64) | pl.col("contributor").is_in(imported))
        if kept.height < held.height:
            await written(
                mover,
                Move.of(file),
                lambda frame: frame.filter(
                    (pl.col("id_high") >= bound.int >> 64) | pl.col("contributor").is_in(imported)
                ),
            )
            counted += held.height - kept.height
    await mover.db.execute(RETIRE_MOVED, bound, imported)
    await mover.db.execute(RETIRE_TASKS, keep_from)
    await finish(mover)
    return counted


class _Taken(NamedTuple):
    """The rows of a move, and what must still be so when they leave."""

    rows: pl.DataFrame
    left: int
    print: Any
    erased: set[tuple[int, int]]


async def written(mover: Mover, move: Move, keep: Keep = lambda frame: frame) -> Moved:
    """Carry out one move.

    Raises:
        Busy: The rows changed at each of a few tries.
        LostRows: A file cannot be read, or does not read back as it was written.
    """
    for _ in range(TRIES):
        taken = await _taken(mover, move)
        if taken.left == 0 and not move.replaced:
            return Moved(0, 0)
        kept = keep(taken.rows)
        parts = [
            (bucket, part)
            for bucket in move.numbers
            if not (part := kept.filter(pl.col("contributor") & (move.buckets - 1) == bucket)).is_empty()
        ]
        new = [await _new(mover, move, bucket, part) for bucket, part in parts]
        mover.passed("written")
        if await _left(mover, move, taken, new):
            mover.passed("left")
            return Moved(taken.left, len(new))
    raise Busy("rows of past days keep changing: try again later")


def _bounds(move: Move) -> tuple[Any, ...]:
    numbers = ",".join(map(str, move.numbers))
    return lowest_id(move.first_day), lowest_id(move.last_day + timedelta(days=1)), move.buckets - 1, numbers


async def _taken(mover: Mover, move: Move) -> _Taken:
    """Read the rows of a move from PostgreSQL and from the files that it replaces."""
    blocks: list[NDArray[Any]] = []
    replaced = [file.number for file in move.replaced]
    async with mover.db.transaction(isolation="repeatable_read", readonly=True):
        seen = await mover.db.fetchrow(SEEN, *_bounds(move), timeout=SECONDS)
        erased = {(row["file"], row["contributor"]) for row in await mover.db.fetch(ERASED, replaced)}
        reader = Reader(rows.RECORD, BLOCK_ROWS, blocks.append)
        await mover.db.copy_from_query(rows.TAKEN, *_bounds(move), output=reader.take, format="binary", timeout=SECONDS)
        reader.close()
    assert seen is not None
    fresh = rows.frame(np.concatenate(blocks)) if blocks else rows.nothing()
    if fresh.height != seen["rows"]:
        raise Busy("the rows that came are not those that were counted")
    held = [
        (await asyncio.to_thread(files.read, mover.place, file)).filter(
            ~pl.col("contributor").is_in([person for number, person in erased if number == file.number])
        )
        for file in move.replaced
    ]
    whole = pl.concat([*held, fresh]).unique(rows.REVISION, keep="first", maintain_order=True).sort(rows.REVISION)
    return _Taken(whole, seen["rows"], seen["print"], erased)


class _ChangedError(Exception):
    """The rows are not those that were read."""


class _New(NamedTuple):
    """A file on disk, and what the database must know of it."""

    bucket: int
    rows: int
    content: files.Content
    e_tag: str
    facts: Any
    people: Sequence[people.Part]
    pages: Sequence[keys.Page]


async def _new(mover: Mover, move: Move, bucket: int, part: pl.DataFrame) -> _New:
    content = await asyncio.to_thread(files.content, move, bucket, part)
    await mover.db.execute(DRAFT, content.name)
    mover.passed("named")
    seen = await asyncio.to_thread(files.write, mover.place, content, part)
    counted = part.filter("counted")
    pieces = rows.pieces(counted).to_list()
    facts = await mover.db.fetchrow(FACTS, pieces, rows.ids(counted), counted["revision"].to_list(), timeout=SECONDS)
    told, pages = await asyncio.to_thread(lambda: (list(people.parts(part)), list(keys.pages(part))))
    return _New(bucket, part.height, content, seen.e_tag, facts, told, pages)


async def _left(mover: Mover, move: Move, taken: _Taken, new: Sequence[_New]) -> bool:
    """Delete the rows and let the new files count, or return False if anything changed since they were read."""
    db, replaced = mover.db, [file.number for file in move.replaced]
    try:
        async with db.transaction():
            await db.execute(ALONE, MOVING)
            gone = await db.fetchrow(LEAVE, *_bounds(move), move.last_day, LAST_DAY, timeout=SECONDS)
            erased = {(row["file"], row["contributor"]) for row in await db.fetch(ERASED, replaced)}
            assert gone is not None
            if (gone["rows"], gone["print"], erased) != (taken.left, taken.print, taken.erased):
                raise _ChangedError
            mover.passed("deleted")
            await db.execute(COUNT_OUT, replaced)
            for one in new:
                await _count_in(db, move, one)
            await db.execute(NO_DRAFT, [one.content.name for one in new])
            mover.passed("counted")
    except _ChangedError:
        return False
    return True


async def _count_in(db: Database, move: Move, new: _New) -> None:
    facts = [new.facts[name] or [] for name in ("pieces", "rows", "sums")]
    about = (move.first_day, move.last_day, new.bucket, move.buckets, new.rows, len(new.content.content))
    number = await db.fetchval(COUNT_IN, *about, new.content.name, new.content.sha256, new.e_tag, *facts)
    await db.executemany(PEOPLE, [(number, *one) for one in new.people])
    await db.executemany(KEYS, [(number, *one) for one in new.pages])


async def finish(mover: Mover) -> None:
    """Write the manifest, and delete drafts unless a reader has files open at this moment."""
    files.keep(mover.place, await files.standing(mover.db), mover.now)
    mover.passed("manifest")
    async with mover.db.transaction():
        if not await mover.db.fetchval(TRY_ALONE, READING):
            return
        drafts = [row["name"] for row in await mover.db.fetch(files.DRAFTS)]
        await asyncio.to_thread(objects.delete, mover.place, drafts)
        await mover.db.execute(NO_DRAFT, drafts)
    mover.passed("tidied")
