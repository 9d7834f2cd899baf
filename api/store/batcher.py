"""Many requests, few transactions: what waits while a flusher is busy is stored together when it is free.

No timer: a lone request is stored at once, a crowd shares a commit. A caller is answered after the commit, so
that what was acknowledged is on disk. What does not fit in the queue is turned away before memory or waiting
grows.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import asyncpg

from api.errors import DatabaseGone, Shedding, UnknownSecret
from api.intake.revisions import Status
from api.store import contributors, observations, overheads
from api.store.database import Database, Pool, translated
from api.store.names import Names
from api.store.rows import Named, OverheadRow

FLUSHERS = 2  # one prepares while the other waits for the disk
MOST_ROWS = 1_000  # a transaction; more gains nothing and keeps the first of them waiting
RETRIES = 2  # of a batch that met another one
MET = (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


class Sending(NamedTuple):
    """What one request wants stored, all of one contributor."""

    contributor: int
    observations: Sequence[Named]
    overheads: Sequence[OverheadRow]

    @property
    def size(self) -> int:
        return len(self.observations) + len(self.overheads)


class Stored(NamedTuple):
    """What became of each item of a `Sending`, in its order."""

    observations: Sequence[Status]
    overheads: Sequence[Status]


class _Job(NamedTuple):
    sending: Sending
    answer: asyncio.Future[Stored]


class Batcher:
    """The one door through which requests write raw rows."""

    def __init__(self, pool: Pool, queue_rows: int) -> None:
        self._pool = pool
        self._queue_rows = queue_rows
        self._waiting: deque[_Job] = deque()
        self._waiting_rows = 0
        self._work = asyncio.Condition()
        self._closing = False
        self._names = Names()
        self._flushers: list[asyncio.Task[None]] = []

    @property
    def waiting_rows(self) -> int:
        """Rows that wait for a commit."""
        return self._waiting_rows

    def start(self) -> None:
        """Begin to store."""
        self._flushers = [asyncio.create_task(self._flush()) for _ in range(FLUSHERS)]

    async def close(self) -> None:
        """Store all that waits, then stop; nothing more is let in."""
        async with self._work:
            self._closing = True
            self._work.notify_all()
        await asyncio.gather(*self._flushers)

    async def store(self, sending: Sending) -> Stored:
        """Store `sending` and return once it is on disk.

        Raises:
            Shedding: too much is waiting, or we are stopping.
            DatabaseGone: it could not be stored; nothing of it was.
            UnknownSecret: the contributor was erased meanwhile.
        """
        if self._closing or self._waiting_rows + sending.size > self._queue_rows:
            raise Shedding("Nothing of this request was stored; send it again.")
        job = _Job(sending, asyncio.get_running_loop().create_future())
        async with self._work:
            self._waiting.append(job)
            self._waiting_rows += sending.size
            self._work.notify()
        return await job.answer

    async def _flush(self) -> None:
        while jobs := await self._take():
            await self._settle(jobs)

    async def _take(self) -> list[_Job]:
        """The next jobs, up to a transaction's worth; none when we are closing and all is done."""
        async with self._work:
            await self._work.wait_for(lambda: self._waiting or self._closing)
            jobs: list[_Job] = []
            rows = 0
            while self._waiting and (not jobs or rows + self._waiting[0].sending.size <= MOST_ROWS):
                jobs.append(self._waiting.popleft())
                rows += jobs[-1].sending.size
            self._waiting_rows -= rows
            return jobs

    async def _settle(self, jobs: list[_Job]) -> None:
        """Store `jobs` together; if that breaks, one by one: only the one that breaks it is told so."""
        stored: Sequence[Stored | Exception]
        try:
            stored = await self._commit([job.sending for job in jobs])
        except DatabaseGone as gone:
            stored = [gone] * len(jobs)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for the answer, never swallowed
            if len(jobs) == 1:
                stored = [error]
            else:
                for job in jobs:
                    await self._settle([job])
                return
        for job, answer in zip(jobs, stored, strict=True):
            if job.answer.done():  # the caller hung up; its rows are stored all the same
                continue
            if isinstance(answer, Exception):
                job.answer.set_exception(answer)
            else:
                job.answer.set_result(answer)

    async def _commit(self, sendings: Sequence[Sending]) -> Sequence[Stored | Exception]:
        for attempt in range(RETRIES + 1):
            try:
                with translated():
                    async with self._pool.acquire() as db, db.transaction():
                        stored = await self._write(db, sendings, careful=attempt > 0)
            except MET:
                if attempt == RETRIES:
                    raise
                continue
            for sending in sendings:
                self._names.remember(sending.observations)
            return stored
        raise AssertionError("the loop returns or raises")

    async def _write(self, db: Database, sendings: Sequence[Sending], *, careful: bool) -> Sequence[Stored | Exception]:
        alive = await contributors.hold(db, {sending.contributor for sending in sendings})
        let_in = [sending for sending in sendings if sending.contributor in alive]
        days = [row for sending in let_in for row in sending.overheads]
        seen_days = iter(await overheads.store(db, days) if days else [])
        named = [item for sending in let_in for item in sending.observations]
        seen = iter(await self._rows(db, named, careful=careful) if named else [])
        return [
            Stored([next(seen) for _ in sending.observations], [next(seen_days) for _ in sending.overheads])
            if sending.contributor in alive
            else UnknownSecret("This contributor was erased.")
            for sending in sendings
        ]

    async def _rows(self, db: Database, named: Sequence[Named], *, careful: bool) -> Sequence[Status]:
        await self._names.tell(db, named)
        return await observations.store(db, [item.row for item in named], careful=careful)
