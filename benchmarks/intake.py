"""Ingest from HTTP to committed row, compared with a raw COPY of the same rows into the same table in the same run."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from api.store import bulk, measured, observations
from api.store.bulk import BulkRow
from api.store.database import Pool
from api.store.rows import ObservationRow, named
from benchmarks import invented
from benchmarks.figures import Figure, at_least, at_most, exactly
from benchmarks.load import Load, Plan
from benchmarks.load import run as put_load
from benchmarks.site import Site, enrolled, site

CONNECTIONS, ITEMS, CONTRIBUTORS = 64, 20, 500


class Size(NamedTuple):
    """The extent of the measurement."""

    copy_rows: int
    load_seconds: float
    bulk_rows: int


QUICK, FULL = Size(60_000, 4.0, 60_000), Size(400_000, 20.0, 300_000)
FEWEST_WEIGHED = 200_000  # with fewer imported rows, half-empty pages distort the bytes per row


async def intake(folder: Path, size: Size, workers: int) -> list[Figure]:
    """Measure ingest, imports and bytes per row."""
    async with site(folder / "intake", workers) as opened:
        figures = await _ingest(opened, size, workers)
        figures += await _bulk(opened.pool, size)
    return figures


async def _ingest(opened: Site, size: Size, workers: int) -> list[Figure]:
    now = datetime.now(UTC)
    hour = invented.this_hour(now)
    secrets = await enrolled(opened.dsn, CONTRIBUTORS, now.date())
    before = await copied(opened.pool, size.copy_rows, hour)
    load = put_load(
        Plan(
            url=opened.url,
            connections=CONNECTIONS,
            seconds=size.load_seconds,
            items=ITEMS,
            hour=hour,
            secrets=secrets,
        )
    )
    async with opened.pool.acquire() as db:
        found, once = await measured.count(db), await measured.distinct(db)
        row_bytes = await measured.size_bytes(db) / found
    after = await copied(opened.pool, size.copy_rows, hour)
    raw = (before + after) / 2
    return [
        Figure("raw_copy", raw, "rows/s", "mean of one before and one after"),
        Figure("ingest", load.rows_per_second, "rows/s", f"{workers} workers, {CONNECTIONS} connections x {ITEMS}"),
        Figure("ingest_over_copy", load.rows_per_second / raw, "ratio", "raw_copy", at_least(0.15)),
        *_latencies(load),
        Figure("ingest_lost", load.accepted - once, "rows", "receipts", exactly(0)),
        Figure("ingest_doubled", found - once, "rows", "receipts", exactly(0)),
        Figure("row_bytes", row_bytes, "bytes", "one row on disk, indexes included", at_most(180)),
    ]


def _latencies(load: Load) -> list[Figure]:
    unanswered = sum(count for status, count in load.statuses.items() if status != "200")
    return [
        Figure("ingest_p50", load.p50_ms, "ms"),
        Figure("ingest_p99", load.p99_ms, "ms", "", at_most(150)),
        Figure("ingest_refused_requests", unanswered, "requests", "", exactly(0)),
    ]


async def copied(pool: Pool, rows: int, hour: datetime) -> float:
    """Return the rows per second of one COPY of prepared rows into the empty table."""
    made = _rows(rows, hour)
    async with pool.acquire() as db:
        await measured.empty(db)
        await measured.settle(db)
        begun = time.perf_counter()
        await observations.copy(db, made)
        seconds = time.perf_counter() - begun
        await measured.empty(db)
    return rows / seconds


def _rows(count: int, hour: datetime) -> list[ObservationRow]:
    today = hour.date()
    return [named(found, 1 + number % CONTRIBUTORS, today).row
            for number, found in enumerate(invented.observations(2, hour, count))]  # fmt: skip


async def _bulk(pool: Pool, size: Size) -> list[Figure]:
    hour = invented.this_hour(datetime.now(UTC))
    people = [uuid4() for _ in range(CONTRIBUTORS)]
    rows = [
        BulkRow(people[number % CONTRIBUTORS], found)
        for number, found in enumerate(invented.observations(3, hour, size.bulk_rows))
    ]
    raw = await copied(pool, size.bulk_rows, hour)
    async with pool.acquire() as db:
        await measured.settle(db)
    begun = time.perf_counter()
    await bulk.load_all(pool, rows, hour.date())
    rate = len(rows) / (time.perf_counter() - begun)
    async with pool.acquire() as db:
        row_bytes = await measured.size_bytes(db) / await measured.count(db)
    most = at_most(180) if len(rows) >= FEWEST_WEIGHED else None
    return [
        Figure("bulk", rate, "rows/s"),
        Figure("bulk_over_copy", rate / raw, "ratio", "raw COPY of the same rows", at_least(0.40)),
        Figure("bulk_row_bytes", row_bytes, "bytes", "one row on disk, indexes included", most),
    ]
