"""`intake.capture_health` and `intake.account_actions`: one contributor's items by platform and week. Append only; the
highest revision counts."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from api.intake.contract import AccountAction, Health
from api.store.appended import Statements
from api.store.database import Database

HEALTH = Statements(
    """
SELECT id, max(revision) AS revision, min(received_on) AS received_on
FROM intake.capture_health WHERE contributor = $1 AND id = ANY($2::uuid[]) GROUP BY id
""",
    """
INSERT INTO intake.capture_health
    (contributor, id, week, received_on, revision, platform, pack_version, expected_rows, read_rows, changed_pages,
    agreeing_statements, differing_statements)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING
""",
)
ACTIONS = Statements(
    """
SELECT id, max(revision) AS revision, min(received_on) AS received_on
FROM intake.account_actions WHERE contributor = $1 AND id = ANY($2::uuid[]) GROUP BY id
""",
    """
INSERT INTO intake.account_actions (contributor, id, week, received_on, revision, platform, kind, pending_band)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
""",
)
OWN_HEALTH = """
SELECT DISTINCT ON (id) id, revision, platform, pack_version, week, expected_rows, read_rows, changed_pages,
    agreeing_statements, differing_statements, received_on
FROM intake.capture_health WHERE contributor = $1 ORDER BY id, revision DESC
"""
OWN_ACTIONS = """
SELECT DISTINCT ON (id) id, revision, platform, week, kind, pending_band, received_on
FROM intake.account_actions WHERE contributor = $1 ORDER BY id, revision DESC
"""
ERASE_HEALTH = "DELETE FROM intake.capture_health WHERE contributor = $1 RETURNING id"
ERASE_ACTIONS = "DELETE FROM intake.account_actions WHERE contributor = $1 RETURNING id"
RETIRE_HEALTH = "DELETE FROM intake.capture_health WHERE week < $1"
RETIRE_ACTIONS = "DELETE FROM intake.account_actions WHERE week < $1"
SUMMARY = """
WITH latest AS (
    SELECT DISTINCT ON (contributor, id) * FROM intake.capture_health
    WHERE week >= $1 ORDER BY contributor, id, revision DESC
)
SELECT platform, pack_version, week, count(DISTINCT contributor) AS contributors, sum(expected_rows) AS expected_rows,
    sum(read_rows) AS read_rows, sum(changed_pages) AS changed_pages,
    sum(agreeing_statements) AS agreeing_statements, sum(differing_statements) AS differing_statements
FROM latest GROUP BY platform, pack_version, week ORDER BY week DESC, platform, pack_version DESC
"""


class HealthRow(NamedTuple):
    """One revision of one week's counts, in the order of HEALTH's insert."""

    contributor: int
    id: UUID
    week: date
    received_on: date
    revision: int
    platform: str
    pack_version: int
    expected_rows: int
    read_rows: int
    changed_pages: int
    agreeing_statements: int
    differing_statements: int


class ActionRow(NamedTuple):
    """One revision of one account action, in the order of ACTIONS' insert."""

    contributor: int
    id: UUID
    week: date
    received_on: date
    revision: int
    platform: str
    kind: str
    pending_band: str


class WeekHealth(NamedTuple):
    """Counts of one platform, pack version and week, over all contributors."""

    platform: str
    pack_version: int
    week: date
    contributors: int
    expected_rows: int
    read_rows: int
    changed_pages: int
    agreeing_statements: int
    differing_statements: int


def health_row(item: Health, contributor: int, received_on: date) -> HealthRow:
    """Return the row of `item`, sent by `contributor` and first received on `received_on`."""
    rows = (item.expected_rows, item.read_rows, item.changed_pages)
    statements = (item.agreeing_statements, item.differing_statements)
    place = (contributor, item.id, item.week, received_on, item.revision, item.platform, item.pack_version)
    return HealthRow(*place, *rows, *statements)


def action_row(item: AccountAction, contributor: int, received_on: date) -> ActionRow:
    """Return the row of `item`, sent by `contributor` and first received on `received_on`."""
    place = (contributor, item.id, item.week, received_on, item.revision, item.platform)
    return ActionRow(*place, item.kind, item.pending_band)


async def summary(db: Database, since: date) -> list[WeekHealth]:
    """Return the health of each pack version from the week of `since` on, the newest week first."""
    return [WeekHealth(*row.values()) for row in await db.fetch(SUMMARY, since)]


async def erase(db: Database, contributor: int) -> int:
    """Delete everything `contributor` shared here; return the number of items."""
    erased = [await db.fetch(query, contributor) for query in (ERASE_HEALTH, ERASE_ACTIONS)]
    return len({row["id"] for rows in erased for row in rows})


async def retire(db: Database, keep_from: date) -> None:
    """Delete weeks before `keep_from`."""
    for query in (RETIRE_HEALTH, RETIRE_ACTIONS):
        await db.execute(query, keep_from)
