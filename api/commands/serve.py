"""`taskwage serve`: the API, the explorer and the practice platform, until a stop signal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
import uvloop

from api.commands.options import data_option
from api.runtime import logs
from api.runtime.clock import SystemClock
from api.runtime.database_watch import until_gone
from api.runtime.notify import READY, STOPPING, notify
from api.runtime.server import running, told_to_stop
from api.runtime.settings import Settings
from api.runtime.workers import working
from api.store import migrate as migrations

home_option = click.option(
    "--home", metavar="NAME", help="Name of this home, where several servers share the bucket SEGMENTS_URL."
)


@click.command()
@click.option("--port", type=click.IntRange(0, 65_535), help="0 takes a free one.  [default: 8321]")
@click.option("--host", help="[default: 127.0.0.1]")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that serve.")
@home_option
@data_option
def serve(port: int | None, host: str | None, workers: int, home: str | None, data: Path | None) -> None:
    """Serve the API, the explorer and the practice platform until Ctrl-C or SIGTERM.

    Without DATABASE_URL, a PostgreSQL in the data folder is started and stopped with the server.
    """
    settings = Settings.from_env(os.environ, port=port, host=host, home=home, data=data)
    logs.begin(settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, workers))


async def _serve(settings: Settings, workers: int) -> None:
    with told_to_stop() as told:
        async with _serving(settings, workers) as (url, dsn):
            name = "" if settings.home is None else f" as the home {settings.home}"
            click.echo(f"Taskwage serves {url}{name} ({settings.nature} data in {settings.data})")
            logs.tell("serving", nature=settings.nature, workers=workers, schema=migrations.newest())
            notify(READY, os.environ)
            await _until_stopped(told, dsn, settings.database_patience_seconds)
            notify(STOPPING, os.environ)
            click.echo("Stopping: answering open requests.")
    logs.tell("stopped")


async def _until_stopped(told: asyncio.Event, dsn: str, patience_seconds: int) -> None:
    """Return once the program receives a stop signal.

    Raises:
        DatabaseGone: The database has not answered for `patience_seconds`; a supervisor should restart the program.
    """
    watching = asyncio.create_task(until_gone(dsn, patience_seconds))
    waiting = asyncio.create_task(told.wait())
    try:
        done, _ = await asyncio.wait({watching, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if watching in done:
            notify(STOPPING, os.environ)
            await watching
    finally:
        for task in (watching, waiting):
            task.cancel()
        await asyncio.gather(watching, waiting, return_exceptions=True)


@asynccontextmanager
async def _serving(settings: Settings, workers: int) -> AsyncIterator[tuple[str, str]]:
    if workers > 1:
        async with working(settings, workers) as addresses:
            yield addresses
    else:
        async with running(settings, SystemClock()) as server:
            yield server.url, server.dsn
