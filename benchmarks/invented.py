"""Invented attempts in the forms that the measurements need: JSON items, observations, columns.

The market has a heavy tail: few clients have most of the work, and each contributor works for about a dozen clients.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import numpy as np

from api.intake.contract import Observation

PLATFORM = "practice"
CLIENTS, TASKS_EACH = 400, 5  # of the posted items
RANDOM_BYTES = 10
MEAN_HOURS_LATE = 6.0  # a share at once, some after a night offline
HOUR_MILLISECONDS = 3_600_000
CLOCKS = 4099


def this_hour(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def ids(random: np.random.Generator, hour: datetime, count: int) -> list[UUID]:
    """Return fresh ids in UUIDv7 layout, of attempts that began in that hour or, with decreasing frequency, before
    it."""
    late = random.exponential(MEAN_HOURS_LATE, count).astype(np.int64).tolist()
    newest = int(hour.timestamp() * 1000)
    noise = os.urandom(RANDOM_BYTES * count)
    return [
        UUID(
            int=(newest - late[number] * HOUR_MILLISECONDS) << 80
            | _layout(int.from_bytes(noise[number * RANDOM_BYTES : (number + 1) * RANDOM_BYTES], "big"))
        )
        for number in range(count)
    ]


def _layout(noise: int) -> int:
    return 7 << 76 | (noise >> 62 & 0xFFF) << 64 | 0b10 << 62 | noise & ((1 << 62) - 1)


def item(random: np.random.Generator, hour: datetime) -> dict[str, Any]:
    """Return one submitted task as its JSON object, without its id."""
    client = int(CLIENTS * random.random() ** 2)
    task = int(TASKS_EACH * random.random())
    seconds = float(np.round(np.exp(random.normal(4.8, 0.9)), 1))
    claimed = hour - timedelta(hours=int(random.integers(0, 48)))
    return {
        "revision": 1,
        "platform": PLATFORM,
        "client": {"id": f"A{client:08}X", "name": f"Client number {client}"},
        "task": {"id": None, "title": f"Label {task + 2} pictures of the set {client * TASKS_EACH + task}"},
        "reward": {"micros": int(random.integers(5, 200)) * 10_000, "currency": "USD"},
        "reward_per": "task",
        "units": 1,
        "claimed_hour": claimed.isoformat().replace("+00:00", "Z"),
        "active_seconds": seconds,
        "open_seconds": seconds + 30.0,
        "limit_seconds": 3600.0,
        "estimate_seconds": None,
        "outcome": "submitted",
        "paid": None,
        "decided_on": None,
        "pack": {"slug": PLATFORM, "version": 1},
        "timer": "focus",
    }


def observations(seed: int, hour: datetime, count: int) -> Iterator[Observation]:
    """Yield `count` items decoded as in the server, each with its own id."""
    random = np.random.default_rng(seed)
    kinds = [item(random, hour) for _ in range(min(count, 1000))]
    for number, id_ in enumerate(ids(random, hour, count)):
        yield msgspec.convert({"id": id_, **kinds[number % len(kinds)]}, Observation, strict=False)


@dataclass(frozen=True)
class Bodies:
    """Request bodies of `items` items each, every item with a fresh id."""

    templates: list[bytes]
    items: int
    clocks: list[bytes]  # the first 13 characters of ids

    @classmethod
    def of(cls, seed: int, hour: datetime, items: int, kinds: int = 50) -> Bodies:
        random = np.random.default_rng(seed)
        templates = [_template([item(random, hour) for _ in range(items)]) for _ in range(kinds)]
        late = random.exponential(MEAN_HOURS_LATE, CLOCKS).astype(np.int64).tolist()
        clocks = [f"{int(hour.timestamp() * 1000) - hours * HOUR_MILLISECONDS:012x}" for hours in late]
        return cls(templates, items, [f"{clock[:8]}-{clock[8:]}-7".encode() for clock in clocks])

    def body(self, number: int) -> bytes:
        """Return the body of request `number`."""
        noise = os.urandom(9 * self.items).hex().encode()
        made = [
            b"%b%b-8%b-%b"
            % (self._clock(number, at), noise[at : at + 3], noise[at + 3 : at + 6], noise[at + 6 : at + 18])
            for at in range(0, len(noise), 18)
        ]
        return self.templates[number % len(self.templates)] % tuple(made)

    def _clock(self, number: int, at: int) -> bytes:
        return self.clocks[(number * 31 + at) % len(self.clocks)]


def _template(items: list[dict[str, Any]]) -> bytes:
    """Return JSON with `%b` in place of each id."""
    plain = msgspec.json.encode({"observations": [{"id": "@", **one} for one in items]})
    return plain.replace(b"%", b"%%").replace(b'"@"', b'"%b"')
