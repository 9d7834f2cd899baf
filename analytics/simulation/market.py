"""A listing as workers see it, and the market behind it with its true pay."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from random import Random

# Of claimed tasks: share that ends unpaid, and the part of the full working time spent by then (from, to).
UNSUBMITTED = {
    "returned": (0.095, 0.05, 0.85),
    "screened_out": (0.015, 0.02, 0.25),
    "expired": (0.005, 0.30, 1.00),
    "abandoned": (0.005, 0.10, 0.90),
}  # 12 %; tasks that outlast their limit or the worker's patience add the thirteenth
REJECTED = 0.007  # share of submitted work, over all clients
BONUS_TENTHS = (1, 5)  # of the reward
BONUSED = 0.04  # share of accepted work, over all clients


@dataclass(frozen=True)
class Spread:
    """The generator of estimator G: natural logs of USD per hour of one task."""

    mu: float = 1.3
    client: float = 0.70
    worker: float = 0.55
    worker_client: float = 0.90
    task: float = 0.95


@dataclass(frozen=True)
class Posting:
    """A task as listed."""

    task_id: str | None
    title: str
    reward_micros: int
    limit_seconds: int | None
    estimate_seconds: int | None


@dataclass(frozen=True)
class ListedClient:
    """A client as listed; without id and name where the platform hides who pays."""

    id: str | None
    name: str | None
    postings: tuple[Posting, ...]


@dataclass(frozen=True)
class Listing:
    """All that one platform shows. `usd` is the value of one unit of its currency."""

    platform: str
    currency: str
    usd: float
    pack_version: int
    clients: tuple[ListedClient, ...]


@dataclass(frozen=True)
class TrueRate:
    """True pay for an hour with a client (typical worker, USD), and the shares that reduce it."""

    task: float
    paid_share: float
    kept_share: float

    @property
    def effective(self) -> float:
        return self.task * self.paid_share * self.kept_share


@dataclass(frozen=True)
class MarketClient:
    """A client and its true behaviour."""

    listed: ListedClient
    log_rate: float  # of one task, for the typical worker
    rejects: float
    bonuses: float
    decision_days: float
    pays_at_once: bool  # the decision is the payment
    popularity: float
    reach: float = 1.0  # share of a platform's workers who may ever work for this client
    rift: float = 0.0  # half the log distance between two kinds of workers, who are equally many

    def truth(self, spread: Spread) -> TrueRate:
        """Return the true rates. Hour rates are half a variance below task rates (estimator C2): slow tasks fill the
        hours.
        """
        bonus = self.bonuses * sum(BONUS_TENTHS) / 2 / 10
        lost = sum(share * (low + high) / 2 for share, low, high in UNSUBMITTED.values())
        kept = 1 - sum(share for share, _, _ in UNSUBMITTED.values())
        return TrueRate(
            task=math.exp(self.log_rate - spread.task**2 / 2),
            paid_share=(1 - self.rejects) * (1 + bonus),
            kept_share=kept / (kept + lost),
        )


@dataclass(frozen=True)
class Market:
    """A listing and the truth behind it, client by client in the same order."""

    listing: Listing
    clients: tuple[MarketClient, ...]


def open_market(listing: Listing, seed: int, spread: Spread) -> Market:
    """Give each client its true behaviour. The same seed gives the same result, whatever else is simulated."""
    return Market(
        listing,
        tuple(
            _nature(client, rank, Random(f"{seed}/market/{listing.platform}/{rank}"), spread)
            for rank, client in enumerate(listing.clients)
        ),
    )


def _nature(client: ListedClient, rank: int, lot: Random, spread: Spread) -> MarketClient:
    return MarketClient(
        listed=client,
        log_rate=spread.mu + lot.gauss(0, spread.client),
        rejects=min(0.3, REJECTED * lot.gammavariate(0.5, 2.0)),  # most clients almost never, a few often
        bonuses=min(0.5, BONUSED * lot.gammavariate(0.5, 2.0)),
        decision_days=lot.lognormvariate(0.0, 0.8),
        pays_at_once=lot.random() < 0.5,
        popularity=(rank + 1) ** -1.0,
    )


@dataclass(frozen=True)
class Crowd:
    """Number of workers, their markets, the first day and the duration. Equal crowds give equal events."""

    markets: tuple[Market, ...]
    contributors: int
    first_day: date
    days: int
    seed: int
    spread: Spread = field(default_factory=Spread)
