"""`intake.observations` and the names behind its keys: insert, read one contributor's, erase.

Every statement is keyed or grouped by `client_key`, so that it runs unchanged where rows are spread over
servers by it. The caller owns the transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from api.revisions import STORED, Kept, Status, settle
from api.store.rows import ClientRow, ObservationRow, TaskRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from api.store.database import Database

COLUMNS = ", ".join(ObservationRow._fields)

KEPT = """
SELECT client_key, id,
    max(revision) AS revision, min(contributor) AS contributor, min(received_on) AS received_on
FROM intake.observations JOIN unnest($1::bigint[], $2::uuid[]) AS sent (client_key, id) USING (client_key, id)
GROUP BY client_key, id
"""
NAME_CLIENTS = """
INSERT INTO intake.clients (client_key, platform, client_id, client_name)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
ON CONFLICT DO NOTHING
"""
NAME_TASKS = """
INSERT INTO intake.tasks (client_key, task_key, task_id, title)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[])
ON CONFLICT DO NOTHING
"""
INSERT = f"""
INSERT INTO intake.observations ({COLUMNS})
SELECT * FROM unnest(
    $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::uuid[],
    $8::real[], $9::real[], $10::real[], $11::real[], $12::int[], $13::date[], $14::date[], $15::smallint[],
    $16::smallint[], $17::"char"[], $18::"char"[], $19::"char"[], $20::text[])
ON CONFLICT DO NOTHING
RETURNING client_key, id, revision
"""
Record = tuple[int, UUID]


async def name(db: Database, clients: Sequence[ClientRow], tasks: Sequence[TaskRow]) -> None:
    """Keep the words behind keys; those known already stay as they are."""
    if clients:
        await db.execute(NAME_CLIENTS, *zip(*sorted(clients, key=lambda row: row[0]), strict=True))
    if tasks:
        await db.execute(NAME_TASKS, *zip(*sorted(tasks, key=lambda row: row[:2]), strict=True))


async def store(db: Database, rows: Sequence[ObservationRow]) -> list[Status]:
    """Insert what is new among `rows`; one status a row, in their order.

    A later revision keeps the day on which the first one came: maturity counts from it.
    """
    verdicts = await _settled(db, rows)
    fresh = [
        row._replace(received_on=day) for row, (verdict, day) in zip(rows, verdicts, strict=True) if verdict in STORED
    ]
    if not fresh:
        return [verdict for verdict, _ in verdicts]
    inserted = await _insert(db, fresh)
    if len(inserted) < len(fresh):  # somebody else was storing the same at the same moment: look again
        lost = [row for row in rows if (row.client_key, row.id, row.revision) not in inserted]
        again = dict(zip(map(_revision, lost), await _settled(db, lost), strict=True))
        verdicts = [again.get(_revision(row), verdict) for row, verdict in zip(rows, verdicts, strict=True)]
    return [verdict for verdict, _ in verdicts]


async def _settled(db: Database, rows: Sequence[ObservationRow]) -> list[tuple[Status, date]]:
    known = await kept(db, [(row.client_key, row.id) for row in rows])
    return settle(
        known,
        [((row.client_key, row.id), Kept(row.revision, row.contributor, row.received_on)) for row in rows],
    )


async def kept(db: Database, records: Sequence[Record]) -> dict[Record, Kept]:
    """What is kept of each of `records`; nothing where it is new."""
    found = await db.fetch(KEPT, *zip(*set(records), strict=True))
    return {
        (row["client_key"], row["id"]): Kept(row["revision"], row["contributor"], row["received_on"]) for row in found
    }


async def _insert(db: Database, rows: Sequence[ObservationRow]) -> set[tuple[int, UUID, int]]:
    """Insert in the order of the key, so that two at once never wait for each other in a ring."""
    found = await db.fetch(INSERT, *zip(*sorted(rows, key=_revision), strict=True))
    return {(row["client_key"], row["id"], row["revision"]) for row in found}


def _revision(row: ObservationRow) -> tuple[int, UUID, int]:
    return row.client_key, row.id, row.revision


COUNTS = """
SELECT client_key, count(DISTINCT id) AS observations, count(DISTINCT task_key) AS tasks,
    array_agg(DISTINCT (claimed_hour AT TIME ZONE 'UTC')::date) AS days, min(received_on) AS first_received_on
FROM intake.observations WHERE contributor = $1 GROUP BY client_key
"""


class Counts(NamedTuple):
    """What one contributor has shared."""

    observations: int
    active_days: int
    tasks: int
    clients: int
    first_received_on: date | None


async def counts(db: Database, contributor: int) -> Counts:
    """How much `contributor` has shared, put together from each client's part."""
    parts = await db.fetch(COUNTS, contributor)
    return Counts(
        observations=sum(part["observations"] for part in parts),
        active_days=len({day for part in parts for day in part["days"]}),
        tasks=sum(part["tasks"] for part in parts),
        clients=len(parts),
        first_received_on=min((part["first_received_on"] for part in parts), default=None),
    )


ERASE = "DELETE FROM intake.observations WHERE contributor = $1 RETURNING client_key, id"


async def erase(db: Database, contributor: int) -> int:
    """Delete every revision of everything `contributor` shared; how many records that were."""
    return len({(row["client_key"], row["id"]) for row in await db.fetch(ERASE, contributor)})
