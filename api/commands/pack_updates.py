"""`taskwage packs update | off | withdraw | updates`: published updates for a site that changed."""

from __future__ import annotations

import asyncio
import os
from datetime import date
from pathlib import Path

import click

from api.commands.options import data_option
from api.intake.contract import PackUpdate, PackUpdates
from api.packs import load as packs
from api.packs.model import Pack
from api.packs.update_repository import PackUpdateRepository
from api.packs.updates import BadUpdate, checked, following, switched_off, update_of
from api.publishing import signing
from api.runtime.clock import SystemClock
from api.runtime.server import stored
from api.runtime.settings import Settings

MOST_WHY = 200  # as `contract.PackUpdate.why`
why_option = click.option("--why", default="", help="One plain sentence for the workers.")
slug_argument = click.argument("slug")


@click.command("update")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Print the changes without publishing them.")
@why_option
@data_option
def update_command(file: Path, dry_run: bool, why: str, data: Path | None) -> None:
    """Publish the changed values of FILE, a corrected copy of a pack with a later version.

    Extensions that hold this version of the pack take the update within hours. Other changes are refused: new hosts,
    pages, signals and meanings need a new extension.
    """
    made = corrected(packs.load(), file, why, SystemClock().now().date())
    for path, value in made.values.items():
        click.echo(f"{path} = {value!r}")
    if not dry_run:
        _publish(data, made)


@click.command("off")
@slug_argument
@why_option
@data_option
def off_command(slug: str, why: str, data: Path | None) -> None:
    """Switch the reading of a site off in every extension, until an update or a new pack."""
    known = _known(slug)
    settings = Settings.from_env(os.environ, data=data)
    standing = _standing(settings, slug)
    version = (standing.version if standing else known.version) + 1
    _publish(data, switched_off(known, version, why, SystemClock().now().date()))


@click.command("withdraw")
@slug_argument
@data_option
def withdraw_command(slug: str, data: Path | None) -> None:
    """Withdraw the update of a pack: extensions return to their built-in pack."""
    _known(slug)
    _publish(data, slug)


@click.command("updates")
@data_option
def updates_command(data: Path | None) -> None:
    """List the published updates, and whether each still fits its pack."""
    for line in told(packs.load(), PackUpdateRepository(Settings.from_env(os.environ, data=data).data).standing()):
        click.echo(line)


def told(known: dict[str, Pack], standing: PackUpdates | None) -> list[str]:
    """Return a line for each update.

    Raises:
        BadUpdate: An update does not fit its pack.
    """
    lines = []
    for update in [] if standing is None else standing.updates:
        pack = known.get(update.slug)
        if pack is None:
            raise BadUpdate(f"{update.slug}: no pack has this slug")
        if pack.version == update.base:
            checked(pack, update)
        what = "off" if update.is_off else f"{len(update.values)} values"
        due = "" if pack.version == update.base else f", for version {update.base} of the pack only"
        lines.append(f"{update.slug} {update.version} {what}, of {update.published_on}{due}")
    return lines


def corrected(known: dict[str, Pack], file: Path, why: str, day: date) -> PackUpdate:
    """Return the update that `file` makes of the pack of its name.

    Raises:
        BadPack: The file is not a pack.
        BadUpdate: The file is not a correction of a known pack.
    """
    if len(why) > MOST_WHY:
        raise BadUpdate(f"--why has {len(why)} letters; {MOST_WHY} are shown")
    edited = packs.read(file)
    if edited.slug not in known:
        raise BadUpdate(f"{edited.slug}: a new platform comes with a new extension, not with an update")
    return update_of(known[edited.slug], edited, why, day)


def _known(slug: str) -> Pack:
    pack = packs.load().get(slug)
    if pack is None:
        raise BadUpdate(f"{slug}: no pack has this slug")
    return pack


def _standing(settings: Settings, slug: str) -> PackUpdate | None:
    standing = PackUpdateRepository(settings.data).standing()
    return next((one for one in standing.updates if one.slug == slug), None) if standing else None


def _publish(data: Path | None, change: PackUpdate | str) -> None:
    """Replace the update of the slug of `change`; a slug alone withdraws it."""
    settings = Settings.from_env(os.environ, data=data)
    made = asyncio.run(published(settings, change))
    count = len(made.updates)
    click.echo(f"Published as {made.serial}: {count} update{'' if count == 1 else 's'} in force.")


async def published(settings: Settings, change: PackUpdate | str) -> PackUpdates:
    """Publish an update in place of that for its slug, or withdraw the update of a slug; return the new document.

    Raises:
        BadUpdate: The published version is as late, or there is none to withdraw.
    """
    slug = change if isinstance(change, str) else change.slug
    shelf = PackUpdateRepository(settings.data)
    async with stored(settings) as (_, pool), pool.acquire() as db:
        signer = await signing.signer(db, settings)
        standing = shelf.standing()
        others = [one for one in standing.updates if one.slug != slug] if standing else []
        before = _standing(settings, slug)
        if isinstance(change, str):
            if before is None:
                raise BadUpdate(f"{slug}: this pack has no published update")
        else:
            if before is not None and before.version >= change.version:
                raise BadUpdate(f"{slug}: version {before.version} is published; an update must be later")
            others.append(change)
        made = following(standing, others, SystemClock().now().date())
        shelf.publish(made, signer)
    return made


COMMANDS = (update_command, off_command, withdraw_command, updates_command)
