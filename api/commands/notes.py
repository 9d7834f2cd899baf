"""`taskwage note`: answers to a client. Objections and corrections appear as dated notes with the figures.

A note is public from the next release on, and changes no figure. It can be withdrawn, never deleted: releases that hold
it stay as they are.
"""

from __future__ import annotations

import asyncio
import json
import os
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click

from analytics.importers.detect import old_names, platform_name
from analytics.model.errors import BadInput
from analytics.model.identifiers import snapshot_key
from api.commands.options import data_option
from api.packs import load as packs
from api.runtime.clock import SystemClock
from api.runtime.server import stored
from api.runtime.settings import Settings
from api.store import notes as store
from api.store.database import Database, translated
from api.store.notes import KINDS, Kind, Note, StoredNote

MOST_CHARACTERS = 2_000  # a page of text; a longer answer can be linked
# Characters that reverse the direction of text.
NEVER = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"}


@click.group()
def note() -> None:
    """List, add or withdraw notes on figures: a client's objection, a correction, a remark."""


@note.command()
@click.argument("text")
@click.option("--platform", required=True, metavar="NAME")
@click.option("--client", metavar="ID|KEY", help="The platform's id of the client or its key; none: the platform.")
@click.option("--kind", type=click.Choice(KINDS), default="objection", show_default=True)
@data_option
def add(text: str, platform: str, client: str | None, kind: Kind, data: Path | None) -> None:
    """Add TEXT, plain text of 2,000 characters at most, as a note on a client in the next release."""
    words = plain(text)
    platform = platform_name(platform)
    if platform not in packs.load():
        raise BadInput(f"no platform {platform!r}; platforms: {', '.join(packs.load())}; old names: {old_names()}")
    number = asyncio.run(_add(Settings.from_env(os.environ, data=data), platform, client, (kind, words)))
    click.echo(f"Note {number} is public from the next release on.")


@note.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def list_notes(as_json: bool, data: Path | None) -> None:
    """List every note ever written, withdrawn ones too."""
    kept = asyncio.run(_listed(Settings.from_env(os.environ, data=data)))
    if as_json:
        click.echo(json.dumps([described(one) for one in kept], indent=1, default=str))
    else:
        click.echo("\n".join(map(told, kept)) or "No notes.")


@note.command()
@click.argument("number", type=click.IntRange(min=1))
@data_option
def withdraw(number: int, data: Path | None) -> None:
    """Leave note NUMBER out of later releases; those that hold it stay as they are."""
    if not asyncio.run(_withdrawn(Settings.from_env(os.environ, data=data), number)):
        raise BadInput(f"no note {number} is in force; see taskwage note list")
    click.echo(f"Note {number} is withdrawn: later releases leave it out.")


def plain(text: str) -> str:
    """Return `text` without blanks around it.

    Raises:
        BadInput: The text is empty, too long, or not plain text.
    """
    words = text.strip()
    if not words or len(words) > MOST_CHARACTERS:
        raise BadInput(f"a note has 1 to {MOST_CHARACTERS:,} characters, this one {len(words):,}")
    if any((unicodedata.category(letter) in ("Cc", "Cs") and letter != "\n") or letter in NEVER for letter in words):
        raise BadInput("a note is plain text: no control characters but line ends")
    return words


def told(one: StoredNote) -> str:
    """Return one line for a note."""
    about = (
        one.platform if one.client_key is None else f"{one.platform} {one.client_id or snapshot_key(one.client_key)}"
    )
    state = f", withdrawn {one.withdrawn_on}" if one.withdrawn_on else ""
    return f"{one.number}  {one.written_on}  {one.kind}  {about}{state}: {' '.join(one.text.split())}"


def described(one: StoredNote) -> dict[str, object]:
    """Return a note for JSON, its client by the key that releases show."""
    key = None if one.client_key is None else snapshot_key(one.client_key)
    return {**one._asdict(), "client_key": key}


async def _add(settings: Settings, platform: str, client: str | None, said: tuple[Kind, str]) -> int:
    async with _database(settings) as db:
        key, client_id = (None, None) if client is None else await _client(db, platform, client)
        return await store.write(db, Note(platform, key, client_id, *said), SystemClock().now().date())


async def _client(db: Database, platform: str, wanted: str) -> tuple[int, str | None]:
    for key, client_id in await store.clients(db, platform):
        if wanted in (client_id, snapshot_key(key)):
            return key, client_id
    raise BadInput(f"no shared work of a client {wanted!r} on {platform}; check the id or key")


async def _listed(settings: Settings) -> list[StoredNote]:
    async with _database(settings) as db:
        return await store.listed(db)


async def _withdrawn(settings: Settings, number: int) -> bool:
    async with _database(settings) as db:
        return await store.withdraw(db, number, SystemClock().now().date())


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    async with stored(settings) as (_, pool):
        with translated():
            async with pool.acquire() as db:
                yield db
