"""A cluster as the last version with shards made it (commit 9df2062) becomes one database again, or stays as it is."""

from __future__ import annotations

from itertools import count
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from api.errors import CannotMigrate
from api.store import contributors, copies, migrate, partitions
from tests.builders import NOW, observation

LATER = {"cap_seconds", "paid_seconds", "pay_kind", "extension_version"}  # columns that no cluster had
SPREAD = "0011"  # the last schema with servers
# What `layout.split`, `layout.make` and `shards.introduce` of that commit ran.
SHARD = """
UPDATE intake.membership SET role = 'shard', cluster = gen_random_uuid(), number = 1;
ALTER TABLE intake.{name} RENAME TO {name}_whole;
CREATE TABLE intake.{name} (LIKE intake.{name}_whole) PARTITION BY HASH (client_key);
DROP TABLE intake.{name}_whole
"""
SPLIT_UP = """
ALTER TABLE intake.{name} RENAME TO {name}_whole;
CREATE TABLE intake.{name} (LIKE intake.{name}_whole) PARTITION BY HASH (client_key);
INSERT INTO moved.{name} SELECT * FROM intake.{name}_whole;
DROP TABLE intake.{name}_whole
"""
KEYS = {"observations": "id, revision", "clients": "client_key", "tasks": "client_key, task_key"}


async def as_a_cluster(dsn, shard_dsn):
    """Move all rows of the database `dsn` to the migrated database `shard_dsn`, behind foreign tables."""
    await migrate.downgrade(dsn, SPREAD)
    await migrate.downgrade(shard_dsn, SPREAD)
    address = parse_qs(urlsplit(shard_dsn).query)["host"][0]
    database = urlsplit(shard_dsn).path.strip("/")
    shard, db = await asyncpg.connect(shard_dsn), await asyncpg.connect(dsn)
    for name, key in KEYS.items():
        await shard.execute(SHARD.format(name=name))
        for number in range(16):
            part = f"{name}_p{number:02}"
            months = " PARTITION BY RANGE (id)" if name == "observations" else ""
            await shard.execute(f"CREATE TABLE intake.{part} (LIKE intake.{name}, PRIMARY KEY ({key})){months}")
            if months:
                await shard.execute(f"CREATE TABLE intake.{part}_rest PARTITION OF intake.{part} DEFAULT")
            bound = f"FOR VALUES WITH (MODULUS 16, REMAINDER {number})"
            await shard.execute(f"ALTER TABLE intake.{name} ATTACH PARTITION intake.{part} {bound}")
    await db.execute(
        f"""
        CREATE EXTENSION postgres_fdw;
        CREATE SERVER taskwage_shard_1 FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{address}', dbname '{database}');
        CREATE USER MAPPING FOR CURRENT_USER SERVER taskwage_shard_1 OPTIONS (user 'postgres', password_required 'false');
        CREATE SCHEMA moved;
        IMPORT FOREIGN SCHEMA intake LIMIT TO (observations, clients, tasks) FROM SERVER taskwage_shard_1 INTO moved
        """
    )
    for name in KEYS:
        await db.execute(SPLIT_UP.format(name=name))
        for number in range(16):
            await db.execute(
                f"CREATE FOREIGN TABLE intake.{name}_p{number:02} PARTITION OF intake.{name} FOR VALUES WITH (MODULUS 16,"
                f" REMAINDER {number}) SERVER taskwage_shard_1 OPTIONS (schema_name 'intake')"
            )
    await db.execute("DROP SCHEMA moved CASCADE")
    await db.execute("INSERT INTO intake.partitions SELECT number, 1 FROM generate_series(0, 15) AS number")
    return db, shard


@pytest.fixture
async def filled(site, monkeypatch):
    """Two people's rows, and what they were."""
    monkeypatch.setattr(contributors, "new_number", count(1).__next__)  # numbers that fit the schema of before
    for _ in range(2):
        who = await site.enrol()
        items = [observation(client={"id": f"c{number}", "name": None}) for number in range(20)]
        await site.share(who, *items, items[0] | {"revision": 2, "outcome": "approved"})
    yield site
    await site.pool.expire_connections()


