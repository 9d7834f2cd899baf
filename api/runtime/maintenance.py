"""Periodic tasks of a serving process: report the queue's length, delete expired salts and counts, create coming
months' tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from api.errors import DatabaseGone
from api.http.services import Services
from api.store import daily_use, enrolments, partitions
from api.store.database import translated

NOTE_SECONDS = 1.0  # age of the queue's length at /metrics
FORGET_EVERY = timedelta(minutes=10)  # a day's salt outlives its day by no more than this


@asynccontextmanager
async def tidying(services: Services) -> AsyncIterator[None]:
    """Run the tasks while the context is open."""
    task = asyncio.create_task(_tidy(services))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _tidy(services: Services) -> None:
    forgot_at = None
    while True:
        now = services.clock.now()
        services.metrics.queued(services.batcher.waiting_rows)
        if forgot_at is None or abs(now - forgot_at) >= FORGET_EVERY:
            await _forget(services)
            forgot_at = now
        await asyncio.sleep(NOTE_SECONDS)


async def _forget(services: Services) -> None:
    try:
        with translated():
            async with services.pool.acquire() as db:
                await enrolments.forget(db, services.clock.now())
                await daily_use.forget(db, services.clock.now().date())
                await partitions.ahead(db, services.clock.now().date())
    except DatabaseGone:
        return  # retried in ten minutes; enrolment is impossible meanwhile
