"""The last four weeks against the four before: like with like, with a test. Pure functions of published weeks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import exp, log, sqrt

from msgspec import Struct

from api.http.pages.published import Row

WEEKS = 4
WEEK = timedelta(days=7)
FEWEST_PAIRS = 5  # clients of a platform
FEWEST_WEEKS = 3  # of a client, on each side
T95 = {
    2: 4.303,
    3: 3.182,
    4: 2.776,
    5: 2.571,
    6: 2.447,
    7: 2.365,
    8: 2.306,
    9: 2.262,
    10: 2.228,
    12: 2.179,
    15: 2.131,
    20: 2.086,
    25: 2.060,
}


class Factor(Struct, frozen=True):
    """A typical factor of pay with its 95 % interval: over `count` clients, or over the weeks of one."""

    count: int
    middle: float
    low: float
    high: float

    @property
    def is_known(self) -> bool:
        """The interval does not hold 1: pay changed beyond chance."""
        return self.low > 1 or self.high < 1


class Month(Struct, frozen=True):
    """The change of one platform: `first` is the Monday of the newer four weeks. Null below five clients."""

    platform: str
    first: date
    clients: int
    factor: Factor | None


def paired(logs: Sequence[float]) -> Factor | None:
    """Return the typical factor of paired log ratios; None below five pairs."""
    count = len(logs)
    if count < FEWEST_PAIRS:
        return None
    mean = sum(logs) / count
    reach = t95(count - 1) * sqrt(_variance(logs) / count)
    return Factor(count, exp(mean), exp(mean - reach), exp(mean + reach))


def unpaired(before: Sequence[float], after: Sequence[float]) -> Factor | None:
    """Return the factor between two sets of log rates of weeks (Welch's test); None with too few weeks on a side."""
    if min(len(before), len(after)) < FEWEST_WEEKS:
        return None
    parts = [_variance(side) / len(side) for side in (before, after)]
    mean = sum(after) / len(after) - sum(before) / len(before)
    spread = sum(parts)
    freedom = (
        spread**2 / sum(p**2 / (len(s) - 1) for p, s in zip(parts, (before, after), strict=True)) if spread else 30
    )
    reach = t95(int(freedom)) * sqrt(spread)
    return Factor(len(before) + len(after), exp(mean), exp(mean - reach), exp(mean + reach))


def t95(freedom: int) -> float:
    """Return the 97.5 % point of Student's t, never too small."""
    known = [degrees for degrees in T95 if degrees <= freedom]
    return T95[max(known)] if known else 12.706


def months(weeks: Iterable[Row]) -> list[Month]:
    """Return the change of every platform: clients with a number in both sets of four weeks, each once."""
    rows = [row for row in weeks if row["effective_usd_per_hour"] is not None]
    if not rows:
        return []
    first = max(row["week_starts_on"] for row in rows) - (WEEKS - 1) * WEEK
    logs: dict[tuple[str, str], tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for row in rows:
        if row["week_starts_on"] >= first - WEEKS * WEEK:
            is_after = row["week_starts_on"] >= first
            logs[row["platform"], row["client_key"]][is_after].append(log(row["effective_usd_per_hour"]))
    found = []
    for platform in sorted({row["platform"] for row in rows}):
        pairs = [pair for (slug, _), pair in logs.items() if slug == platform and all(pair)]
        ratios = [sum(after) / len(after) - sum(before) / len(before) for before, after in pairs]
        found.append(Month(platform, first, len(ratios), paired(ratios)))
    return found


def month_of_client(weeks: Iterable[Row]) -> tuple[date, Factor | None] | None:
    """Return the Monday of a client's newest four weeks, and the factor against the four before; None without weeks."""
    rows = [row for row in weeks if row["effective_usd_per_hour"] is not None]
    if not rows:
        return None
    first = max(row["week_starts_on"] for row in rows) - (WEEKS - 1) * WEEK
    sides: tuple[list[float], list[float]] = ([], [])
    for row in rows:
        if row["week_starts_on"] >= first - WEEKS * WEEK:
            sides[row["week_starts_on"] >= first].append(log(row["effective_usd_per_hour"]))
    return first, unpaired(*sides)


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)
