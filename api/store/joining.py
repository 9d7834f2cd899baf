"""Before anything is served: the servers that `SHARD_URLS` names become shards, and are at our schema.

A coordinator without a row spreads its partitions evenly over the shards it is given. One that has rows keeps them
until `taskwage shards add` moves them. A shard that does not answer stops nobody: what is its own waits.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from api.errors import CannotStart, DatabaseGone
from api.logs import tell
from api.store import layout, migrate, partitions, shards
from api.store.database import translated
from api.store.spread import PARTITIONS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date
    from uuid import UUID

    from api.store.database import Database
    from api.store.places import Place, Places

JOINING = 7_204_004  # one process at a time changes which servers there are
WAIT = "SELECT pg_advisory_lock($1)"
LET_GO = "SELECT pg_advisory_unlock($1)"
ALONE = "LOCK TABLE intake.observations, intake.clients, intake.tasks IN ACCESS EXCLUSIVE MODE"


async def joined(dsn: str, places: Places, today: date | None, *, strict: bool = False) -> None:
    """Bring the cluster behind the coordinator `dsn` in order, with tables for the months from `today` on.

    Raises:
        DatabaseGone: the coordinator does not answer, or a shard that is to be a new one; or any, where it is `strict`.
        CannotStart: a place is something else already, or there are rows that were never spread.
    """
    with translated():
        db = await asyncpg.connect(dsn)
        try:
            if today is not None:
                await partitions.ahead(db, today)
            async with _alone(db):
                if await shards.owners(db):
                    await _renew(db, places)
                elif len(places):
                    await _begin(db, places)
                there = await shards.known(db)
        finally:
            await db.close()
    for number, place in there.items():
        try:
            await _kept(place, today)
        except DatabaseGone as gone:
            if strict:
                raise
            tell("shard_down", shard=number, why=str(gone))


@asynccontextmanager
async def _alone(db: Database) -> AsyncIterator[None]:
    await db.execute(WAIT, JOINING)
    try:
        yield
    finally:
        await db.execute(LET_GO, JOINING)


async def _begin(db: Database, places: Places) -> None:
    """Nothing is stored yet: every shard gets its share."""
    if not await layout.is_empty(db):
        raise CannotStart("SHARD_URLS is set and all rows are on one server: move them with taskwage shards add URL")
    numbers = [await enlisted(db, place) for place in places]
    owners = {number: numbers[number % len(numbers)] for number in range(PARTITIONS)}
    for shard, place in zip(numbers, places, strict=True):
        await _given(place, [number for number, owner in owners.items() if owner == shard])
    async with db.transaction():
        await db.execute(layout.PATIENCE)
        await db.execute(ALONE)
        if not await layout.is_empty(db):
            raise CannotStart("somebody stores rows on the coordinator: stop that first")
        await layout.split(db, owners)
    tell("spread", shards=len(numbers))


async def _given(place: Place, numbers: Sequence[int]) -> None:
    shard = await shards.connected(place)
    try:
        for number in numbers:
            await layout.make(shard, number)
            await layout.attach(shard, number)
    finally:
        await shard.close()


async def enlisted(db: Database, place: Place) -> int:
    """Make the empty database at `place` a shard, or find that it is; its number.

    Raises:
        DatabaseGone: it does not answer. CannotStart: it is something else already.
    """
    cluster, there = await shards.found(db), await shards.known(db)
    await migrate.upgrade(place.dsn, role="shard")
    shard = await shards.connected(place)
    try:
        number = await shards.join(shard, cluster, max(there, default=0) + 1)
    finally:
        await shard.close()
    await shards.introduce(db, number, place)
    return number


async def _renew(db: Database, places: Places) -> None:
    """Logins and addresses as `SHARD_URLS` has them now."""
    cluster = await shards.found(db)
    by_address = {place.address: number for number, place in (await shards.known(db)).items()}
    for place in places:
        number = by_address.get(place.address) or await _moved(place, cluster)
        if number is None:
            tell("shard_unused", place=str(place))
        else:
            await shards.introduce(db, number, place)


async def _moved(place: Place, cluster: UUID) -> int | None:
    """Which of our shards answers at a place that we do not know."""
    try:
        shard = await shards.connected(place)
    except DatabaseGone:
        return None
    try:
        mine = await shards.membership(shard)
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await shard.close()
    return mine.number if mine.cluster == cluster else None


async def _kept(place: Place, today: date | None) -> None:
    """A shard at our schema, with the months to come. One that does not answer gets both when it is back and we start
    anew; until it has our schema it is not written to.
    """
    shard = await shards.connected(place)
    try:
        await migrate.upgrade(place.dsn, role="shard")
        if today is not None:
            await partitions.ahead(shard, today)
    finally:
        await shard.close()
