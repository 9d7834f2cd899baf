"""`intake.notes`: objections and corrections, dated and public. A note can be withdrawn, never changed or deleted."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

import polars as pl

from analytics.tables.supplementary import NOTE
from api.store.database import Database

Kind = Literal["objection", "correction", "note"]
KINDS: tuple[Kind, ...] = ("objection", "correction", "note")

WRITE = """
INSERT INTO intake.notes (client_key, written_on, platform, client_id, kind, text)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING number
"""
WITHDRAW = "UPDATE intake.notes SET withdrawn_on = $2 WHERE number = $1 AND withdrawn_on IS NULL RETURNING number"
LIST = """
SELECT number, platform, client_key, client_id, written_on, withdrawn_on, kind, text FROM intake.notes ORDER BY number
"""
STANDING = """
SELECT platform, client_key, client_id, number AS note, written_on, kind, text FROM intake.notes
WHERE written_on <= $1 AND (withdrawn_on IS NULL OR withdrawn_on > $1) ORDER BY number
"""
CLIENTS = "SELECT client_key, client_id FROM intake.clients WHERE platform = $1"


class Note(NamedTuple):
    """A note without a number yet: about a client, or about a whole platform."""

    platform: str
    client_key: int | None
    client_id: str | None
    kind: Kind
    text: str


class StoredNote(NamedTuple):
    """A stored note."""

    number: int
    platform: str
    client_key: int | None
    client_id: str | None
    written_on: date
    withdrawn_on: date | None
    kind: Kind
    text: str


async def write(db: Database, note: Note, day: date) -> int:
    """Store `note`, written on `day`, and return its number."""
    of = (note.client_key, day, note.platform, note.client_id, note.kind, note.text)
    return int(await db.fetchval(WRITE, *of))


async def withdraw(db: Database, number: int, day: date) -> bool:
    """Take the note out of releases from `day` on; return False if no such note is in force."""
    return await db.fetchval(WITHDRAW, number, day) is not None


async def listed(db: Database) -> list[StoredNote]:
    """Return every note ever written, the oldest first."""
    return [StoredNote(*row) for row in await db.fetch(LIST)]


async def standing(db: Database, day: date) -> pl.DataFrame:
    """Return the notes in force at the end of `day`, in the shape `analytics.tables.supplementary.NOTE`."""
    found = [dict(row) for row in await db.fetch(STANDING, day)]
    return pl.DataFrame(found, schema=NOTE)


async def clients(db: Database, platform: str) -> list[tuple[int, str | None]]:
    """Return the key and the platform's id of every client known on `platform`."""
    return [(row["client_key"], row["client_id"]) for row in await db.fetch(CLIENTS, platform)]
