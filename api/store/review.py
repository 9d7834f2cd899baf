"""`intake.flags`, `intake.findings` and `intake.reviews`: suspected manipulation, and a reviewer's verdicts.

Private; never published. Flags are about contributors, findings about clients and platforms.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date
from typing import Literal, NamedTuple

import polars as pl

from api.store.database import Database

Verdict = Literal["cleared", "confirmed"]

LOG = """
INSERT INTO intake.flags (
    contributor, first_raised_on, last_raised_on, flag, evidence, first_set_aside_on, last_set_aside_on
)
SELECT raised.contributor, $1, $1, raised.flag, raised.evidence, raised.set_aside_on, raised.set_aside_on
FROM (
    SELECT contributor, flag, evidence, CASE WHEN contributor = ANY($5::bigint[]) THEN $1::date END AS set_aside_on
    FROM unnest($2::bigint[], $3::text[], $4::text[]) AS given (contributor, flag, evidence)
) AS raised
JOIN intake.contributors ON number = raised.contributor
ON CONFLICT (contributor, flag) DO UPDATE SET
    first_raised_on = least(flags.first_raised_on, excluded.first_raised_on),
    last_raised_on = greatest(flags.last_raised_on, excluded.last_raised_on),
    first_set_aside_on = least(flags.first_set_aside_on, excluded.first_set_aside_on),
    last_set_aside_on = greatest(flags.last_set_aside_on, excluded.last_set_aside_on),
    evidence = CASE WHEN excluded.last_raised_on >= flags.last_raised_on THEN excluded.evidence ELSE flags.evidence END
"""
SET_ASIDE_BEFORE = """
SELECT DISTINCT contributor FROM intake.flags WHERE first_set_aside_on < $2 AND last_set_aside_on >= (
    SELECT max(as_of) FROM intake.memories WHERE policy = $1 AND as_of < $2 AND is_whole
)
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

LOG_FINDINGS = """
INSERT INTO intake.findings (client_key, first_raised_on, last_raised_on, finding, platform, evidence)
SELECT coalesce(client_key, 0), $1, $1, finding, platform, evidence
FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) AS given (finding, platform, client_key, evidence)
ON CONFLICT (finding, platform, client_key) DO UPDATE SET
    first_raised_on = least(findings.first_raised_on, excluded.first_raised_on),
    last_raised_on = greatest(findings.last_raised_on, excluded.last_raised_on),
    evidence = CASE WHEN excluded.last_raised_on >= findings.last_raised_on THEN excluded.evidence
        ELSE findings.evidence END
"""
FORGET_FINDINGS = "DELETE FROM intake.findings WHERE last_raised_on < $1"
LIST_FINDINGS = """
SELECT finding, findings.platform, client_id, client_name, evidence, first_raised_on, last_raised_on
FROM intake.findings LEFT JOIN intake.clients USING (client_key)
ORDER BY last_raised_on DESC, finding, findings.platform, client_key
"""


class Flagged(NamedTuple):
    """One flag of one contributor, and its latest verdict, if any."""

    contributor: int
    flag: str
    evidence: str
    first_raised_on: date
    last_raised_on: date
    verdict: Verdict | None


class Found(NamedTuple):
    """One finding about a client, or about a platform (without a client)."""

    finding: str
    platform: str
    client_id: str | None
    client_name: str | None
    evidence: str
    first_raised_on: date
    last_raised_on: date


async def log(db: Database, raised: pl.DataFrame, aside: AbstractSet[int], day: date) -> None:
    """Store the flags of a release of `day`, in the shape `analytics.estimator.screening.FLAGS`.

    `aside` are the contributors whose votes were set aside.
    """
    columns = (raised[name].to_list() for name in ("contributor", "flag", "evidence"))
    await db.execute(LOG, day, *columns, sorted(aside))


async def set_aside_before(db: Database, policy: str, day: date) -> frozenset[int]:
    """Return the contributors set aside in the last release before `day`, who are not new on that day."""
    return frozenset(row["contributor"] for row in await db.fetch(SET_ASIDE_BEFORE, policy, day))


async def decided(db: Database, day: date) -> pl.DataFrame:
    """Return the last verdict on each flag up to the end of `day`: contributor, flag, verdict."""
    found = [tuple(row) for row in await db.fetch(DECIDED, day)]
    return pl.DataFrame(found, schema={"contributor": pl.Int64, "flag": pl.String, "verdict": pl.String}, orient="row")


async def listed(db: Database) -> list[Flagged]:
    """Return every flag of contributors that still exist, the latest first."""
    return [Flagged(*row) for row in await db.fetch(LIST)]


async def decide(db: Database, contributor: int, flag: str | None, verdict: Verdict, day: date) -> list[str]:
    """Record `verdict` on a flag of `contributor`, or on all of theirs; return the flags concerned."""
    return sorted(row["flag"] for row in await db.fetch(DECIDE, contributor, day, flag, verdict))


async def log_findings(db: Database, findings: pl.DataFrame, day: date) -> None:
    """Store the findings of a release of `day`, in the shape `analytics.estimator.screening.FINDINGS`."""
    columns = (findings[name].to_list() for name in ("finding", "platform", "client_key", "evidence"))
    await db.execute(LOG_FINDINGS, day, *columns)


async def forget_findings(db: Database, before: date) -> None:
    """Delete the findings that no release raised since `before`."""
    await db.execute(FORGET_FINDINGS, before)


async def listed_findings(db: Database) -> list[Found]:
    """Return every finding, the latest first."""
    return [Found(*row) for row in await db.fetch(LIST_FINDINGS)]
