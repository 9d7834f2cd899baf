"""Counts of enrolments across all processes, by place and day, and by hour. Nothing is kept longer than two days.

A place is not an address: see `api.intake.enrolment.places`. The caller owns the transaction, so a failed enrolment is
not counted. Challenges are counted too, for two hours: else many could be asked at the base price and solved later.
"""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta

from api.intake.enrolment import places
from api.store.database import Database

SALT_BYTES = 32
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_ENROLLED = "enrolled"
SALT = "SELECT salt FROM intake.enrolment_salts WHERE day = $1"
MAKE_SALT = "INSERT INTO intake.enrolment_salts (day, salt) VALUES ($1, $2) ON CONFLICT DO NOTHING"
COUNT_PLACES = """
INSERT INTO intake.enrolment_places AS places (day, place, used) SELECT $1, unnest($2::int[]), 1
ON CONFLICT (day, place) DO UPDATE SET used = places.used + 1
"""
PLACES = "SELECT place, used FROM intake.enrolment_places WHERE day = $1 AND place = ANY($2::int[])"
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


async def count(db: Database, address: str | None, now: datetime) -> None:
    """Count an enrolment from `address`."""
    await _add(db, now.date(), places(address, await _salt(db, now.date()), _ENROLLED))
    await db.execute(COUNT_HOUR, _hour(now))


async def crowd(db: Database, address: str | None, usual_per_day: int, now: datetime) -> float:
    """Count a challenge asked from `address`; return its enrolment's number there, as a multiple of the usual number.

    The number is that of today's enrolments or of the challenges of this clock hour and the last, whichever is larger.
    """
    day, salt = now.date(), await _salt(db, now.date())
    enrolled = places(address, salt, _ENROLLED)
    asked, asked_before = (places(address, salt, f"asked {_hour(when).isoformat()}") for when in (now, now - HOUR))
    await _add(db, day, asked)
    found = await db.fetch(PLACES, day, [place for place, _ in (*enrolled, *asked, *asked_before)])
    used: dict[int, int] = {row["place"]: row["used"] for row in found}
    numbers = (
        max(used.get(done, 0) + 1, used.get(this, 0) + used.get(before, 0)) / share
        for (done, share), (this, _), (before, _) in zip(enrolled, asked, asked_before, strict=True)
    )
    return max(numbers) / usual_per_day


async def _add(db: Database, day: date, counted: list[tuple[int, int]]) -> None:
    """Count one in each place; in order, so that two transactions never wait for each other."""
    await db.execute(COUNT_PLACES, day, sorted({place for place, _ in counted}))


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
