"""One serving process: PostgreSQL, embedded or external, then HTTP; stopped in reverse."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import date

import uvicorn

from api.errors import CannotStart, DatabaseGone, NoServer
from api.http.app import create_app
from api.http.request_timeout import RequestTimeoutProtocol
from api.runtime.clock import Clock
from api.runtime.logs import tell
from api.runtime.postgres.supervisor import Held, held
from api.runtime.settings import Settings
from api.store import database, migrate, nature, partitions
from api.store.database import Pool, patiently
from api.store.session import require_session

DRAIN_SECONDS = 15  # for open requests; a stored batch takes milliseconds
BACKLOG = 2048
POSTGRES = "postgres"  # the embedded server's folder in the data folder
WATCH_SECONDS, MOST_WATCH_SECONDS = 0.2, 5.0  # between two checks of the embedded PostgreSQL
ADVICE = "check that it runs and that its disk has room, then run the command again"
CLOSE_SECONDS = 10.0  # for open connections to a database that may not answer


@dataclass(frozen=True)
class Running:
    """A server that answers requests."""

    url: str
    dsn: str
    pool: Pool


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """Yield the DSN of the database: the configured one, or the embedded one, which runs while this is open.

    Raises:
        NoServer: The embedded one does not start.
    """
    with _held(settings, is_lasting=False) as server:
        yield server.dsn


@contextmanager
def _held(settings: Settings, *, is_lasting: bool) -> Iterator[Held]:
    if settings.database_url is not None:
        yield Held(settings.database_url, lambda: False)
        return
    with held(settings.data / POSTGRES, settings.postgres_bin, is_lasting=is_lasting) as server:
        yield server


@asynccontextmanager
async def migrated(settings: Settings, today: date | None = None, *, is_lasting: bool = False) -> AsyncIterator[str]:
    """Yield the DSN of a running database at the newest schema, with tables for the months from `today` on.

    A killed embedded database is restarted while this is open; with `is_lasting`, also when its owner leaves.

    Raises:
        NoServer: The embedded database does not start.
        DatabaseGone: The database cannot be reached.
        CannotStart: A pooler that keeps no sessions is in front of the database.
    """
    with _advised(), _held(settings, is_lasting=is_lasting) as server:
        watching = asyncio.create_task(_watched(server))
        try:
            if settings.database_url is not None:
                await require_session(server.dsn)
            await patiently(lambda: migrate.upgrade(server.dsn), settings.start_patience_seconds)
            if today is not None:
                await patiently(lambda: partitions.ahead_at(server.dsn, today), settings.start_patience_seconds)
            yield server.dsn
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching


@contextmanager
def _advised() -> Iterator[None]:
    """Add what to do to the failure of a database that does not answer."""
    try:
        yield
    except DatabaseGone as failure:
        raise DatabaseGone(f"{failure}: {ADVICE}") from failure


async def _watched(server: Held) -> None:
    """Restart the server when it is dead; with growing pauses if it dies at once."""
    pause = WATCH_SECONDS
    while True:
        await asyncio.sleep(pause)
        try:
            had_to = server.revive()
        except (NoServer, OSError) as error:
            tell("postgres_not_started", why=type(error).__name__)
            had_to = True
        pause = min(pause * 2, MOST_WATCH_SECONDS) if had_to else WATCH_SECONDS


@asynccontextmanager
async def stored(
    settings: Settings, today: date | None = None, *, is_lasting: bool = False
) -> AsyncIterator[tuple[str, Pool]]:
    """Yield the DSN of a running, migrated database of the right nature, and a pool of connections to it.

    Raises:
        NoServer: The embedded database does not start.
        DatabaseGone: The database cannot be reached.
        WrongNature: The database holds the other kind of data.
    """
    async with migrated(settings, today, is_lasting=is_lasting) as dsn:
        patience = settings.start_patience_seconds
        pool = await patiently(lambda: database.connect(dsn, settings.connections, settings.statement_cache), patience)
        try:
            await patiently(lambda: _claim(pool, settings), patience)
            yield dsn, pool
        finally:
            await _closed(pool)


async def _claim(pool: Pool, settings: Settings) -> None:
    async with pool.acquire() as db:
        await nature.claim(db, settings.nature)


async def _closed(pool: Pool) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await pool.close()
    except TimeoutError:
        pool.terminate()


@asynccontextmanager
async def running(settings: Settings, clock: Clock, *, shared: bool = False) -> AsyncIterator[Running]:
    """Run a server on `settings.host` and `settings.port` (0: any free one); `shared` with other processes.

    At the end, open requests are answered and waiting rows stored, then the pool and PostgreSQL stop.

    Raises:
        CannotStart: The port is taken, or the database cannot be reached.
    """
    with listening(settings, shared=shared) as listener:
        async with stored(settings, clock.now().date(), is_lasting=True) as (dsn, pool):
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
    """uvicorn without its signal handlers and without its exit: the caller of `running` decides when it ends."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:  # it would end the process without a word
            raise CannotStart(
                "the application did not start: the log above names the failure; start it again"
            ) from None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(settings: Settings, clock: Clock, pool: Pool) -> uvicorn.Config:
    """Configure uvicorn without access log (it would hold addresses), proxy headers or server header."""
    return uvicorn.Config(
        create_app(settings, clock, pool),
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        proxy_headers=False,
        ws="none",
        http=RequestTimeoutProtocol,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


@contextmanager
def listening(settings: Settings, *, shared: bool = False) -> Iterator[socket.socket]:
    """Yield a socket that listens on the address and port of `settings`.

    With `shared` it is only bound, and others may bind it too. Serving processes listen on it; the process that
    reserves the port does not, because connections would wait for it in vain.

    Raises:
        CannotStart: The port is taken.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With TCP named explicitly, the event loop sends small answers at once.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            listener.bind((settings.host, settings.port))
            if not shared:
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
    """Yield an event that the first SIGINT or SIGTERM sets, also during the start."""
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
