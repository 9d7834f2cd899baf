"""A coordinator and shards as databases of the test server: real `postgres_fdw`, real partitions, copied in moments from
a cluster that is made once.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from api.store import contributors, database, joining, migrate, shards
from api.store.contributors import NewContributor
from api.store.places import Place, Places
from api.store.routing import Routing
from tests.builders import NOW

EMPTY, COORDINATOR, SHARDS = "template_shard", "template_coordinator", ("template_shard_1", "template_shard_2")
TODAY = NOW.date()
_numbers = count(1)


def in_database(dsn, name):
    """The DSN of another database of the same server."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


def execute(dsn, *statements):
    async def run():
        db = await asyncpg.connect(dsn)
        for statement in statements:
            await db.execute(statement)
        await db.close()

    asyncio.run(run())


def places(dsns):
    return Places(tuple(map(Place.of, dsns)))


@pytest.fixture(scope="session")
def shard_template(postgres_dsn):
    """A migrated shard that is of no cluster yet."""
    execute(postgres_dsn, f"CREATE DATABASE {EMPTY}")
    asyncio.run(migrate.upgrade(in_database(postgres_dsn, EMPTY), role="shard"))
    return EMPTY


@pytest.fixture(scope="session")
def cluster_template(postgres_dsn, shard_template):
    """A coordinator with two shards, and no row."""
    execute(postgres_dsn, *(f"CREATE DATABASE {name} TEMPLATE {shard_template}" for name in SHARDS))
    execute(postgres_dsn, f"CREATE DATABASE {COORDINATOR}")
    coordinator, *others = (in_database(postgres_dsn, name) for name in (COORDINATOR, *SHARDS))
    asyncio.run(migrate.upgrade(coordinator))
    asyncio.run(joining.joined(coordinator, places(others), TODAY))
    return COORDINATOR, *SHARDS


@pytest.fixture
def copied(postgres_dsn):
    """Copies databases; gives the DSNs of the copies, which are gone after the test."""
    made = []

    def copy(*templates):
        names = [f"cluster_{next(_numbers)}" for _ in templates]
        made.extend(names)
        pairs = zip(names, templates, strict=True)
        execute(postgres_dsn, *(f"CREATE DATABASE {name} TEMPLATE {template}" for name, template in pairs))
        return [in_database(postgres_dsn, name) for name in names]

    yield copy
    execute(postgres_dsn, *(f"DROP DATABASE {name} WITH (FORCE)" for name in made))


@pytest.fixture
def new_shard(copied, shard_template):
    """Makes empty databases that may become shards."""
    return lambda: copied(shard_template)[0]


@pytest.fixture
def cluster_dsns(copied, cluster_template):
    """Of a coordinator, and of its two shards."""
    dsns = copied(*cluster_template)
    asyncio.run(joining.joined(dsns[0], places(dsns[1:]), None))
    return dsns


@dataclass
class Cluster:
    """A coordinator's pool and the DSNs of its shards."""

    dsn: str
    pool: database.Pool
    shards: list[str]
    routing: Routing

    async def owners(self):
        return await shards.owners(self.pool)

    @asynccontextmanager
    async def line(self, number):
        """A connection to the shard `number`."""
        db = await asyncpg.connect(self.shards[number - 1])
        yield db
        await db.close()

    async def rows(self, number=None):
        """Rows on one shard, or as the coordinator sees them all."""
        if number is None:
            return await self.pool.fetchval("SELECT count(*) FROM intake.observations")
        async with self.line(number) as db:
            return await db.fetchval("SELECT count(*) FROM intake.observations")

    async def enrol(self):
        await contributors.enrol(self.pool, NewContributor(uuid4(), uuid4().bytes * 2, TODAY, None))
        return await self.pool.fetchval("SELECT max(number) FROM intake.contributors")


@pytest.fixture
async def cluster(cluster_dsns):
    pool = await database.connect(cluster_dsns[0], 8, 100)
    routing = Routing(pool)
    await routing.refresh()
    yield Cluster(cluster_dsns[0], pool, cluster_dsns[1:], routing)
    await routing.close()
    await pool.close()
