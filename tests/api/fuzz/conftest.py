"""A server in a thread of its own, that plain synchronous tools can be let loose on; and the fuzz log."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sys
import threading
from pathlib import Path

import httpx
import pytest

from analytics.model.policy import ARCHIVE
from api.intake import enrolment
from api.publishing.publish import publish
from api.runtime.clock import SettableClock
from api.runtime.logs import FIELDS
from api.runtime.server import running
from api.runtime.settings import Settings
from api.store.bulk import load
from tests.builders import NOW, crowd

sys.path.insert(0, str(Path(__file__).parent))

import tally

PATIENCE_SECONDS = 20.0  # an answer that takes longer is a hang
WITHOUT_LIMITS = {
    "difficulty_bits": 0,
    "enrolments_per_day": 10**6,
    "enrolments_per_hour": 10**6,
    "asks_per_minute": 10**6,
    "posts_per_minute": 10**6,
    "items_per_day": 10**9,
    "names_per_day": 10**9,
    "exports_per_day": 10**6,
}


def pytest_sessionstart(session):
    if not hasattr(session.config, "workerinput"):
        shutil.rmtree(tally.FOLDER, ignore_errors=True)


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section("fuzz log")
    for line in tally.lines():
        answers = ", ".join(f"{count} x {answer}" for answer, count in line["answers"].items())
        terminalreporter.write_line(
            f"{line['target']:<44} {line['cases']:>7} cases  {line['failures']} failures  {line['seconds']:>6} s  {answers}"
        )


class Faults(logging.Handler):
    """What the server says of its own failures."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.told, self.expected = [], False

    def emit(self, record):
        self.told.append(getattr(record, FIELDS, record.name))


class Target:
    """A server under fire: its address, a client, and what it logged."""

    def __init__(self, server, settings, loop):
        self.url, self.settings, self.loop, self.pool = server.url, settings, loop, server.pool
        self.faults = Faults()
        self.http = httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE_SECONDS)

    def enrol(self):
        """A new contributor's Authorization header."""
        toll = self.http.post("/v1/challenges").json()
        paid = {"challenge": toll["challenge"], "nonce": enrolment.solve(toll["challenge"], toll["difficulty"])}
        answer = self.http.post("/v1/contributors", json=paid)
        return {"authorization": f"Bearer {answer.json()['secret']}"}

    def do(self, work):
        """The result of a coroutine, run where the server runs."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def break_database(self):
        """Let every connection of the server's fail from now on."""
        self.faults.expected = True
        self.do(self.pool.close())

    async def fill(self, rows=None):
        """Rows, and a release of them."""
        async with self.pool.acquire() as db:
            await load(db, rows or crowd(12), NOW.date())
        await publish(self.pool, self.settings, NOW, ARCHIVE)


async def _serve(settings, ready, stop, found):
    try:
        async with running(settings, SettableClock(NOW)) as server:
            found.append(Target(server, settings, asyncio.get_running_loop()))
            ready.set()
            await asyncio.to_thread(stop.wait)
    finally:
        ready.set()


@pytest.fixture
def target(tmp_path, dsn):
    """A `Target` on a database of its own, with a release."""
    settings = Settings(data=tmp_path / "da ta", database_url=dsn, port=0, **WITHOUT_LIMITS)
    ready, stop, found = threading.Event(), threading.Event(), []
    thread = threading.Thread(target=lambda: asyncio.run(_serve(settings, ready, stop, found)), daemon=True)
    thread.start()
    try:
        assert ready.wait(60)
        assert found, "the server did not start"
        logging.getLogger().addHandler(found[0].faults)
        found[0].do(found[0].fill())
        yield found[0]
    finally:
        stop.set()
        thread.join(60)
    logging.getLogger().removeHandler(found[0].faults)
    found[0].http.close()
    assert not thread.is_alive()
    assert found[0].faults.expected or found[0].faults.told == []
