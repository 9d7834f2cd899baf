"""Limits on how often: by neighbourhood of addresses and by contributor; and a toll that rises with the crowd.

What slows a flood of requests is counted in memory, by each process for itself, and forgotten within minutes.
What limits enrolment is counted in the database, by all processes together (`api/store/enrolments.py`).
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
MOST_REMEMBERED = 100_000  # whose last minute is remembered; the least recent go first
MINUTE = timedelta(minutes=1)
LOOK_AGAIN = timedelta(seconds=10)  # how long a process believes what it last read of the crowd


def until_midnight(now: datetime) -> float:
    """Return the seconds that are left of the day (UTC)."""
    return (now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - now).total_seconds()


class Windows:
    """So many a minute of each of many."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._windows: OrderedDict[Hashable, tuple[datetime, int]] = OrderedDict()

    def count(self, whose: Hashable, now: datetime) -> None:
        """Count one request.

        Raises:
            TooMany: that was more than the share of this minute.
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
        """Forget everything counted."""
        self._windows.clear()


class PostLimit(Windows):
    """So many requests to store a minute from one contributor, known by number."""


class AskLimit:
    """So many costly requests a minute from one neighbourhood; salt and counts die with the day (UTC)."""

    def __init__(self, per_minute: int) -> None:
        self._windows = Windows(per_minute)
        self._day = date.min
        self._salt = b""

    def count(self, address: str | None, now: datetime) -> None:
        """Count one request from `address`.

        Raises:
            TooMany: the neighbourhood had its share of this minute.
        """
        if now.date() != self._day:
            self._day, self._salt = now.date(), secrets.token_bytes(SALT_BYTES)
            self._windows.clear()
        self._windows.count(neighbourhood(address, self._salt), now)


class Toll:
    """How many zero bits a new contributor must find just now: more, the more there are."""

    def __init__(self, pool: Pool, bits: int, usual_per_hour: int) -> None:
        self._pool = pool
        self._bits = bits
        self._usual_per_hour = usual_per_hour
        self._read_at = datetime.min.replace(tzinfo=UTC)
        self._rate = 0.0
        self._reading = asyncio.Lock()

    async def difficulty(self, now: datetime) -> int:
        """The bits to ask now.

        Raises:
            DatabaseGone: we cannot look how many came; nobody could enrol either.
        """
        async with self._reading:
            if abs(now - self._read_at) >= LOOK_AGAIN:
                with translated():
                    async with self._pool.acquire() as db:
                        self._rate = await enrolments.rate(db, now)
                self._read_at = now
        return harder(self._bits, self._rate / self._usual_per_hour)
