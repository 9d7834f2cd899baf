"""Rate limits by neighbourhood of addresses and by contributor, and a proof of work that rises with enrolments.

Each process counts requests in its memory and forgets them within minutes. Enrolments are counted in the database, by
all processes together (`api/store/enrolments.py`).
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Hashable
from datetime import UTC, date, datetime, timedelta

from api.errors import TooMany
from api.intake.enrolment import harder, neighbourhood
from api.store import enrolments
from api.store.database import Pool, translated

SALT_BYTES = 32
MOST_REMEMBERED = 100_000  # remembered senders; the least recent are dropped first
MINUTE = timedelta(minutes=1)
LOOK_AGAIN = timedelta(seconds=10)  # time between two reads of the enrolment rate


def until_midnight(now: datetime) -> float:
    """Return the seconds that are left of the day (UTC)."""
    return (now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - now).total_seconds()


class Windows:
    """A limit per minute for each of many senders."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._windows: OrderedDict[Hashable, tuple[datetime, int]] = OrderedDict()

    def count(self, whose: Hashable, now: datetime) -> None:
        """Count one request.

        Raises:
            TooMany: The request exceeds the limit of this minute.
        """
        begun, used = self._windows.pop(whose, (now, 0))
        if not begun <= now < begun + MINUTE:
            begun, used = now, 0
        self._windows[whose] = (begun, used + 1)
        if len(self._windows) > MOST_REMEMBERED:
            self._windows.popitem(last=False)
        if used >= self._per_minute:
            raise TooMany("Too many requests in a minute.", (begun + MINUTE - now).total_seconds())

    def clear(self) -> None:
        """Forget all counts."""
        self._windows.clear()


class PostLimit(Windows):
    """A limit on requests to store per minute from one contributor, known by number."""


class AskLimit:
    """A limit on costly requests per minute from one neighbourhood; salt and counts are replaced each day (UTC)."""

    def __init__(self, per_minute: int) -> None:
        self._windows = Windows(per_minute)
        self._day = date.min
        self._salt = b""

    def count(self, address: str | None, now: datetime) -> None:
        """Count one request from `address`.

        Raises:
            TooMany: The neighbourhood exceeds the limit of this minute.
        """
        if now.date() != self._day:
            self._day, self._salt = now.date(), secrets.token_bytes(SALT_BYTES)
            self._windows.clear()
        self._windows.count(neighbourhood(address, self._salt), now)


class ProofOfWorkDifficulty:
    """The number of zero bits that a new contributor must find.

    It rises with the rate of all enrolments, and with the day's enrolments from the same neighbourhood or carrier.
    """

    def __init__(self, pool: Pool, bits: int, usual_per_hour: int, usual_per_day: int) -> None:
        self._pool = pool
        self._bits = bits
        self._usual_per_hour = usual_per_hour
        self._usual_per_day = usual_per_day
        self._read_at = datetime.min.replace(tzinfo=UTC)
        self._rate = 0.0
        self._reading = asyncio.Lock()

    async def difficulty(self, address: str | None, now: datetime) -> int:
        """Return the bits to require now of `address`, and count the question.

        Raises:
            DatabaseGone: The counts of enrolments cannot be read, and enrolment is impossible too.
        """
        rate = await self._current_rate(now)
        with translated():
            async with self._pool.acquire() as db:
                crowd = await enrolments.crowd(db, address, self._usual_per_day, now)
        return harder(self._bits, max(rate / self._usual_per_hour, crowd))

    async def _current_rate(self, now: datetime) -> float:
        async with self._reading:
            if abs(now - self._read_at) >= LOOK_AGAIN:
                with translated():
                    async with self._pool.acquire() as db:
                        self._rate = await enrolments.rate(db, now)
                self._read_at = now
            return self._rate
