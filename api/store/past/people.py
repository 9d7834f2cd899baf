"""What a contributor's standing needs of their past rows, by file, and their erasure from files.

An erasure names the contributor in `intake.past_erased` at once, so that no copy or release has their rows. The next
publish or prune writes these files again without them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import polars as pl
from msgspec import Struct

from api.store.database import Database
from api.store.past.lookup import share_lock
from api.store.past.rows import latest
from api.store.records import KEY

HOURS = 24
SUMMARIES = "SELECT records, summary FROM intake.past_people WHERE contributor = $1"
ERASE = """
WITH gone AS (DELETE FROM intake.past_people WHERE contributor = $1 RETURNING file)
INSERT INTO intake.past_erased (file, contributor) SELECT file, $1 FROM gone
"""
ERASE_MOVED = "DELETE FROM intake.moved_revisions WHERE contributor = $1"


class Summary(Struct, frozen=True, array_like=True):
    """Of one contributor's latest revisions in one file."""

    active_days: list[int]  # since 1970
    task_keys: list[int]
    arrivals: list[tuple[int, int]]  # client, and day of a record's first revision
    first_day: int  # on which the first revision came


class Part(NamedTuple):
    """One contributor's part of a file."""

    contributor: int
    records: int
    summary: bytes


def parts(rows: pl.DataFrame) -> Iterator[Part]:
    """Yield the part of each contributor in a file's rows."""
    first = rows.with_columns(pl.col("received_day").min().over(KEY))
    for (contributor,), some in latest(first).group_by("contributor", maintain_order=True):
        days = some.select(pl.col("claimed_hour") // HOURS).to_series().unique().sort().to_list()
        arrivals = some.select("client_key", "received_day").unique().sort("client_key", "received_day").rows()
        keys = some["task_key"].unique().sort().to_list()
        first_day = some["received_day"].min()
        assert isinstance(contributor, int)
        assert isinstance(first_day, int)
        yield Part(contributor, some.height, msgspec.msgpack.encode(Summary(days, keys, arrivals, first_day)))


async def summaries(db: Database, contributor: int) -> tuple[int, list[Summary]]:
    """Return the number of a contributor's past records, and their summaries."""
    found = await db.fetch(SUMMARIES, contributor)
    decoded = [msgspec.msgpack.decode(row["summary"], type=Summary) for row in found]
    return sum(row["records"] for row in found), decoded


async def erase(db: Database, contributor: int) -> None:
    """Take a contributor's past rows out of everything that is read from now on."""
    await share_lock(db)
    await db.execute(ERASE, contributor)
    await db.execute(ERASE_MOVED, contributor)
