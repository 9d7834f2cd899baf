"""`taskwage packs`: descriptions of platforms, shown, checked and updated."""

from __future__ import annotations

import os
from pathlib import Path

import click

from api.commands.pack_updates import COMMANDS as UPDATE_COMMANDS
from api.commands.pack_updates import told as told_updates
from api.commands.shape_reports import COMMANDS as SHAPE_COMMANDS
from api.packs import load as packs_module
from api.packs.update_repository import PackUpdateRepository
from api.runtime.settings import Settings


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


for command in (*UPDATE_COMMANDS, *SHAPE_COMMANDS):
    packs.add_command(command)
