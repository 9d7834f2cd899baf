"""Secrets that a database makes for itself, once: for challenges, for the pseudonyms of imports."""

from __future__ import annotations

import secrets

from api.store.database import Database

SECRET_BYTES = 32
MAKE = "INSERT INTO intake.keys (name, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING"
READ = "SELECT secret FROM intake.keys WHERE name = $1"


async def existing(db: Database, name: str) -> bytes | None:
    """The secret called `name`, None where the database has none."""
    found = await db.fetchval(READ, name)
    return None if found is None else bytes(found)


async def secret(db: Database, name: str) -> bytes:
    """The secret called `name`: 32 random bytes, made when first asked for, then the same for all."""
    found = await db.fetchval(READ, name)
    if found is None:
        await db.execute(MAKE, name, secrets.token_bytes(SECRET_BYTES))
        found = await db.fetchval(READ, name)
    return bytes(found)
