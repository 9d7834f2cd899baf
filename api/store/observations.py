"""`intake.observations` and the names behind its keys: insert, read one contributor's, erase.

New rows are inserted by COPY, the cheapest way. If another transaction stores one of them at the same moment, the key
refuses the whole batch, and the caller tries again with `careful`. A record is (contributor, id), and its highest
revision counts. The caller owns the transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from analytics.model.identifiers import title_group
from api.intake.revisions import STORED, Status, StoredRevision, settle_moves
from api.store import standing, words
from api.store.database import Database
from api.store.past import lookup, people
from api.store.past.rows import day_of
from api.store.rows import ClientRow, Named, ObservationRow, TaskRow

COLUMNS = ", ".join(ObservationRow._fields)

KEPT = """
SELECT kept.* FROM unnest($1::bigint[], $2::uuid[]) AS sent (contributor, id) CROSS JOIN LATERAL (
    SELECT o.contributor, o.id, o.revision, o.received_on, o.client_key FROM intake.observations o
    WHERE o.id = sent.id AND o.contributor = sent.contributor ORDER BY o.revision DESC LIMIT 1
) AS kept
"""
MOVE = """
INSERT INTO intake.moved_records (contributor, id) SELECT * FROM unnest($1::bigint[], $2::uuid[]) ON CONFLICT DO NOTHING
"""
MOVE_PAST = """
INSERT INTO intake.moved_revisions (contributor, id, client_key, received_on, revision) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
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
    $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::uuid[], $6::bigint[], $7::int[],
    $8::real[], $9::real[], $10::real[], $11::real[], $12::int[], $13::date[], $14::date[], $15::smallint[],
    $16::smallint[], $17::"char"[], $18::"char"[], $19::"char"[], $20::text[], $21::real[], $22::real[], $23::"char"[],
    $24::int[])
ON CONFLICT DO NOTHING
RETURNING contributor, id, revision
"""
Revision = tuple[int, UUID, int]
Record = tuple[int, UUID]  # a contributor's number and the id of one of their records
COPY_SECONDS = 600.0  # a hundred thousand rows take under a second; a slow disk takes longer


async def name(db: Database, clients: Sequence[ClientRow], tasks: Sequence[TaskRow]) -> None:
    """Store the public names behind keys: the client's id and the folded title. Existing names stay."""
    if clients:
        ids = [row._replace(client_name=None) for row in clients]
        await db.execute(NAME_CLIENTS, *zip(*sorted(set(ids), key=lambda row: row[0]), strict=True))
    if tasks:
        folded = [row._replace(task_id=None, title=title_group(row.title)) for row in tasks]
        await db.execute(NAME_TASKS, *zip(*sorted(set(folded), key=lambda row: row[:2]), strict=True))


async def keep_names(db: Database, named: Sequence[Named]) -> Counter[int]:
    """Store the names behind the keys of `named`, and each contributor's own spelling.

    Return the number of tasks that each contributor named for the first time.
    """
    clients = {item.client.client_key: item.client for item in reversed(named)}
    tasks = {item.task.task_key: item.task for item in reversed(named)}
    await name(db, list(clients.values()), list(tasks.values()))
    return await words.keep(db, named)


async def store(db: Database, rows: Sequence[ObservationRow], *, careful: bool = False) -> list[Status]:
    """Insert the new ones among `rows`; return one status a row, in their order.

    Each revision keeps its day of arrival, so a past release can be rebuilt from what was known then. Maturity counts
    from the first revision. A record whose new revision names another client is recorded as moved.

    The caller holds the contributors (`api.store.contributors.hold`), so no other transaction stores a revision of the
    same record meanwhile.

    Raises:
        asyncpg.UniqueViolationError: Another transaction stored one of them meanwhile, and `careful` is false.
    """
    settled = await _settled(db, rows)
    fresh = [row for row, (verdict, _) in zip(rows, settled, strict=True) if verdict in STORED]
    moved = {_record(row) for row, (_, is_moved) in zip(rows, settled, strict=True) if is_moved}
    if careful and fresh:
        inserted = await _insert(db, fresh)
        if len(inserted) < len(fresh):  # another transaction stored the same at the same moment: look again
            lost = [row for row in rows if _revision(row) not in inserted]
            again = dict(zip(map(_revision, lost), await _settled(db, lost), strict=True))
            settled = [again.get(_revision(row), one) for row, one in zip(rows, settled, strict=True)]
    elif fresh:
        await copy(db, fresh)
    if moved:
        await _move(db, moved)
    return [verdict for verdict, _ in settled]


async def _settled(db: Database, rows: Sequence[ObservationRow]) -> list[tuple[Status, bool]]:
    """Return the status of each row against the stored revisions, and True where it moves the record."""
    if not rows:
        return []
    records = {_record(row) for row in rows}
    found = await db.fetch(KEPT, *zip(*records, strict=True))
    known = {
        (row["contributor"], row["id"]): StoredRevision(row["revision"], row["received_on"], row["client_key"])
        for row in found
    }
    for record, past in (await lookup.revisions(db, records - known.keys())).items():
        last = past[-1]
        known[record] = StoredRevision(last.revision, day_of(last.received_day), last.client_key)
    if not known and len(records) == len(rows):  # the usual batch: all records are new
        return [("accepted", False)] * len(rows)
    return settle_moves(
        known, [(_record(row), StoredRevision(row.revision, row.received_on, row.client_key)) for row in rows]
    )


async def _move(db: Database, moved: set[Record]) -> None:
    """Record that these records changed their client, with their revisions that left PostgreSQL."""
    await lookup.share_lock(db)
    await db.execute(MOVE, *zip(*sorted(moved), strict=True))
    past = [
        (*record, one.client_key, day_of(one.received_day), one.revision)
        for record, some in (await lookup.revisions(db, moved)).items()
        for one in some
    ]
    await db.executemany(MOVE_PAST, past)


async def copy(db: Database, rows: Sequence[ObservationRow]) -> None:
    """Append `rows` in key order, so that two transactions never deadlock."""
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
    return {(row["contributor"], row["id"], row["revision"]) for row in found}


def _place(row: ObservationRow) -> int:
    """Return a row's sort key in the index (comparing UUID objects is slow)."""
    return row.id.int << 16 | row.revision


def _revision(row: ObservationRow) -> Revision:
    return row.contributor, row.id, row.revision


def _record(row: ObservationRow) -> Record:
    return row.contributor, row.id


ERASE = "DELETE FROM intake.observations WHERE contributor = $1"
ERASE_MOVED = "DELETE FROM intake.moved_records WHERE contributor = $1"
RETIRE_MOVED = """
DELETE FROM intake.moved_records moved WHERE NOT EXISTS (
    SELECT FROM intake.observations o WHERE (o.contributor, o.id) = (moved.contributor, moved.id))
AND NOT EXISTS (
    SELECT FROM intake.moved_revisions past WHERE (past.contributor, past.id) = (moved.contributor, moved.id))
"""


async def erase(db: Database, contributor: int) -> int:
    """Delete every revision of everything `contributor` shared; return the number of records."""
    records = (await standing.counts(db, contributor)).observations
    await people.erase(db, contributor)
    await db.execute(ERASE_MOVED, contributor)
    await db.execute(ERASE, contributor)
    return records


async def retire_moved(db: Database) -> None:
    """Delete moved records whose rows no longer exist."""
    await db.execute(RETIRE_MOVED)
