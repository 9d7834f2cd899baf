"""Values of a drawing. Equal values give the same drawing, so drawings are cached by value.

Amounts come with their words; nothing here knows a language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["money", "plain"]


@dataclass(frozen=True)
class Interval:
    """One row of `Intervals`: an interval, and its number if there are enough people for one."""

    label: str
    low: float
    high: float
    middle: float | None
    words: str
    is_back: bool = False  # shown for comparison


@dataclass(frozen=True)
class Mark:
    """A line across a drawing, such as a floor."""

    at: float
    label: str


@dataclass(frozen=True)
class Intervals:
    """Rows of intervals, one below the other, on one axis from 0: of money, or of plain numbers."""

    rows: tuple[Interval, ...]
    axis: str
    mark: Mark | None = None
    unit: Unit = "money"
    currency: str = "USD"


@dataclass(frozen=True)
class Point:
    """One date of a `Trend`; empty if nothing was published."""

    label: str
    low: float | None
    high: float | None
    middle: float | None


@dataclass(frozen=True)
class Trend:
    """Amounts over time with their intervals as a band, the oldest first."""

    points: tuple[Point, ...]
    axis: str
    mark: Mark | None = None
    currency: str = "USD"


@dataclass(frozen=True)
class Bar:
    """One row of `Bars` or column of `Columns`, with the words at its end."""

    label: str
    value: float
    words: str


@dataclass(frozen=True)
class Bars:
    """Rows of amounts, one below the other. `whole` is the amount of a full bar, by default the largest one."""

    rows: tuple[Bar, ...]
    whole: float | None = None


@dataclass(frozen=True)
class Columns:
    """Counts in columns, with their labels in order along the bottom."""

    columns: tuple[Bar, ...]
    axis: str


Picture = Intervals | Trend | Bars | Columns
