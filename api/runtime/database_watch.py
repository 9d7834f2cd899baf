"""The end of a serving process whose database has not answered for long, so that a supervisor restarts it.

A pool recovers while the database keeps its address. It does not when the address changes, for instance after a
failover. A fresh start resolves the address again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncpg

from api.errors import DatabaseGone
from api.store.database import translated

ASK_SECONDS = 5.0  # between two checks, and the time limit of each
ASK = "SELECT 1"


async def until_gone(dsn: str, patience_seconds: float, ask_seconds: float = ASK_SECONDS) -> None:
    """Check the database at `dsn` at intervals, as long as it answers.

    Raises:
        DatabaseGone: The database has not answered for `patience_seconds`.
    """
    seconds = asyncio.get_running_loop().time
    answered_at = seconds()
    while True:
        if await _answers(dsn, ask_seconds):
            answered_at = seconds()
        elif seconds() - answered_at >= patience_seconds:
            raise DatabaseGone(f"PostgreSQL has not answered for {_whole(patience_seconds)} seconds: see DATABASE_URL")
        await asyncio.sleep(ask_seconds)


async def _answers(dsn: str, seconds: float) -> bool:
    try:
        with translated():
            async with asyncio.timeout(seconds):
                db = await asyncpg.connect(dsn)
                try:
                    await db.execute(ASK)
                finally:
                    db.terminate()
    except (DatabaseGone, asyncpg.PostgresError):
        return False
    return True


_whole: Callable[[float], str] = "{:.0f}".format
