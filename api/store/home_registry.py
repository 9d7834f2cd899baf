"""The publisher's memory of homes: the last manifest of each that went into a release, and all their contributors.

`intake.homes` shows whether a home went back to an earlier moment. Contributors are mirrored without secrets, because
flags and verdicts refer to them; those who were erased in their home leave with everything about them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

import polars as pl

from api.errors import BadSettings
from api.store.database import Database

KNOWN = "SELECT home, database, number, schema, through FROM intake.homes ORDER BY home"
REMEMBER = """
INSERT INTO intake.homes (home, database, number, schema, through) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (home) DO UPDATE SET database = excluded.database, number = excluded.number, schema = excluded.schema,
    through = excluded.through
"""
FORGET = "DELETE FROM intake.homes WHERE home = $1 RETURNING home"
OWN_PEOPLE = "SELECT EXISTS (SELECT FROM intake.observations) OR EXISTS (SELECT FROM intake.words)"
NUMBERS = "SELECT number FROM intake.contributors"
ADD = """
INSERT INTO intake.contributors (number, id, secret_hash, enrolled_on, origin)
SELECT number, id, NULL, $4, origin FROM unnest($1::bigint[], $2::uuid[], $3::text[]) AS given (number, id, origin)
"""
REMOVE = "DELETE FROM intake.contributors WHERE number = ANY($1::bigint[])"


class KnownHome(NamedTuple):
    """The manifest of a home that the last release was made from."""

    home: str
    database: UUID
    number: int
    schema: str
    through: date


async def known(db: Database) -> dict[str, KnownHome]:
    """Return every home of the last release, by name."""
    return {row["home"]: KnownHome(*row) for row in await db.fetch(KNOWN)}


async def remember(db: Database, homes: Iterable[KnownHome]) -> None:
    """Store the manifests of the homes in a release."""
    await db.executemany(REMEMBER, list(homes))


async def forget(db: Database, home: str) -> bool:
    """Forget a home that is gone for good; return False if it was not known."""
    return await db.fetchval(FORGET, home) is not None


async def require_no_rows(db: Database) -> None:
    """Require a database without rows of its own, because a publisher's contributors are all in homes.

    Raises:
        BadSettings: It holds rows.
    """
    if await db.fetchval(OWN_PEOPLE):
        raise BadSettings(
            "this database holds rows of its own: publish homes from a database that serves nobody (another --data or "
            "DATABASE_URL), and give this one a name as a home"
        )


async def mirror(db: Database, people: pl.DataFrame, day: date, *, are_all: bool) -> None:
    """Add the contributors of `people` (contributor, origin_code); if they `are_all`, remove others with their flags."""
    before = pl.Series("contributor", [row["number"] for row in await db.fetch(NUMBERS)], dtype=pl.Int64)
    new = people.filter(~pl.col("contributor").is_in(before.implode()))
    gone = before.filter(~before.is_in(people["contributor"].implode()))
    async with db.transaction():
        if are_all:
            await db.execute(REMOVE, gone.to_list())
        numbers = new["contributor"].to_list()
        await db.execute(ADD, numbers, [UUID(int=number) for number in numbers], new["origin_code"].to_list(), day)
