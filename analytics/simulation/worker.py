"""One invented worker: properties drawn once, and days of work that are each made independently."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from analytics.simulation.market import UNSUBMITTED, Crowd, Market, MarketClient, Posting

HOUR = 3600.0
LONGEST_DAY_SECONDS = 13 * HOUR  # at the machine; with the latest start it ends before midnight
LATEST_START_HOUR = 9
PATIENCE_SECONDS = 3.5 * HOUR  # then the worker returns the task
OVERLAPPING = 0.6  # share of workers who hold several tasks at once (literature 1)
MOST_HELD = 4
OVERHEADS = {
    "search": 0.35,
    "watch": 0.20,
    "preview": 0.10,
    "qualification": 0.10,
    "messages": 0.05,
    "payment": 0.15,
    "learning": 0.05,
}  # shares of unpaid time (literature 3)
LOG_OVERHEAD = (math.log(1.5), 0.25)  # all time over task time (literature 5)
COUNTRIES = ("PH", "IN", "KE", "CO", "VE", "US", "GB", None, None, None)


@dataclass(frozen=True)
class Taste:
    """A client that a worker works for: the worker's log rate there, and the weight of how often."""

    market: Market
    client: MarketClient
    log_rate: float
    weight: float


@dataclass(frozen=True)
class Worker:
    """One worker's properties: skewed in speed, heavy-tailed in activity."""

    index: int
    country: str | None
    joins_on: int  # day of the simulation
    active_share: float  # share of days
    tasks_a_day: float
    holds_several: bool
    start_hour: float
    overhead_ratio: float  # unpaid seconds for each second of task
    tastes: tuple[Taste, ...]


@dataclass(frozen=True)
class Attempt:
    """One claim: times in seconds since the day's midnight, and the seconds of work on it."""

    market: Market
    client: MarketClient
    posting: Posting
    claimed: float
    ended: float
    active: float
    outcome: str


@dataclass(frozen=True)
class Day:
    """One day: attempts, and unpaid seconds by platform and class. Attempts may overlap, work does not."""

    attempts: tuple[Attempt, ...]
    overheads: dict[str, dict[str, float]]
    ended: float  # end of work; attempts left to expire may end later


def worker(crowd: Crowd, index: int) -> Worker:
    """Return worker number `index` of `crowd`."""
    lot = Random(f"{crowd.seed}/worker/{index}")
    skill = lot.gauss(0, crowd.spread.worker)
    markets = lot.sample(crowd.markets, min(len(crowd.markets), 1 + (lot.random() < 0.7) + (lot.random() < 0.3)))
    return Worker(
        index=index,
        country=lot.choice(COUNTRIES),
        joins_on=int(crowd.days * max(0.0, lot.uniform(-0.5, 0.9))),  # a third from the first day
        active_share=lot.betavariate(2.5, 2),
        tasks_a_day=1 + min(40.0, lot.lognormvariate(1.0, 0.8)),
        holds_several=lot.random() < OVERLAPPING,
        start_hour=lot.uniform(0, LATEST_START_HOUR),
        overhead_ratio=max(0.05, math.exp(lot.gauss(*LOG_OVERHEAD)) - 1),
        tastes=tuple(taste for market in markets for taste in _tastes(lot, crowd, index, market, skill)),
    )


def _tastes(lot: Random, crowd: Crowd, index: int, market: Market, skill: float) -> list[Taste]:
    """Return the clients that a worker works for on a platform: popular clients first, most of the work for a few."""
    count = 2 + min(len(market.clients), int(lot.paretovariate(1.2) * 2))
    soonest = sorted(market.clients, key=lambda client: lot.expovariate(client.popularity))
    return [
        Taste(
            market,
            client,
            client.log_rate + skill + lot.gauss(0, crowd.spread.worker_client) + _side(crowd, index, client),
            min(60.0, lot.paretovariate(0.9)),
        )
        for client in soonest[:count]
        if _chance(crowd, index, client, "reach").random() < client.reach
    ]


def _side(crowd: Crowd, index: int, client: MarketClient) -> float:
    """Return which of a divided client's two kinds of workers this one is, as a difference of log rates."""
    if client.rift == 0:
        return 0.0
    return client.rift if _chance(crowd, index, client, "rift").random() < 0.5 else -client.rift


