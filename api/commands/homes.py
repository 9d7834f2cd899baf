"""`taskwage export`, by which a home writes its rows to the bucket; and the operator's decisions for `publish --homes`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import click

from api.errors import BadSettings, CannotStart
from api.publishing.homes import HomesAsked
from api.runtime.clock import SystemClock
from api.runtime.server import stored
from api.runtime.settings import Settings
from api.store import home_files, migrate, objects, segments
from api.store.database import Pool, translated
from api.store.export import SEGMENTS, export
from api.store.home_files import HomeManifest, Writer
from api.store.locks import PUBLISHING, alone


@click.command("export")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The last day to write.  [default: the last that is over]",
)
@click.option("--home", metavar="NAME", help="Name of this home.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the embedded PostgreSQL.")
def export_command(as_of: datetime | None, home: str | None, data: Path | None) -> None:
    """Write this home's rows to the bucket, for the publisher of all homes. Run it before each release.

    Rows that are there stay; what changed since, such as an erasure, is written again.
    """
    settings = Settings.from_env(os.environ, home=home, data=data)
    if settings.home is None:
        raise BadSettings("TASKWAGE_HOME: this server has no name; start it as a home, or publish from it directly")
    day = as_of.replace(tzinfo=UTC).date() if as_of else SystemClock().now().date() - timedelta(days=1)
    manifest = asyncio.run(_export(settings, day))
    click.echo(f"Home {manifest.home}: days up to {manifest.through} are in the bucket (export {manifest.number}).")


async def _export(settings: Settings, day: date) -> HomeManifest:
    async with stored(settings) as (_, pool):
        return await export_home(pool, settings, day)


async def export_home(pool: Pool, settings: Settings, day: date) -> HomeManifest:
    """Write the segments and tables of the home that `settings` name, with its days up to `day`.

    Raises:
        Busy: Another process is exporting or publishing here.
        BadSettings: Another database wrote there, or this one was restored to an earlier moment.
    """
    assert settings.home is not None
    place = objects.place_of(settings.segments_url, settings.data / SEGMENTS)
    settings.data.mkdir(parents=True, exist_ok=True)
    with translated():
        async with pool.acquire() as db, alone(db, PUBLISHING, "exporting or publishing"):
            await export(db, settings.data, day, place)
            now = segments.written_by(place)
            if now is None:
                raise CannotStart("the segments cannot be read back; look at the bucket")
            writer = Writer(settings.home, settings.nature, migrate.newest(), day)
            return await home_files.write(db, place, settings.data, writer, now)


def homes_asked(
    settings: Settings, without: Iterable[str], accept: Iterable[str], *, is_of_homes: bool
) -> HomesAsked | None:
    """Return the operator's decisions about homes; None for a release of this database's own rows.

    Raises:
        BadSettings: A home itself would publish; a release of all homes has a publisher of its own.
    """
    if settings.home is not None:
        raise BadSettings("TASKWAGE_HOME: a home exports; publish from a database and a data folder of the publisher's")
    return HomesAsked(frozenset(without), frozenset(accept), partial(click.echo, err=True)) if is_of_homes else None
