"""Items as an extension would send them: valid by default, each field replaceable."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from api.intake.contract import Observation, Overhead
from api.store.bulk import BulkRow

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)  # a Monday; tests set their clock to it
HOUR = datetime(2026, 11, 23, 9, tzinfo=UTC)
_random = random.Random(7)


def hour_id(instant: datetime = HOUR) -> str:
    """A fresh id in UUIDv7 layout, its time as given."""
    milliseconds = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    tail = (7 << 76) | (_random.getrandbits(12) << 64) | (2 << 62) | _random.getrandbits(62)
    return str(UUID(int=milliseconds << 80 | tail))


def observation(**changes):
    """One submitted task, as JSON would hold it."""
    return {
        "id": hour_id(),
        "revision": 1,
        "platform": "practice",
        "client": {"id": "c-2", "name": "Harbour Labs"},
        "task": {"id": "t-3", "title": "Label 12 photos"},
        "reward": {"micros": 350_000, "currency": "USD"},
        "reward_per": "task",
        "units": 1,
        "claimed_hour": "2026-11-23T09:00:00Z",
        "active_seconds": 240.0,
        "open_seconds": 300.0,
        "limit_seconds": 3600.0,
        "estimate_seconds": None,
        "outcome": "submitted",
        "paid": None,
        "decided_on": None,
        "pack": {"slug": "practice", "version": 1},
        "timer": "focus",
        **changes,
    }


def overhead(**changes):
    """One day's unpaid time, as JSON would hold it."""
    return {
        "id": hour_id(),
        "revision": 1,
        "platform": "practice",
        "day": "2026-11-23",
        "seconds": {"search": 600.0, "watch": 60.0},
        **changes,
    }


def sighting(**changes):
    """One day's counts of open listings, as JSON would hold them."""
    hour = [0] * 24
    return {
        "id": hour_id(),
        "revision": 1,
        "platform": "practice",
        "day": "2026-11-22",
        "watched_minutes": [*hour[:9], 30, *hour[10:]],
        "appeared": [*hour[:9], 6, *hour[10:]],
        "lives": [0, 2, 2, 1, 0, 0],
        "units": {"watched_minutes": [12, 30, 0, 4, 0], "gone": [1, 9, 0, 40, 0]},
        **changes,
    }


def health(**changes):
    """One week's counts of how well a pack reads its site, as JSON would hold them."""
    return {
        "id": hour_id(),
        "revision": 1,
        "platform": "practice",
        "pack_version": 1,
        "week": "2026-11-16",
        "expected_rows": 40,
        "read_rows": 38,
        "changed_pages": 1,
        "agreeing_statements": 1,
        "differing_statements": 0,
        **changes,
    }


def account_action(**changes):
    """One account action, as JSON would hold it."""
    return {
        "id": hour_id(),
        "revision": 1,
        "platform": "practice",
        "week": "2026-11-16",
        "kind": "pause",
        "pending_band": "under_100",
        **changes,
    }


def observed(**changes) -> Observation:
    """The same, decoded as the server does."""
    return msgspec.convert(msgspec.json.decode(msgspec.json.encode(observation(**changes))), Observation)


def unpaid(**changes) -> Overhead:
    """The same, decoded as the server does."""
    return msgspec.convert(msgspec.json.decode(msgspec.json.encode(overhead(**changes))), Overhead)


def crowd(people: int, seconds: float = 240.0) -> list[BulkRow]:
    """So many people, each with six paid tasks at each of two clients."""
    return [
        BulkRow(
            UUID(int=number + 1),
            observed(
                client={"id": f"c-{client}", "name": "Harbour Labs"},
                active_seconds=seconds + number,
                open_seconds=seconds + number + 60,
                outcome="paid",
                paid={"micros": 350_000, "currency": "USD"},
            ),
        )
        for number in range(people)
        for client in range(2)
        for _ in range(6)
    ]
