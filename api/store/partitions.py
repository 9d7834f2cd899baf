"""Months of raw rows: made ahead, dropped when they are too old to keep. Ranges of the key, which begins with
the hour.

`observations_2026_11` holds ids of that month, `observations_older` what was before the first month (imports),
`observations_rest` what belongs to none: it catches whatever a turned clock brings, so no row is ever refused
for want of a month.

Where rows are spread over servers, each partition by client that a shard has is cut into months in the same way
(`observations_p03_2026_11`), and the coordinator has none.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.store.database import Database

MONTHS_AHEAD = 2  # a server that was never restarted for a month still has one in hand
_LOCK = 7_204_003
WHOLE = "observations"
REST, OLDER = "_rest", "_older"
MONTH_NAME = re.compile(r"(.+)_(\d{4})_(\d{2})")

# Whoever waits for a lock makes everybody behind wait too: rather try again in an hour.
PATIENCE = "SET LOCAL lock_timeout = '2s'"
ALONE = "SELECT pg_advisory_xact_lock($1)"
ROOTS = """
SELECT relname::text FROM pg_partitioned_table JOIN pg_class ON oid = partrelid
WHERE relnamespace = 'intake'::regnamespace AND partstrat = 'r' AND relname ~ '^observations(_p[0-9]{2})?$'
ORDER BY relname
"""
THERE = """
SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = ('intake.' || $1)::regclass ORDER BY relname
"""
# Made apart and then attached: that asks for no lock that readers or writers of other months hold.
MAKE = "CREATE TABLE intake.{name} (LIKE intake.{root} INCLUDING ALL)"
CATCH_UP = """
WITH moved AS (DELETE FROM intake.{root}_rest WHERE id >= '{first}' AND id < '{last}' RETURNING *)
INSERT INTO intake.{name} SELECT * FROM moved
"""
ATTACH = "ALTER TABLE intake.{root} ATTACH PARTITION intake.{name} FOR VALUES FROM ({first}) TO ('{last}')"
DETACH = "ALTER TABLE intake.{root} DETACH PARTITION intake.{name}"
ARCHIVE = "SELECT coalesce(array_agg(number), '{}') FROM intake.contributors WHERE origin = 'a'"
KEEP_ARCHIVE = "INSERT INTO intake.{root} SELECT o.* FROM intake.{name} o WHERE o.contributor = ANY($1::int[])"
DROP = "DROP TABLE intake.{name}"
COUNT = "SELECT count(*) FROM intake.{name}"
DELETE_OLD = "DELETE FROM intake.{name} WHERE contributor <> ALL($1::int[]) AND id < '{last}'"


class Month(NamedTuple):
    """One calendar month, UTC."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @property
    def suffix(self) -> str:
        return f"_{self.year:04}_{self.month:02}"

    @property
    def name(self) -> str:
        return f"{WHOLE}{self.suffix}"

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    def after(self, months: int = 1) -> Month:
        number = self.year * 12 + self.month - 1 + months
        return Month(number // 12, number % 12 + 1)


class Retired(NamedTuple):
    """What retention took away."""

    months: list[str]
    rows: int


def lowest_id(day: date) -> UUID:
    """The least id that the first hour of `day` can have."""
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return UUID(int=max(int(instant.timestamp() * 1000), 0) << 80)


async def roots(db: Database) -> list[str]:
    """The tables here that are cut into months: one on a single server, one a partition on a shard."""
    return [row["relname"] for row in await db.fetch(ROOTS)]


async def months(db: Database, root: str = WHOLE) -> list[Month]:
    """The months of `root` that have a table, oldest first."""
    found = (MONTH_NAME.fullmatch(row["relname"]) for row in await db.fetch(THERE, root))
    return [Month(int(match[2]), int(match[3])) for match in found if match]


async def ahead(db: Database, today: date) -> list[str]:
    """Make the months from today's to `MONTHS_AHEAD` later that are not there yet; the names of those made.

    Where somebody reads the rest for so long that the lock is not to be had, nothing is made: the next call
    will, and until then rows of that month land in the rest.
    """
    made: list[str] = []
    for root in await roots(db):
        try:
            async with db.transaction():
                await db.execute(PATIENCE)
                await db.execute(ALONE, _LOCK)
                made += await _make_missing(db, root, Month.of(today))
        except asyncpg.LockNotAvailableError:
            continue
    return made


async def ahead_at(dsn: str, today: date) -> list[str]:
    """The same by a connection of its own: before anything is served."""
    db = await asyncpg.connect(dsn)
    try:
        return await ahead(db, today)
    finally:
        await db.close()


async def _make_missing(db: Database, root: str, current: Month) -> list[str]:
    there = await months(db, root)
    wanted = [current.after(step) for step in range(MONTHS_AHEAD + 1)]
    missing = [month for month in wanted if month not in there]
    if not there:
        await _make(db, root, OLDER, None, current)
    for month in missing:
        await _make(db, root, month.suffix, month, month.after())
    return [f"{root}{month.suffix}" for month in missing]


async def _make(db: Database, root: str, suffix: str, first: Month | None, last: Month) -> None:
    begin = lowest_id(first.first) if first else UUID(int=0)
    end = lowest_id(last.first)
    name = f"{root}{suffix}"
    await db.execute(MAKE.format(root=root, name=name))
    await db.execute(CATCH_UP.format(root=root, name=name, first=begin, last=end))
    await db.execute(ATTACH.format(root=root, name=name, first=f"'{begin}'" if first else "MINVALUE", last=end))


async def like(db: Database, root: str, wanted: Sequence[Month]) -> None:
    """Cut the new table `root` into the same months as another one is; nothing where it is cut already."""
    if not wanted or await months(db, root):
        return
    async with db.transaction():
        await db.execute(ALONE, _LOCK)
        await _make(db, root, OLDER, None, wanted[0])
        for month in wanted:
            await _make(db, root, month.suffix, month, month.after())


async def archive(db: Database) -> list[int]:
    """Those whose rows came by import and are kept for ever. A shard does not know them: the coordinator does."""
    found: list[int] = await db.fetchval(ARCHIVE)
    return found


async def retire(db: Database, keep_from: date, archive: list[int]) -> Retired:
    """Take away what contributors shared before the day `keep_from`; rows of those in `archive` stay.

    A month that is wholly before it goes as a table; of the month in which the day lies, and of what has no
    month, rows go one by one. One transaction: all or nothing.
    """
    gone, rows = set(), 0
    async with db.transaction():
        await db.execute(PATIENCE)
        await db.execute(ALONE, _LOCK)
        for root in await roots(db):
            old = [month for month in await months(db, root) if month.after().first <= keep_from]
            for month in old:
                rows += await _drop(db, root, month, archive)
            gone |= set(old)
            rows += await _thin(db, root, keep_from, archive)
    return Retired([month.name for month in sorted(gone)], rows)


async def _thin(db: Database, root: str, keep_from: date, archive: list[int]) -> int:
    """Take single rows from the month in which the day lies, and from what has no month."""
    end, rows = lowest_id(keep_from), 0
    partial = {f"{root}{suffix}" for suffix in (REST, OLDER, Month.of(keep_from).suffix)}
    for name in (row["relname"] for row in await db.fetch(THERE, root)):
        if name in partial:
            rows += _affected(await db.execute(DELETE_OLD.format(name=name, last=end), archive))
    return rows


async def _drop(db: Database, root: str, month: Month, archive: list[int]) -> int:
    name = f"{root}{month.suffix}"
    held = await db.fetchval(COUNT.format(name=name))
    await db.execute(DETACH.format(root=root, name=name))
    saved = _affected(await db.execute(KEEP_ARCHIVE.format(root=root, name=name), archive))
    await db.execute(DROP.format(name=name))
    return int(held) - saved


def _affected(tag: str) -> int:
    return int(tag.rpartition(" ")[2])


def too_old(today: date, keep_days: int) -> date:
    """The first day whose rows are kept."""
    return today - timedelta(days=keep_days)
