"""A check at start: a connection must stay with one PostgreSQL process, commit to disk and use UTF-8.

Advisory locks, prepared statements and settings belong to a session. A pooler in transaction mode gives each
transaction another session, so two publishers could hold the same lock. The program has its own pool and needs no
pooler.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from api.errors import CannotStart
from api.store.database import SESSION, Database, translated

LOOKS = 3  # a pooler with many idle servers may give the same one twice by chance
WORKER = "SELECT pg_backend_pid()"
SETTINGS = "SELECT current_setting('synchronous_commit') AS commits, current_setting('server_encoding') AS encoding"
NO_POOLER = (
    "DATABASE_URL leads to a pooler (PgBouncer or similar) that does not keep sessions; "
    "connect to PostgreSQL directly: the program pools its connections"
)


async def require_session(dsn: str) -> None:
    """Require that the server behind `dsn` keeps sessions, commits to disk and uses UTF-8.

    Raises:
        CannotStart: The server does not meet a requirement.
        DatabaseGone: The server does not answer.
    """
    with translated():
        try:
            async with _opened(dsn) as one, _opened(dsn) as other:
                is_pooled = await _are_swapped(one, other)
                await _require_settings(one)
        except asyncpg.ProtocolViolationError:  # PgBouncer refuses startup parameters
            is_pooled = True
    if is_pooled:
        raise CannotStart(NO_POOLER)


@asynccontextmanager
async def _opened(dsn: str) -> AsyncIterator[Database]:
    db = await asyncpg.connect(dsn, statement_cache_size=0, server_settings=SESSION)
    try:
        yield db
    finally:
        await db.close()


async def _are_swapped(one: Database, other: Database) -> bool:
    """Return True if two connections ever share a server process, or one connection changes its own."""
    first = await one.fetchval(WORKER)
    if await other.fetchval(WORKER) == first:
        return True
    for _ in range(LOOKS):
        async with other.transaction():
            if await other.fetchval(WORKER) == first or await one.fetchval(WORKER) != first:
                return True
    return False


async def _require_settings(db: Database) -> None:
    row = await db.fetchrow(SETTINGS)
    assert row is not None
    if row["commits"] in ("off", "local"):
        raise CannotStart(
            f"synchronous_commit is {row['commits']}: a receipt would come before the row is on disk; set it to 'on'"
        )
    if row["encoding"] != "UTF8":
        raise CannotStart(f"the database's encoding is {row['encoding']}: create it with ENCODING 'UTF8'")