def _chance(crowd: Crowd, index: int, client: MarketClient, purpose: str) -> Random:
    """Return a lot of its own, so that a client with a special nature changes no other draw."""
    return Random(f"{crowd.seed}/{purpose}/{index}/{client.listed.id}")


def day_of_work(who: Worker, day: int, crowd: Crowd) -> Day | None:
    """Return the work of `who` on the `day` of the simulation, or None."""
    lot = Random(f"{crowd.seed}/day/{who.index}/{day}")
    if not who.tastes or day < who.joins_on or (day > who.joins_on and lot.random() >= who.active_share):
        return None
    clock = begin = who.start_hour * HOUR
    attempts: list[Attempt] = []
    overheads: dict[str, dict[str, float]] = {}
    left = max(1, round(lot.expovariate(1 / who.tasks_a_day)))
    while left > 0:
        held = _held(lot, who, left, crowd)
        needed = sum(attempt.active for attempt in held)
        unpaid = who.overhead_ratio * needed * lot.lognormvariate(0, 0.2)
        if clock + unpaid + needed - begin > LONGEST_DAY_SECONDS:
            break
        _spend(lot, overheads.setdefault(held[0].market.listing.platform, {}), unpaid)
        attempts += _scheduled(lot, held, clock + unpaid)
        clock += unpaid + needed
        left -= len(held)
    return Day(tuple(attempts), overheads, clock) if attempts else None


def _held(lot: Random, who: Worker, left: int, crowd: Crowd) -> list[Attempt]:
    """Return the tasks claimed together next, often several for a worker who holds several; without clock times."""
    several = who.holds_several and left > 1 and lot.random() < 0.5
    count = lot.randint(2, min(left, MOST_HELD)) if several else 1
    chosen = lot.choices(who.tastes, [taste.weight for taste in who.tastes], k=count)
    return [_attempted(lot, taste, crowd) for taste in chosen]


def _attempted(lot: Random, taste: Taste, crowd: Crowd) -> Attempt:
    """Return one task of a client, with its duration and outcome."""
    posting = lot.choice(taste.client.listed.postings)
    usd = posting.reward_micros / 1e6 * taste.market.listing.usd
    full = max(1.0, usd / math.exp(taste.log_rate + lot.gauss(0, crowd.spread.task)) * HOUR)
    outcome, active = _ending(lot, full)
    if active > PATIENCE_SECONDS:
        outcome, active = "returned", PATIENCE_SECONDS
    if posting.limit_seconds is not None and active >= posting.limit_seconds:
        outcome, active = "expired", float(posting.limit_seconds)
    if outcome == "expired" and posting.limit_seconds is None:
        outcome = "abandoned"
    return Attempt(taste.market, taste.client, posting, 0.0, active, active, outcome)


def _ending(lot: Random, full: float) -> tuple[str, float]:
    chance = lot.random()
    for outcome, (share, low, high) in UNSUBMITTED.items():
        if chance < share:
            return outcome, full * lot.uniform(low, high)
        chance -= share
    return "submitted", full


def _scheduled(lot: Random, held: list[Attempt], clock: float) -> list[Attempt]:
    """Put `held` on the clock: claimed within a minute and worked on one after the other.

    The open times overlap, the working times do not. A task that would expire in the queue is claimed at its turn.
    """
    placed, free = [], clock
    for attempt in held:
        claimed = min(free, clock + lot.uniform(0, 60))
        free += attempt.active
        limit = attempt.posting.limit_seconds
        if limit is not None and free - claimed > limit:
            claimed = free - attempt.active
        ended = max(free, claimed + limit) if attempt.outcome == "expired" and limit else free
        placed.append(
            Attempt(
                attempt.market,
                attempt.client,
                attempt.posting,
                claimed,
                ended,
                attempt.active,
                attempt.outcome,
            )
        )
    return placed


def _spend(lot: Random, spent: dict[str, float], seconds: float) -> None:
    shares = {kind: share * lot.expovariate(1.0) for kind, share in OVERHEADS.items()}
    total = sum(shares.values())
    for kind, share in shares.items():
        spent[kind] = spent.get(kind, 0.0) + seconds * share / total
