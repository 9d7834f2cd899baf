"""Items that an invented crowd shares, ordered by time: claims, later decisions and pay, unpaid hours, counts.

The events are a stream. A day is made when its turn comes; only undecided work stays in memory.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any, Literal, NamedTuple

from analytics.model.units import MICROS
from analytics.simulation.market import BONUS_TENTHS, Crowd
from analytics.simulation.sightings import sightings
from analytics.simulation.worker import Attempt, Day, Worker, day_of_work, worker

UNDECIDED = 0.015  # share of submitted work that is never decided
TIMED_BY = "0.2.0"  # the version of the extension that simulated people have
CENT = MICROS // 100
HOUR_MILLISECONDS = 3_600_000

Item = dict[str, Any]


class Event(NamedTuple):
    """One item that an extension shares: the instant it learns of it, the contributor and the item as sent."""

    instant: datetime
    contributor: int
    kind: Literal["observation", "overhead", "sighting"]
    item: Item


def events(crowd: Crowd) -> Iterator[Event]:
    """Yield all that `crowd` shares within its days, ordered by time; decisions come as later revisions."""
    midnight = datetime.combine(crowd.first_day, time(), UTC)
    end = midnight + timedelta(days=crowd.days)
    workers = [worker(crowd, index) for index in range(crowd.contributors)]
    waiting: list[tuple[datetime, int, Event]] = []
    order = count()
    for day in range(crowd.days):
        for who in workers:
            for event in _events_of_day(who, day, crowd, midnight):
                if event.instant < end:
                    heapq.heappush(waiting, (event.instant, next(order), event))
        midnight += timedelta(days=1)
        while waiting and waiting[0][0] < midnight:
            yield heapq.heappop(waiting)[2]


def _events_of_day(who: Worker, day: int, crowd: Crowd, midnight: datetime) -> Iterator[Event]:
    """Yield all events about one worker's day, including decisions of later days."""
    done = day_of_work(who, day, crowd)
    if done is None:
        return
    lot = Random(f"{crowd.seed}/told/{who.index}/{day}")
    for attempt in done.attempts:
        for instant, item in _revisions(lot, attempt, midnight):
            yield Event(instant, who.index, "observation", item)
    for item in _overheads(lot, done, midnight):
        yield Event(midnight + timedelta(seconds=done.ended), who.index, "overhead", item)
    seen = Random(f"{crowd.seed}/seen/{who.index}/{day}")
    for counts in sightings(seen, done, midnight.date()):
        identity = {"id": _identity(seen, midnight)}
        yield Event(midnight + timedelta(seconds=done.ended), who.index, "sighting", identity | counts)


def _revisions(lot: Random, attempt: Attempt, midnight: datetime) -> Iterator[tuple[datetime, Item]]:
    """The attempt as first shared, then as decided, then as paid."""
    ended = midnight + timedelta(seconds=attempt.ended)
    first = _observation(lot, attempt, midnight)
    yield ended, first
    if attempt.outcome != "submitted" or lot.random() < UNDECIDED:
        return
    client = attempt.client
    decided = ended + timedelta(days=client.decision_days * lot.lognormvariate(0, 0.6))
    if lot.random() < client.rejects:
        yield decided, _decided(first, "rejected", decided, 0)
        return
    paid_micros = attempt.posting.reward_micros
    if lot.random() < client.bonuses:
        tenths = lot.randint(*BONUS_TENTHS)
        paid_micros += max(CENT, round(paid_micros * tenths / 10 / CENT) * CENT)
    paid = decided
    if not client.pays_at_once:
        yield decided, _decided(first, "approved", decided, None)
        paid += timedelta(days=lot.expovariate(1 / 2))
    yield paid, _decided(first, "paid", paid, paid_micros)


def _decided(first: Item, outcome: str, instant: datetime, paid_micros: int | None) -> Item:
    """The next revision of `first`."""
    paid = None if paid_micros is None else {"micros": paid_micros, "currency": first["reward"]["currency"]}
    revision = 2 if outcome != "paid" or paid is None else 3  # revisions may be skipped, never repeated
    return first | {
        "revision": revision,
        "outcome": outcome,
        "paid": paid,
        "decided_on": instant.date().isoformat(),
    }


def _observation(lot: Random, attempt: Attempt, midnight: datetime) -> Item:
    """The attempt in the shape of the contract."""
    listing, listed, posting = attempt.market.listing, attempt.client.listed, attempt.posting
    hour = _hour(midnight, attempt.claimed)
    hidden = listed.id is None and listed.name is None
    return {
        "id": _identity(lot, hour),
        "revision": 1,
        "platform": listing.platform,
        "client": None if hidden else {"id": listed.id, "name": listed.name},
        "task": {"id": posting.task_id, "title": posting.title},
        "reward": {"micros": posting.reward_micros, "currency": listing.currency},
        "reward_per": "task",
        "units": 1,
        "claimed_hour": hour.isoformat().replace("+00:00", "Z"),
        "active_seconds": round(attempt.active, 1),
        "open_seconds": round(attempt.ended - attempt.claimed, 1),
        "limit_seconds": posting.limit_seconds,
        "estimate_seconds": posting.estimate_seconds,
        "outcome": attempt.outcome,
        "paid": None,
        "decided_on": None,
        "pack": {"slug": listing.platform, "version": listing.pack_version},
        "timer": "focus",
        "extension_version": TIMED_BY,
    }


def _overheads(lot: Random, done: Day, midnight: datetime) -> Iterator[Item]:
    for platform, seconds in done.overheads.items():
        yield {
            "id": _identity(lot, _hour(midnight, done.ended)),
            "revision": 1,
            "platform": platform,
            "day": midnight.date().isoformat(),
            "seconds": {kind: round(spent, 1) for kind, spent in seconds.items()},
        }


def _hour(midnight: datetime, seconds: float) -> datetime:
    return midnight + timedelta(hours=int(seconds // 3600))


def _identity(lot: Random, hour: datetime) -> str:
    """Return a UUIDv7 whose time field holds the hour and nothing finer."""
    milliseconds = int(hour.timestamp()) * 1000 // HOUR_MILLISECONDS * HOUR_MILLISECONDS
    digits = f"{milliseconds << 80 | 7 << 76 | lot.getrandbits(12) << 64 | 2 << 62 | lot.getrandbits(62):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
