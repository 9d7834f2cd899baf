"""What a release tells beside rates: unpaid time by class, counts of listings, notes; as known at the end of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analytics.companions import Beside
from analytics.unpaid import SPENT
from api.store import notes, sightings

if TYPE_CHECKING:
    from datetime import date

    from api.store.database import Database

UNPAID = """
SELECT DISTINCT ON (contributor, id) contributor, platform, day, search_seconds, watch_seconds, preview_seconds,
    qualification_seconds, messages_seconds, payment_seconds, learning_seconds
FROM intake.overheads WHERE received_on <= $1 ORDER BY contributor, id, revision DESC
"""


async def beside(db: Database, day: date) -> Beside:
    """All of it, in the shapes of `analytics.companions.Beside`."""
    spent = pl.DataFrame([tuple(row) for row in await db.fetch(UNPAID, day)], schema=SPENT, orient="row")
    return Beside(spent, await sightings.known(db, day), await notes.standing(db, day))
