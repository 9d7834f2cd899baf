"""Kill -9 at random points under load, round after round: every receipted row must be stored once.

Victims: the API process with its PostgreSQL, PostgreSQL itself, one of PostgreSQL's processes, a running publisher.
Senders keep their items until they are receipted, like the extension's outbox.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
from msgspec import Struct

from analytics.release import repository
from api.errors import CannotStart
from api.runtime.postgres.supervisor import postgres
from api.runtime.server import POSTGRES
from api.store import measured
from benchmarks.senders import PEOPLE, Senders
from benchmarks.site import FREE, enrolled

VICTIMS = ("postgres", "backend", "api", "publisher")
START_SECONDS = 60.0
MOST_WAIT_SECONDS = 0.4  # from the start of the round to the kill
QUIET_SECONDS = 0.05


class FaultLog(Struct, frozen=True):
    """The result of all rounds."""

    rounds: int
    kills: dict[str, int]
    rows_receipted: int
    rows_found: int
    lost: int
    doubled: int
    releases_seen: int
    releases_damaged: int
    slowest_back_seconds: float

    @property
    def is_clean(self) -> bool:
        return self.lost == self.doubled == self.releases_damaged == 0

    def __str__(self) -> str:
        kills = ", ".join(f"{count} {victim}" for victim, count in self.kills.items())
        return (
            f"rounds {self.rounds} (killed: {kills}); rows receipted {self.rows_receipted:,}, "
            f"rows found {self.rows_found:,}, lost {self.lost}, doubled {self.doubled}; "
            f"releases {self.releases_seen}, damaged {self.releases_damaged}; "
            f"slowest answer after a kill {self.slowest_back_seconds:.1f} s"
        )


@dataclass
class House:
    """A server on a folder and a port, with its publisher."""

    data: Path
    port: int
    postgres_bin: Path | None = None
    server: subprocess.Popen[bytes] | None = None
    publisher: subprocess.Popen[bytes] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.data.with_name(f"{self.data.name}.log")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.server = self._run("serve", "--port", str(self.port), "--data", str(self.data))

    def publish(self) -> None:
        if self.publisher is None or self.publisher.poll() is not None:
            self.publisher = self._run("publish", "--data", str(self.data))

    def _run(self, *words: str) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | FREE
        if self.postgres_bin is not None:
            environment["TASKWAGE_POSTGRES_BIN"] = str(self.postgres_bin)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "api", *words], env=environment, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def postmaster(self) -> int | None:
        """The process id of PostgreSQL, or None if it does not run."""
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.data / POSTGRES / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, 0)
            return pid
        return None

    def backend(self) -> int | None:
        """Return one of PostgreSQL's processes that serve a connection (found on Linux)."""
        children = Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children")
        found = []
        with suppress(OSError):
            for pid in children.read_text().split():
                with suppress(OSError):
                    if b"[local]" in Path(f"/proc/{pid}/cmdline").read_bytes():
                        found.append(int(pid))
        return random.choice(found) if found else None

    def stop(self) -> None:
        for process in (self.publisher, self.server):
            if process is not None and process.poll() is None:
                process.terminate()
        for process in (self.publisher, self.server):
            if process is not None:
                process.wait(START_SECONDS)


async def faults(
    folder: Path,
    rounds: int,
    told: Callable[[str], None] = lambda _: None,
    seed: int = 0,
    postgres_bin: Path | None = None,
) -> FaultLog:
    """Run `rounds` rounds on a new server below `folder`, with PostgreSQL from `postgres_bin` (None: embedded)."""
    house = House(folder / "faults", _free_port(), postgres_bin)
    dice = random.Random(seed)
    plan = [VICTIMS[number % len(VICTIMS)] for number in range(rounds)]
    dice.shuffle(plan)
    slowest = 0.0
    house.start()
    try:
        await _ready(house)
        with postgres(house.data / "postgres", house.postgres_bin) as dsn:
            secrets = await enrolled(dsn, PEOPLE, datetime.now(UTC).date())
        senders = Senders(house.url, secrets)
        senders.start()
        for number, victim in enumerate(plan, start=1):
            slowest = max(slowest, await _round(house, senders, victim, dice))
            told(f"round {number} of {rounds}: killed {victim}; {len(senders.receipted):,} rows receipted")
        await senders.finish()
        return await _judged(house, senders, plan, slowest)
    finally:
        house.stop()


async def _round(house: House, senders: Senders, victim: str, dice: random.Random) -> float:
    """Kill the victim, wait until rows are stored again, and return the seconds."""
    if victim == "publisher":
        house.publish()
    await asyncio.sleep(dice.random() * (MOST_WAIT_SECONDS if victim != "publisher" else 3.0))
    killed_at = time.monotonic()
    _kill(house, victim)
    await asyncio.sleep(QUIET_SECONDS)
    if house.server is not None and house.server.poll() is not None:
        house.start()
    after = time.monotonic()
    while senders.answered_at < after:
        if time.monotonic() - after > START_SECONDS:
            raise CannotStart(f"no row was stored for a minute after {victim} was killed; see {house.log}")
        await asyncio.sleep(QUIET_SECONDS / 5)
    return senders.answered_at - killed_at


def _kill(house: House, victim: str) -> None:
    processes = {"api": house.server, "publisher": house.publisher}
    process = processes.get(victim)
    if process is not None:
        process.kill()
        process.wait()
        return
    pid = house.postmaster if victim == "postgres" else house.backend()
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def _ready(house: House) -> None:
    deadline = time.monotonic() + START_SECONDS
    async with httpx.AsyncClient(trust_env=False) as http:
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if (await http.get(f"{house.url}/readyz")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(QUIET_SECONDS)
    raise CannotStart(f"the server does not become ready; see {house.log}")


async def _judged(house: House, senders: Senders, plan: list[str], slowest: float) -> FaultLog:
    if house.publisher is not None:
        await asyncio.to_thread(house.publisher.wait)
    with postgres(house.data / "postgres", house.postgres_bin) as dsn:
        db = await asyncpg.connect(dsn)
        found = await measured.records(db)
        await db.close()
    root = house.data / "releases"
    known = repository.ids(root)
    return FaultLog(
        rounds=len(plan),
        kills={victim: plan.count(victim) for victim in VICTIMS if victim in plan},
        rows_receipted=len(senders.receipted),
        rows_found=len(found),
        lost=len(senders.receipted - set(found)),
        doubled=len(found) - len(set(found)),
        releases_seen=len(known),
        releases_damaged=sum(repository.damage(root / str(one)) is not None for one in known),
        slowest_back_seconds=slowest,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
