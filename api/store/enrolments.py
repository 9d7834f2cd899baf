"""Counts of enrolments across all processes, by place and day, and by hour. Nothing is kept longer than two days.

A place is not an address: see `api.intake.enrolment.place`. The caller owns the transaction, so a failed enrolment is
not counted.
"""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta

from api.intake.enrolment import place
from api.store.database import Database

SALT_BYTES = 32
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SALT = "SELECT salt FROM intake.enrolment_salts WHERE day = $1"
MAKE_SALT = "INSERT INTO intake.enrolment_salts (day, salt) VALUES ($1, $2) ON CONFLICT DO NOTHING"
COUNT_PLACE = """
INSERT INTO intake.enrolment_places AS places (day, place, used) VALUES ($1, $2, 1)
ON CONFLICT (day, place) DO UPDATE SET used = places.used + 1 RETURNING used
"""
COUNT_HOUR = """
INSERT INTO intake.enrolment_hours AS hours (hour, used) VALUES ($1, 1)
ON CONFLICT (hour) DO UPDATE SET used = hours.used + 1
"""
HOURS = "SELECT hour, used FROM intake.enrolment_hours WHERE hour = ANY($1::timestamptz[])"
FORGET = (
    "DELETE FROM intake.enrolment_salts WHERE day < $1",
    "DELETE FROM intake.enrolment_places WHERE day < $1",
)
FORGET_HOURS = "DELETE FROM intake.enrolment_hours WHERE hour < $1"


async def count(db: Database, address: str | None, now: datetime) -> int:
    """Count an enrolment from `address`; return the number from its place today, this one included."""
    salt = await _salt(db, now.date())
    used = await db.fetchval(COUNT_PLACE, now.date(), place(address, salt))
    await db.execute(COUNT_HOUR, _hour(now))
    return int(used)


async def _salt(db: Database, day: date) -> bytes:
    found = await db.fetchval(SALT, day)
    if found is None:
        await db.execute(MAKE_SALT, day, secrets.token_bytes(SALT_BYTES))
        found = await db.fetchval(SALT, day)
    return bytes(found)


async def rate(db: Database, now: datetime) -> float:
    """Return the enrolments of the last hour: this clock hour's, plus a proportional share of the previous one's."""
    this, before = _hour(now), _hour(now) - HOUR
    found = {row["hour"]: row["used"] for row in await db.fetch(HOURS, [this, before])}
    return float(found.get(this, 0) + found.get(before, 0) * (1 - (now - this) / HOUR))


async def forget(db: Database, now: datetime) -> None:
    """Delete salts and counts of earlier days; without the salt, a place can no longer be identified."""
    for statement in FORGET:
        await db.execute(statement, now.date())
    await db.execute(FORGET_HOURS, _hour(now) - DAY)


def _hour(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
