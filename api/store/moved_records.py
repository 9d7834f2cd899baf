"""Records that name another client in a later revision: the highest revision counts, wherever its client's rows are.

Partitions are cut by client, so one record's revisions may be in several. They are few: a query lists them, and each
partition learns which of its rows no longer count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import polars as pl

from api.store.database import Database
from api.store.spread import PARTITION_OF_CLIENT

READ_SECONDS = 600.0
REVISIONS = f"""
SELECT contributor, id, revision, client_key, received_on - DATE '1970-01-01' AS received_day,
    {PARTITION_OF_CLIENT}::int AS number
FROM (
    SELECT contributor, id, revision, client_key, received_on
    FROM intake.moved_records JOIN intake.observations USING (contributor, id)
    UNION SELECT contributor, id, revision, client_key, received_on FROM intake.moved_revisions
) AS revisions
WHERE received_on <= $1
"""
SCHEMA: dict[str, pl.DataType] = {
    "contributor": pl.Int64(),
    "id_high": pl.Int64(),
    "id_low": pl.Int64(),
    "client_key": pl.Int64(),
    "first_day": pl.Int32(),
    "counts": pl.Boolean(),
}
KEY = ("contributor", "id_high", "id_low", "client_key")


class Revision(NamedTuple):
    """One revision of a record that moved, in the order of REVISIONS."""

    contributor: int
    id: UUID
    revision: int
    client_key: int
    received_day: int
    number: int


class Moved(NamedTuple):
    """The state of one moved record at one client, in the order of SCHEMA."""

    contributor: int
    id_high: int
    id_low: int
    client_key: int
    first_day: int  # of the record's first revision, at any client
    counts: bool  # True if this client has the record's highest revision


async def known(db: Database, day: date) -> dict[int, tuple[Moved, ...]]:
    """Return the moved records of each partition, as of the end of `day`."""
    found = await db.fetch(REVISIONS, day, timeout=READ_SECONDS)
    return by_partition(Revision(*row) for row in found)


def by_partition(revisions: Iterable[Revision]) -> dict[int, tuple[Moved, ...]]:
    """Return the moved records of each partition; `revisions` must hold all revisions of each record."""
    records: dict[tuple[int, UUID], list[Revision]] = defaultdict(list)
    for revision in revisions:
        records[revision.contributor, revision.id].append(revision)
    told: dict[int, set[Moved]] = defaultdict(set)
    for (contributor, id_), parts in records.items():
        last = max(parts, key=lambda part: part.revision)
        first_day = min(part.received_day for part in parts)
        for part in parts:
            is_last = part.client_key == last.client_key
            told[part.number].add(Moved(contributor, *halves(id_), part.client_key, first_day, is_last))
    return {number: tuple(sorted(moved)) for number, moved in told.items()}


def counted(rows: pl.DataFrame, moved: Sequence[Moved]) -> pl.DataFrame:
    """Return the latest rows of a partition without those that now count at another client."""
    if not moved:
        return rows
    told = pl.DataFrame(moved, schema=SCHEMA, orient="row")
    return (
        rows.join(told, on=KEY, how="left", maintain_order="left")
        .filter(pl.col("counts").fill_null(True))
        .with_columns(pl.coalesce("first_day", "received_day").cast(rows.schema["received_day"]).alias("received_day"))
        .drop("first_day", "counts")
    )


def halves(id_: UUID) -> tuple[int, int]:
    """Return an id as the two signed 64-bit numbers of rows."""
    whole = id_.bytes
    return int.from_bytes(whole[:8], "big", signed=True), int.from_bytes(whole[8:], "big", signed=True)
