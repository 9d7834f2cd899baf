"""Secrets that a database generates once: for challenges, and for the pseudonyms of imports."""

from __future__ import annotations

import secrets

from api.store.database import Database

SECRET_BYTES = 32
MAKE = "INSERT INTO intake.keys (name, secret) VALUES ($1, $2) ON CONFLICT DO NOTHING"
READ = "SELECT secret FROM intake.keys WHERE name = $1"


async def existing(db: Database, name: str) -> bytes | None:
    """Return the secret called `name`, or None if the database has none."""
    found = await db.fetchval(READ, name)
    return None if found is None else bytes(found)


async def secret(db: Database, name: str) -> bytes:
    """Return the secret called `name`: 32 random bytes, generated at first use, then the same for all."""
    found = await db.fetchval(READ, name)
    if found is None:
        await db.execute(MAKE, name, secrets.token_bytes(SECRET_BYTES))
        found = await db.fetchval(READ, name)
    return bytes(found)
