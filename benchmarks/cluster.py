"""Two workers against one on this machine: the gain of more machines, as a ratio.

On two cores the maximum is 2.0; `machine_two_over_one` is the gain that the machine allowed during the measurement.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import asyncpg

from analytics.simulation import scale
from api.commands.simulate import sites
from api.runtime.postgres.supervisor import postgres
from api.store import crowds, migrate
from api.store.export import export
from benchmarks.figures import Figure, Target, at_least
from benchmarks.pairs import Machine
from benchmarks.workers import Task, Workers, cells, workers

GOAL = 1.8
DAYS = 60
NAMES = {2: "two", 4: "four"}


class Effort(NamedTuple):
    """The number of rows, of rounds, and of workers compared with one."""

    rows: int
    rounds: int
    numbers: tuple[int, ...]

    def scale(self, last_day: date) -> scale.Scale:
        """Return a crowd of usual habits with this number of rows."""
        first = last_day - timedelta(days=DAYS - 1)
        return scale.Scale(
            self.rows, self.rows // 50, self.rows // 100, self.rows // 20, sites(last_day), first, DAYS, seed=1
        )


QUICK, FULL = Effort(500_000, 3, (2,)), Effort(4_000_000, 7, (2, 4))


async def cluster(folder: Path, effort: Effort) -> list[Figure]:
    """Measure workers on the export of one database."""
    asked = effort.scale(datetime.now(UTC).date() - timedelta(days=1))
    figures: list[Figure] = []
    tasks = await _tasks(folder, asked)
    with workers(1) as one, workers(2) as two:
        machine = Machine(one, two)
        for number in effort.numbers:
            figures += await _workers(machine, number, tasks, effort)
    basis = "two counting processes against one, during the whole run: the available cores"
    return [Figure("machine_two_over_one", machine.limit, "ratio", basis), *figures]


async def _workers(machine: Machine, number: int, tasks: list[Task], effort: Effort) -> list[Figure]:
    with workers(1) as one, workers(number) as many:

        async def done(by: Workers) -> None:
            await asyncio.to_thread(by.seconds, cells, tasks)

        await done(many)  # a warm-up: files and code are loaded then
        found = await machine.compared(partial(done, one), partial(done, many), effort.rounds)
        cpu = one.busiest(cells, tasks), many.busiest(cells, tasks)
    basis = f"steps B to D5 of {effort.rows:,} rows in 16 partitions, a thread each; {found}"
    name, goal = f"{NAMES[number]}_workers_over_one", at_least(GOAL) if number == 2 else None
    return [Figure(name, found.ratio, "ratio", basis, goal), _by_processor(name, cpu, goal)]


def _by_processor(name: str, cpu: tuple[float, float], goal: Target | None) -> Figure:
    """Return the same ratio by processor time of the busiest worker, independent of other processes."""
    basis = f"by processor time of the busiest; {cpu[0]:.2f} s against {cpu[1]:.2f} s"
    return Figure(f"{name}_cpu", cpu[0] / max(cpu[1], 0.01), "ratio", basis, goal)


async def _tasks(folder: Path, asked: scale.Scale) -> list[Task]:
    """Write a file for each partition of a filled database; return them with the largest first."""
    sizes = {}
    with postgres(folder / "postgres") as dsn:
        await migrate.upgrade(dsn)
        db = await asyncpg.connect(dsn)
        await crowds.add_workers(db, scale.workers(asked), asked.first_day)
        await crowds.add_names(db, scale.clients(asked), scale.tasks(asked))
        for block in scale.blocks(asked):
            await crowds.add_rows(db, block)
        exported = await export(db, folder, asked.first_day + timedelta(days=asked.days))
        await db.close()
    for number, rows in enumerate(exported.partitions()):
        task = Task(folder / f"partition-{number:02}.parquet", asked.first_day + timedelta(days=asked.days))
        rows.write_parquet(task.file)
        sizes[task] = rows.height
    return sorted(sizes, key=lambda task: -sizes[task])
