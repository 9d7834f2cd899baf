"""What time it is: a value handed to whoever needs it, so that tests and the demo can turn it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the instant in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SettableClock:
    """Stands still until it is set: sixty days can pass in a minute."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def set(self, instant: datetime) -> None:
        """Turn to `instant`, forwards or back."""
        self._now = instant.astimezone(UTC)

    def advance(self, span: timedelta) -> None:
        """Let `span` pass."""
        self._now += span
