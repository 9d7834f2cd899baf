"""Imports: many rows at once, all or none.

Nothing is judged here; importers hand in what they made of a file. The same file again adds nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import asyncpg

from api.intake.contract import Observation
from api.intake.revisions import STORED
from api.store import codes, observations
from api.store.contributors import hold, new_number
from api.store.database import Database, Pool
from api.store.rows import Named, named

MOST_ROWS = 10_000  # of one load: more gains nothing and holds its memory longer
AT_ONCE = 2  # one is made ready while the other is stored
ENROL = """
INSERT INTO intake.contributors (number, id, secret_hash, enrolled_on, origin)
SELECT number, id, NULL, $3, $4 FROM unnest($1::bigint[], $2::uuid[]) AS pseudonym (number, id)
ON CONFLICT DO NOTHING
"""
NUMBERS = "SELECT id, number FROM intake.contributors WHERE id = ANY($1::uuid[])"


class BulkRow(NamedTuple):
    """One attempt found in a file, and the pseudonym of who made it."""

    contributor: UUID
    observation: Observation


class BulkCounts(NamedTuple):
    """What became of the rows of one load."""

    rows: int
    accepted: int
    duplicate: int  # here before, or twice in the file


async def load_all(
    pool: Pool, rows: Sequence[BulkRow], received_on: date, progress: Callable[[int], None] = lambda _: None
) -> BulkCounts:
    """The same for any number of rows, some thousand at once: while PostgreSQL stores one part, the next is made
    ready. A part that was stored stays, should a later one fail: the same rows again add what is missing.

    `progress` is told how many rows of `rows` are done.
    """
    parts = iter([rows[start : start + MOST_ROWS] for start in range(0, len(rows), MOST_ROWS)])
    found: list[BulkCounts] = []

    async def one_after_another() -> None:
        for part in parts:
            async with pool.acquire() as db:
                found.append(await load(db, part, received_on))
            progress(len(part))

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(one_after_another())
    return BulkCounts(*(sum(count) for count in zip(*found, strict=True))) if found else BulkCounts(0, 0, 0)


async def load(db: Database, rows: Sequence[BulkRow], received_on: date) -> BulkCounts:
    """Store `rows` as archive rows of the day `received_on`, all or none; some ten thousand at once."""
    # Who and what they name is kept first: it is the same for many loads, which would wait for each other.
    async with db.transaction():
        numbers = await _enrol(db, {row.contributor for row in rows}, received_on)
        found = [named(row.observation, numbers[row.contributor], received_on) for row in rows]
        await _name(db, found)
    fresh = [item.row for item in found]
    try:
        async with db.transaction():
            await hold(db, set(numbers.values()))
            statuses = await observations.store(db, fresh)
    except asyncpg.UniqueViolationError:  # another import of the same at the same moment
        async with db.transaction():
            await hold(db, set(numbers.values()))
            statuses = await observations.store(db, fresh, careful=True)
    accepted = sum(status in STORED for status in statuses)
    return BulkCounts(len(rows), accepted, len(rows) - accepted)


async def _enrol(db: Database, pseudonyms: set[UUID], day: date) -> dict[UUID, int]:
    numbers = [new_number() for _ in pseudonyms]
    await db.execute(ENROL, numbers, sorted(pseudonyms), day, codes.ORIGIN["archive"])
    return {row["id"]: row["number"] for row in await db.fetch(NUMBERS, sorted(pseudonyms))}


async def _name(db: Database, found: Sequence[Named]) -> None:
    await observations.keep_names(db, found)
