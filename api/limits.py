"""Limits on how often: counts in memory that are forgotten, by neighbourhood of addresses and by contributor.

Several processes each count for themselves; that is enough to slow a flood, which is all they are for.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from datetime import date, datetime, timedelta

from api.enrolment import neighbourhood
from api.errors import TooMany

SALT_BYTES = 32
MOST_NEIGHBOURHOODS = 100_000  # counted in a day; beyond it the flood is world-wide and everybody waits
MOST_CONTRIBUTORS = 100_000  # whose last minute is remembered; the least recent go first
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class EnrolmentLimit:
    """So many new contributors a day from one neighbourhood; salt and counts die with the day (UTC)."""

    def __init__(self, per_day: int) -> None:
        self._per_day = per_day
        self._day = date.min
        self._salt = b""
        self._counts: dict[bytes, int] = {}

    def count(self, address: str | None, now: datetime) -> None:
        """Count one enrolment from `address`.

        Raises:
            TooMany: the neighbourhood had its share for today.
        """
        if now.date() != self._day:
            self._day, self._salt, self._counts = now.date(), secrets.token_bytes(SALT_BYTES), {}
        place = neighbourhood(address, self._salt)
        used = self._counts.get(place, 0)
        if used >= self._per_day or len(self._counts) >= MOST_NEIGHBOURHOODS:
            midnight = datetime.combine(self._day, datetime.min.time(), now.tzinfo) + DAY
            raise TooMany("Too many new contributors from here today.", (midnight - now).total_seconds())
        self._counts[place] = used + 1


class PostLimit:
    """So many requests a minute from one contributor."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._windows: OrderedDict[int, tuple[datetime, int]] = OrderedDict()

    def count(self, contributor: int, now: datetime) -> None:
        """Count one request.

        Raises:
            TooMany: the contributor had their share of this minute.
        """
        begun, used = self._windows.pop(contributor, (now, 0))
        if not begun <= now < begun + MINUTE:
            begun, used = now, 0
        self._windows[contributor] = (begun, used + 1)
        if len(self._windows) > MOST_CONTRIBUTORS:
            self._windows.popitem(last=False)
        if used >= self._per_minute:
            raise TooMany("Too many requests in a minute.", (begun + MINUTE - now).total_seconds())
