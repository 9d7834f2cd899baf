"""Kill -9 at random points under load, round after round: every receipted row must be stored once.

Victims: the API process, PostgreSQL itself, one of PostgreSQL's processes, a running publisher, a second server that
has just joined, and the owner of PostgreSQL while another server is joined (killed, or asked to leave).
Senders keep their items until they are receipted, like the extension's outbox.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from msgspec import Struct

from analytics.release import repository
from api.errors import CannotStart
from api.runtime.postgres.supervisor import postgres
from api.store import measured
from benchmarks.fault_servers import FaultServers
from benchmarks.senders import PEOPLE, Senders
from benchmarks.site import enrolled

VICTIMS = ("postgres", "backend", "api", "publisher", "joined", "owner", "leaving owner")
WITH_TWO_SERVERS = ("joined", "owner", "leaving owner")
MOST_WAIT_SECONDS = 0.4  # from the start of the round to the kill
BACK_SECONDS = 120.0  # on a machine that does much else; the slowest of 200 rounds took 17
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

    @classmethod
    def of(
        cls,
        victims: Sequence[str],
        plan: list[str],
        senders: Senders,
        found: Sequence[object],
        releases: Path,
        slowest: float,
    ) -> FaultLog:
        """Compare the ids that `senders` have receipts for with those `found` stored, after the rounds of `plan`."""
        known = repository.ids(releases)
        return cls(
            rounds=len(plan),
            kills={victim: plan.count(victim) for victim in victims if victim in plan},
            rows_receipted=len(senders.receipted),
            rows_found=len(found),
            lost=len(senders.receipted - set(found)),
            doubled=len(found) - len(set(found)),
            releases_seen=len(known),
            releases_damaged=sum(repository.damage(releases / str(one)) is not None for one in known),
            slowest_back_seconds=slowest,
        )

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


async def faults(
    folder: Path,
    rounds: int,
    progress: Callable[[str], None] = lambda _: None,
    seed: int = 0,
    postgres_bin: Path | None = None,
) -> FaultLog:
    """Run `rounds` rounds on a new server below `folder`, with PostgreSQL from `postgres_bin` (None: embedded)."""
    servers = FaultServers(folder / "faults", postgres_bin)
    dice = random.Random(seed)
    plan = [VICTIMS[number % len(VICTIMS)] for number in range(rounds)]
    dice.shuffle(plan)
    slowest = 0.0
    servers.start(0)
    try:
        await servers.ready(0)
        with postgres(servers.data / "postgres", servers.postgres_bin) as dsn:
            secrets = await enrolled(dsn, PEOPLE, datetime.now(UTC).date())
        senders = Senders(servers.urls, secrets)
        senders.start()
        for number, victim in enumerate(plan, start=1):
            slowest = max(slowest, await _round(servers, senders, victim, dice))
            progress(f"round {number} of {rounds}: killed {victim}; {len(senders.receipted):,} rows receipted")
        await senders.finish()
        return await _judged(servers, senders, plan, slowest)
    finally:
        servers.stop()


async def _round(servers: FaultServers, senders: Senders, victim: str, dice: random.Random) -> float:
    """Kill the victim, wait until rows are stored again, and return the seconds."""
    if victim == "publisher":
        servers.publish()
    if victim in WITH_TWO_SERVERS and not servers.runs(1):
        servers.start(1)
        if victim != "joined":  # the join itself is interrupted at any moment, also before it is complete
            await servers.ready(1)
    await asyncio.sleep(dice.random() * (MOST_WAIT_SECONDS if victim not in ("publisher", "joined") else 3.0))
    killed_at = time.monotonic()
    await _kill(servers, victim)
    await asyncio.sleep(QUIET_SECONDS)
    after = time.monotonic()
    while senders.answered_at < after:
        if not servers.runs(0):  # as a supervisor restarts it, as often as it takes
            servers.start(0)
        if time.monotonic() - after > BACK_SECONDS:
            raise CannotStart(
                f"no row was stored for {BACK_SECONDS:.0f} seconds after {victim} was killed: {servers.last_words()}"
            )
        await asyncio.sleep(QUIET_SECONDS / 5)
    return senders.answered_at - killed_at


async def _kill(servers: FaultServers, victim: str) -> None:
    processes = {
        "api": servers.servers[0],
        "joined": servers.servers[1],
        "owner": servers.owner(),
        "leaving owner": servers.owner(),
        "publisher": servers.publisher,
    }
    if victim in processes:
        process = processes[victim]
        if process is None:
            raise CannotStart(f"there is no {victim} to kill; see {servers.log}")
        process.send_signal(signal.SIGTERM if victim == "leaving owner" else signal.SIGKILL)
        await asyncio.to_thread(process.wait)
        return
    pid = servers.postmaster if victim == "postgres" else servers.backend()
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


async def _judged(servers: FaultServers, senders: Senders, plan: list[str], slowest: float) -> FaultLog:
    if servers.publisher is not None:
        await asyncio.to_thread(servers.publisher.wait)
    with postgres(servers.data / "postgres", servers.postgres_bin) as dsn:
        db = await asyncpg.connect(dsn)
        found = await measured.records(db)
        await db.close()
    return FaultLog.of(VICTIMS, plan, senders, found, servers.data / "releases", slowest)
