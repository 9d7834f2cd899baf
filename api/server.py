"""One process that serves: PostgreSQL, embedded or given, then HTTP; stopped in reverse."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from api.app import create_app
from api.embedded import postgres
from api.errors import CannotStart
from api.store import database, migrate, nature
from api.store.database import Pool, translated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from api.clock import Clock
    from api.settings import Settings

DRAIN_SECONDS = 15  # for requests under way; a stored batch takes milliseconds
BACKLOG = 2048


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    url: str
    dsn: str
    pool: Pool


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The DSN of the database: the one given, or the embedded one, started for as long as this is open.

    Raises:
        NoServer: the embedded one does not start.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with postgres(settings.data / "postgres", settings.postgres_bin) as dsn:
        yield dsn


@asynccontextmanager
async def stored(settings: Settings) -> AsyncIterator[tuple[str, Pool]]:
    """A database that is up, migrated and of the right nature: its DSN and a pool of connections to it.

    Raises:
        NoServer, DatabaseGone: it is not up. WrongNature: it holds the other kind of data.
    """
    with database_of(settings) as dsn:
        await migrate.upgrade(dsn)
        pool = await database.connect(dsn, settings.connections, settings.statement_cache)
        try:
            with translated():
                async with pool.acquire() as db:
                    await nature.claim(db, settings.nature)
            yield dsn, pool
        finally:
            await pool.close()


@asynccontextmanager
async def running(settings: Settings, clock: Clock) -> AsyncIterator[Running]:
    """A server on `settings.host` and `settings.port` (0: any free one), until this is left.

    On leaving, requests under way are answered, what waits is stored, then the pool and PostgreSQL stop.

    Raises:
        CannotStart: the port is taken, or the database is not to be had.
    """
    with _listening(settings) as listener:
        async with stored(settings) as (dsn, pool):
            server = _Server(_config(settings, clock, pool))
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                await _started(server, serving)
                host, port = listener.getsockname()[:2]
                yield Running(f"http://{f'[{host}]' if ':' in host else host}:{port}", dsn, pool)
            finally:
                server.should_exit = True
                await serving


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: who opened `running` decides when it ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(settings: Settings, clock: Clock, pool: Pool) -> uvicorn.Config:
    """No access log (it would hold addresses), no trust in proxies' headers, no word on what serves."""
    return uvicorn.Config(
        create_app(settings, clock, pool),
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        proxy_headers=False,
        ws="none",
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Named as TCP: only then does the event loop send small answers at once.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
            listener.listen(BACKLOG)
        except OSError as error:
            raise CannotStart(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from None
        yield listener


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            await serving
            raise CannotStart("the server ended while it started")
        await asyncio.sleep(0.005)


@contextmanager
def told_to_stop() -> Iterator[asyncio.Event]:
    """An event that the first SIGINT or SIGTERM sets, from now on: one during the start is not lost."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, told.set)
    try:
        yield told
    finally:
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(sign)


async def until_told() -> None:
    """Return at the first SIGINT or SIGTERM."""
    with told_to_stop() as told:
        await told.wait()
