"""`taskwage names`: the published names of clients and tasks, corrected or hidden by the operator."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import click

from analytics.model.errors import BadInput
from analytics.model.identifiers import snapshot_key
from api.commands.notes import plain
from api.commands.options import data_option
from api.runtime.clock import SystemClock
from api.runtime.server import stored
from api.runtime.settings import Settings
from api.store import words
from api.store.database import Database, translated
from api.store.words import Kind

KINDS: tuple[Kind, ...] = ("client", "task")
kind_option = click.option("--kind", type=click.Choice(KINDS), default="client", show_default=True)


@click.group()
def names() -> None:
    """List, correct or hide the published names of clients and titles of tasks.

    A name or title is published only if five counted people or more sent it alike. KEY is the key in the tables (12 hex
    digits). A ruling takes effect with the next release; existing releases do not change.
    """


@names.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def list_command(as_json: bool, data: Path | None) -> None:
    """List the spellings that five people or more sent alike, and the rulings."""
    found = asyncio.run(_listed(Settings.from_env(os.environ, data=data)))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for row in found:
        click.echo(f"{row['kind']:12} {row['key']}  {row['text'] if row['text'] is not None else '(hidden)'}")


@names.command()
@click.argument("key")
@click.argument("text")
@kind_option
@data_option
def correct(key: str, text: str, kind: str, data: Path | None) -> None:
    """Publish TEXT as the name of a client, or the title of a task, from the next release on."""
    asyncio.run(_ruled(Settings.from_env(os.environ, data=data), cast("Kind", kind), key, plain(text)))
    click.echo(f"{kind} {key} is called {plain(text)!r} from the next release on.")


@names.command()
@click.argument("key")
@kind_option
@data_option
def hide(key: str, kind: str, data: Path | None) -> None:
    """Publish no name of a client, or title of a task, from the next release on."""
    asyncio.run(_ruled(Settings.from_env(os.environ, data=data), cast("Kind", kind), key, None))
    click.echo(f"{kind} {key} has no published words from the next release on.")


@names.command()
@click.argument("key")
@kind_option
@data_option
def reset(key: str, kind: str, data: Path | None) -> None:
    """Withdraw a ruling: the names that people sent count again."""
    if not asyncio.run(_reset(Settings.from_env(os.environ, data=data), cast("Kind", kind), key)):
        raise BadInput(f"{kind} {key} has no ruling; see taskwage names list")
    click.echo(f"{kind} {key}: the words that people sent count from the next release on.")


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    with translated():
        async with stored(settings) as (_, pool), pool.acquire() as db:
            yield db


async def _listed(settings: Settings) -> list[dict[str, str | None]]:
    async with _opened(settings) as db:
        standing = await words.standing(db, SystemClock().now().date())
    alike = standing.alike.select("kind", "key", "text").unique().sort("kind", "key", "text")
    rows = [*alike.rows(), *((f"{kind} ruling", key, text) for kind, key, text in standing.rulings.rows())]
    return [{"kind": kind, "key": snapshot_key(key), "text": text} for kind, key, text in rows]


async def _key(db: Database, kind: Kind, digits: str) -> int:
    """Return the whole key that begins with `digits`.

    Raises:
        BadInput: No key begins so, or several do.
    """
    plain_digits = digits.lower()
    if not plain_digits or set(plain_digits) - set("0123456789abcdef"):
        raise BadInput(f"{digits!r} is no key: give the 12 hex digits of {kind}_key in the tables")
    found = await words.keys_like(db, kind, plain_digits)
    if len(found) != 1:
        raise BadInput(f"{len(found)} {kind}s have a key that begins with {digits}; give all 12 digits of the tables")
    return found[0]


async def _ruled(settings: Settings, kind: Kind, digits: str, text: str | None) -> None:
    async with _opened(settings) as db:
        await words.rule(db, kind, await _key(db, kind, digits), text, SystemClock().now().date())


async def _reset(settings: Settings, kind: Kind, digits: str) -> bool:
    async with _opened(settings) as db:
        return await words.unrule(db, kind, await _key(db, kind, digits))
