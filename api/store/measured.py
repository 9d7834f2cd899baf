"""Queries for measurements only: sizes, counts, an empty table. Never used by a server."""

from __future__ import annotations

from uuid import UUID

from api.store.database import Database

COUNT = "SELECT count(*) FROM intake.observations"
DISTINCT = "SELECT count(DISTINCT (id, revision)) FROM intake.observations"
EMPTY = "TRUNCATE intake.observations"
BYTES = """
SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'intake.observations'::regclass
"""
SETTLE = "CHECKPOINT"


async def count(db: Database) -> int:
    """Return the number of rows of observations."""
    return int(await db.fetchval(COUNT))


async def distinct(db: Database) -> int:
    """Return the number of rows of observations, duplicates counted once."""
    return int(await db.fetchval(DISTINCT))


async def empty(db: Database) -> None:
    """Delete every observation."""
    await db.execute(EMPTY)


async def size_bytes(db: Database) -> int:
    """Return the bytes of all observations on disk, their indexes included."""
    return int(await db.fetchval(BYTES))


async def settle(db: Database) -> None:
    """Run the next checkpoint now, not in the middle of a measurement."""
    await db.execute(SETTLE)


RECORDS = "SELECT id, revision FROM intake.observations"


async def records(db: Database) -> list[UUID]:
    """Return the id of every row, repeated for each revision."""
    return [row["id"] for row in await db.fetch(RECORDS)]
