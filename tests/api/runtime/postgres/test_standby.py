"""PostgreSQL's own streaming replication: the primary is killed under load, the standby is promoted, people go on."""

from __future__ import annotations

import asyncio
import os
import pwd
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest

from tests.builders import observation

PATIENCE_SECONDS = 60.0
SENDERS, BEFORE, AFTER = 4, 200, 200  # receipts before the kill and after it
POSTGRES = "postgres"


@dataclass
class Server:
    """One PostgreSQL of Debian's, on a socket in its own folder."""

    programs: Path
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def data(self):
        return self.folder / "data"

    def run(self, program, *words):
        user = POSTGRES if os.geteuid() == 0 else None
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        command = [str(self.programs / program), *map(str, words)]
        subprocess.run(command, check=True, user=user, env=environment, cwd="/", capture_output=True)

    def start(self):
        user = POSTGRES if os.geteuid() == 0 else None
        command = [self.programs / "postgres", "-D", self.data, "-c", "listen_addresses=", "-k", self.folder]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, user=user, env={"LC_ALL": "C.UTF-8"}, cwd="/", stdout=log, stderr=log, start_new_session=True
            )
        self.until_ready()

    def until_ready(self):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            file = self.data / "postmaster.pid"
            lines = file.read_text().split("\n") if file.exists() else []
            if len(lines) > 7 and lines[7].strip() in ("ready", "standby"):
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def end(self, sign=signal.SIGINT):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(sign)
            self.process.wait(PATIENCE_SECONDS)


@pytest.fixture
def pair(oldest_postgres):
    """A primary that commits when its standby has the row too, and that standby."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tw-standby-", dir="/tmp")))
        root.chmod(0o755)
        servers = [Server(oldest_postgres, root / name) for name in ("primary", "standby")]
        for server in servers:
            server.folder.mkdir()
            if os.geteuid() == 0:
                os.chown(server.folder, *pwd.getpwnam(POSTGRES)[2:4])
        primary, standby = servers
        primary.run(
            "initdb", "-D", primary.data, "-U", POSTGRES, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        stack.callback(primary.end)
        primary.start()
        standby.run(
            "pg_basebackup",
            "-h",
            primary.folder,
            "-U",
            POSTGRES,
            "-D",
            standby.data,
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
        )
        stack.callback(standby.end)
        standby.start()
        yield primary, standby


async def made_synchronous(primary):
    """The owner's database, and commits that wait for the standby."""
    admin = await asyncpg.connect(f"postgresql://postgres@/postgres?host={primary.folder}")
    await admin.execute("CREATE ROLE owner LOGIN")
    await admin.execute("CREATE DATABASE taskwage OWNER owner")
    await admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
    await admin.execute("SELECT pg_reload_conf()")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while await admin.fetchval("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != 1:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    await admin.close()


class Sender:
    """One person whose items are kept until they are receipted, as the extension's outbox does."""

    def __init__(self, site, who):
        self.site, self.who, self.receipted, self.is_ending = site, who, set(), False

    async def run(self):
        while not self.is_ending:
            items = [observation() for _ in range(5)]
            while not await self._is_receipted(items):
                await asyncio.sleep(0.05)

    async def _is_receipted(self, items):
        try:
            answer = await self.site.http.post("/v1/observations", json={"observations": items}, headers=self.who)
        except httpx.TransportError:
            return False
        if answer.status_code != httpx.codes.OK:
            assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, answer.text
            return False
        assert {one["status"] for one in answer.json()["receipts"]} <= {"accepted", "duplicate"}
        self.receipted |= {UUID(one["id"]) for one in answer.json()["receipts"]}
        return True


async def receipts(senders, count):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while sum(len(sender.receipted) for sender in senders) < count:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_after_a_promotion_every_receipted_row_is_there_once_and_no_number_is_given_twice(
    pair, settings, serving
):
    primary, standby = pair
    await made_synchronous(primary)
    both = f"postgresql://owner@/taskwage?host={primary.folder},{standby.folder}&port=5432,5432&target_session_attrs=primary"
    async with serving(
        msgspec.structs.replace(settings, database_url=both, posts_per_minute=1_000_000, items_per_day=10**9)
    ) as site:
        senders = [Sender(site, await site.enrol()) for _ in range(SENDERS)]
        tasks = [asyncio.create_task(sender.run()) for sender in senders]
        await receipts(senders, BEFORE)
        primary.end(signal.SIGKILL)
        before = sum(len(sender.receipted) for sender in senders)
        await asyncio.to_thread(standby.run, "pg_ctl", "promote", "-D", standby.data)
        admin = await asyncpg.connect(f"postgresql://postgres@/taskwage?host={standby.folder}")
        await admin.execute(
            "ALTER SYSTEM SET synchronous_standby_names = ''"
        )  # alone until it has a standby of its own
        await admin.execute("SELECT pg_reload_conf()")
        await receipts(senders, before + AFTER)
        for _ in range(SENDERS):
            await site.enrol()
        for sender in senders:
            sender.is_ending = True
        await asyncio.gather(*tasks)
        found = [row["id"] for row in await admin.fetch("SELECT id FROM intake.observations")]
        people = await admin.fetchrow("SELECT count(*), count(DISTINCT number) AS numbers FROM intake.contributors")
        owners = await admin.fetchval("SELECT count(DISTINCT contributor) FROM intake.observations")
        await admin.close()
    receipted = set.union(*(sender.receipted for sender in senders))
    assert len(receipted) >= BEFORE + AFTER
    assert receipted <= set(found)
    assert len(found) == len(set(found))
    assert tuple(people) == (2 * SENDERS, 2 * SENDERS)
    assert owners == SENDERS
