"""What every suite may ask for: a real PostgreSQL, started once, and a database of its own for each test."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from api.runtime.postgres.supervisor import postgres
from api.store import migrate

TEMPLATE = "template_intake"
FOLDER = Path(__file__).parent
LONGEST = (
    "flows",
    "api/fuzz",
    "benchmarks",
    "api/commands",
    "api/publishing",
)  # their files take a minute, the others' a second or two
_numbers = count(1)


# How long an example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile("untimed", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(items):
    """The longest files first, so that none is begun when the others are done."""
    items.sort(key=lambda item: not item.path.relative_to(FOLDER).as_posix().startswith(LONGEST))


def _in_database(dsn, name):
    """The DSN of another database of the same server."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


async def _execute(dsn, *statements):
    connection = await asyncpg.connect(dsn)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.fixture(scope="session")
def postgres_dsn(tmp_path_factory):
    """A server whose folder holds a space, with a migrated template."""
    with postgres(tmp_path_factory.mktemp("post gres")) as dsn:
        unsafe = ("fsync", "full_page_writes")  # no test pulls this server's plug
        asyncio.run(_execute(dsn, *(f"ALTER SYSTEM SET {name} = off" for name in unsafe), "SELECT pg_reload_conf()"))
        asyncio.run(_execute(dsn, f"CREATE DATABASE {TEMPLATE}"))
        asyncio.run(migrate.upgrade(_in_database(dsn, TEMPLATE)))
        yield dsn


class Prepared(NamedTuple):
    """A database and a folder that several tests begin with, made once; each test takes a copy."""

    server: str
    name: str
    folder: Path
    value: Any

    @contextmanager
    def copied(self, folder):
        """The DSN of a copy of the database; the files are copied to `folder`."""
        name = f"test_{next(_numbers)}"
        asyncio.run(_execute(self.server, f"CREATE DATABASE {name} TEMPLATE {self.name}"))
        shutil.copytree(self.folder, folder)
        yield _in_database(self.server, name)
        asyncio.run(_execute(self.server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def prepare(postgres_dsn, tmp_path_factory):
    """Runs a coroutine function on a migrated database and an empty folder, for tests that begin with its result."""

    def prepared(work):
        name, folder = f"prepared_{next(_numbers)}", tmp_path_factory.mktemp("prepared")
        asyncio.run(_execute(postgres_dsn, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
        return Prepared(postgres_dsn, name, folder, asyncio.run(work(_in_database(postgres_dsn, name), folder)))

    return prepared


@pytest.fixture(scope="session")
def oldest_postgres():
    """The folder of the oldest promised PostgreSQL's programs: Debian's, which `make browsers` installs."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    assert folders, "Debian's PostgreSQL is missing: run make browsers, or apt-get install postgresql"
    return folders[0]


@pytest.fixture(scope="session")
def oldest_server(tmp_path_factory, oldest_postgres):
    """That server as its administrator reaches it, with a role that is an ordinary owner."""
    with postgres(tmp_path_factory.mktemp("oldest"), oldest_postgres) as dsn:
        asyncio.run(_execute(dsn, "CREATE ROLE owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"))
        yield dsn


@pytest.fixture
def oldest_dsn(oldest_server):
    """An empty database on it, as its owner reaches it."""
    yield from _owned(oldest_server)


@pytest.fixture
def another_oldest_dsn(oldest_server):
    """A second one."""
    yield from _owned(oldest_server)


def _owned(server):
    name = f"owned_{next(_numbers)}"
    asyncio.run(_execute(server, f"CREATE DATABASE {name} OWNER owner TEMPLATE template0 ENCODING 'UTF8'"))
    yield _in_database(server, name).replace("//postgres@", "//owner@")
    asyncio.run(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def empty_dsn(postgres_dsn):
    """A database with nothing in it."""
    name = f"empty_{next(_numbers)}"
    asyncio.run(_execute(postgres_dsn, f"CREATE DATABASE {name}"))
    yield _in_database(postgres_dsn, name)
    asyncio.run(_execute(postgres_dsn, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def dsn(postgres_dsn):
    """A migrated database of this test's own."""
    yield from _migrated(postgres_dsn)


@pytest.fixture
def second_dsn(postgres_dsn):
    """Another one, of a second home."""
    yield from _migrated(postgres_dsn)


def _migrated(postgres_dsn):
    name = f"test_{next(_numbers)}"
    asyncio.run(_execute(postgres_dsn, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
    yield _in_database(postgres_dsn, name)
    asyncio.run(_execute(postgres_dsn, f"DROP DATABASE {name} WITH (FORCE)"))
