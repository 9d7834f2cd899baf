"""The same rows in two tables on two servers: compared by day in numbers and hashes, copied where they differ.

Rows only ever come (on the day of their arrival) and go (whole contributors, whole months), so that days that are over
are equal after one pass, and a second pass takes moments. Doing it again after a crash goes on where it stopped.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import date

    from api.store.database import Database

COPY_SECONDS = 6 * 3600.0
MOST_ROWS = 2_000_000  # of one transaction, so that a crash costs no more than this
PIECES_AHEAD = 16  # of the stream, while the other server writes
# All columns of a row in one number, summed: the order does not matter, every row does.
DAYS = """
SELECT {day} AS day, count(*) AS rows, sum(hash_record_extended(o, 0)::numeric)::text AS sum
FROM intake.{table} o GROUP BY 1
"""
OUT = "SELECT {columns} FROM intake.{table} WHERE {day} = ANY(string_to_array($1, ',')::date[])"
CLEAR = "DELETE FROM intake.{table} WHERE {day} = ANY($1::date[])"
COLUMNS = """
SELECT attname::text AS name FROM pg_attribute
WHERE attrelid = ('intake.' || $1)::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
HOLD = "LOCK TABLE intake.{table} IN SHARE MODE"


class Side(NamedTuple):
    """A table on one of two servers; `day` is the column by which it is compared in parts (names have none)."""

    db: Database
    table: str
    day: str


class Facts(NamedTuple):
    """A day's rows in two numbers."""

    rows: int
    sum: str


async def facts(side: Side) -> dict[date, Facts]:
    """Every day of a table."""
    query = DAYS.format(table=side.table, day=side.day)
    found = await side.db.fetch(query, timeout=COPY_SECONDS)
    return {row["day"]: Facts(row["rows"], row["sum"]) for row in found}


async def differing(here: Side, there: Side) -> dict[date, int]:
    """Days on which two tables are not the same, with the rows that `here` has then."""
    mine, other = await asyncio.gather(facts(here), facts(there))
    days = mine.keys() | other.keys()
    return {day: mine[day].rows if day in mine else 0 for day in days if mine.get(day) != other.get(day)}


async def equalise(here: Side, there: Side, progress: Callable[[int], None] = lambda _: None) -> int:
    """Make `there` the same as `here` as it is now; how many rows were copied. `progress` is told of each part's."""
    copied = 0
    for part in _parts(await differing(here, there)):
        rows = await _copy(here, there, part)
        progress(rows)
        copied += rows
    return copied


async def proved(here: Side, there: Side) -> int | None:
    """How many rows both have, where counts and hashes of every day are the same; None where they are not."""
    mine, other = await asyncio.gather(facts(here), facts(there))
    return sum(fact.rows for fact in mine.values()) if mine == other else None


def _parts(days: dict[date, int]) -> list[list[date]]:
    """Days in groups of not too many rows, oldest first."""
    parts: list[list[date]] = []
    rows = 0
    for day in sorted(days):
        if not parts or rows + days[day] > MOST_ROWS:
            parts.append([])
            rows = 0
        parts[-1].append(day)
        rows += days[day]
    return parts


async def _copy(here: Side, there: Side, days: Sequence[date]) -> int:
    """Replace some days of `there` by those of `here`, all or none, in one stream from server to server."""
    columns = [row["name"] for row in await here.db.fetch(COLUMNS, here.table)]
    query = OUT.format(columns=", ".join(f'"{name}"' for name in columns), table=here.table, day=here.day)
    stream: asyncio.Queue[bytes | None] = asyncio.Queue(PIECES_AHEAD)

    async def read() -> None:
        told = ",".join(day.isoformat() for day in days)
        await here.db.copy_from_query(query, told, output=stream.put, format="binary", timeout=COPY_SECONDS)
        await stream.put(None)

    async def pieces() -> AsyncIterator[bytes]:
        while (piece := await stream.get()) is not None:
            yield piece

    async with there.db.transaction():
        await there.db.execute(CLEAR.format(table=there.table, day=there.day), days, timeout=COPY_SECONDS)
        async with asyncio.TaskGroup() as group:
            group.create_task(read())
            writing = group.create_task(
                there.db.copy_to_table(
                    there.table,
                    schema_name="intake",
                    columns=columns,
                    source=pieces(),
                    format="binary",
                    timeout=COPY_SECONDS,
                )
            )
    return int(writing.result().rpartition(" ")[2])


async def hold(side: Side) -> None:
    """Let nobody change the table until the transaction ends; reading goes on."""
    await side.db.execute(HOLD.format(table=side.table))
