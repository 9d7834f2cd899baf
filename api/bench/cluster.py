"""Two servers against one, two workers against one, on this machine: what more machines would bring, as ratios.

On two cores 2.0 is the most there can be; `machine_two_over_one` says how much of it there was while we measured.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import asyncpg

from analytics.simulate import scale
from api.bench.figures import Figure, Target, at_least
from api.bench.pairs import Machine
from api.bench.processors import seconds_of
from api.bench.workers import Task, Workers, cells, workers
from api.embedded_cluster import held_cluster
from api.jobs.simulate import sites
from api.store import clustered, crowds, joining, migrate, segments, straight
from api.store.export import SEGMENTS, Keeping, export
from api.store.objects import place_of
from api.store.places import Place, Places

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from api.store.database import Database

GOAL = 1.7
DAYS = 60
CPU_TIMES = 3  # asked again, for the system counts in hundredths of a second
NAMES = {2: "two", 4: "four"}


class Effort(NamedTuple):
    """How many rows, how often, and on how many servers and workers beside one."""

    rows: int
    rounds: int
    numbers: tuple[int, ...]

    def scale(self, last_day: date) -> scale.Scale:
        """A crowd of usual habits that tells so many rows."""
        first = last_day - timedelta(days=DAYS - 1)
        return scale.Scale(
            self.rows, self.rows // 50, self.rows // 100, self.rows // 20, sites(last_day), first, DAYS, seed=1
        )


QUICK, FULL = Effort(500_000, 3, (2,)), Effort(4_000_000, 7, (2, 4))


@dataclass(frozen=True)
class Cluster:
    """A coordinator and its shards, filled."""

    shards: int
    folder: Path
    coordinator: Database
    sources: list[tuple[int, Database]]
    day: date

    async def percentiles(self) -> tuple[object, ...]:
        """Of every client, asked through the coordinator."""
        return await clustered.percentiles(self.coordinator)

    async def sums(self) -> None:
        """What every export asks first, from all shards side by side."""
        await segments.counted(self.sources, self.day)

    async def busiest(self, times: int) -> float:
        """What `percentiles` take of the processors of the coordinator and of the shard that has most to do."""
        shards = await clustered.askers(self.sources)
        processes = [self.coordinator.get_server_pid(), *shards]
        before = [seconds_of(process) for process in processes]
        for _ in range(times):
            await self.percentiles()
        took = [seconds_of(process) - spent for process, spent in zip(processes, before, strict=True)]
        return (took[0] + max(took[1:])) / times

    async def export(self) -> None:
        """All rows leave, as if none had left before."""
        shutil.rmtree(self.folder / SEGMENTS, ignore_errors=True)
        place = place_of(None, self.folder / SEGMENTS)
        await export(self.coordinator, self.folder, self.day, Keeping(place, self.sources))


async def cluster(folder: Path, effort: Effort) -> list[Figure]:
    """Measure shards, then workers on what was exported."""
    asked = effort.scale(datetime.now(UTC).date() - timedelta(days=1))
    figures: list[Figure] = []
    with workers(1) as one, workers(2) as two:
        machine = Machine(one, two)
        async with AsyncExitStack() as stack:
            single = await stack.enter_async_context(_filled(folder / "cluster 1", 1, asked))
            tasks = await _tasks(single, folder)
            for number in effort.numbers:
                async with _filled(folder / f"cluster {number}", number, asked) as many:
                    figures += await _shards(machine, (single, many), effort)
        for number in effort.numbers:
            figures += await _workers(machine, number, tasks, effort)
    told = "two processes that count against one, all along: what there was of these cores"
    return [Figure("machine_two_over_one", machine.limit, "ratio", told), *figures]


@asynccontextmanager
async def _filled(folder: Path, shards: int, asked: scale.Scale) -> AsyncIterator[Cluster]:
    with held_cluster(folder, shards) as server:
        await migrate.upgrade(server.dsn)
        await joining.joined(server.dsn, Places(tuple(map(Place.of, server.shards))), asked.first_day)
        db = await asyncpg.connect(server.dsn)
        await crowds.add_workers(db, scale.workers(asked), asked.first_day)
        async with straight.sources(db) as filling:
            await crowds.add_names(filling, scale.clients(asked), scale.tasks(asked))
            for block in scale.blocks(asked):
                await crowds.add_rows(filling, block)
            for one in {id(one): one for _, one in filling}.values():
                await clustered.settle(one)
        await clustered.ready(db)
        async with straight.sources(db) as sources:
            yield Cluster(shards, folder, db, sources, asked.first_day + timedelta(days=asked.days))
        await db.close()


async def _shards(machine: Machine, pair: tuple[Cluster, Cluster], effort: Effort) -> list[Figure]:
    one, many = pair
    if await one.percentiles() != await many.percentiles():
        raise AssertionError("the shards do not answer what one server does")
    name, share = f"{NAMES[many.shards]}_shards_over_one", await clustered.largest_share(many.sources)
    goal = at_least(GOAL) if many.shards == 2 else None
    percentiles = await machine.compared(one.percentiles, many.percentiles, effort.rounds + 2)
    sums = await machine.compared(one.sums, many.sums, effort.rounds)
    told = (
        f"percentiles by client through the coordinator, a core each; fullest shard {share:.0%} of rows; {percentiles}"
    )
    cpu = await one.busiest(CPU_TIMES), await many.busiest(CPU_TIMES)
    return [
        Figure(name, percentiles.ratio, "ratio", told, goal),
        _by_processor(name, cpu, goal),
        Figure(f"{name}_sums", sums.ratio, "ratio", f"counts and sums before an export; {sums}"),
        *([] if effort == QUICK else [await _out(machine, one, many)]),
    ]


async def _out(machine: Machine, one: Cluster, many: Cluster) -> Figure:
    out = await machine.compared(one.export, many.export, 1)
    name = f"{NAMES[many.shards]}_shards_over_one_export"
    return Figure(name, out.ratio, "ratio", f"all rows out, written by one process; {out}")


async def _workers(machine: Machine, number: int, tasks: list[Task], effort: Effort) -> list[Figure]:
    with workers(1) as one, workers(number) as many:

        async def done(by: Workers) -> None:
            await asyncio.to_thread(by.seconds, cells, tasks)

        await done(many)  # once for nothing: files and code are warm then
        found = await machine.compared(partial(done, one), partial(done, many), effort.rounds)
        cpu = one.busiest(cells, tasks), many.busiest(cells, tasks)
    told = f"steps B to D5 of {effort.rows:,} rows in 16 partitions, a thread each; {found}"
    name, goal = f"{NAMES[number]}_workers_over_one", at_least(GOAL) if number == 2 else None
    return [Figure(name, found.ratio, "ratio", told, goal), _by_processor(name, cpu, goal)]


def _by_processor(name: str, cpu: tuple[float, float], goal: Target | None) -> Figure:
    """The same by what the busiest of them took of a processor: with a core each, whoever else is here."""
    told = f"by processor time of the busiest; {cpu[0]:.2f} s against {cpu[1]:.2f} s"
    return Figure(f"{name}_cpu", cpu[0] / max(cpu[1], 0.01), "ratio", told, goal)


async def _tasks(filled: Cluster, folder: Path) -> list[Task]:
    """A file for each partition, the largest first."""
    exported = await export(filled.coordinator, filled.folder, filled.day, Keeping(sources=filled.sources))
    sizes = {}
    for number, rows in enumerate(exported.partitions()):
        task = Task(folder / f"partition-{number:02}.parquet", filled.day)
        rows.write_parquet(task.file)
        sizes[task] = rows.height
    return sorted(sizes, key=lambda task: -sizes[task])
