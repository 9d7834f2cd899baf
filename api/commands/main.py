"""The server's commands, added to the analyst's: serve, migrate, publish, packs, generate and more."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click
import uvloop

from analytics.commands.main import cli
from analytics.commands.main import main as run
from analytics.model.policy import CROWD, POLICIES
from analytics.release.manifest import Manifest, encoded_manifest
from api.commands.backup import backup_command, restore_command
from api.commands.demo.command import demo
from api.commands.import_files import import_files
from api.commands.names import names
from api.commands.notes import note
from api.commands.pack_updates import COMMANDS as PACK_COMMANDS
from api.commands.pack_updates import told as told_updates
from api.commands.prune import prune_command
from api.commands.review import review
from api.commands.shape_reports import COMMANDS as SHAPE_COMMANDS
from api.commands.simulate import simulate
from api.errors import TaskwageError
from api.packs import generate as generated
from api.packs import model as packs_module
from api.packs.readme_table import README
from api.packs.update_repository import PackUpdateRepository
from api.publishing.local_engine import ENGINES, Engine, engine_named
from api.publishing.publish import next_due, release_day
from api.publishing.publish import publish as publish_release
from api.runtime import logs
from api.runtime.allocator import share_memory
from api.runtime.clock import SystemClock
from api.runtime.database_watch import until_gone
from api.runtime.notify import READY, STOPPING, notify
from api.runtime.server import database_of, migrated, running, stored, told_to_stop
from api.runtime.settings import Settings
from api.runtime.workers import patient_collector, working
from api.store import migrate as migrations

STALE_EXIT = 1
data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of releases and the embedded PostgreSQL.",
)


home_option = click.option(
    "--home", metavar="NAME", help="Name of this home, where several servers share the bucket SEGMENTS_URL."
)


def main() -> NoReturn:
    """Run the console script `taskwage`."""
    patient_collector()
    run(cli, (TaskwageError,))


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


@click.command()
@click.option("--to", "revision", default="head", show_default=True, help="A step's number.")
@data_option
def migrate(revision: str, data: Path | None) -> None:
    """Bring the database to the newest schema; completed steps are skipped."""
    settings = Settings.from_env(os.environ, data=data)
    asyncio.run(_migrate(settings, revision))
    click.echo(f"The schema is at {migrations.newest() if revision == 'head' else revision}.")


async def _migrate(settings: Settings, revision: str) -> None:
    if revision != "head":
        with database_of(settings) as dsn:
            return await migrations.upgrade(dsn, revision)
    async with migrated(settings):
        return None


@click.command()
@click.option("--policy", type=click.Choice(list(POLICIES)), default=CROWD.name, show_default=True)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day of the release.  [default: the last that is over; today for archives]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the manifest.")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="The engine for the heavy steps.",
)
@click.option(
    "--address", metavar="ADDRESS", help="Address of a running Ray cluster.  [default: a new one on this machine]"
)
@data_option
def publish(
    policy: str, as_of: datetime | None, as_json: bool, engine: str, address: str | None, data: Path | None
) -> None:
    """Publish all stored data as a release. Unchanged content makes no new release, whatever the engine."""
    share_memory()
    settings = Settings.from_env(os.environ, data=data)
    chosen = engine_named(engine, address)
    day = as_of.replace(tzinfo=UTC) if as_of else release_day(SystemClock().now(), POLICIES[policy])
    manifest = asyncio.run(_publish(settings, day, policy, chosen))
    if manifest.as_of != day.date():
        click.echo(
            f"Release {manifest.release} is this week's: shared timings are published once a week. The next is due for "
            f"{next_due(manifest)} or later, and can be made the day after.",
            err=True,
        )
    click.echo(encoded_manifest(manifest) if as_json else _told(manifest, settings), nl=not as_json)


async def _publish(settings: Settings, as_of: datetime, policy: str, engine: Engine) -> Manifest:
    async with stored(settings) as (_, pool):
        return await publish_release(pool, settings, as_of, POLICIES[policy], engine)


def _told(manifest: Manifest, settings: Settings) -> str:
    rows = ", ".join(f"{facts.rows:,} {name}" for name, facts in manifest.tables.items())
    return f"Release {manifest.release} in {settings.releases / manifest.release}: {rows}."


@click.group()
def packs() -> None:
    """Show, check and update packs, the descriptions of platforms."""


@packs.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check_packs(paths: tuple[Path, ...]) -> None:
    """Read every pack and the published updates; stop with code 2 at the first that is invalid.

    With PATHS (files, or folders of them, such as one taught in a browser) read only those.
    """
    known = packs_module.load() if not paths else packs_module.read_all(paths)
    for pack in known.values():
        click.echo(f"{pack.slug} {pack.version} {pack.status}, seen on {pack.seen_on}")
    if paths:
        return
    for line in told_updates(known, PackUpdateRepository(Settings.from_env(os.environ).data).standing()):
        click.echo(f"update: {line}")


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; list stale files and exit with code 1.")
@click.pass_context
def generate(ctx: click.Context, check: bool) -> None:
    """Write the extension's generated files from the contract and the packs."""
    if not check:
        for path in generated.write():
            click.echo(path)
        README.write_text(generated.fresh_readme()[0], encoding="utf-8")
        return
    stale = generated.stale()
    if not generated.fresh_readme()[1]:
        stale.append("The table of platforms in README.md")
    for name in stale:
        click.echo(f"{name} is stale: run taskwage generate", err=True)
    ctx.exit(STALE_EXIT if stale else 0)


for command in (*PACK_COMMANDS, *SHAPE_COMMANDS):
    packs.add_command(command)
OPERATIONS = (backup_command, restore_command, prune_command)
for command in (
    serve,
    migrate,
    publish,
    packs,
    generate,
    import_files,
    demo,
    review,
    names,
    note,
    simulate,
    *OPERATIONS,
):
    cli.add_command(command)
