"""Each row straight to the shard that has its partition. One server: nothing here is asked.

Which partition a client's rows belong to says PostgreSQL, and its answers are remembered: they never change. Which
shard has a partition is looked up for every batch, under a lock that whoever moves a partition takes for the moment of
the move: rows of that partition are then for later, and all others are not held up.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from api.store import shards
from api.store.database import translated
from api.store.shard import Shard
from api.store.spread import PARTITION_OF_CLIENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from api.revisions import Status
    from api.store.database import Database, Pool
    from api.store.places import Place
    from api.store.rows import Named

MOST_CLIENTS = 500_000  # whose partition is remembered; then we ask anew
MOVING = 7_204_010  # the advisory lock of a partition, with its number
PARTITIONS_OF = f"SELECT client_key, {PARTITION_OF_CLIENT} AS number FROM unnest($1::bigint[]) AS sent (client_key)"
# Two statements: what the second reads is as it was after the first had its locks.
STAY = f"""
SELECT number FROM unnest($1::int[]) AS sent (number) WHERE pg_try_advisory_xact_lock_shared({MOVING}, number)
"""


class Routing:
    """The shards of the coordinator behind `pool`, and the way of a row to its own."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._shards: dict[int, Shard] = {}
        self._owners: dict[int, int] = {}
        self._partitions: dict[int, int] = {}

    @property
    def is_spread(self) -> bool:
        """Whether rows are on shards."""
        return bool(self._owners)

    @property
    def shards(self) -> list[Shard]:
        """All of them, in the order of their numbers."""
        return [self._shards[number] for number in sorted(self._shards)]

    async def refresh(self) -> None:
        """Look again which shards there are and what they have.

        Raises:
            DatabaseGone: the coordinator does not answer.
        """
        with translated():
            async with self._pool.acquire() as db:
                await self._look(db)

    async def _look(self, db: Database) -> None:
        self._owners = await shards.owners(db)
        if not self._owners:
            return
        there, cluster = await shards.known(db), await shards.found(db)
        for number, place in there.items():
            if self._is_new(number, place):
                before = self._shards.get(number)
                self._shards[number] = Shard(number, place, cluster)
                if before is not None:
                    await before.close()

    def _is_new(self, number: int, place: Place) -> bool:
        return number not in self._shards or self._shards[number].place != place

    async def close(self) -> None:
        """Let go of all shards."""
        for shard in self.shards:
            await shard.close()

    async def store(self, db: Database, named: Sequence[Named]) -> list[Status | None]:
        """Store each row on its shard; one status a row, none where its shard does not answer or its partition moves.

        `db` is in a transaction at the coordinator, which must last until this returns.
        """
        places = await self._partitions_of(db, {item.row.client_key for item in named})
        numbers = sorted({places[item.row.client_key] for item in named})
        open_ = {row["number"] for row in await db.fetch(STAY, numbers)}
        self._owners = await shards.owners(db)
        if not self._shards.keys() >= set(self._owners.values()):
            await self._look(db)
        parts: dict[int, list[int]] = defaultdict(list)
        for at, item in enumerate(named):
            number = places[item.row.client_key]
            if number in open_:
                parts[self._owners[number]].append(at)
        return await self._told(named, parts)

    async def _told(self, named: Sequence[Named], parts: dict[int, list[int]]) -> list[Status | None]:
        """Tell every shard its part at once; a fault in one's rows is raised when all have ended."""
        answers = await asyncio.gather(
            *(self._shards[shard].store([named[at] for at in part]) for shard, part in parts.items()),
            return_exceptions=True,
        )
        statuses: list[Status | None] = [None] * len(named)
        for part, answer in zip(parts.values(), answers, strict=True):
            if isinstance(answer, BaseException):
                raise answer
            for at, status in zip(part, answer, strict=True):
                statuses[at] = status
        return statuses

    async def _partitions_of(self, db: Database, keys: Iterable[int]) -> dict[int, int]:
        unknown = [key for key in keys if key not in self._partitions]
        if unknown:
            if len(self._partitions) > MOST_CLIENTS:
                self._partitions.clear()
                unknown = list(keys)
            rows = await db.fetch(PARTITIONS_OF, unknown)
            self._partitions.update({row["client_key"]: row["number"] for row in rows})
        return self._partitions


def all_of(lists: Iterable[Sequence[Status | None]]) -> list[Status | None]:
    """Lists one behind the other."""
    return list(chain.from_iterable(lists))
