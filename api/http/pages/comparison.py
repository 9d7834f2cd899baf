"""Platforms, or up to five clients, side by side, ordered by the column that the reader asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.http.pages.published import Row

MOST_CLIENTS = 5
HOUR = 60  # minutes
DEFAULT_ORDER = "effective"
ORDERS: dict[str, Callable[[Compared], float | None]] = {
    "listed": lambda one: one.row["task_usd_per_hour"],
    "effective": lambda one: one.row["effective_usd_per_hour"],
    "all_in": lambda one: one.all_in,
    "unpaid": lambda one: one.unpaid_minutes,
    "paid": lambda one: one.row["paid_share"],
    "people": lambda one: one.row["contributors_at_least"],
}


@dataclass(frozen=True)
class Compared:
    """One row of the comparison: a published rate, and its platform's share of time that went into tasks."""

    row: Row
    time_share: float | None

    @property
    def is_client(self) -> bool:
        return "client_key" in self.row

    @property
    def all_in(self) -> float | None:
        """Pay an hour after unpaid time, in US dollars."""
        effective = self.row["effective_usd_per_hour"]
        known = self.row.get("all_in_usd_per_hour")
        if known is not None:
            return float(known)
        return None if effective is None or self.time_share is None else float(effective * self.time_share)

    @property
    def unpaid_minutes(self) -> float | None:
        """Unpaid minutes for each hour of tasks; of a client, those of its platform."""
        return HOUR * (1 / self.time_share - 1) if self.time_share else None


def in_order(rows: Sequence[Compared], order: str) -> list[Compared]:
    """Return the rows by a column, the most first; rows without that figure last."""
    value = ORDERS.get(order, ORDERS[DEFAULT_ORDER])
    return sorted(rows, key=lambda one: (value(one) is None, -(value(one) or 0.0)))


def wanted(addresses: Sequence[str]) -> list[tuple[str, str]]:
    """Return the platforms and clients named as `platform/client`, each once, up to MOST_CLIENTS."""
    pairs = [address.partition("/")[::2] for address in addresses]
    return list(dict.fromkeys(pair for pair in pairs if all(pair)))[:MOST_CLIENTS]
