"""`taskwage publish`: all stored data as a release."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import click

from analytics.model.policy import CROWD, POLICIES
from analytics.release.manifest import Manifest, encoded_manifest
from api.commands.homes import homes_asked
from api.commands.options import data_option
from api.publishing.homes import HomesAsked
from api.publishing.local_engine import ENGINES, Engine, engine_named
from api.publishing.publish import next_due, release_day
from api.publishing.publish import publish as publish_release
from api.runtime.allocator import share_memory
from api.runtime.clock import SystemClock
from api.runtime.server import stored
from api.runtime.settings import Settings


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
@click.option("--homes", "is_of_homes", is_flag=True, help="Publish the rows of all homes in the bucket SEGMENTS_URL.")
@click.option("--without", metavar="NAME", multiple=True, help="Home to leave out; may be repeated.")
@click.option("--accept", metavar="NAME", multiple=True, help="Restored home to take as it is; may be repeated.")
@data_option
def publish(
    policy: str,
    as_of: datetime | None,
    as_json: bool,
    engine: str,
    address: str | None,
    is_of_homes: bool,
    without: tuple[str, ...],
    accept: tuple[str, ...],
    data: Path | None,
) -> None:
    """Publish all stored data as a release. Unchanged content makes no new release, whatever the engine."""
    share_memory()
    settings = Settings.from_env(os.environ, data=data)
    chosen = engine_named(engine, address)
    day = as_of.replace(tzinfo=UTC) if as_of else release_day(SystemClock().now(), POLICIES[policy])
    homes = homes_asked(settings, without, accept, is_of_homes=is_of_homes)
    manifest = asyncio.run(_publish(settings, day, policy, chosen, homes))
    if manifest.as_of != day.date():
        click.echo(
            f"Release {manifest.release} is this week's: shared timings are published once a week. The next is due for "
            f"{next_due(manifest)} or later, and can be made the day after.",
            err=True,
        )
    click.echo(encoded_manifest(manifest) if as_json else _told(manifest, settings), nl=not as_json)


async def _publish(
    settings: Settings, as_of: datetime, policy: str, engine: Engine, homes: HomesAsked | None
) -> Manifest:
    async with stored(settings) as (_, pool):
        return await publish_release(pool, settings, as_of, POLICIES[policy], engine, homes)


def _told(manifest: Manifest, settings: Settings) -> str:
    rows = ", ".join(f"{facts.rows:,} {name}" for name, facts in manifest.tables.items())
    return f"Release {manifest.release} in {settings.releases / manifest.release}: {rows}."
