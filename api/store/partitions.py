"""Monthly partitions of raw rows: made ahead, dropped after the retention period. Ranges of the key, which begins with
the hour.

`observations_2026_11` holds ids of that month, `observations_older` those before the first month (imports).
`observations_rest` holds all others: a wrong clock may give any month, and no row is refused for lack of a partition.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg

from api.store.database import Database
from api.store.locks import READING

MONTHS_AHEAD = 2  # a server that was not restarted for a month still has one in reserve
_LOCK = 7_204_003
WHOLE = "observations"
REST, OLDER = "_rest", "_older"
MONTH_NAME = re.compile(r"observations_(\d{4})_(\d{2})")

# A transaction that waits for a lock blocks all that queue behind it: give up soon and try again in an hour.
PATIENCE = "SET LOCAL lock_timeout = '2s'"
ALONE = "SELECT pg_advisory_xact_lock($1)"
THERE = """
SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = 'intake.observations'::regclass ORDER BY relname
"""
# Made apart and then attached: this needs no lock that readers or writers of other months hold.
MAKE = "CREATE TABLE intake.{name} (LIKE intake.observations INCLUDING ALL)"
CATCH_UP = """
WITH moved AS (DELETE FROM intake.observations_rest WHERE id >= '{first}' AND id < '{last}' RETURNING *)
INSERT INTO intake.{name} SELECT * FROM moved
"""
ATTACH = "ALTER TABLE intake.observations ATTACH PARTITION intake.{name} FOR VALUES FROM ({first}) TO ('{last}')"
DETACH = "ALTER TABLE intake.observations DETACH PARTITION intake.{name}"
ARCHIVE = "SELECT coalesce(array_agg(number), '{}') FROM intake.contributors WHERE origin = 'a'"
KEEP_ARCHIVE = "INSERT INTO intake.observations SELECT o.* FROM intake.{name} o WHERE o.contributor = ANY($1::bigint[])"
DROP = "DROP TABLE intake.{name}"
COUNT = "SELECT count(*) FROM intake.{name}"
LOCK = "LOCK TABLE intake.{name} IN ACCESS EXCLUSIVE MODE"
TRY_ALONE = "SELECT pg_try_advisory_xact_lock($1)"
LEAST_BYTES, ROW_BYTES = 1_000_000, 1_600  # of a table that is worth it, and for each row in it
IS_EMPTIED = f"""
SELECT size > {LEAST_BYTES} AND size > {ROW_BYTES} * (SELECT count(*) FROM intake.{{name}})
FROM pg_total_relation_size('intake.{{name}}') AS size
"""
REFILL = (
    "CREATE TEMPORARY TABLE still_there ON COMMIT DROP AS SELECT * FROM intake.{name}",
    "TRUNCATE intake.{name}",
    "INSERT INTO intake.{name} SELECT * FROM still_there",
)
DELETE_OLD = "DELETE FROM intake.{name} WHERE contributor <> ALL($1::bigint[]) AND id < '{last}'"


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
    """Months and rows that retention removed."""

    months: list[str]
    rows: int


def lowest_id(day: date) -> UUID:
    """Return the smallest id that the first hour of `day` can have."""
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return UUID(int=max(int(instant.timestamp() * 1000), 0) << 80)


async def months(db: Database) -> list[Month]:
    """Return the months that have a table, oldest first."""
    found = (MONTH_NAME.fullmatch(row["relname"]) for row in await db.fetch(THERE))
    return [Month(int(match[1]), int(match[2])) for match in found if match]


async def ahead(db: Database, today: date) -> list[str]:
    """Create the missing months from today's to `MONTHS_AHEAD` later; return the names of the new tables.

    If a reader of the rest blocks the lock, nothing is created. The next call tries again, and until then rows of that
    month go to the rest.
    """
    try:
        async with db.transaction():
            await db.execute(PATIENCE)
            await db.execute(ALONE, _LOCK)
            return await _make_missing(db, Month.of(today))
    except asyncpg.LockNotAvailableError:
        return []


async def ahead_at(dsn: str, today: date) -> list[str]:
    """Create the same months over a separate connection, before anything is served."""
    db = await asyncpg.connect(dsn)
    try:
        return await ahead(db, today)
    finally:
        await db.close()


async def _make_missing(db: Database, current: Month) -> list[str]:
    there = await months(db)
    wanted = [current.after(step) for step in range(MONTHS_AHEAD + 1)]
    missing = [month for month in wanted if month not in there]
    if not there:
        await _make(db, OLDER, None, current)
    for month in missing:
        await _make(db, month.suffix, month, month.after())
    return [month.name for month in missing]


async def _make(db: Database, suffix: str, first: Month | None, last: Month) -> None:
    begin = lowest_id(first.first) if first else UUID(int=0)
    end = lowest_id(last.first)
    name = f"{WHOLE}{suffix}"
    await db.execute(MAKE.format(name=name))
    await db.execute(CATCH_UP.format(name=name, first=begin, last=end))
    await db.execute(ATTACH.format(name=name, first=f"'{begin}'" if first else "MINVALUE", last=end))


async def archive(db: Database) -> list[int]:
    """Return contributors whose rows were imported and are kept for ever."""
    found: list[int] = await db.fetchval(ARCHIVE)
    return found


async def retire(db: Database, keep_from: date, archive: list[int]) -> Retired:
    """Delete what contributors shared before the day `keep_from`; rows of those in `archive` stay.

    Months wholly before that day are dropped as tables. Rows of its own month, and of those without a month, are
    deleted one by one. All happens in one transaction.
    """
    async with db.transaction():
        await db.execute(PATIENCE)
        await db.execute(ALONE, _LOCK)
        old = [month for month in await months(db) if month.after().first <= keep_from]
        rows = sum([await _drop(db, month, archive) for month in old])
        rows += await _thin(db, keep_from, archive)
    return Retired([month.name for month in old], rows)


async def shrink(db: Database, before: date) -> list[str]:
    """Give the disk back that rows of months before `before` had, where only few are left; return the tables.

    A table is emptied and the few rows put back. A reader of an earlier snapshot would miss them, so nothing is done
    while one holds the lock READING, or the table.
    """
    done = []
    old = {month.name for month in await months(db) if month.after().first <= before} | {f"{WHOLE}{OLDER}"}
    for name in sorted(old & {row["relname"] for row in await db.fetch(THERE)}):
        try:
            async with db.transaction():
                await db.execute(PATIENCE)
                await db.execute(LOCK.format(name=name))
                if await db.fetchval(TRY_ALONE, READING) and await db.fetchval(IS_EMPTIED.format(name=name)):
                    for statement in REFILL:
                        await db.execute(statement.format(name=name))
                    done.append(name)
        except asyncpg.LockNotAvailableError:
            continue
    return done


async def _thin(db: Database, keep_from: date, archive: list[int]) -> int:
    """Delete single rows from the month of `keep_from`, and from the partitions without a month."""
    end, rows = lowest_id(keep_from), 0
    partial = {f"{WHOLE}{suffix}" for suffix in (REST, OLDER, Month.of(keep_from).suffix)}
    for name in (row["relname"] for row in await db.fetch(THERE)):
        if name in partial:
            rows += _affected(await db.execute(DELETE_OLD.format(name=name, last=end), archive))
    return rows


async def _drop(db: Database, month: Month, archive: list[int]) -> int:
    name = month.name
    held = await db.fetchval(COUNT.format(name=name))
    await db.execute(DETACH.format(name=name))
    saved = _affected(await db.execute(KEEP_ARCHIVE.format(name=name), archive))
    await db.execute(DROP.format(name=name))
    return int(held) - saved


def _affected(tag: str) -> int:
    return int(tag.rpartition(" ")[2])


def too_old(today: date, keep_days: int) -> date:
    """Return the first day whose rows are kept."""
    return today - timedelta(days=keep_days)
