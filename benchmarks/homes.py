"""Two homes against one: rows a second that are stored, each home (API and PostgreSQL) held to the same share of a core.

A generator for each home sends bodies that were encoded before. It runs outside the homes' groups; its processor time
is measured and stated. `..._cpu` takes it off: rows for each processor second that the homes used, times their shares.
"""

from __future__ import annotations

import asyncio
import os
import statistics
from contextlib import AsyncExitStack, ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks.figures import Figure, at_least, exactly
from benchmarks.intake import ITEMS
from benchmarks.invented import this_hour
from benchmarks.load import Load, Plan
from benchmarks.load import run as put_load
from benchmarks.quota import Quota, held_to
from benchmarks.site import Site, enrolled, site

CORES_EACH = 0.7  # of two: the rest is for the generators
GOAL = 1.8
CONNECTIONS, CONTRIBUTORS = 16, 100


class HomesSize(NamedTuple):
    """Seconds of each load, rounds, and bodies encoded before each load."""

    seconds: float
    rounds: int
    prepared: int


HOMES_QUICK, HOMES_FULL = HomesSize(3.0, 3, 2_000), HomesSize(8.0, 5, 6_000)


class Run(NamedTuple):
    """One load on some homes: rows a second, processor seconds of the homes and of the generators, refused requests."""

    rows: float
    homes: float
    generators: float
    refused: float


async def homes(folder: Path, size: HomesSize) -> list[Figure]:
    """Measure one home and two in turn."""
    async with AsyncExitStack() as whole:
        groups = whole.enter_context(ExitStack())
        quotas = [groups.enter_context(held_to(CORES_EACH, name)) for name in ("one", "two")]
        sites = [
            await whole.enter_async_context(site(folder / f"home-{number}", 1, prefix=quota.prefix))
            for number, quota in enumerate(quotas)
        ]
        secrets = [await enrolled(one.dsn, CONTRIBUTORS, datetime.now(UTC).date()) for one in sites]
        given = list(zip(sites, quotas, secrets, strict=True))
        ones, twos = [], []
        await _load(given, size)  # a warm-up
        for _ in range(size.rounds):
            ones.append(await _load(given[:1], size))
            twos.append(await _load(given, size))
    return figures_of(ones, twos, size, os.getloadavg()[0])


def figures_of(ones: list[Run], twos: list[Run], size: HomesSize, machine_load: float) -> list[Figure]:
    """Return the figures of rounds in which one home and then two were loaded."""
    pairs = list(zip(ones, twos, strict=True))
    ratio = statistics.median(two.rows / one.rows for one, two in pairs)
    by_processor = statistics.median(2 * (two.rows / two.homes) / (one.rows / one.homes) for one, two in pairs)
    one, two = middle(ones), middle(twos)
    said = (
        f"{one.rows:,.0f} against {two.rows:,.0f} rows/s, bodies encoded before; each home held to {CORES_EACH} of a "
        f"core; generators used {one.generators:.1f} and {two.generators:.1f} s of processor, outside the homes' shares, "
        f"in {size.seconds:.0f} s; load of the machine {machine_load:.1f}"
    )
    taken_off = f"homes' processor time, generators taken off: {one.homes:.2f} s against {two.homes:.2f} s"
    row_cost = 1e6 * one.homes / size.seconds / one.rows
    refused = sum(run.refused for run in (*ones, *twos))
    return [
        Figure("two_homes_over_one", ratio, "ratio", said, at_least(GOAL)),
        Figure("two_homes_over_one_cpu", by_processor, "ratio", taken_off, at_least(GOAL)),
        Figure("home_row_cost", row_cost, "us", "processor time of API and PostgreSQL for a stored row"),
        Figure("homes_refused_requests", refused, "requests", "", exactly(0)),
    ]


def middle(runs: list[Run]) -> Run:
    """Return the median of each field."""
    return Run(*(statistics.median(column) for column in zip(*runs, strict=True)))


async def _load(given: list[tuple[Site, Quota, list[str]]], size: HomesSize) -> Run:
    before = [quota.seconds() for _, quota, _ in given]
    loads: list[Load] = await asyncio.gather(*(
        asyncio.to_thread(put_load, _plan(one, secrets, size)) for one, _, secrets in given
    ))  # fmt: skip
    spent = sum(quota.seconds() - start for (_, quota, _), start in zip(given, before, strict=True))
    whole = sum(load.accepted for load in loads)
    measured = sum(load.accepted_while_measured for load in loads)
    refused = sum(count for load in loads for status, count in load.statuses.items() if status != "200")
    generators = sum(load.generator_seconds for load in loads)
    return Run(measured / size.seconds, spent * measured / max(whole, 1), generators, refused)


def _plan(one: Site, secrets: list[str], size: HomesSize) -> Plan:
    return Plan(
        url=one.url,
        connections=CONNECTIONS,
        seconds=size.seconds,
        items=ITEMS,
        hour=this_hour(datetime.now(UTC)),
        secrets=secrets,
        prepared=size.prepared,
    )
