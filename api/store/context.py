"""Inputs of a release besides rates, as of the end of a day: unpaid time by class, counts of listings, notes.

PostgreSQL sums unpaid days, so memory holds a few rows for each person and platform however many days they shared. The
tables that use them ask two things of a day: whether it is recent, and whether it is in the last finished quarter. Days
with the same answers are one row, dated by the last of them.
"""

from __future__ import annotations

import io
from datetime import date, timedelta

import polars as pl

from analytics.tables.countries import quarter_before
from analytics.tables.overheads import CLASSES, SPENT
from analytics.tables.supplementary import SupplementaryInputs
from analytics.tables.work_facts import RECENT_DAYS
from api.store import notes, sightings
from api.store.database import Database

COPY_SECONDS = 3600.0
SUMS = ", ".join(f"sum(round(greatest({name}_seconds, 0) * 1000))::float8 / 1000 AS {name}_seconds" for name in CLASSES)
UNPAID = f"""
SELECT contributor, platform, max(day) AS day, {SUMS}
FROM (
    SELECT DISTINCT ON (contributor, id) * FROM intake.overheads
    WHERE received_on <= $1::date ORDER BY contributor, id, revision DESC
) AS latest
GROUP BY contributor, platform, day > $1::date, day >= $2::date, day BETWEEN $3::date AND $4::date
ORDER BY contributor, platform, 3
"""


async def beside(db: Database, day: date) -> SupplementaryInputs:
    """Return all of them in the shapes of `analytics.tables.supplementary.SupplementaryInputs`."""
    return SupplementaryInputs(await unpaid(db, day), await sightings.known(db, day), await notes.standing(db, day))


async def unpaid(db: Database, day: date) -> pl.DataFrame:
    """Return unpaid time in the shape SPENT, summed over days that the tables of `day` treat alike."""
    text = io.BytesIO()
    bounds = (day, day - timedelta(days=RECENT_DAYS - 1), *quarter_before(day))
    await db.copy_from_query(UNPAID, *bounds, output=text, format="csv", header=True, timeout=COPY_SECONDS)
    text.seek(0)
    return pl.read_csv(text, schema=SPENT)
