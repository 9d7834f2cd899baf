"""`intake.contributors`: enrol, recognise by the hash of a secret, change, erase; also used proofs of work."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from api.store import codes
from api.store.database import Database

USE_CHALLENGE = "INSERT INTO intake.challenges (hash, expires_hour) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1"
FORGET_CHALLENGES = "DELETE FROM intake.challenges WHERE expires_hour < $1"
ENROL = """
INSERT INTO intake.contributors (number, id, secret_hash, enrolled_on, origin, country)
VALUES ($1, $2, $3, $4, $5, $6)
"""
RECOGNISE = "SELECT number, id, enrolled_on, country FROM intake.contributors WHERE secret_hash = $1"
HOLD = "SELECT number FROM intake.contributors WHERE number = ANY($1::bigint[]) ORDER BY number FOR NO KEY UPDATE"
MOVE = "UPDATE intake.contributors SET country = $2 WHERE number = $1"
ERASE = "DELETE FROM intake.contributors WHERE number = $1"


class Contributor(NamedTuple):
    """A pseudonymous installation, by the number in its rows (`number`) and by its public id (`id`)."""

    number: int
    id: UUID
    enrolled_on: date
    country: str | None


class NewContributor(NamedTuple):
    """A contributor who enrols, with the hash of their secret."""

    id: UUID
    secret_hash: bytes
    enrolled_on: date
    country: str | None


async def use_challenge(db: Database, digest: bytes, expires_hour: datetime, now: datetime) -> bool:
    """Mark a proof of work as used; return False if it was used before. Expired ones are deleted."""
    await db.execute(FORGET_CHALLENGES, now)
    return bool(await db.fetchval(USE_CHALLENGE, digest, expires_hour))


async def forget_challenges(db: Database, now: datetime) -> None:
    """Delete used proofs of work that have expired."""
    await db.execute(FORGET_CHALLENGES, now)


async def enrol(db: Database, new: NewContributor) -> int:
    """Insert a new contributor and return the number for their rows."""
    number = new_number()
    await db.execute(ENROL, number, new.id, new.secret_hash, new.enrolled_on, codes.ORIGIN["crowd"], new.country)
    return number


async def recognise(db: Database, secret_hash: bytes) -> Contributor | None:
    """Return the contributor whose secret has this hash, or None."""
    row = await db.fetchrow(RECOGNISE, secret_hash)
    return Contributor(row["number"], row["id"], row["enrolled_on"], row["country"]) if row else None


def new_number() -> int:
    """Return a number for a new contributor: 63 random bits, so that two servers never assign the same one."""
    return secrets.randbits(63)


async def hold(db: Database, numbers: Collection[int]) -> set[int]:
    """Lock those of `numbers` that exist until the transaction ends, and return them.

    A locked contributor cannot be erased, and no other transaction can store rows for them. Stored records therefore
    cannot change while a revision of them is stored.
    """
    return {row["number"] for row in await db.fetch(HOLD, sorted(numbers))}


async def move(db: Database, number: int, country: str | None) -> None:
    """Set or clear the country that a contributor declares."""
    await db.execute(MOVE, number, country)


async def erase(db: Database, number: int) -> None:
    """Delete the contributor, after any batch of theirs that is being stored; later batches are refused."""
    await db.execute(ERASE, number)
