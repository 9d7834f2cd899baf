"""The pool of connections, and the translation of driver failures. All of `api.store` depends on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from api.errors import DatabaseGone

COMMAND_SECONDS = 60.0  # a stored batch takes milliseconds; a copy sets its own
ACQUIRE_SECONDS = 10.0  # longer, and the client should retry
SESSION = {"application_name": "taskwage", "synchronous_commit": "on", "timezone": "UTC"}
_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection broke within a message, and the library lost its state
    asyncpg.DiskFullError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.FDWError,
    ConnectionError,
    TimeoutError,
)

AGAIN_SECONDS = 0.2  # between two attempts of a start that waits for its database
Result = TypeVar("Result")
Database: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


async def connect(dsn: str, connections: int, statement_cache: int) -> Pool:
    """Return a pool of `connections` that commit synchronously: a row is on disk before it is acknowledged.

    Raises:
        DatabaseGone: The server does not exist or refuses the connection.
    """
    with translated():
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=connections,
            statement_cache_size=statement_cache,
            command_timeout=COMMAND_SECONDS,
            timeout=ACQUIRE_SECONDS,
            server_settings=SESSION,
        )
    assert pool is not None
    return pool


@contextmanager
def translated() -> Iterator[None]:
    """Translate failures to reach PostgreSQL into `DatabaseGone`; other errors pass unchanged.

    Raises:
        DatabaseGone: The server is unreachable, stopping, full, or refuses the connection.
    """
    try:
        yield
    except asyncpg.DataError:  # a value that no column takes: a programming error, though a subclass of InterfaceError
        raise
    except _GONE as error:
        raise DatabaseGone(_plain(error)) from error
    except FileNotFoundError as error:
        if error.filename is not None:  # an ordinary file: only a missing socket has no name here
            raise
        raise DatabaseGone(_plain(error)) from error


async def patiently(work: Callable[[], Awaitable[Result]], patience_seconds: float) -> Result:
    """Return what `work` returns, repeated for `patience_seconds` while the database does not answer.

    Raises:
        DatabaseGone: The database did not answer in that time.
    """
    deadline = asyncio.get_running_loop().time() + patience_seconds
    while True:
        try:
            with translated():
                return await work()
        except DatabaseGone:
            if asyncio.get_running_loop().time() >= deadline:
                raise
            await asyncio.sleep(AGAIN_SECONDS)


@contextmanager
def closing_on_failure(db: Database) -> Iterator[None]:
    """Close the connection if a file that receives a copy fails; otherwise the rest of the copy keeps it busy."""
    try:
        yield
    except OSError:
        db.terminate()
        raise


def _plain(error: BaseException) -> str:
    """Return the kind of failure without the server's text, which could quote a value."""
    return f"PostgreSQL does not answer ({type(error).__name__})"
