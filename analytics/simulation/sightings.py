"""Counts from an invented worker's open listings in a day: tasks appear by the hour of the week, and most go soon."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from analytics.simulation.worker import Day
from analytics.tables.supply import HOURS

PER_HOUR = 6.0  # new listings in an hour, over a week
BUSIEST_HOUR = 15  # UTC: morning where most clients are
WEEKEND = 0.4  # of a weekday
GONE_PER_HOUR = (3.0, 7.0, 18.0, 60.0, 250.0)  # units of one listing, by how many are left, the fewest first
SIDE_BY_SIDE = (2.0, 3.0, 4.0, 3.0, 1.0)  # listings of each size that are open at once
COUNTING = 0.8  # share of days; on the others the site shows no units left
LIVES = (0.22, 0.26, 0.20, 0.16, 0.11, 0.05)  # shares, the shortest life first
SECONDS_PER_HOUR, SECONDS_PER_MINUTE = 3600.0, 60.0
LOOKING = ("search", "watch")
SATURDAY = 5


def listings_per_hour(day: date, hour: int) -> float:
    """Return the mean number of tasks that are listed in that hour."""
    wave = 1 + 0.7 * math.cos((hour - BUSIEST_HOUR) / HOURS * 2 * math.pi)
    return PER_HOUR * wave * (WEEKEND if day.weekday() >= SATURDAY else 1.0)


def sightings(lot: Random, done: Day, day: date) -> Iterator[dict[str, Any]]:
    """Yield the counts of each platform of the day, without their ids, in the shape of the contract."""
    first = min((attempt.claimed for attempt in done.attempts), default=0.0)
    hours = [hour for hour in range(HOURS) if first // SECONDS_PER_HOUR <= hour <= done.ended // SECONDS_PER_HOUR]
    for platform, spent in done.overheads.items():
        watched = sum(spent.get(name, 0.0) for name in LOOKING) / max(1, len(hours))
        minutes = min(60, math.ceil(watched / SECONDS_PER_MINUTE)) if watched > 0 else 0
        appeared = [
            poisson(lot, listings_per_hour(day, hour) * minutes / 60) if hour in hours else 0 for hour in range(HOURS)
        ]
        lives = [0] * len(LIVES)
        for place in lot.choices(range(len(LIVES)), LIVES, k=sum(appeared)):
            lives[place] += 1
        yield {
            "revision": 1,
            "platform": platform,
            "day": day.isoformat(),
            "watched_minutes": [minutes if hour in hours else 0 for hour in range(HOURS)],
            "appeared": appeared if minutes else [0] * HOURS,
            "lives": lives,
            **units(lot, minutes * len(hours)),
        }


def units(lot: Random, minutes: int) -> dict[str, Any]:
    """Return the units that went while the listings of a day were watched for `minutes`; nothing on some days."""
    if lot.random() >= COUNTING or minutes == 0:
        return {}
    watched = [math.ceil(minutes * count) for count in SIDE_BY_SIDE]
    gone = [
        max(0, round(lot.gauss(pace * each / 60, math.sqrt(pace * each / 60))))
        for pace, each in zip(GONE_PER_HOUR, watched, strict=True)
    ]
    return {"units": {"watched_minutes": watched, "gone": gone}}


def poisson(lot: Random, mean: float) -> int:
    """Return a Poisson-distributed count with mean `mean`."""
    bound, product, count = math.exp(-mean), lot.random(), 0
    while product > bound:
        product *= lot.random()
        count += 1
    return count
