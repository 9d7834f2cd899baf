"""Locks that last as long as a connection: one publisher at a time, on any number of machines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.errors import Busy
from api.store.database import Database

PUBLISHING = 7_204_002  # a number in no other use; 7_204_001 is the migrations'
MOVING = 7_204_004  # held alone by the transaction in which rows leave, shared by those that must see either side
READING = 7_204_005  # shared by those who read files of past days, held alone by the process that deletes them
TRY = "SELECT pg_try_advisory_lock($1)"
LET_GO = "SELECT pg_advisory_unlock($1)"


@asynccontextmanager
async def alone(db: Database, lock: int, what: str = "publishing") -> AsyncIterator[None]:
    """Hold `lock` on this connection for the exclusive activity `what`; PostgreSQL releases it if the process dies.

    Raises:
        Busy: Another process holds it.
    """
    if not await db.fetchval(TRY, lock):
        raise Busy(f"another process is {what}")
    try:
        yield
    finally:
        if not db.is_closed():
            await db.execute(LET_GO, lock)
