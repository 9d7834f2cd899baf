"""A server in this very event loop, on a real PostgreSQL, with a clock that the test sets."""

from __future__ import annotations

from contextlib import asynccontextmanager

import httpx
import pytest

from api.intake import enrolment
from api.runtime.clock import SettableClock
from api.runtime.server import running
from api.runtime.settings import Settings
from api.store import database
from tests.builders import NOW


@pytest.fixture
def clock():
    return SettableClock(NOW)


def free_settings(data, dsn):
    """Tolls that cost nothing, a free port."""
    free = {"difficulty_bits": 4, "enrolments_per_day": 100, "asks_per_minute": 100_000}
    return Settings(data=data, database_url=dsn, port=0, **free)


@pytest.fixture
def settings(tmp_path, dsn):
    return free_settings(tmp_path / "da ta", dsn)


@pytest.fixture
async def pool(dsn):
    opened = await database.connect(dsn, 8, 100)
    yield opened
    await opened.close()


class Site:
    """A running server and a client that talks to it."""

    def __init__(self, server, http, settings, clock):
        self.server, self.http, self.settings, self.clock = server, http, settings, clock
        self.pool = server.pool

    async def enrol(self, **more):
        """A new contributor's Authorization header."""
        toll = (await self.http.post("/v1/challenges")).json()
        nonce = enrolment.solve(toll["challenge"], toll["difficulty"])
        answer = await self.http.post("/v1/contributors", json={"challenge": toll["challenge"], "nonce": nonce, **more})
        assert answer.status_code == 201, answer.text
        return {"authorization": f"Bearer {answer.json()['secret']}"}

    async def share(self, who, *observations, **more):
        """The receipts of one batch; `more` are lists of other items by their name."""
        body = {"observations": list(observations), **more}
        answer = await self.http.post("/v1/observations", json=body, headers=who)
        assert answer.status_code == 200, answer.text
        return answer.json()["receipts"]

    async def rows(self, query="SELECT * FROM intake.observations ORDER BY id, revision"):
        return [dict(row) for row in await self.pool.fetch(query)]


@asynccontextmanager
async def serve(settings, clock):
    """Yields a `Site` with these settings."""
    async with (
        running(settings, clock) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as http,
    ):
        yield Site(server, http, settings, clock)


@pytest.fixture
def serving(clock):
    """Opens a `Site` with the settings given."""
    return lambda settings: serve(settings, clock)


@pytest.fixture(scope="session")
def prepare_site(prepare):
    """As `prepare`, for a coroutine function that takes a `Site`."""

    def prepared(work):
        async def serve_first(dsn, folder):
            async with serve(free_settings(folder, dsn), SettableClock(NOW)) as site:
                return await work(site)

        return prepare(serve_first)

    return prepared


@pytest.fixture
async def site(settings, serving):
    async with serving(settings) as opened:
        yield opened
