"""Unpaid time, counts and a note for everybody in some facts: so that no table of a test's release is empty."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from analytics.tables.overheads import CLASSES, SPENT
from analytics.tables.supplementary import NOTE, SupplementaryInputs
from analytics.tables.supply import HOURS, SIGHTINGS, SIZES


def everything_beside(hours, day):
    """What people in `hours` (`analytics.tables.work`) might have shared beside their work."""
    people = hours.select("contributor", "platform").unique().sort("contributor", "platform").rows()
    spent = [
        (person, platform, day - timedelta(days=3), *[60.0 + person] * len(CLASSES)) for person, platform in people
    ]
    seen = [
        (
            person,
            platform,
            day - timedelta(days=2),
            [30] * HOURS,
            [person % 5] * HOURS,
            [3, 3, 3, 3, 3, 3],
            [60] * len(SIZES),
            [person % 5] * len(SIZES),
        )
        for person, platform in people
    ]
    note = [(people[0][1], None, None, 1, day, "note", "Simulated.")] if people else []
    return SupplementaryInputs(
        pl.DataFrame(spent, schema=SPENT, orient="row"),
        pl.DataFrame(seen, schema=SIGHTINGS, orient="row"),
        pl.DataFrame(note, schema=NOTE, orient="row"),
    )
