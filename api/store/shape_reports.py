"""`intake.shape_reports`: shapes of changed pages, sent by workers for pack maintainers. Nothing identifies the
sender."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from api.intake.contract import ShapeReport
from api.store.database import Database

MOST_A_DAY = 50  # of one platform: the first few show that a site changed
KEPT_FOR = timedelta(days=180)

INSERT = """
INSERT INTO intake.shape_reports (platform, pack_version, page, received_on, report)
SELECT $1, $2, $3, $4, $5
WHERE (SELECT count(*) FROM intake.shape_reports WHERE platform = $1 AND received_on = $4) < $6
RETURNING number
"""
RETIRE = "DELETE FROM intake.shape_reports WHERE received_on < $1"
NEWEST = """
SELECT number, platform, pack_version, page, received_on, length(report) AS letters
FROM intake.shape_reports ORDER BY number DESC LIMIT $1
"""
WHOLE = "SELECT report FROM intake.shape_reports WHERE number = $1"


class Listed(NamedTuple):
    """One report without its text."""

    number: int
    platform: str
    pack_version: int
    page: str
    received_on: date
    letters: int


async def keep(db: Database, report: ShapeReport, today: date) -> bool:
    """Store a report, and delete expired ones; return False if the platform has enough of them today."""
    await db.execute(RETIRE, today - KEPT_FOR)
    row = (report.platform, report.pack_version, report.page, today, report.report)
    return await db.fetchval(INSERT, *row, MOST_A_DAY) is not None


async def newest(db: Database, most: int) -> list[Listed]:
    """Return the newest reports first."""
    return [Listed(*row.values()) for row in await db.fetch(NEWEST, most)]


async def whole(db: Database, number: int) -> str | None:
    """Return the text of a report, or None if there is no such number."""
    text: str | None = await db.fetchval(WHOLE, number)
    return text
