"""`intake.exports`: this database's identity and the number of its last export; each export adds one."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from api.errors import BadSettings
from api.store.database import Database

CURRENT = "SELECT database, number FROM intake.exports"
NEXT = "UPDATE intake.exports SET number = number + 1 RETURNING database, number"


class Export(NamedTuple):
    """One export: its database, and its number in that database."""

    database: UUID
    number: int


async def begin(db: Database, *before: Export | None) -> Export:
    """Number the next export; those in `before` wrote the existing files.

    The number is on disk before any segment is, so a crash in between is harmless.

    Raises:
        BadSettings: Another database wrote the segments, or this database was restored to an earlier moment.
    """
    for wrote in before:
        if wrote is not None:
            _require_own(wrote, await _of(db, CURRENT))
    return await _of(db, NEXT)


async def _of(db: Database, statement: str) -> Export:
    row = await db.fetchrow(statement)
    assert row is not None
    return Export(row["database"], row["number"])


def _require_own(before: Export, current: Export) -> None:
    if before.database != current.database:
        raise BadSettings("SEGMENTS_URL: the segments there belong to another database; give each a prefix of its own")
    if before.number > current.number:
        raise BadSettings(
            f"the segments are of export {before.number} and the database is at {current.number}: it was restored to an "
            "earlier moment, and the segments hold rows that it lost. Set them aside, or name another SEGMENTS_URL"
        )
