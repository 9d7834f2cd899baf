"""`taskwage migrate`: the database's schema, brought to a step."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click

from api.commands.options import data_option
from api.runtime.server import database_of, migrated
from api.runtime.settings import Settings
from api.store import migrate as migrations


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
