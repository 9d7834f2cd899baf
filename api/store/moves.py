"""A partition from one shard to another, while everything goes on; or all rows from the only server to its first shard.

Rows are copied while they are still being added to. Then, for a moment, nothing of the partition is stored: what came
meanwhile is copied too, both sides are compared in counts and hashes of every day, and the coordinator names the new
shard, in one transaction. Until that commits the old shard has the partition and the copy is nobody's; from then on it
is the other way round. So a crash at any point loses nothing, and doing it again goes on from there.
"""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from api.errors import TaskwageError
from api.store import layout, partitions
from api.store.copying import Side, equalise, hold, proved
from api.store.locks import PUBLISHING, alone
from api.store.routing import MOVING
from api.store.spread import PARTITIONS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import date

    from api.store.database import Database

SAME_DAY = "DATE '2000-01-01'"  # names have no day: they are compared as one
DAY = {layout.ROWS: "received_on", layout.CLIENTS: SAME_DAY, layout.TASKS: SAME_DAY}
STOP = "SELECT pg_advisory_lock($1, $2)"
GO_ON = "SELECT pg_advisory_unlock($1, $2)"
QUIET = "LOCK TABLE intake.observations, intake.clients, intake.tasks IN {mode} MODE"


class NotTheSame(TaskwageError, code="not_the_same", title="A copy is not what it was copied from"):
    """Counts or hashes differ though nobody writes: a disk or a server is at fault. Nothing was switched."""


class Moved(NamedTuple):
    """A partition (none: all of them) that is on another shard now."""

    partition: int | None
    rows: int
    read_only_seconds: float


class Ends(NamedTuple):
    """Connections for a move: the coordinator, who has the rows, who shall have them and is known by `number`."""

    coordinator: Database
    source: Database
    target: Database
    number: int


async def move(ends: Ends, partition: int, progress: Callable[[int], None] = lambda _: None) -> Moved:
    """Move one partition.

    Raises:
        asyncpg.LockNotAvailableError: somebody reads for so long that the switch has to wait; nothing was switched.
        Busy: a release is being made. NotTheSame: the copy is not right.
    """
    root = layout.part(layout.ROWS, partition)
    await layout.make(ends.target, partition)
    await partitions.like(ends.target, root, await partitions.months(ends.source, root))
    pairs = [_sides(ends, layout.part(whole, partition), day) for whole, day in DAY.items()]
    await _copied(pairs, progress)
    begun = time.monotonic()
    async with alone(ends.coordinator, PUBLISHING), _stopped(ends.coordinator, partition):
        async with ends.source.transaction(), ends.coordinator.transaction():
            await ends.coordinator.execute(layout.PATIENCE)
            await ends.coordinator.execute(QUIET.format(mode="SHARE ROW EXCLUSIVE"))
            await ends.source.execute(layout.PATIENCE)
            for here, _ in pairs:
                await hold(here)
            rows = await _settled(pairs, progress)
            await layout.attach(ends.target, partition)
            await layout.hand_over(ends.coordinator, partition, ends.number)
        seconds = time.monotonic() - begun
        await layout.drop(ends.source, partition)
    return Moved(partition, rows, seconds)


async def move_all(ends: Ends, today: date, progress: Callable[[int], None] = lambda _: None) -> Moved:
    """Move everything from the coordinator, so far the only server, to its first shard. For the moment of the switch
    requests that store or read rows wait.

    Raises:
        the same as `move`.
    """
    for partition in range(PARTITIONS):
        await layout.make(ends.target, partition)
        root = layout.part(layout.ROWS, partition)
        await partitions.like(ends.target, root, await partitions.months(ends.coordinator))
        await layout.attach(ends.target, partition)
    await partitions.ahead(ends.target, today)
    pairs = [_sides(ends, whole, day) for whole, day in DAY.items()]
    await _copied(pairs, progress)
    begun = time.monotonic()
    async with alone(ends.coordinator, PUBLISHING), ends.coordinator.transaction():
        await ends.coordinator.execute(layout.PATIENCE)
        await ends.coordinator.execute(QUIET.format(mode="ACCESS EXCLUSIVE"))
        rows = await _settled(pairs, progress)
        await layout.split(ends.coordinator, dict.fromkeys(range(PARTITIONS), ends.number))
    return Moved(None, rows, time.monotonic() - begun)


def _sides(ends: Ends, table: str, day: str) -> tuple[Side, Side]:
    return Side(ends.source, table, day), Side(ends.target, table, day)


async def _copied(pairs: list[tuple[Side, Side]], progress: Callable[[int], None]) -> None:
    """Twice: what came while the first pass went on is little, and then the moment of the switch is short."""
    for _ in range(2):
        for here, there in pairs:
            await equalise(here, there, progress)


async def _settled(pairs: list[tuple[Side, Side]], progress: Callable[[int], None]) -> int:
    """Nobody writes now: the last rows, and the proof; how many rows there are."""
    for here, there in pairs:
        await equalise(here, there, progress)
    same = [await proved(here, there) for here, there in pairs]
    if None in same:
        raise NotTheSame("counts and hashes differ after copying")
    return same[0] or 0


@asynccontextmanager
async def _stopped(db: Database, partition: int) -> AsyncIterator[None]:
    """No batch stores rows of `partition` meanwhile; those under way end first. Should we die, it goes on."""
    await db.execute(STOP, MOVING, partition)
    try:
        yield
    finally:
        if not db.is_closed():
            await db.execute(GO_ON, MOVING, partition)


async def tidied(owners: Mapping[int, int], shards: Mapping[int, Database]) -> list[tuple[int, int]]:
    """Let go of what an interrupted move left on shards that do not have a partition; (shard, partition) of each."""
    gone = []
    for number, shard in shards.items():
        for partition in await layout.here(shard):
            if owners.get(partition) != number:
                await layout.drop(shard, partition)
                gone.append((number, partition))
    return gone
