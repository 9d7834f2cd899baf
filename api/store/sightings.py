"""`intake.sightings`: one contributor's counts of open listings, by platform and day. Append only; the highest
revision counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import polars as pl

from analytics.tables.supply import SIGHTINGS
from api.intake.contract import Sighting
from api.intake.revisions import Status
from api.store import appended
from api.store.database import Database, Pool

KEPT = """
SELECT id, max(revision) AS revision, min(received_on) AS received_on
FROM intake.sightings WHERE contributor = $1 AND id = ANY($2::uuid[]) GROUP BY id
"""
INSERT = """
INSERT INTO intake.sightings
    (contributor, id, day, received_on, revision, platform, watched_minutes, appeared, lives, units_minutes, units_gone)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING
"""
STATEMENTS = appended.Statements(KEPT, INSERT)
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
    """Store one contributor's `rows` (`api.store.appended.store`)."""
    return await appended.store(pool, STATEMENTS, rows, items_per_day)


async def known(db: Database, day: date) -> pl.DataFrame:
    """Return the counts received by the end of `day`, in the shape `analytics.tables.supply.SIGHTINGS`."""
    return pl.DataFrame([dict(one) for one in await db.fetch(KNOWN, day)], schema=SIGHTINGS)


async def erase(db: Database, contributor: int) -> int:
    """Delete everything `contributor` shared here; return the number of records."""
    return len({one["id"] for one in await db.fetch(ERASE, contributor)})


async def retire(db: Database, keep_from: date) -> int:
    """Delete days before `keep_from`; return the number of rows."""
    return int((await db.execute(RETIRE, keep_from)).rpartition(" ")[2])
