"""`intake.flags` and `intake.reviews`: who looked like a liar, and what a person decided. Private; never published."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

import polars as pl

from api.store.database import Database

Verdict = Literal["cleared", "confirmed"]

LOG = """
INSERT INTO intake.flags (contributor, first_raised_on, last_raised_on, flag, evidence)
SELECT raised.contributor, $1, $1, raised.flag, raised.evidence
FROM unnest($2::int[], $3::text[], $4::text[]) AS raised (contributor, flag, evidence)
JOIN intake.contributors ON number = raised.contributor
ON CONFLICT (contributor, flag) DO UPDATE SET
    first_raised_on = least(flags.first_raised_on, excluded.first_raised_on),
    last_raised_on = greatest(flags.last_raised_on, excluded.last_raised_on),
    evidence = CASE WHEN excluded.last_raised_on >= flags.last_raised_on THEN excluded.evidence ELSE flags.evidence END
"""
DECIDED = """
SELECT DISTINCT ON (contributor, flag) contributor, flag, verdict
FROM intake.reviews WHERE decided_on <= $1 ORDER BY contributor, flag, number DESC
"""
LIST = """
SELECT contributor, flag, evidence, first_raised_on, last_raised_on,
    (SELECT verdict FROM intake.reviews WHERE (contributor, flag) = (flags.contributor, flags.flag)
     ORDER BY number DESC LIMIT 1) AS verdict
FROM intake.flags ORDER BY last_raised_on DESC, contributor, flag
"""
DECIDE = """
INSERT INTO intake.reviews (contributor, decided_on, flag, verdict)
SELECT contributor, $2, flag, $4 FROM intake.flags
WHERE contributor = $1 AND ($3::text IS NULL OR flag = $3) RETURNING flag
"""


class Flagged(NamedTuple):
    """One flag of one contributor, and the last word on it, if any."""

    contributor: int
    flag: str
    evidence: str
    first_raised_on: date
    last_raised_on: date
    verdict: Verdict | None


async def log(db: Database, raised: pl.DataFrame, day: date) -> None:
    """Keep the flags of a release of `day`, in the shape `analytics.estimator.screening.FLAGS`."""
    columns = (raised[name].to_list() for name in ("contributor", "flag", "evidence"))
    await db.execute(LOG, day, *columns)


async def decided(db: Database, day: date) -> pl.DataFrame:
    """The last verdict up to the end of `day` on each flag: contributor, flag, verdict."""
    found = [tuple(row) for row in await db.fetch(DECIDED, day)]
    return pl.DataFrame(found, schema={"contributor": pl.Int64, "flag": pl.String, "verdict": pl.String}, orient="row")


async def listed(db: Database) -> list[Flagged]:
    """Every flag ever raised on contributors that are still here, the latest first."""
    return [Flagged(*row) for row in await db.fetch(LIST)]


async def decide(db: Database, contributor: int, flag: str | None, verdict: Verdict, day: date) -> list[str]:
    """Record `verdict` on a flag of `contributor`, or on all of theirs; the flags it is about."""
    return sorted(row["flag"] for row in await db.fetch(DECIDE, contributor, day, flag, verdict))
