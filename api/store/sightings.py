"""`intake.sightings`: one contributor's counts of open listings, by platform and day. Append only; the highest
revision counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import polars as pl

from analytics.tables.supply import SIGHTINGS
from api.errors import DailyLimit, UnknownSecret
from api.intake.contract import Sighting
from api.intake.revisions import STORED, Kept, Status, settle
from api.store import contributors, daily_use
from api.store.database import Database, Pool, translated

KEPT = """
SELECT id, max(revision) AS revision, min(received_on) AS received_on
FROM intake.sightings WHERE contributor = $1 AND id = ANY($2::uuid[]) GROUP BY id
"""
INSERT = """
INSERT INTO intake.sightings
    (contributor, id, day, received_on, revision, platform, watched_minutes, appeared, lives, units_minutes, units_gone)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING
"""
KNOWN = """
SELECT DISTINCT ON (contributor, id)
    contributor, platform, day, watched_minutes, appeared, lives, units_minutes, units_gone
FROM intake.sightings WHERE received_on <= $1 ORDER BY contributor, id, revision DESC
"""
ERASE = "DELETE FROM intake.sightings WHERE contributor = $1 RETURNING id"
RETIRE = "DELETE FROM intake.sightings WHERE day < $1"
OWN = """
SELECT DISTINCT ON (id) id, revision, platform, day, watched_minutes, appeared, lives, units_minutes, units_gone,
    received_on
FROM intake.sightings WHERE contributor = $1 ORDER BY id, revision DESC
"""


class Row(NamedTuple):
    """One revision of one day's counts, in the order of INSERT."""

    contributor: int
    id: UUID
    day: date
    received_on: date
    revision: int
    platform: str
    watched_minutes: list[int]
    appeared: list[int]
    lives: list[int]
    units_minutes: list[int] | None
    units_gone: list[int] | None


def row(sighting: Sighting, contributor: int, received_on: date) -> Row:
    """Return the row of `sighting`, sent by `contributor` and first received on `received_on`."""
    units = sighting.units
    seen = (None, None) if units is None else (units.watched_minutes, units.gone)
    counts = (sighting.watched_minutes, sighting.appeared, sighting.lives, *seen)
    return Row(contributor, sighting.id, sighting.day, received_on, sighting.revision, sighting.platform, *counts)


async def store(pool: Pool, rows: Sequence[Row], items_per_day: int) -> list[Status]:
    """Store one contributor's `rows`, and return once they are on disk; one status a row, in their order.

    Raises:
        UnknownSecret: The contributor was erased meanwhile.
        DatabaseGone: Nothing was stored, because PostgreSQL cannot be reached.
        DailyLimit: The rows exceed the contributor's daily limit.
    """
    if not rows:
        return []
    contributor = rows[0].contributor
    with translated():
        async with pool.acquire() as db, db.transaction():
            if not await contributors.hold(db, {contributor}):
                raise UnknownSecret("This contributor was erased.")
            day = rows[0].received_on
            left = max(0, items_per_day - (await daily_use.of(db, day, {contributor}))[contributor].items)
            if len(rows) > left:
                raise DailyLimit(f"{left} more items can be stored for you today; this request has {len(rows)}.")
            found = await db.fetch(KEPT, contributor, [one.id for one in rows])
            known = {one["id"]: Kept(one["revision"], one["received_on"]) for one in found}
            sent = [(one.id, Kept(one.revision, one.received_on)) for one in rows]
            verdicts = settle(known, sent)
            fresh = [one for one, verdict in zip(rows, verdicts, strict=True) if verdict in STORED]
            if fresh:
                await db.executemany(INSERT, fresh)
                await daily_use.add(db, day, {contributor: daily_use.Use(len(fresh))})
    return verdicts


async def known(db: Database, day: date) -> pl.DataFrame:
    """Return the counts received by the end of `day`, in the shape `analytics.tables.supply.SIGHTINGS`."""
    return pl.DataFrame([dict(one) for one in await db.fetch(KNOWN, day)], schema=SIGHTINGS)


async def erase(db: Database, contributor: int) -> int:
    """Delete everything `contributor` shared here; return the number of records."""
    return len({one["id"] for one in await db.fetch(ERASE, contributor)})


async def retire(db: Database, keep_from: date) -> int:
    """Delete days before `keep_from`; return the number of rows."""
    return int((await db.execute(RETIRE, keep_from)).rpartition(" ")[2])
