"""Bulk imports: many rows at once, all or none.

Nothing is validated here; importers pass rows that they made from a file. Importing the same file again adds nothing.
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

MOST_ROWS = 10_000  # of one load; more gains nothing and holds memory longer
AT_ONCE = 2  # one is prepared while the other is stored
ENROL = """
INSERT INTO intake.contributors (number, id, secret_hash, enrolled_on, origin)
SELECT number, id, NULL, $3, $4 FROM unnest($1::bigint[], $2::uuid[]) AS pseudonym (number, id)
ON CONFLICT DO NOTHING
"""
NUMBERS = "SELECT id, number FROM intake.contributors WHERE id = ANY($1::uuid[])"


class BulkRow(NamedTuple):
    """One attempt from a file, with its contributor's pseudonym."""

    contributor: UUID
    observation: Observation


class BulkCounts(NamedTuple):
    """Counts of the rows of one load, by status."""

    rows: int
    accepted: int
    duplicate: int  # stored before, or twice in the file


async def load_all(
    pool: Pool, rows: Sequence[BulkRow], received_on: date, progress: Callable[[int], None] = lambda _: None
) -> BulkCounts:
    """Load any number of rows in parts, two at a time: one part is prepared while PostgreSQL stores another.

    Parts that were stored stay stored if a later part fails; importing the same rows again adds the missing ones.
    `progress` is called with the number of rows of each finished part.
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
    """Store `rows` as archive rows received on `received_on`, all or none; for some ten thousand rows at once."""
    # Contributors and names are committed first: many loads share them and would otherwise wait for each other.
    async with db.transaction():
        numbers = await _enrol(db, {row.contributor for row in rows}, received_on)
        found = [named(row.observation, numbers[row.contributor], received_on) for row in rows]
        await _name(db, found)
    fresh = [item.row for item in found]
    try:
        async with db.transaction():
            await hold(db, set(numbers.values()))
            statuses = await observations.store(db, fresh)
    except asyncpg.UniqueViolationError:  # another import stored the same row at the same moment
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
