"""The demo's days: an invented crowd shares them over the real HTTP API, on a clock set by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

import httpx

from analytics.simulation import Crowd, Event, events, worker
from api.commands.demo.contributor import DemoContributor

ASKS = 8  # requests under way at once
POSTS_EVERY_DAYS = 2  # an installation is not on-line every evening
SECOND = timedelta(seconds=1)


class DemoClock:
    """A clock that stays where it is set until it is released; then it follows the machine's."""

    def __init__(self) -> None:
        self._set: datetime | None = None

    def now(self) -> datetime:
        return self._set or datetime.now(UTC)

    def set(self, instant: datetime) -> None:
        self._set = instant

    def let_go(self) -> None:
        self._set = None


def midnight(day: date) -> datetime:
    """Return the instant at which `day` begins."""
    return datetime.combine(day, time(), UTC)


async def work(crowd: Crowd, clock: DemoClock, url: str, a_day_is_over: Callable[[], None]) -> int:
    """Send every day of `crowd` to the server at `url` in the evening; return the number of observations.

    Raises:
        Unwelcome: The server refused an item.
    """
    observations = 0
    limits = httpx.Limits(max_connections=ASKS, max_keepalive_connections=ASKS)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=60, trust_env=False) as http:
        people = [DemoContributor(http, worker(crowd, index).country) for index in range(crowd.contributors)]
        for number, today in enumerate(days(crowd)):
            clock.set(midnight(crowd.first_day + timedelta(days=number + 1)) - SECOND)
            for event in today:
                people[event.contributor].put(event)
                observations += event.kind == "observation" and event.item["revision"] == 1
            offset = number % POSTS_EVERY_DAYS
            is_last = number == crowd.days - 1
            await _post(people if is_last else people[offset::POSTS_EVERY_DAYS])
            a_day_is_over()
    return observations


async def _post(people: Iterable[DemoContributor]) -> None:
    """Post all waiting items, a few contributors at a time."""
    queue = (one for one in people if one.has_waiting)

    async def post() -> None:
        for one in queue:
            await one.post()

    async with asyncio.TaskGroup() as group:
        for _ in range(ASKS):
            group.create_task(post())


def days(crowd: Crowd) -> Iterator[list[Event]]:
    """Yield the events of each day of the crowd, days without any included."""
    told = groupby(events(crowd), key=lambda event: event.instant.date())
    day, today = next(told, (date.max, iter(())))
    for number in range(crowd.days):
        if day > crowd.first_day + timedelta(days=number):
            yield []
        else:
            yield list(today)
            day, today = next(told, (date.max, iter(())))
