"""Clocks tell UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from api.runtime.clock import SettableClock, SystemClock


def test_a_settable_clock_stands_still_until_it_is_set():
    clock = SettableClock(datetime(2026, 11, 23, 18, tzinfo=timezone(timedelta(hours=8))))
    assert clock.now() == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    clock.advance(timedelta(days=1))
    assert clock.now().day == 24
    clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now().year == 2026


def test_the_system_clock_tells_utc():
    assert SystemClock().now().tzinfo is UTC
