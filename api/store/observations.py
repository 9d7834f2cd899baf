"""`intake.observations` and the names behind its keys: insert, read one contributor's, erase.

New rows go in by COPY, the cheapest way there is; should somebody else store one of them at that very moment,
the key refuses the whole batch, and the caller tries again with `careful`. Nothing here needs more than COPY
and a plain ON CONFLICT DO NOTHING, and every question is about one client's rows or row by row, so that it runs
unchanged where rows are spread over servers. The caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import polars as pl

from analytics.estimator.maturity import ARRIVALS as ARRIVALS_SHAPE
from api.intake.revisions import STORED, Kept, Status, settle, status
from api.store.database import Database
from api.store.rows import ClientRow, ObservationRow, TaskRow

COLUMNS = ", ".join(ObservationRow._fields)

KEPT = """
SELECT sent.id, kept.revision, kept.contributor, kept.received_on
FROM unnest($1::uuid[], $2::bigint[]) AS sent (id, client_key) CROSS JOIN LATERAL (
    SELECT revision, contributor, received_on FROM intake.observations o
    WHERE o.id = sent.id AND o.client_key = sent.client_key ORDER BY revision DESC LIMIT 1
) AS kept
"""
ELSEWHERE = "SELECT id, revision, contributor, received_on FROM intake.observations WHERE id = ANY($1::uuid[])"
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
    $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::uuid[], $6::int[], $7::int[],
    $8::real[], $9::real[], $10::real[], $11::real[], $12::int[], $13::date[], $14::date[], $15::smallint[],
    $16::smallint[], $17::"char"[], $18::"char"[], $19::"char"[], $20::text[], $21::real[], $22::real[], $23::"char"[],
    $24::int[])
ON CONFLICT DO NOTHING
RETURNING client_key, id, revision
"""
Revision = tuple[int, UUID, int]
Record = tuple[int, UUID]  # an id at a client
COPY_SECONDS = 600.0  # a hundred thousand rows take under a second; a slow disk may take its time


async def name(db: Database, clients: Sequence[ClientRow], tasks: Sequence[TaskRow]) -> None:
    """Keep the words behind keys; those known already stay as they are."""
    if clients:
        await db.execute(NAME_CLIENTS, *zip(*sorted(clients, key=lambda row: row[0]), strict=True))
    if tasks:
        await db.execute(NAME_TASKS, *zip(*sorted(tasks, key=lambda row: row[:2]), strict=True))


async def store(db: Database, rows: Sequence[ObservationRow], *, careful: bool = False) -> list[Status]:
    """Insert what is new among `rows`; one status a row, in their order.

    Each revision keeps the day on which it came, so that a past release can be made of what was known then; maturity
    counts from the first.

    Raises:
        asyncpg.UniqueViolationError: somebody stored one of them meanwhile, and we are not `careful`.
    """
    verdicts = await _settled(db, rows)
    fresh = [row for row, (verdict, _) in zip(rows, verdicts, strict=True) if verdict in STORED]
    if careful and fresh:
        inserted = await _insert(db, fresh)
        if len(inserted) < len(fresh):  # somebody else was storing the same at the same moment: look again
            lost = [row for row in rows if _revision(row) not in inserted]
            again = dict(zip(map(_revision, lost), await _found(db, lost), strict=True))
            verdicts = [again.get(_revision(row), verdict) for row, verdict in zip(rows, verdicts, strict=True)]
    elif fresh:
        await copy(db, fresh)
    return [verdict for verdict, _ in verdicts]


async def _settled(db: Database, rows: Sequence[ObservationRow]) -> list[tuple[Status, date]]:
    """What each row is beside what is kept of its record: its id at its client. So one server answers for it."""
    clients = {row.id: row.client_key for row in rows}
    known = await _kept(db, clients)
    if len(clients) == len(rows):
        if not known:  # the usual batch: all of it new
            return [("accepted", row.received_on) for row in rows]
    else:  # an id at two clients at once: nobody honest, so it may cost a question each
        for row in rows:
            if clients[row.id] != row.client_key:
                known |= await _kept(db, {row.id: row.client_key})
    return settle(known, [(_record(row), _known(row)) for row in rows])


