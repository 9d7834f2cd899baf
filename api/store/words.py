"""`intake.words`: each contributor's own spelling of names and titles; `intake.name_rulings`: the operator's
decisions on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

import polars as pl

from api.store.database import Database
from api.store.rows import Named

Kind = Literal["client", "task"]
FEWEST_ALIKE = 5  # contributors; spellings that fewer share stay in the database
KEEP = """
INSERT INTO intake.words (contributor, client_key, task_key, sent_on, client_name, task_id, title)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::date[], $5::text[], $6::text[], $7::text[])
ON CONFLICT DO NOTHING RETURNING contributor
"""
ALIKE = """
WITH sent AS (
    SELECT 'client_name' AS kind, client_key AS key, client_name AS text, contributor FROM intake.words
    WHERE client_name IS NOT NULL AND sent_on <= $1
    UNION SELECT 'title', task_key, title, contributor FROM intake.words WHERE sent_on <= $1
    UNION SELECT 'task_id', task_key, task_id, contributor FROM intake.words WHERE task_id IS NOT NULL AND sent_on <= $1
)
SELECT kind, key, text, contributor FROM sent
WHERE (kind, key, text) IN (SELECT kind, key, text FROM sent GROUP BY 1, 2, 3 HAVING count(*) >= $2)
"""
RULINGS = "SELECT kind, key, text FROM intake.name_rulings WHERE written_on <= $1 ORDER BY kind, key"
RULE = """
INSERT INTO intake.name_rulings (kind, key, text, written_on) VALUES ($1, $2, $3, $4)
ON CONFLICT (kind, key) DO UPDATE SET text = excluded.text, written_on = excluded.written_on
"""
UNRULE = "DELETE FROM intake.name_rulings WHERE kind = $1 AND key = $2 RETURNING key"
KEYS = {
    "client": "SELECT client_key AS key FROM intake.clients WHERE lpad(to_hex(client_key), 16, '0') LIKE $1 || '%'",
    "task": "SELECT task_key AS key FROM intake.tasks WHERE lpad(to_hex(task_key), 16, '0') LIKE $1 || '%'",
}
ERASE = "DELETE FROM intake.words WHERE contributor = $1 RETURNING client_key, task_key"
RETIRE = """
DELETE FROM intake.words w WHERE sent_on < $1 AND NOT EXISTS (
    SELECT FROM intake.contributors c
    WHERE c.number = w.contributor AND w.past_to IS NOT NULL AND (w.past_to >= $1 OR c.origin = 'a'))
AND NOT EXISTS (
    SELECT FROM intake.observations o WHERE o.contributor = w.contributor AND o.task_key = w.task_key)
"""
ORPHAN_TASKS = """
DELETE FROM intake.tasks t WHERE ($1::bigint[] IS NULL OR task_key = ANY($1))
AND NOT EXISTS (SELECT FROM intake.words w WHERE w.task_key = t.task_key)
AND NOT EXISTS (SELECT FROM intake.past_tasks p WHERE (p.task_key, p.client_key) = (t.task_key, t.client_key))
AND NOT EXISTS (SELECT FROM intake.observations o WHERE o.task_key = t.task_key AND o.client_key = t.client_key)
"""
ORPHAN_CLIENTS = """
DELETE FROM intake.clients c WHERE ($1::bigint[] IS NULL OR client_key = ANY($1))
AND NOT EXISTS (SELECT FROM intake.tasks t WHERE t.client_key = c.client_key)
AND NOT EXISTS (SELECT FROM intake.observations o WHERE o.client_key = c.client_key)
"""
ALIKE_SHAPE: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "key": pl.Int64(),
    "text": pl.String(),
    "contributor": pl.Int64(),
}
RULING_SHAPE: dict[str, pl.DataType] = {"kind": pl.String(), "key": pl.Int64(), "text": pl.String()}


class Words(NamedTuple):
    """Spellings that at least five contributors share, one row for each contributor; and the operator's rulings."""

    alike: pl.DataFrame
    rulings: pl.DataFrame


async def keep(db: Database, named: Sequence[Named]) -> Counter[int]:
    """Store contributors' names of tasks and clients; the first spelling of each stays.

    Return the number of tasks that each contributor named for the first time.
    """
    found = {(item.task.task_key, item.row.contributor): item for item in reversed(named)}
    rows = [
        (
            item.row.contributor,
            item.client.client_key,
            item.task.task_key,
            item.row.received_on,
            item.client.client_name,
            item.task.task_id,
            item.task.title,
        )
        for _, item in sorted(found.items(), key=lambda pair: pair[0])
    ]
    found_rows = await db.fetch(KEEP, *zip(*rows, strict=True)) if rows else []
    return Counter(row["contributor"] for row in found_rows)


async def standing(db: Database, day: date) -> Words:
    """Return the shared spellings and rulings as of the end of `day`."""
    alike = [tuple(row) for row in await db.fetch(ALIKE, day, FEWEST_ALIKE)]
    return Words(pl.DataFrame(alike, schema=ALIKE_SHAPE, orient="row"), await rulings(db, day))


async def rulings(db: Database, day: date) -> pl.DataFrame:
    """Return the operator's rulings up to `day`: kind, key, text (null: hidden)."""
    found = [tuple(row) for row in await db.fetch(RULINGS, day)]
    return pl.DataFrame(found, schema=RULING_SHAPE, orient="row")


async def keys_like(db: Database, kind: Kind, digits: str) -> list[int]:
    """Return the keys whose hex digits begin with `digits`."""
    return [row["key"] for row in await db.fetch(KEYS[kind], digits)]


async def rule(db: Database, kind: Kind, key: int, text: str | None, day: date) -> None:
    """Show `text` for the key from the next release on; None shows no name."""
    await db.execute(RULE, kind, key, text, day)


async def unrule(db: Database, kind: Kind, key: int) -> bool:
    """Withdraw a ruling; return False if there was none."""
    return await db.fetchval(UNRULE, kind, key) is not None


async def erase(db: Database, contributor: int) -> None:
    """Delete a contributor's spellings, and the names behind their keys that no other row refers to."""
    gone = await db.fetch(ERASE, contributor)
    await db.execute(ORPHAN_TASKS, [row["task_key"] for row in gone])
    await db.execute(ORPHAN_CLIENTS, [row["client_key"] for row in gone])


async def retire(db: Database, before: date) -> None:
    """Delete spellings from before `before` whose rows are gone, and names that no row refers to."""
    await db.execute(RETIRE, before)
    await db.execute(ORPHAN_TASKS, None)
    await db.execute(ORPHAN_CLIENTS, None)
