"""Past revisions of records, found by their keys in PostgreSQL: no file is opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from api.store.database import Database
from api.store.locks import MOVING
from api.store.past import keys
from api.store.past.keys import Revision

SHARE = "SELECT pg_advisory_xact_lock_shared($1)"
FILES = """
SELECT number, first_day, last_day, bucket, buckets FROM intake.past_files WHERE last_day >= $1 AND first_day <= $2
"""
PAGES = """
SELECT sent.place, page.file, page.first_key
FROM unnest($1::int[], $2::bigint[]) WITH ORDINALITY AS sent (file, key, place) CROSS JOIN LATERAL (
    SELECT p.file, p.first_key FROM intake.past_keys p
    WHERE p.file = sent.file AND p.first_key <= sent.key ORDER BY p.first_key DESC LIMIT 1
) AS page
"""
CONTENT = """
SELECT file, first_key, keys FROM intake.past_keys
JOIN unnest($1::int[], $2::bigint[]) AS asked (file, first_key) USING (file, first_key)
"""
LAST_DAY = date(9999, 12, 31)
_MILLISECONDS_PER_DAY = 86_400_000
_LAST_NUMBER = (LAST_DAY - date(1970, 1, 1)).days
Record = tuple[int, UUID]


class _Sought(NamedTuple):
    record: Record
    file: int
    key: int


def _holds(file: Any, record: Record) -> bool:  # noqa: ANN401 - a row of FILES
    is_of_bucket: bool = record[0] & (file["buckets"] - 1) == file["bucket"]
    return is_of_bucket and file["first_day"] <= _day_of(record[1].int) <= file["last_day"]


def _day_of(id_: int) -> date:
    """Return the day in the first 48 bits of an id; days after the year 9999 are its last."""
    number = min((id_ >> 80) // _MILLISECONDS_PER_DAY, _LAST_NUMBER)
    return datetime.fromtimestamp(number * 86_400, UTC).date()


async def share_lock(db: Database) -> None:
    """Wait until no rows are leaving, and let none leave until the transaction ends."""
    await db.execute(SHARE, MOVING)


async def revisions(db: Database, records: Collection[Record]) -> dict[Record, list[Revision]]:
    """Return the past revisions of those of `records` that have any, lowest first."""
    if not records:
        return {}
    numbers = [id_.int for _, id_ in records]
    files = await db.fetch(FILES, _day_of(min(numbers)), _day_of(max(numbers)))
    if not files:  # the usual batch: all days are in PostgreSQL
        return {}
    sought = [
        _Sought(record, file["number"], keys.key_of(*record))
        for record in records
        for file in files
        if _holds(file, record)
    ]
    return await _found(db, sought)


async def _found(db: Database, sought: list[_Sought]) -> dict[Record, list[Revision]]:
    pages = await db.fetch(PAGES, [one.file for one in sought], [one.key for one in sought])
    at: dict[tuple[int, int], list[_Sought]] = defaultdict(list)
    for row in pages:
        at[row["file"], row["first_key"]].append(sought[row["place"] - 1])
    if not at:
        return {}
    files, firsts = zip(*at, strict=True)
    content = await db.fetch(CONTENT, files, firsts)
    found = {
        one.record: keys.revisions(row["keys"], one.key) for row in content for one in at[row["file"], row["first_key"]]
    }
    return {record: some for record, some in found.items() if some}
