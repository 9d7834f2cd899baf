"""The tables of rows that are spread: on a shard the partitions it has, on the coordinator the same as foreign tables.

A partition of `observations` is on its shard what the whole table is on a single server: months by range of the key
(`api.store.partitions`), with that key. Names lie beside the rows that they name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.store.shards import SERVER
from api.store.spread import PARTITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.store.database import Database

ROWS, CLIENTS, TASKS = "observations", "clients", "tasks"
SPLIT = {ROWS: "id, revision", CLIENTS: "client_key", TASKS: "client_key, task_key"}  # and the key within a partition
PATIENCE = "SET LOCAL lock_timeout = '5s'"
THERE = "SELECT to_regclass('intake.' || $1) IS NOT NULL"
ATTACHED = "SELECT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass('intake.' || $1))"
HERE = """
SELECT DISTINCT substr(relname, 15, 2)::int AS number FROM pg_class
WHERE relnamespace = 'intake'::regnamespace AND relkind = 'p' AND relname ~ '^observations_p[0-9]{2}$' ORDER BY 1
"""
MAKE = "CREATE TABLE intake.{part} (LIKE intake.{whole}, PRIMARY KEY ({key})){months}"
BY_MONTH = " PARTITION BY RANGE (id)"
REST = "CREATE TABLE intake.{part}_rest PARTITION OF intake.{part} DEFAULT"
INDEX = "CREATE INDEX {part}_contributor ON intake.{part} (contributor)"
BOUND = f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {{number}})"
ATTACH = f"ALTER TABLE intake.{{whole}} ATTACH PARTITION intake.{{part}} {BOUND}"
DROP = "DROP TABLE IF EXISTS intake.{part}"
FOREIGN = (
    f"CREATE FOREIGN TABLE intake.{{part}} PARTITION OF intake.{{whole}} {BOUND} "
    "SERVER {server} OPTIONS (schema_name 'intake', table_name '{part}')"
)
DROP_FOREIGN = "DROP FOREIGN TABLE intake.{part}"
OWN = """
INSERT INTO intake.partitions (number, shard) VALUES ($1, $2)
ON CONFLICT (number) DO UPDATE SET shard = excluded.shard
"""
IS_EMPTY = "SELECT NOT EXISTS (SELECT FROM intake.{whole})"
SET_ASIDE = "ALTER TABLE intake.{whole} RENAME TO {whole}_whole"
SPLIT_UP = "CREATE TABLE intake.{whole} (LIKE intake.{whole}_whole) PARTITION BY HASH (client_key)"
LET_GO = "DROP TABLE intake.{whole}_whole"
# Each server joins and groups its own partitions. A setting of our user, so that no administrator is needed for it.
PARTWISE = """
DO $$
BEGIN
    EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET enable_partitionwise_join = on', current_database());
    EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET enable_partitionwise_aggregate = on', current_database());
END $$
"""


def part(whole: str, number: int) -> str:
    """The table of one partition."""
    return f"{whole}_p{number:02}"


async def here(shard: Database) -> list[int]:
    """The partitions that have tables on this shard, attached or not."""
    return [row["number"] for row in await shard.fetch(HERE)]


async def is_empty(db: Database) -> bool:
    """Whether neither rows nor names are here."""
    return all([await db.fetchval(IS_EMPTY.format(whole=whole)) for whole in SPLIT])


async def make(shard: Database, number: int) -> None:
    """The empty tables of a partition, part of nothing yet; those that are there stay."""
    for whole, key in SPLIT.items():
        name = part(whole, number)
        if await shard.fetchval(THERE, name):
            continue
        await shard.execute(MAKE.format(part=name, whole=whole, key=key, months=BY_MONTH if whole == ROWS else ""))
        if whole == ROWS:
            await shard.execute(REST.format(part=name))
            await shard.execute(INDEX.format(part=name))


async def attach(shard: Database, number: int) -> None:
    """Take the partition in: rows of its clients are stored here from now on. PostgreSQL looks at every row that is
    there already, and refuses one that belongs elsewhere."""
    for whole in SPLIT:
        name = part(whole, number)
        if not await shard.fetchval(ATTACHED, name):
            await shard.execute(ATTACH.format(whole=whole, part=name, number=number))


async def drop(shard: Database, number: int) -> None:
    """Let a partition go, with all that is in it."""
    for whole in SPLIT:
        await shard.execute(DROP.format(part=part(whole, number)))


async def split(db: Database, owners: Mapping[int, int]) -> None:
    """On the coordinator: from tables that hold everything to tables of foreign partitions; what the whole tables held
    is let go, so it has to be on the shards. The caller owns the transaction."""
    for whole in SPLIT:
        await db.execute(SET_ASIDE.format(whole=whole))
        await db.execute(SPLIT_UP.format(whole=whole))
        await db.execute(LET_GO.format(whole=whole))
    for number, shard in owners.items():
        await _foreign(db, number, shard)
    await db.execute(PARTWISE)


async def hand_over(db: Database, number: int, shard: int) -> None:
    """On the coordinator: the partition is on another shard now. The caller owns the transaction."""
    for whole in SPLIT:
        await db.execute(DROP_FOREIGN.format(part=part(whole, number)))
    await _foreign(db, number, shard)


async def _foreign(db: Database, number: int, shard: int) -> None:
    server = SERVER.format(number=shard)
    for whole in SPLIT:
        await db.execute(FOREIGN.format(whole=whole, part=part(whole, number), number=number, server=server))
    await db.execute(OWN, number, shard)
