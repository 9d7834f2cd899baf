"""`intake.overheads`: unpaid time of one contributor, platform and day. Append only; the highest revision counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from api.intake.revisions import STORED, Status, StoredRevision, settle
from api.store.database import Database
from api.store.rows import OverheadRow

COLUMNS = ", ".join(OverheadRow._fields)

KEPT = """
SELECT contributor, id, max(revision) AS revision, min(received_on) AS received_on
FROM intake.overheads JOIN unnest($1::bigint[], $2::uuid[]) AS sent (contributor, id) USING (contributor, id)
GROUP BY contributor, id
"""
INSERT = f"""
INSERT INTO intake.overheads ({COLUMNS})
SELECT * FROM unnest(
    $1::bigint[], $2::uuid[], $3::date[], $4::date[], $5::real[], $6::real[], $7::real[], $8::real[],
    $9::real[], $10::real[], $11::real[], $12::smallint[], $13::text[])
ON CONFLICT DO NOTHING
RETURNING contributor, id, revision
"""
ERASE = "DELETE FROM intake.overheads WHERE contributor = $1 RETURNING id"


async def store(db: Database, rows: Sequence[OverheadRow]) -> list[Status]:
    """Insert the new ones among `rows`; return one status a row, in their order."""
    verdicts = await _settled(db, rows)
    fresh = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict in STORED]
    if not fresh:
        return verdicts
    found = await db.fetch(INSERT, *zip(*sorted(fresh, key=_revision), strict=True))
    inserted = {(row["contributor"], row["id"], row["revision"]) for row in found}
    if len(inserted) < len(fresh):  # another transaction stored the same at the same moment: look again
        lost = [row for row in rows if _revision(row) not in inserted]
        again = dict(zip(map(_revision, lost), await _settled(db, lost), strict=True))
        verdicts = [again.get(_revision(row), verdict) for row, verdict in zip(rows, verdicts, strict=True)]
    return verdicts


async def _settled(db: Database, rows: Sequence[OverheadRow]) -> list[Status]:
    records = {(row.contributor, row.id) for row in rows}
    found = await db.fetch(KEPT, *zip(*records, strict=True))
    known = {(row["contributor"], row["id"]): StoredRevision(row["revision"], row["received_on"]) for row in found}
    return settle(known, [((row.contributor, row.id), StoredRevision(row.revision, row.received_on)) for row in rows])


def _revision(row: OverheadRow) -> tuple[int, UUID, int]:
    return row.contributor, row.id, row.revision


RETIRE = "DELETE FROM intake.overheads WHERE day < $1"


async def retire(db: Database, keep_from: date) -> int:
    """Delete days before `keep_from`; return the number of rows."""
    return int((await db.execute(RETIRE, keep_from)).rpartition(" ")[2])


async def erase(db: Database, contributor: int) -> int:
    """Delete everything `contributor` shared here; return the number of records."""
    return len({row["id"] for row in await db.fetch(ERASE, contributor)})
