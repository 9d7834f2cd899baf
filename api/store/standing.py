"""What one contributor shared, counted over PostgreSQL and past days; no file is opened.

Late revisions of past records wait in PostgreSQL for a while. Until they are in a file too, a client or task that such
a revision replaced is still counted beside the new one.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import polars as pl

from analytics.estimator.maturity import ARRIVALS as ARRIVALS_SHAPE
from api.store.database import Database
from api.store.past import lookup, people
from api.store.past.rows import day_of

COUNTS = """
WITH latest AS (
    SELECT DISTINCT ON (id) client_key, task_key, claimed_hour FROM intake.observations
    WHERE contributor = $1 ORDER BY id, revision DESC
)
SELECT count(*) AS observations, count(DISTINCT claimed_hour / 24) AS active_days,
    count(DISTINCT (client_key, task_key)) AS tasks, count(DISTINCT client_key) AS clients,
    (SELECT min(received_on) FROM intake.observations WHERE contributor = $1) AS first_received_on
FROM latest
"""
ARRIVALS = """
SELECT DISTINCT contributor, client_key, day - DATE '1970-01-01' AS day FROM (
    SELECT DISTINCT ON (id) contributor, client_key, min(received_on) OVER (PARTITION BY id) AS day
    FROM intake.observations WHERE contributor = $1 ORDER BY id, revision DESC
) AS records
"""
LATEST = """
SELECT DISTINCT ON (id) id, client_key, task_key, claimed_hour / 24 AS active_day,
    min(received_on) OVER (PARTITION BY id) - DATE '1970-01-01' AS first_day
FROM intake.observations WHERE contributor = $1 ORDER BY id, revision DESC
"""


class Counts(NamedTuple):
    """Counts of one contributor's shared records."""

    observations: int
    active_days: int
    tasks: int
    clients: int
    first_received_on: date | None


class Standing(NamedTuple):
    """The counts, and the days on which records first arrived, by client (`analytics.estimator.maturity.ARRIVALS`)."""

    counts: Counts
    arrivals: pl.DataFrame


async def standing(db: Database, contributor: int) -> Standing:
    """Return what `contributor` shared: each record once, by its highest revision."""
    records, summaries = await people.summaries(db, contributor)
    if summaries:
        return await _with_past(db, contributor, records, summaries)
    counts = Counts(*(await db.fetchrow(COUNTS, contributor) or ()))
    found = [tuple(row) for row in await db.fetch(ARRIVALS, contributor)]
    return Standing(counts, pl.DataFrame(found, schema=ARRIVALS_SHAPE, orient="row"))


async def counts(db: Database, contributor: int) -> Counts:
    """Return the counts alone."""
    return (await standing(db, contributor)).counts


async def _with_past(db: Database, contributor: int, records: int, summaries: list[people.Summary]) -> Standing:
    live = await db.fetch(LATEST, contributor)
    late = await lookup.revisions(db, [(contributor, row["id"]) for row in live])
    days = {day for one in summaries for day in one.active_days} | {row["active_day"] for row in live}
    tasks = {key for one in summaries for key in one.task_keys} | {row["task_key"] for row in live}
    arrivals = {tuple(pair) for one in summaries for pair in one.arrivals}
    for row in live:
        past = late.get((contributor, row["id"]), [])
        arrivals.add((row["client_key"], min([row["first_day"], *(one.received_day for one in past)])))
    first = min([row["first_day"] for row in live] + [one.first_day for one in summaries])
    counted = records + len(live) - len(late)
    found = Counts(counted, len(days), len(tasks), len({client for client, _ in arrivals}), day_of(first))
    shape = [(contributor, client, day) for client, day in sorted(arrivals)]
    return Standing(found, pl.DataFrame(shape, schema=ARRIVALS_SHAPE, orient="row"))
