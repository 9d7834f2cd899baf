"""The pool of connections, and a driver's failures as ours. All of `api.store` stands on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from api.errors import DatabaseGone

COMMAND_SECONDS = 60.0  # a stored batch takes milliseconds; a copy sets its own
ACQUIRE_SECONDS = 10.0  # longer, and the request should be told to come again
SESSION = {"application_name": "taskwage", "synchronous_commit": "on", "timezone": "UTC"}
_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the line broke between two words of a talk, and the library lost its place
    asyncpg.DiskFullError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.FDWError,
    ConnectionError,
    TimeoutError,
)

Database: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


async def connect(dsn: str, connections: int, statement_cache: int) -> Pool:
    """A pool of `connections`, each committing synchronously: a row is on disk before anybody is told.

    Raises:
        DatabaseGone: there is no such server or it refuses us.
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
    """Failures to reach PostgreSQL become `DatabaseGone`; mistakes of ours stay what they are.

    Raises:
        DatabaseGone: the server is not there, is stopping, is full, or refuses us.
    """
    try:
        yield
    except asyncpg.DataError:  # a value of ours that no column takes, though a child of InterfaceError
        raise
    except _GONE as error:
        raise DatabaseGone(_plain(error)) from error
    except FileNotFoundError as error:
        if error.filename is not None:  # a file of ours: only a socket that is missing has no name here
            raise
        raise DatabaseGone(_plain(error)) from error


def _plain(error: BaseException) -> str:
    """What kind of failure, without the server's words: they could quote a value."""
    return f"PostgreSQL does not answer as it should ({type(error).__name__})"
