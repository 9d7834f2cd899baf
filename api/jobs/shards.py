"""`taskwage shards list` and `taskwage shards add URL`: which servers hold the rows, and one more of them.

Adding goes on while everything is served. After a crash the same command again finishes what was begun.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import click
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from api.clock import SystemClock
from api.errors import Busy, DatabaseGone
from api.logs import tell
from api.server import stored
from api.settings import Settings
from api.store import joining, moves, shards
from api.store.database import translated
from api.store.locks import ADDING, alone
from api.store.places import Place, Places
from api.store.spread import PARTITIONS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import date

    from api.store.database import Database, Pool
    from api.store.moves import Moved

    Progress = Callable[[int], None]

AGAIN_SECONDS = 2.0
TRIES = 30  # of a switch that has to wait for a reader or a release
data_option = click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the data.")


class Listed(Struct, frozen=True):
    """One shard: where it is, which partitions it has, whether it answers."""

    shard: int
    place: str
    partitions: list[int]
    answers: bool


async def listed(pool: Pool) -> list[Listed]:
    """Every shard; none where one server has everything."""
    with translated():
        async with pool.acquire() as db:
            owners, there = await shards.owners(db), await shards.known(db)
    return [
        Listed(number, str(place), sorted(p for p, shard in owners.items() if shard == number), await _answers(place))
        for number, place in there.items()
    ]


async def _answers(place: Place) -> bool:
    try:
        db = await shards.connected(place)
    except DatabaseGone:
        return False
    await db.close()
    return True


async def add(pool: Pool, place: Place, today: date, progress: Progress) -> list[Moved]:
    """Make the empty database at `place` a shard with its share of the partitions; what was moved.

    Raises:
        Busy: another one is being added, or a release takes too long. DatabaseGone: a server does not answer.
        CannotStart: the database at `place` is something else already.
    """
    with translated():
        async with AsyncExitStack() as stack:
            db = await stack.enter_async_context(pool.acquire())
            await stack.enter_async_context(alone(db, ADDING, "adding a shard"))
            number = await joining.enlisted(db, place)
            lines: dict[int, Database] = {}
            for known, where in (await shards.known(db)).items():
                lines[known] = await shards.connected(where)
                stack.push_async_callback(lines[known].close)
            return await _shared_out(db, lines, number, today, progress)


async def _shared_out(
    db: Database, lines: Mapping[int, Database], number: int, today: date, progress: Progress
) -> list[Moved]:
    owners = await shards.owners(db)
    if not owners:
        ends = moves.Ends(db, db, lines[number], number)
        return [await _patiently(partial(moves.move_all, ends, today, progress))]
    await moves.tidied(owners, {shard: line for shard, line in lines.items() if shard != number})
    done = []
    for partition in share(owners, number):
        ends = moves.Ends(db, lines[owners[partition]], lines[number], number)
        moved = await _patiently(partial(moves.move, ends, partition, progress))
        tell("partition_moved", partition=partition, shard=number, rows=moved.rows)
        done.append(moved)
    return done


def share(owners: Mapping[int, int], number: int) -> list[int]:
    """The partitions that go to the shard `number`, so that all have about the same: taken one by one from whoever has
    most. Nothing where it has its share.
    """
    left = dict(owners)
    fair = PARTITIONS // len(set(owners.values()) | {number})
    taken = []
    while Counter(left.values())[number] < fair:
        most, _ = max(Counter(left.values()).items(), key=lambda item: (item[1], -item[0]))
        partition = max(one for one, shard in left.items() if shard == most)
        left[partition] = number
        taken.append(partition)
    return taken


async def _patiently(act: Callable[[], Awaitable[Moved]]) -> Moved:
    """Again where somebody reads for long or publishes: nothing was switched, and what was copied stays."""
    for attempt in range(TRIES):
        try:
            return await act()
        except (asyncpg.LockNotAvailableError, Busy):
            if attempt == TRIES - 1:
                raise Busy("somebody reads or publishes all the time: try again later; what was copied stays") from None
            await asyncio.sleep(AGAIN_SECONDS)
    raise AssertionError("the loop returns or raises")


@click.group("shards")
def shards_group() -> None:
    """The PostgreSQL servers that hold the rows (docs/shards.md)."""


@shards_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@data_option
def list_command(as_json: bool, data: Path | None) -> None:
    """Name every shard, what it has and whether it answers. No password is shown."""
    found = asyncio.run(_listed(Settings.from_env(os.environ, data=data)))
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    elif not found:
        click.echo("One server has everything.")
    else:
        for one in found:
            click.echo(f"{one.shard} {one.place}: {_named(one.partitions)}{'' if one.answers else ', DOES NOT ANSWER'}")


def _named(partitions: list[int]) -> str:
    return f"{len(partitions)} of {PARTITIONS} partitions ({', '.join(map(str, partitions)) or 'none'})"


async def _listed(settings: Settings) -> list[Listed]:
    async with stored(settings) as (_, pool):
        return await listed(pool)


@shards_group.command("add")
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@data_option
def add_command(url: str, as_json: bool, data: Path | None) -> None:
    """Make the empty database at URL a shard and move its share of the rows to it.

    Everything goes on meanwhile; only rows of the partition that is just being switched wait with their senders, for
    the time that is told. The first shard takes all rows. A run that was interrupted is finished by running it again.
    """
    settings = replace(Settings.from_env(os.environ, data=data), shard_urls=Places())
    done = asyncio.run(_add(settings, Place.of(url), _teller(as_json)))
    if as_json:
        click.echo(msgspec.json.encode([one._asdict() for one in done]).decode())
        return
    for one in done:
        what = "all partitions" if one.partition is None else f"partition {one.partition}"
        click.echo(
            f"Moved {what}: {one.rows:,} rows, the same count and hash on both; read-only for {one.read_only_seconds:.1f} s."
        )
    click.echo("Add the address to SHARD_URLS wherever it is set." if done else "It has its share already.")


def _teller(is_quiet: bool) -> Progress:
    total = 0

    def tell_copied(rows: int) -> None:
        nonlocal total
        total += rows
        if rows and not is_quiet:
            click.echo(f"  {total:,} rows copied", err=True)

    return tell_copied


async def _add(settings: Settings, place: Place, progress: Progress) -> list[Moved]:
    async with stored(settings) as (_, pool):
        return await add(pool, place, SystemClock().now().date(), progress)