async def _kept(db: Database, clients: Mapping[UUID, int]) -> dict[Record, Kept]:
    """What is kept of each record, an id with its client's key; nothing where it is new."""
    found = await db.fetch(KEPT, list(clients), list(clients.values()))
    return {
        (clients[row["id"]], row["id"]): Kept(row["revision"], row["contributor"], row["received_on"]) for row in found
    }


async def _found(db: Database, lost: Sequence[ObservationRow]) -> list[tuple[Status, date]]:
    """The same for rows that the key refused: where it is not their own record that is there, the id is taken by
    another client's, and a row of it is what they are beside."""
    verdicts = await _settled(db, lost)
    taken = [row.id for row, (verdict, _) in zip(lost, verdicts, strict=True) if verdict in STORED]
    if not taken:
        return verdicts
    rows = await db.fetch(ELSEWHERE, taken)
    others = {(row["id"], row["revision"]): row for row in rows}
    for at, row in enumerate(lost):
        other = others.get((row.id, row.revision))
        if verdicts[at][0] in STORED and other is not None:
            kept = Kept(other["revision"], other["contributor"], other["received_on"])
            verdicts[at] = status(kept, _known(row)), kept.received_on
    return verdicts


async def copy(db: Database, rows: Sequence[ObservationRow]) -> None:
    """Append `rows` in the order of the key, so that two at once never wait for each other in a ring."""
    in_order = sorted(rows, key=_place)
    await db.copy_records_to_table(
        "observations",
        schema_name="intake",
        records=in_order,
        columns=ObservationRow._fields,
        timeout=COPY_SECONDS,
    )


async def _insert(db: Database, rows: Sequence[ObservationRow]) -> set[Revision]:
    found = await db.fetch(INSERT, *zip(*sorted(rows, key=_place), strict=True))
    return {(row["client_key"], row["id"], row["revision"]) for row in found}


def _place(row: ObservationRow) -> int:
    """Where a row stands in the index (a UUID compares by a slow method of its own)."""
    return row.id.int << 16 | row.revision


def _revision(row: ObservationRow) -> Revision:
    return row.client_key, row.id, row.revision


def _record(row: ObservationRow) -> Record:
    return row.client_key, row.id


def _known(row: ObservationRow) -> Kept:
    return Kept(row.revision, row.contributor, row.received_on)


COUNTS = """
SELECT client_key, count(DISTINCT id) AS observations, count(DISTINCT task_key) AS tasks,
    array_agg(DISTINCT claimed_hour / 24) AS days, min(received_on) AS first_received_on
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


ARRIVALS = """
SELECT DISTINCT contributor, client_key, day - DATE '1970-01-01' AS day FROM (
    SELECT DISTINCT ON (id) contributor, client_key, min(received_on) OVER (PARTITION BY id) AS day
    FROM intake.observations WHERE contributor = $1 ORDER BY id, revision DESC
) AS records
"""


async def arrivals(db: Database, contributor: int) -> pl.DataFrame:
    """Return the days on which records of `contributor` first arrived, by client: what maturity counts, in the shape
    `analytics.estimator.maturity.ARRIVALS`.
    """
    found = [tuple(row) for row in await db.fetch(ARRIVALS, contributor)]
    return pl.DataFrame(found, schema=ARRIVALS_SHAPE, orient="row")


ERASE = "DELETE FROM intake.observations WHERE contributor = $1 RETURNING id"


async def erase(db: Database, contributor: int) -> int:
    """Delete every revision of everything `contributor` shared; how many records that were."""
    return len({row["id"] for row in await db.fetch(ERASE, contributor)})
