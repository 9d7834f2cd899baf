"""Processes that run the estimator's heavy steps of one partition each, with one thread.

The function is the same for every partition, on a file with its rows, as on other machines. The machine's limit is
measured too: the gain of two processes that only count.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import polars as pl

from analytics.estimator.study import study
from analytics.model.currency import in_usd, shipped
from analytics.model.policy import CROWD

ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
COUNTS = 700_000  # some hundredths of a second


class Task(NamedTuple):
    """One partition's rows, in the shape RAW, and the day of the release."""

    file: Path
    day: date


class Done(NamedTuple):
    """The process that did a task, and its processor seconds."""

    process: int
    seconds: float


def cells(task: Task) -> Done:
    """Run steps B to D5 of the estimator on one partition: its raw rows become cells of clients and contributors."""
    begun = time.process_time()
    rows = in_usd(pl.read_parquet(task.file), shipped())
    study(rows, as_of=datetime(task.day.year, task.day.month, task.day.day, tzinfo=UTC), policy=CROWD)
    return Done(os.getpid(), time.process_time() - begun)


def count(_: object) -> Done:
    """Keep one core busy."""
    begun, total = time.process_time(), 0
    for number in range(COUNTS):
        total += number & 3
    return Done(os.getpid(), time.process_time() - begun)


@dataclass(frozen=True)
class Workers:
    """A pool of `number` warm processes."""

    number: int
    pool: ProcessPoolExecutor

    def seconds(self, work: Callable[..., Done], tasks: Sequence[object]) -> float:
        """Return the seconds that they take for all of `tasks`."""
        begun = time.perf_counter()
        list(self.pool.map(work, tasks))
        return time.perf_counter() - begun

    def busiest(self, work: Callable[..., Done], tasks: Sequence[object]) -> float:
        """Return the processor seconds of the busiest worker, if each task goes to the least loaded one.

        The tasks' own processor times are added up, so other processes on the machine do not count.
        """
        loads = [0.0] * self.number
        for done in self.pool.map(work, tasks):
            loads[loads.index(min(loads))] += done.seconds
        return max(loads)


@contextmanager
def workers(number: int) -> Iterator[Workers]:
    """Start `number` processes, each with its modules loaded."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        with ProcessPoolExecutor(number, mp_context=get_context("spawn")) as pool:
            list(pool.map(count, range(number * 4)))
            yield Workers(number, pool)
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
