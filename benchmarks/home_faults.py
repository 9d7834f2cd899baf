"""Rounds of faults with two homes behind a proxy: every receipted row must be stored once, in its home.

Victims: a home with its PostgreSQL, a home's PostgreSQL alone, a home that exports, the publisher of all homes, and the
bucket, which is away while a home exports. Senders keep their items until they are receipted.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from api.errors import CannotStart
from benchmarks.fault_servers import START_SECONDS, FaultServers
from benchmarks.faults import MOST_WAIT_SECONDS, FaultLog
from benchmarks.home_servers import NAMES, Home, Proxy
from benchmarks.senders import PEOPLE, Senders

VICTIMS = ("home", "postgres", "exporter", "publisher", "bucket")
MOST_EXPORT_SECONDS = 2.0  # from the start of a command to its kill
BUCKET_AWAY_SECONDS = 1.0
STEP_SECONDS = 0.05


@dataclass
class Round:
    """The homes, their publisher and their bucket."""

    homes: list[Home]
    publisher: FaultServers
    bucket: Path
    today: date
    dice: random.Random

    def publish(self) -> subprocess.Popen[bytes]:
        """Start to publish all homes."""
        return self.publisher.run("publish", "--homes", "--as-of", str(self.today), "--data", str(self.publisher.data))

    async def hit(self, victim: str) -> Home:
        """Kill `victim` at a random moment, and return the home concerned."""
        home = self.dice.choice(self.homes)
        if victim in ("home", "postgres"):
            await asyncio.sleep(self.dice.random() * MOST_WAIT_SECONDS)
            kill(home, only_postgres=victim == "postgres")
            return home
        process = self.publish() if victim == "publisher" else home.run(*home.export(self.today))
        await asyncio.sleep(self.dice.random() * MOST_EXPORT_SECONDS)
        if victim == "bucket":
            away = self.bucket.with_name("bucket-away")
            self.bucket.rename(away)
            await asyncio.sleep(BUCKET_AWAY_SECONDS)
            _merge(away, self.bucket)
        else:
            process.kill()
        await asyncio.to_thread(process.wait)
        return home

    async def last(self) -> None:
        """Export each home and publish; after all faults this must work."""
        for home in self.homes:
            await home.done(*home.export(self.today))
        if await asyncio.to_thread(self.publish().wait) != 0:
            raise CannotStart(f"the homes cannot be published after the faults; see {self.publisher.log}")


def _merge(away: Path, bucket: Path) -> None:
    """Bring the bucket back; what was written to its place meanwhile is lost, as on a disk that was mounted late."""
    if bucket.exists():
        bucket.rename(bucket.with_name(f"bucket-lost-{time.monotonic_ns()}"))
    away.rename(bucket)


def kill(home: Home, *, only_postgres: bool = False) -> None:
    """Kill a home as a power cut does: its server, and PostgreSQL, which is its child."""
    postmaster, server = home.postmaster, home.servers[0]
    if not only_postgres and server is not None:
        server.kill()
        server.wait()
    if postmaster is not None:
        with suppress(ProcessLookupError):
            os.kill(postmaster, signal.SIGKILL)


async def home_faults(
    folder: Path,
    rounds: int,
    progress: Callable[[str], None] = lambda _: None,
    seed: int = 0,
    postgres_bin: Path | None = None,
) -> FaultLog:
    """Run `rounds` rounds on two new homes below `folder`, with PostgreSQL from `postgres_bin` (None: embedded)."""
    bucket = folder / "bucket"
    bucket.mkdir()
    homes = [Home(name, folder, bucket, postgres_bin) for name in NAMES]
    proxy = Proxy(folder, homes)
    publisher = FaultServers(folder / "publisher", postgres_bin)
    publisher.environment = {"SEGMENTS_URL": bucket.as_uri()}
    now = Round(homes, publisher, bucket, datetime.now(UTC).date(), random.Random(seed))
    plan = [VICTIMS[number % len(VICTIMS)] for number in range(rounds)]
    now.dice.shuffle(plan)
    slowest = 0.0
    try:
        for home in homes:
            home.start(0)
        for home in homes:
            await home.ready(0)
        await proxy.start()
        secrets = [secret for home in homes for secret in await home.enrol(PEOPLE // 2, now.today)]
        await now.last()
        senders = Senders([proxy.url], secrets)
        senders.start()
        for number, victim in enumerate(plan, start=1):
            home = await now.hit(victim)
            slowest = max(slowest, await _back(home, senders))
            progress(f"round {number} of {rounds}: {victim} of {home.name}; {len(senders.receipted):,} rows receipted")
        await senders.finish()
        await now.last()
        return await _judged(now, senders, plan, slowest)
    finally:
        proxy.stop()
        for home in homes:
            home.stop()


async def _back(home: Home, senders: Senders) -> float:
    """Wait until the home is ready and rows are stored again, and return the seconds."""
    begun = time.monotonic()
    while senders.answered_at < begun or not await home.is_ready(0):  # the rows may be the other home's
        if not home.runs(0):  # as a supervisor restarts it, as often as it takes
            home.start(0)
        if time.monotonic() - begun > START_SECONDS:
            raise CannotStart(f"no row was stored for a minute; see {home.log}")
        await asyncio.sleep(STEP_SECONDS)
    return time.monotonic() - begun


async def _judged(now: Round, senders: Senders, plan: list[str], slowest: float) -> FaultLog:
    found = [record for home in now.homes for record in await home.records()]
    return FaultLog.of(VICTIMS, plan, senders, found, now.publisher.data / "releases", slowest)
