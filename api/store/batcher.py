"""Store many requests in few transactions: requests that wait while a flusher is busy are committed together.

There is no timer: a single request is stored at once, and concurrent requests share a commit. A caller gets its answer
after the commit, so acknowledged rows are on disk. A request that does not fit in the queue is refused before memory or
waiting time grows.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import asyncpg

from api.errors import DailyLimit, DatabaseGone, Shedding, UnknownSecret
from api.intake.revisions import STORED, Status
from api.store import contributors, daily_use, observations, overheads
from api.store.database import Database, Pool, translated
from api.store.names import Names
from api.store.rows import Named, OverheadRow

NO_LIMITS = daily_use.Limits(items=1 << 62, names=1 << 62)  # the limits of trusted writers
FLUSHERS = 2  # one prepares while the other waits for the disk
MOST_ROWS = 1_000  # rows in a transaction; more gains nothing and delays the first of them
RETRIES = 2  # of a batch that conflicted with another
MET = (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


class Sending(NamedTuple):
    """Items that one request wants stored, all of one contributor."""

    contributor: int
    observations: Sequence[Named]
    overheads: Sequence[OverheadRow]

    @property
    def size(self) -> int:
        return len(self.observations) + len(self.overheads)

    @property
    def day(self) -> date:
        """The day on which the items arrived."""
        return self.observations[0].row.received_on if self.observations else self.overheads[0].received_on


class Stored(NamedTuple):
    """The status of each item of a `Sending`, in its order."""

    observations: Sequence[Status]
    overheads: Sequence[Status]


class _Job(NamedTuple):
    sending: Sending
    answer: asyncio.Future[Stored]


class Batcher:
    """The only writer of raw rows that come in requests."""

    def __init__(self, pool: Pool, queue_rows: int, limits: daily_use.Limits = NO_LIMITS) -> None:
        self._pool = pool
        self._limits = limits
        self._queue_rows = queue_rows
        self._waiting: deque[_Job] = deque()
        self._waiting_rows = 0
        self._work = asyncio.Condition()
        self._closing = False
        self._names = Names()
        self._flushers: list[asyncio.Task[None]] = []

    @property
    def waiting_rows(self) -> int:
        """The number of rows that wait for a commit."""
        return self._waiting_rows

    def start(self) -> None:
        """Start the flushers."""
        self._flushers = [asyncio.create_task(self._flush()) for _ in range(FLUSHERS)]

    async def close(self) -> None:
        """Refuse new requests, store all that wait, then stop."""
        async with self._work:
            self._closing = True
            self._work.notify_all()
        await asyncio.gather(*self._flushers)

    async def store(self, sending: Sending) -> Stored:
        """Store `sending` and return once it is on disk.

        Raises:
            Shedding: The queue is full, or the server is stopping.
            DatabaseGone: Nothing was stored, because PostgreSQL cannot be reached.
            UnknownSecret: The contributor was erased meanwhile.
            DailyLimit: The request exceeds the contributor's daily limit; nothing of it was stored.
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
        """Return the next jobs, at most one transaction's worth; an empty list when closing and all is stored."""
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
        """Store `jobs` in one transaction; if that fails, store them one by one, so that only the faulty job gets
        the error."""
        stored: Sequence[Stored | Exception]
        try:
            stored = await self._commit([job.sending for job in jobs])
        except DatabaseGone as gone:
            stored = [gone] * len(jobs)
        except Exception as error:  # noqa: BLE001 - handed to the caller that waits for the answer, never swallowed
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
        people = {sending.contributor for sending in sendings}
        alive = await contributors.hold(db, people)
        used = await daily_use.of(db, sendings[0].day, people)
        refused = [self._refusal(sending, sending.contributor in alive, used) for sending in sendings]
        let_in = [sending for sending, why in zip(sendings, refused, strict=True) if why is None]
        days = [row for sending in let_in for row in sending.overheads]
        day_statuses = await overheads.store(db, days) if days else []
        named = [item for sending in let_in for item in sending.observations]
        names = await self._names.tell(db, named)
        statuses = await observations.store(db, [item.row for item in named], careful=careful)
        new = Counter(item.row.contributor for item, one in zip(named, statuses, strict=True) if one in STORED)
        new += Counter(row.contributor for row, one in zip(days, day_statuses, strict=True) if one in STORED)
        self._refuse_names(names, used)
        more = {person: daily_use.Use(new[person], names[person]) for person in people & alive}
        await daily_use.add(db, sendings[0].day, more)
        seen, seen_days = iter(statuses), iter(day_statuses)
        return [
            Stored([next(seen) for _ in sending.observations], [next(seen_days) for _ in sending.overheads])
            if why is None
            else why
            for sending, why in zip(sendings, refused, strict=True)
        ]

    def _refusal(self, sending: Sending, is_alive: bool, used: dict[int, daily_use.Use]) -> Exception | None:
        """Return the reason why nothing of `sending` is stored, or None; count accepted items in `used`."""
        if not is_alive:
            return UnknownSecret("This contributor was erased.")
        so_far = used[sending.contributor]
        left = max(0, self._limits.items - so_far.items)
        if sending.size > left:
            return DailyLimit(f"{left} more items can be stored for you today; this request has {sending.size}.")
        used[sending.contributor] = so_far._replace(items=so_far.items + sending.size)
        return None

    def _refuse_names(self, names: Counter[int], used: dict[int, daily_use.Use]) -> None:
        """Refuse the transaction where a contributor named too many tasks today; each request is then tried alone.

        Raises:
            DailyLimit: A contributor exceeds the daily number of new tasks; nothing of the transaction is stored.
        """
        for contributor, count in names.items():
            left = max(0, self._limits.names - used[contributor].names)
            if count > left:
                raise DailyLimit(f"{left} more new tasks can be named by you today; this request names {count}.")
