"""What a release tells beside rates: unpaid time by class, counts of listings, notes; as known at the end of a day."""

from __future__ import annotations

from datetime import date

import polars as pl

from analytics.tables.overheads import SPENT
from analytics.tables.supplementary import Beside
from api.store import notes, sightings
from api.store.database import Database

UNPAID = """
SELECT DISTINCT ON (contributor, id) contributor, platform, day, search_seconds, watch_seconds, preview_seconds,
    qualification_seconds, messages_seconds, payment_seconds, learning_seconds
FROM intake.overheads WHERE received_on <= $1 ORDER BY contributor, id, revision DESC
"""


async def beside(db: Database, day: date) -> Beside:
    """All of it, in the shapes of `analytics.tables.supplementary.Beside`."""
    spent = pl.DataFrame([tuple(row) for row in await db.fetch(UNPAID, day)], schema=SPENT, orient="row")
    return Beside(spent, await sightings.known(db, day), await notes.standing(db, day))
