"""Bench of a full publish: its time, the next day's, its growth with rows and its memory."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import asyncpg

from api.errors import CannotStart
from api.packs import load as packs
from api.store import filled, measured
from api.store.filled import Crowd
from benchmarks.figures import Figure, at_most
from benchmarks.reading import reading
from benchmarks.site import FREE, site

GIB = 1 << 30
DAYS = 90
SECONDS_AT_TEN_MILLION, MOST_GIB = 60.0, 3.0
TEN_MILLION = 10_000_000


class Step(NamedTuple):
    """One publish: its rows, its time, and its processor time without PostgreSQL's."""

    rows: int
    seconds: float
    cpu_seconds: float
    peak_gib: float


async def publishing(folder: Path, steps: list[int], read_seconds: float) -> list[Figure]:
    """Publish at each number of rows of `steps`, then on the next day, then read the release."""
    data = folder / "publishing"
    day = datetime.now(UTC).date() - timedelta(days=2)
    crowd = Crowd(20_000, 5_000, 10, DAYS, day, sorted(packs.load())[:8])
    done: list[Step] = []
    async with site(data, 1) as opened:
        db = await asyncpg.connect(opened.dsn)
        await filled.settle_crowd(db, crowd)
        for rows in steps:
            await filled.add_rows(db, crowd, rows - await measured.count(db))
            await filled.tidied(db)
            done.append(await _published(data, rows, day))
        await filled.add_rows(db, crowd, steps[-1] // 10, every=100, hours=24)
        later = await _published(data, steps[-1], day + timedelta(days=1))
        await db.close()
        figures = _figures(done, later)
        return figures + reading(opened.url, crowd.platforms[0], read_seconds)


async def _published(data: Path, rows: int, day: date) -> Step:
    """Run one publish in a separate process, as a scheduler would."""
    command = [sys.executable, "-m", "api", "publish", "--data", str(data), "--as-of", day.isoformat(), "--json"]
    begun = time.perf_counter()
    pid = os.posix_spawn(sys.executable, command, {**os.environ, **FREE}, file_actions=[_SILENT])
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - begun
    if status != 0:
        raise CannotStart("the measured publish failed; see its message above")
    return Step(rows, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / GIB)


_SILENT = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)


def _figures(done: list[Step], later: Step) -> list[Figure]:
    last = done[-1]
    is_full = last.rows >= TEN_MILLION
    figures = [Figure(f"publish_{step.rows:,}_rows", step.seconds, "s") for step in done[:-1]]
    figures += [
        Figure(
            f"publish_{last.rows:,}_rows", last.seconds, "s", "start of the program included",
            at_most(SECONDS_AT_TEN_MILLION) if is_full else None,
        ),
        Figure("publish_cpu", last.cpu_seconds, "s", f"{last.rows:,} rows; PostgreSQL's own work apart"),
        Figure("publish_peak", last.peak_gib, "GiB", f"{last.rows:,} rows", at_most(MOST_GIB)),
        Figure("next_day_over_full", later.cpu_seconds / last.cpu_seconds, "ratio", "in processor time"),
    ]  # fmt: skip
    if len(done) > 1:
        growth = (last.cpu_seconds / done[0].cpu_seconds) / (last.rows / done[0].rows)
        words = "processor time per row, most against fewest rows"
        figures.append(Figure("publish_growth", growth, "ratio", words, at_most(1.0)))
    return figures