async def rows_of(db):
    """Every row in the columns that a cluster had, sorted."""
    found = {name: await db.fetch(f"SELECT * FROM intake.{name}") for name in KEYS}
    return {
        name: sorted(str([(field, value) for field, value in row.items() if field not in LATER]) for row in rows)
        for name, rows in found.items()
    }


async def test_all_rows_of_a_cluster_come_back_into_one_database(filled, empty_dsn):
    dsn = filled.settings.database_url
    before = await rows_of(filled.pool)
    await filled.pool.expire_connections()
    await migrate.upgrade(empty_dsn)
    db, shard = await as_a_cluster(dsn, empty_dsn)
    assert await rows_of(db) == await rows_of(shard) == before
    await migrate.upgrade(dsn)
    await partitions.ahead(db, NOW.date())
    assert await rows_of(db) == before
    assert len(before["observations"]) == 42
    assert await db.fetchval("SELECT count(*) FROM pg_foreign_server") == 0
    assert "partitions" not in {table.name for table in await copies.tables(db)}
    await db.close()
    await shard.close()
    assert (await filled.share(await filled.enrol(), observation()))[0]["status"] == "accepted"


async def test_one_revision_at_two_clients_comes_back_once(filled, empty_dsn):
    dsn = filled.settings.database_url
    await filled.pool.expire_connections()
    await migrate.upgrade(empty_dsn)
    db, shard = await as_a_cluster(dsn, empty_dsn)
    known = await db.fetchval("SELECT count(*) FROM intake.observations")
    await shard.execute(
        """
        INSERT INTO intake.observations (client_key, task_key, id, contributor, claimed_hour, active_seconds, open_seconds,
            units, received_on, revision, pack_version, reward_per, outcome, timer)
        SELECT number, 1, id, contributor, claimed_hour, active_seconds, open_seconds, units, received_on + 1, revision,
            pack_version, reward_per, outcome, timer
        FROM (SELECT * FROM intake.observations ORDER BY id LIMIT 1) AS one, generate_series(1, 40) AS number
        ON CONFLICT DO NOTHING
        """
    )
    assert await db.fetchval("SELECT count(*) FROM intake.observations") > known
    first = await db.fetchval("SELECT client_key FROM intake.observations ORDER BY id, revision, received_on LIMIT 1")
    await migrate.upgrade(dsn)
    assert await db.fetchval("SELECT count(*) FROM intake.observations") == known
    assert await db.fetchval("SELECT client_key FROM intake.observations ORDER BY id, revision LIMIT 1") == first
    await db.close()
    await shard.close()


async def test_while_a_server_is_away_the_step_refuses_and_changes_nothing(filled, empty_dsn):
    dsn = filled.settings.database_url
    await filled.pool.expire_connections()
    await migrate.upgrade(empty_dsn)
    db, shard = await as_a_cluster(dsn, empty_dsn)
    await shard.close()
    await db.execute("ALTER SERVER taskwage_shard_1 OPTIONS (SET host '/nowhere')")
    with pytest.raises(
        CannotMigrate, match=r"does not answer \(taskwage_shard_1\), and nothing was changed: start it"
    ) as refused:
        await migrate.upgrade(dsn)
    assert "password" not in str(refused.value)
    assert await migrate.current(db) == SPREAD
    assert await db.fetchval("SELECT count(*) FROM intake.partitions") == 16
    await db.execute(f"ALTER SERVER taskwage_shard_1 OPTIONS (SET host '{parse_qs(urlsplit(dsn).query)['host'][0]}')")
    await db.close()
    await migrate.upgrade(dsn)


async def test_a_database_that_holds_a_part_of_the_rows_is_not_migrated_by_itself(filled, empty_dsn):
    await filled.pool.expire_connections()
    await migrate.upgrade(empty_dsn)
    db, shard = await as_a_cluster(filled.settings.database_url, empty_dsn)
    with pytest.raises(CannotMigrate, match="holds a part of another one's rows"):
        await migrate.upgrade(empty_dsn)
    await db.close()
    await shard.close()
