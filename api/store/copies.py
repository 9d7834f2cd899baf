"""Copies of whole tables out of PostgreSQL and back, as text, independent of its version and of the partitions.

The catalogue lists the tables of `intake` that survive a crash, so a new table is never missed. A partitioned table is
copied as one; its rows find their partition again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from api.store.database import Database, closing_on_failure

COPY_SECONDS = 6 * 3600.0  # a hundred million rows on a slow disk
TABLES = """
SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns,
    max(a.attname::text) FILTER (WHERE a.attidentity <> '') AS identity
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'intake'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relpersistence = 'p' AND c.relname NOT IN ('alembic_version', 'membership', 'partitions')
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.oid, c.relname
ORDER BY (SELECT count(*) FROM pg_constraint WHERE conrelid = c.oid AND contype = 'f'), c.relname
"""
OUT = 'SELECT {columns} FROM intake."{name}"'
CLEAR = 'DELETE FROM intake."{name}"'
NEXT = """
SELECT setval(pg_get_serial_sequence('intake."{name}"', '{identity}'),
    coalesce((SELECT max("{identity}") FROM intake."{name}"), 0) + 1, false)
"""
PEOPLE = "SELECT EXISTS (SELECT FROM intake.contributors) OR EXISTS (SELECT FROM intake.observations)"


class Table(NamedTuple):
    """One table: its columns, and its identity column, if any."""

    name: str
    columns: Sequence[str]
    identity: str | None


async def tables(db: Database) -> list[Table]:
    """Return every table that a copy must hold; tables with foreign keys come last."""
    return [Table(row["name"], row["columns"], row["identity"]) for row in await db.fetch(TABLES)]


async def is_filled(db: Database) -> bool:
    """Return True if the database holds contributors or observations."""
    return bool(await db.fetchval(PEOPLE))


async def out(db: Database, table: Table, path: Path) -> int:
    """Write all rows of `table` to `path` and return their number."""
    columns = ", ".join(f'"{column}"' for column in table.columns)
    query = OUT.format(columns=columns, name=table.name)
    with closing_on_failure(db):
        return _affected(await db.copy_from_query(query, output=path, timeout=COPY_SECONDS))


async def back(db: Database, table: Table, source: Any) -> int:  # noqa: ANN401 - anything with read(size)
    """Replace the rows of `table` by those that `out` wrote, and return their number."""
    await db.execute(CLEAR.format(name=table.name))
    copied = await db.copy_to_table(
        table.name, schema_name="intake", source=source, columns=table.columns, timeout=COPY_SECONDS
    )
    if table.identity is not None:
        await db.execute(NEXT.format(name=table.name, identity=table.identity))
    return _affected(copied)


def _affected(tag: str) -> int:
    return int(tag.rpartition(" ")[2])
