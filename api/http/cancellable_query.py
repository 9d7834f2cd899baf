"""A polars query that can be stopped: it runs in polars' threads and is cancelled with its caller."""

from __future__ import annotations

import asyncio

import polars as pl

FIRST_LOOK_SECONDS, LAST_LOOK_SECONDS = 0.001, 0.02


async def collected(frame: pl.LazyFrame) -> pl.DataFrame:
    """Return the rows of `frame`. Where the caller is cancelled, the query is too."""
    query = frame.collect(background=True)
    pause = FIRST_LOOK_SECONDS
    try:
        while (rows := query.fetch()) is None:
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LAST_LOOK_SECONDS)
    except asyncio.CancelledError:
        query.cancel()
        raise
    return rows
