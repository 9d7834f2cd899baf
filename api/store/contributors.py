"""`intake.contributors`: enrol, recognise by the hash of a secret, change, erase; and the used proofs of
work.
"""

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
    """A pseudonymous install, as rows know it (`number`) and as it knows itself (`id`)."""

    number: int
    id: UUID
    enrolled_on: date
    country: str | None


class NewContributor(NamedTuple):
    """Who enrols: the secret's hash only."""

    id: UUID
    secret_hash: bytes
    enrolled_on: date
    country: str | None


async def use_challenge(db: Database, digest: bytes, expires_hour: datetime, now: datetime) -> bool:
    """Mark a proof of work as used; False where it was used before. Those expired anyway are forgotten."""
    await db.execute(FORGET_CHALLENGES, now)
    return bool(await db.fetchval(USE_CHALLENGE, digest, expires_hour))


async def forget_challenges(db: Database, now: datetime) -> None:
    """Forget used proofs of work that have expired anyway."""
    await db.execute(FORGET_CHALLENGES, now)


async def enrol(db: Database, new: NewContributor) -> int:
    """Keep a new contributor, and return the number that their rows will carry."""
    number = new_number()
    await db.execute(ENROL, number, new.id, new.secret_hash, new.enrolled_on, codes.ORIGIN["crowd"], new.country)
    return number


async def recognise(db: Database, secret_hash: bytes) -> Contributor | None:
    """Whose secret this is the hash of."""
    row = await db.fetchrow(RECOGNISE, secret_hash)
    return Contributor(row["number"], row["id"], row["enrolled_on"], row["country"]) if row else None


def new_number() -> int:
    """Return a number for a new contributor: 63 random bits, so that no two servers ever give the same."""
    return secrets.randbits(63)


async def hold(db: Database, numbers: Collection[int]) -> set[int]:
    """Return those of `numbers` that still exist. Until the transaction ends, none of them can be erased, and nobody
    else can store for them: what is kept of a record cannot change while a revision of it is stored.
    """
    return {row["number"] for row in await db.fetch(HOLD, sorted(numbers))}


async def move(db: Database, number: int, country: str | None) -> None:
    """Set or take away the country that a contributor gives of themselves."""
    await db.execute(MOVE, number, country)


async def erase(db: Database, number: int) -> None:
    """Forget the contributor; waits for a batch of theirs that is being stored, and lets no later one in."""
    await db.execute(ERASE, number)
