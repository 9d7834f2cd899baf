"""Clocks, passed as arguments so that tests and the demo can set the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A source of the current instant in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SettableClock:
    """A clock that changes only when set: sixty days can pass in a minute."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def set(self, instant: datetime) -> None:
        """Set the clock to `instant`, forwards or back."""
        self._now = instant.astimezone(UTC)

    def advance(self, span: timedelta) -> None:
        """Advance the clock by `span`."""
        self._now += span
