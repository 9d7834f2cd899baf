"""Rows straight from the server that has them: each partition with a connection to its shard, for as long as a job runs.

What asks the coordinator for all rows gets them through one process; whoever needs many asks the shards side by side.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from api.errors import Busy
from api.store import shards
from api.store.spread import PARTITIONS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.store.database import Database


@asynccontextmanager
async def sources(db: Database) -> AsyncIterator[list[tuple[int, Database]]]:
    """Every partition and a connection to where it is: a shard's, or `db` itself where all rows are there.

    Raises:
        DatabaseGone: a shard does not answer. Busy: a partition was moved meanwhile; what was read is not whole.
    """
    owners = await shards.owners(db)
    async with AsyncExitStack() as stack:
        places = await shards.known(db) if owners else {}
        opened: dict[int, Database] = {}
        for number in sorted(set(owners.values())):
            opened[number] = await shards.connected(places[number])
            stack.push_async_callback(opened[number].close)
        yield [(number, opened[owners[number]] if owners else db) for number in range(PARTITIONS)]
    if await shards.owners(db) != owners:
        raise Busy("a partition was moved to another server while its rows were read: try again")
