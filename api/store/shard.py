"""One shard as a serving process reaches it: a few connections, and whether it answers.

Nothing waits for a shard that is down: it is left alone from the first failure on, and asked now and then whether it is
back. Each connection looks first whether it is where it should be: the right cluster, the right number, our schema.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import asyncpg

from api.errors import DatabaseGone
from api.logs import tell
from api.store import migrate, observations, partitions, shards
from api.store.database import SESSION, translated
from api.store.names import Names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from api.revisions import Status
    from api.store.database import Database, Pool
    from api.store.places import Place
    from api.store.rows import Named

CONNECTIONS = 4  # two flushers and who reads
STORE_SECONDS = 10.0  # of a batch that takes milliseconds; longer, and its senders are told to come again
ASK_AGAIN_SECONDS = 0.5
RETRIES = 2  # of a batch that met another one on its way
MET = (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
MOVED = (asyncpg.CheckViolationError, asyncpg.UndefinedTableError)  # the partition is not here any more
ASK = "SELECT 1"


class Shard:
    """The shard `number` of `cluster`, at `place`."""

    def __init__(self, number: int, place: Place, cluster: UUID) -> None:
        self.number, self.place = number, place
        self.is_up = True
        self._cluster = cluster
        self._names = Names()
        self._opened: Pool | None = None
        self._opening = asyncio.Lock()
        self._mending: asyncio.Task[None] | None = None

    async def pool(self) -> Pool:
        """Its connections; the first is made when it is needed."""
        async with self._opening:
            if self._opened is None:
                self._opened = await asyncpg.create_pool(
                    self.place.dsn,
                    min_size=0,
                    max_size=CONNECTIONS,
                    timeout=shards.CONNECT_SECONDS,
                    command_timeout=STORE_SECONDS,
                    server_settings=SESSION,
                    init=self._recognised,
                )
            assert self._opened is not None
            return self._opened

    async def close(self) -> None:
        """Let go of it."""
        if self._mending is not None:
            self._mending.cancel()
            with suppress(asyncio.CancelledError):
                await self._mending
        if self._opened is not None:
            await self._opened.close()

    async def store(self, named: Sequence[Named]) -> list[Status | None]:
        """Store rows that belong here; one status a row, none where nobody knows whether it is stored.

        Other failures than that it does not answer are the rows' own, and raised.
        """
        nothing: list[Status | None] = [None] * len(named)
        if not self.is_up:
            return nothing
        try:
            with translated():
                async with asyncio.timeout(STORE_SECONDS):
                    return list(await self._stored(named))
        except DatabaseGone as gone:
            self.failed(gone)
            return nothing
        except MOVED:
            return nothing
        except asyncpg.InternalClientError:  # a connection that broke while it was given back
            self.failed(DatabaseGone("PostgreSQL hung up"))
            return nothing

    async def _stored(self, named: Sequence[Named]) -> list[Status]:
        pool = await self.pool()
        for attempt in range(RETRIES + 1):
            try:
                async with pool.acquire() as db, db.transaction():
                    await self._names.tell(db, named)
                    found = await observations.store(db, [item.row for item in named], careful=attempt > 0)
            except MET:
                if attempt == RETRIES:
                    raise
                continue
            self._names.remember(named)
            return found
        raise AssertionError("the loop returns or raises")

    async def ahead(self, today: date) -> None:
        """Make the tables of months to come.

        Raises:
            DatabaseGone: it does not answer.
        """
        if self.is_up:
            with translated():
                async with (await self.pool()).acquire() as db:
                    await partitions.ahead(db, today)

    def failed(self, why: DatabaseGone) -> None:
        """It does not answer: leave it alone until it does."""
        if self.is_up:
            self.is_up = False
            tell("shard_down", shard=self.number, why=str(why))
            self._mending = asyncio.create_task(self._mend())

    async def _mend(self) -> None:
        while not self.is_up:
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            with suppress(DatabaseGone):
                await self.asked()

    async def asked(self) -> None:
        """Ask whether it is there.

        Raises:
            DatabaseGone: it is not.
        """
        try:
            with translated():
                pool = await self.pool()
                async with asyncio.timeout(shards.CONNECT_SECONDS):
                    await pool.fetchval(ASK)
        except DatabaseGone as gone:
            self.failed(gone)
            raise
        if not self.is_up:
            self.is_up = True
            tell("shard_up", shard=self.number)

    async def _recognised(self, db: Database) -> None:
        mine = await shards.membership(db)
        if (mine.cluster, mine.number) != (self._cluster, self.number):
            raise ConnectionError(f"at the address of shard {self.number} is something else")
        if (await migrate.current(db) or "") < migrate.newest():
            raise ConnectionError(f"shard {self.number} has an older schema: run taskwage migrate")
