"""An embedded PostgreSQL outlives its owner: servers take over, jobs are waited for, and a lost database ends a server."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import httpx
import pytest

from analytics.release import repository as release
from api.errors import CannotStart, DatabaseGone
from api.runtime.clock import SystemClock
from api.runtime.database_watch import until_gone
from api.runtime.notify import READY, notify
from api.runtime.postgres.supervisor import held, postgres
from api.runtime.server import running
from api.runtime.settings import Settings
from api.store import keys, nature

ROOT = Path(__file__).parents[4]
OWNER = """
import sys, time
from pathlib import Path
from api.runtime.postgres.supervisor import held
with held(Path(sys.argv[1]), is_lasting=sys.argv[2] == "lasting") as server:
    print(server.dsn, flush=True)
    sys.stdin.readline()
print("left", flush=True)
"""


class Owner:
    """A program that owns the PostgreSQL of a folder until it is told to leave."""

    def __init__(self, folder, kind="job"):
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(folder), kind],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.dsn = self.process.stdout.readline().strip()

    def leave(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()

    def kill(self):
        self.process.kill()
        self.end()


async def asked(dsn, query="SELECT 7"):
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def until_asked(server, patience=30):
    """What the database answers, once whoever serves has looked after it."""
    deadline = time.monotonic() + patience
    while True:
        server.revive()
        try:
            return await asked(server.dsn)
        except (OSError, asyncpg.PostgresError):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("way", ["leave", "kill"])
async def test_who_joined_takes_over_at_the_same_address_when_the_owner_leaves(tmp_path, way):
    owner = Owner(tmp_path)
    await asked(owner.dsn, "CREATE TABLE kept AS SELECT 7")
    with held(tmp_path, is_lasting=True) as server:
        assert server.dsn == owner.dsn
        getattr(owner, way)()
        if way == "leave":
            owner.end()
        assert await until_asked(server) == 7
        assert await asked(server.dsn, "TABLE kept") == 7
        with held(tmp_path) as third:
            assert third.dsn == server.dsn
    with postgres(tmp_path) as dsn:
        assert await asked(dsn, "TABLE kept") == 7


async def test_an_owner_waits_for_a_job_that_joined_it(tmp_path):
    owner = Owner(tmp_path)
    with held(tmp_path) as job:
        owner.leave()
        await asyncio.sleep(0.5)
        assert owner.process.poll() is None
        assert await asked(job.dsn) == 7
    assert owner.process.stdout.readline() == "left\n"
    owner.end()


async def test_a_job_that_comes_while_the_owner_leaves_owns_the_next_server(tmp_path):
    for _ in range(5):
        owner = Owner(tmp_path)
        owner.leave()
        with held(tmp_path) as job:
            assert await asked(job.dsn) == 7
        owner.end()


async def test_a_socket_folder_that_another_user_took_is_not_used(tmp_path, monkeypatch):
    with postgres(tmp_path):
        first = Path((tmp_path / "socket").read_text())
    first.mkdir(mode=0o777)
    first.chmod(0o777)
    try:
        with postgres(tmp_path) as dsn:
            assert str(first) not in dsn
            assert await asked(dsn) == 7
    finally:
        first.rmdir()


def taskwage(*arguments, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "api", *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more,
    )  # fmt: skip


def told(process, sign=None):
    if sign is not None:
        process.send_signal(sign)
    text, _ = process.communicate(timeout=90)
    return process.returncode, text


def test_a_server_goes_on_when_the_publish_that_owned_its_database_ends(tmp_path):
    owner = Owner(tmp_path / "postgres")
    server = taskwage("serve", "--port", "0", "--data", tmp_path)
    url = server.stdout.readline().split()[2]
    assert httpx.get(f"{url}/readyz", trust_env=False).status_code == 200
    owner.leave()
    owner.end()
    deadline = time.monotonic() + 30
    while httpx.get(f"{url}/readyz", trust_env=False).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    code, text = told(server, signal.SIGTERM)
    assert (code, "Traceback" in text) == (0, False)


def test_three_publishers_at_once_leave_exactly_one_release(tmp_path):
    told(taskwage("migrate", "--data", tmp_path))
    publishers = [taskwage("publish", "--as-of", "2026-11-23", "--data", tmp_path) for _ in range(3)]
    ends = [told(publisher) for publisher in publishers]
    assert [str(known) for known in release.ids(tmp_path / "releases")] == ["2026-11-23"]
    assert release.damage(tmp_path / "releases" / "2026-11-23") is None
    for code, text in ends:
        assert "Traceback" not in text
        assert (code, "Release 2026-11-23" in text) == (0, True) or (code, "another process" in text) == (2, True), text
    assert 0 in [code for code, _ in ends]


async def test_a_database_that_stops_answering_ends_the_wait_in_bounded_time(dsn):
    watching = asyncio.create_task(until_gone(dsn, 0.3, 0.05))
    await asyncio.sleep(0.5)
    assert not watching.done()
    watching.cancel()
    with pytest.raises(DatabaseGone, match="has not answered for"):
        await asyncio.wait_for(until_gone("postgresql://x@127.0.0.1:1/x", 0.3, 0.05), 20)


def test_a_server_whose_database_is_gone_ends_with_a_code_and_one_line(tmp_path):
    with postgres(tmp_path / "elsewhere") as dsn:
        server = taskwage(
            "serve", "--port", "0", "--data", tmp_path,
            env={**os.environ, "DATABASE_URL": dsn, "TASKWAGE_DATABASE_PATIENCE_SECONDS": "1"},
        )  # fmt: skip
        assert "serves" in server.stdout.readline()
    code, text = told(server)
    assert code == 2
    assert "PostgreSQL has not answered for 1 seconds" in text
    assert "Traceback" not in text


def test_a_supervisor_is_told_when_the_server_answers(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(60)
        notify(READY, {"NOTIFY_SOCKET": str(tmp_path / "notify")})
        assert listener.recv(100) == b"READY=1"
    notify(READY, {})
    notify(READY, {"NOTIFY_SOCKET": str(tmp_path / "nobody")})


@pytest.mark.parametrize(("module", "step"), [(keys, "secret"), (nature, "claim")])
async def test_a_server_that_starts_while_the_database_changes_hands_waits_for_it(tmp_path, monkeypatch, module, step):
    """It ended without a word where the owner was killed between its first connection and its first answer."""
    real, failures = getattr(module, step), [asyncpg.CannotConnectNowError("the database system is shutting down")]

    async def failing_once(*arguments):
        if failures:
            raise failures.pop()
        return await real(*arguments)

    monkeypatch.setattr(module, step, failing_once)
    async with running(Settings(data=tmp_path, port=0), SystemClock()) as site, httpx.AsyncClient() as http:
        assert (await http.get(f"{site.url}/readyz")).status_code == httpx.codes.OK
    assert failures == []


async def test_a_server_whose_application_does_not_start_says_so(tmp_path, monkeypatch, dsn):
    async def failing(*_):
        raise asyncpg.CannotConnectNowError("the database system is shutting down")

    monkeypatch.setattr(keys, "secret", failing)
    with pytest.raises(CannotStart, match="did not start"):
        async with running(Settings(data=tmp_path, database_url=dsn, port=0), SystemClock()):
            pass
