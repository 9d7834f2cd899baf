"""Imports: many rows at once through a staging table, where a batch from the extension would go one by one.

Nothing is judged here; importers hand in what they made of a file. The same file again adds nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.store import codes, observations
from api.store.rows import Named, ObservationRow, named

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from api.contract import Observation
    from api.store.database import Database

COPY_SECONDS = 600.0  # a hundred thousand rows take under a second; a slow disk may take its time
STAGED = "staged_observations"
STAGE = f"CREATE TEMPORARY TABLE {STAGED} (LIKE intake.observations) ON COMMIT DROP"
UNSTAGE = f"DROP TABLE {STAGED}"
MOVE = f"""
INSERT INTO intake.observations ({observations.COLUMNS})
SELECT {observations.COLUMNS} FROM {STAGED} ORDER BY client_key, id, revision
ON CONFLICT DO NOTHING
"""
ENROL = """
INSERT INTO intake.contributors (id, secret_hash, enrolled_on, origin)
SELECT id, NULL, $2, $3 FROM unnest($1::uuid[]) AS pseudonym (id)
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


async def load(db: Database, rows: Sequence[BulkRow], received_on: date) -> BulkCounts:
    """Store `rows` as archive rows of the day `received_on`, all or none; some ten thousand at once."""
    async with db.transaction():
        numbers = await _enrol(db, {row.contributor for row in rows}, received_on)
        found = [named(row.observation, numbers[row.contributor], received_on) for row in rows]
        await _name(db, found)
        await db.execute(STAGE)
        await db.copy_records_to_table(
            STAGED, records=[item.row for item in found], columns=ObservationRow._fields, timeout=COPY_SECONDS
        )
        moved = await db.execute(MOVE, timeout=COPY_SECONDS)
        await db.execute(UNSTAGE)
    accepted = int(moved.rpartition(" ")[2])
    return BulkCounts(len(rows), accepted, len(rows) - accepted)


async def _enrol(db: Database, pseudonyms: set[UUID], day: date) -> dict[UUID, int]:
    await db.execute(ENROL, sorted(pseudonyms), day, codes.ORIGIN["archive"])
    return {row["id"]: row["number"] for row in await db.fetch(NUMBERS, sorted(pseudonyms))}


async def _name(db: Database, found: Sequence[Named]) -> None:
    clients = {item.client.client_key: item.client for item in reversed(found)}
    tasks = {item.task.task_key: item.task for item in reversed(found)}
    await observations.name(db, list(clients.values()), list(tasks.values()))
