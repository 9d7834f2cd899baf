"""`intake.daily_use`: counts of what each contributor stored on a day, so that one person cannot fill the disk.

The caller holds the contributors (`api.store.contributors.hold`) in the same transaction, so counts are exact with any
number of processes. Only new rows count: sending again costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from api.store.database import Database

READ = "SELECT contributor, items, names FROM intake.daily_use WHERE day = $1 AND contributor = ANY($2::bigint[])"
ADD = """
INSERT INTO intake.daily_use AS used (contributor, day, items, names)
SELECT contributor, $1, items, names FROM unnest($2::bigint[], $3::int[], $4::int[]) AS sent (contributor, items, names)
ON CONFLICT (contributor, day) DO UPDATE SET items = used.items + excluded.items, names = used.names + excluded.names
"""
ADD_EXPORT = """
INSERT INTO intake.daily_use AS used (contributor, day, exports) VALUES ($1, $2, 1)
ON CONFLICT (contributor, day) DO UPDATE SET exports = used.exports + 1 RETURNING exports
"""
FORGET = "DELETE FROM intake.daily_use WHERE day < $1"
ERASE = "DELETE FROM intake.daily_use WHERE contributor = $1"


class Limits(NamedTuple):
    """The most that one contributor may store in a day."""

    items: int
    names: int


class Use(NamedTuple):
    """Items that one contributor stored on a day, and names that were new."""

    items: int = 0
    names: int = 0


async def of(db: Database, day: date, contributors: Collection[int]) -> dict[int, Use]:
    """Return the use of each of `contributors` on `day` so far."""
    found = await db.fetch(READ, day, list(contributors))
    return dict.fromkeys(contributors, Use()) | {row["contributor"]: Use(row["items"], row["names"]) for row in found}


async def add(db: Database, day: date, more: Mapping[int, Use]) -> None:
    """Add `more` to the counts of `day`."""
    stored = {contributor: use for contributor, use in sorted(more.items()) if any(use)}
    if stored:
        await db.execute(ADD, day, list(stored), *_columns(stored.values()))


def _columns(uses: Iterable[Use]) -> tuple[list[int], list[int]]:
    pairs = list(uses)
    return [use.items for use in pairs], [use.names for use in pairs]


async def add_export(db: Database, day: date, contributor: int) -> int:
    """Count an export taken by `contributor`; return their number of exports on `day`."""
    return int(await db.fetchval(ADD_EXPORT, contributor, day))


async def forget(db: Database, today: date) -> None:
    """Delete the counts of earlier days."""
    await db.execute(FORGET, today)


async def erase(db: Database, contributor: int) -> None:
    """Delete the counts of one contributor."""
    await db.execute(ERASE, contributor)
