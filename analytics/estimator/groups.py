"""Arithmetic over groups of neighbouring rows, in a fixed order, for results that are equal to the byte.

Rows are sorted first, so a sum depends on its own group alone: not on other groups, on the number of threads or on the
order in which rows arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOST_PACKED = float(1 << 62)
FEWEST_PLACES, MOST_PLACES = 1 << 12, 1 << 40  # of values, beside group and row in one number
WEIGHT_UNITS = float(1 << 30)  # weights are counted in whole units where halves are compared, so that ties are exact


@dataclass(frozen=True)
class Groups:
    """Runs of equal keys in sorted rows: where each starts, and how many rows there are."""

    starts: Ints
    rows: int

    @classmethod
    def of(cls, *keys: NDArray[Any]) -> Groups:
        """Return the groups of rows that agree in every one of `keys`; rows must be sorted by them."""
        rows = len(keys[0])
        if rows == 0:
            return cls(np.zeros(0, np.int64), 0)
        changes = np.zeros(rows, np.bool_)
        changes[0] = True
        for key in keys:
            changes[1:] |= key[1:] != key[:-1]
        return cls(np.flatnonzero(changes).astype(np.int64), rows)

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def sizes(self) -> Ints:
        return np.diff(np.append(self.starts, self.rows)).astype(np.int64)

    @cached_property
    def of_row(self) -> Ints:
        """Return the number of each row's group."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.sizes)

    def sum(self, values: NDArray[Any]) -> Floats:
        if self.rows == 0:
            return np.zeros(0)
        sums: Floats = np.add.reduceat(values.astype(np.float64, copy=False), self.starts)
        return sums

    def whole(self, values: Ints) -> Ints:
        """Return the sum of whole numbers, exactly."""
        if self.rows == 0:
            return np.zeros(0, np.int64)
        sums: Ints = np.add.reduceat(values, self.starts)
        return sums

    def total(self, values: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return the sum of whole numbers that may overflow; it does not depend on their order."""
        if self.rows == 0:
            return np.zeros(0, np.uint64)
        totals: NDArray[np.uint64] = np.add.reduceat(values, self.starts)
        return totals

    def largest(self, values: Floats) -> Floats:
        return np.maximum.reduceat(values, self.starts) if self.rows else np.zeros(0)

    def smallest(self, values: Floats) -> Floats:
        return np.minimum.reduceat(values, self.starts) if self.rows else np.zeros(0)

    def first(self, values: NDArray[Any]) -> NDArray[Any]:
        return values[self.starts]

    def spread(self, per_group: NDArray[Any]) -> NDArray[Any]:
        """Return the value of its group on each row."""
        return np.repeat(per_group, self.sizes)

    def mean(self, values: Floats, weights: Floats) -> Floats:
        """Return the weighted mean of each group; NaN without weight."""
        total = self.sum(weights)
        return ratio(self.sum(np.where(weights > 0, values, 0.0) * weights), total)

    def median(self, values: Floats, weights: Floats | None = None) -> Floats:
        """Return the weighted median of each group; NaN without weight.

        It is the middle of two values if the weight splits in halves.
        """
        if self.rows == 0:
            return np.zeros(0)
        if weights is None:
            rows = np.flatnonzero(np.isfinite(values))
        else:
            units = np.where(np.isfinite(values), np.rint(weights * WEIGHT_UNITS), 0.0).astype(np.int64)
            rows = np.flatnonzero(units > 0)
        rows = rows[by_value(self.of_row[rows], values[rows])]
        medians = np.full(len(self), np.nan)
        if len(rows) == 0:
            return medians
        heavy = Groups.of(self.of_row[rows])
        if weights is None:
            lower, upper = heavy.starts + (heavy.sizes - 1) // 2, heavy.starts + heavy.sizes // 2
        else:
            lower, upper = heavy.halves(units[rows])
        middle = (values[rows[lower]] + values[rows[upper]]) / 2
        medians[self.of_row[rows[heavy.starts]]] = middle
        return medians

    def halves(self, units: Ints) -> tuple[Ints, Ints]:
        """By group, the rows at which the whole `units` of sorted rows come to a half, from below and from above."""
        sums = np.cumsum(units)
        below = sums - np.repeat(np.append(0, sums[self.starts[1:] - 1]), self.sizes)
        total = self.spread(below[np.append(self.starts[1:], self.rows) - 1])
        lower = self.starts + self.sum(2 * below < total).astype(np.int64)
        return lower, self.starts + self.sum(2 * below <= total).astype(np.int64)


def in_order(*keys: NDArray[Any]) -> Ints:
    """Return the rows sorted by whole numbers, first key first, with equal ones in their order.

    It equals `np.lexsort`, many times faster. Keys and the row's number are packed into one 64-bit number if they fit,
    after thinning if that helps.
    """
    rows = len(keys[0])
    if rows < 2:
        return np.arange(rows, dtype=np.int64)
    spans = [span(key) for key in keys]
    if np.prod([float(size) for _, size in spans]) * rows >= MOST_PACKED:
        keys = tuple(ranks(key) if size > rows else key for key, (_, size) in zip(keys, spans, strict=True))
        spans = [span(key) for key in keys]
    if np.prod([float(size) for _, size in spans]) * rows >= MOST_PACKED:
        return np.lexsort(keys[::-1]).astype(np.int64)
    packed = np.zeros(rows, np.int64)
    for key, (least, size) in zip(keys, spans, strict=True):
        packed = packed * size + (key.astype(np.int64, copy=False) - least)
    packed = packed * rows + np.arange(rows, dtype=np.int64)
    packed.sort()
    return packed % rows


def by_value(group: Ints, values: NDArray[Any]) -> Ints:
    """Return the rows sorted by group and then by value, with equal ones in their order.

    It equals `in_order(group, ranks(values))` and sorts once. The place of a value between the least and the greatest is
    cut to the bits that are left beside group and row; the few rows that this leaves equal are sorted again.
    """
    rows = len(values)
    if rows < 2:
        return np.arange(rows, dtype=np.int64)
    numbers = values.astype(np.float64, copy=False)
    low, width = float(numbers.min()), float(numbers.max()) - float(numbers.min())
    least, size = span(group)
    places = int(min(MOST_PACKED / (float(size) * rows), MOST_PLACES))
    if not np.isfinite(width) or places < FEWEST_PLACES:
        return in_order(group, ranks(values))
    scale = (places - 1) / width if width > 0 and np.isfinite(1 / width) else 0.0
    cut = np.minimum((numbers - low) * scale, places - 1).astype(np.int64)
    packed = ((group - least) * places + cut) * rows + np.arange(rows, dtype=np.int64)
    packed.sort()
    order = packed % rows
    alike = np.append(False, packed[1:] // rows == packed[:-1] // rows)
    sorted_values = values[order]
    wrong = np.flatnonzero(alike[1:] & (sorted_values[1:] < sorted_values[:-1])) + 1
    if len(wrong):
        run = np.cumsum(~alike)
        is_wrong = np.zeros(run[-1] + 1, np.bool_)
        is_wrong[run[wrong]] = True
        places_again = np.flatnonzero(is_wrong[run])
        again = np.lexsort((sorted_values[places_again], run[places_again]))
        order[places_again] = order[places_again[again]]
    return order


def span(key: NDArray[Any]) -> tuple[int, int]:
    """Return the least of whole numbers, and the count from it to the greatest."""
    least = int(key.min())
    return least, int(key.max()) - least + 1


def ranks(values: NDArray[Any]) -> Ints:
    """Return the place of each value among the different ones, in their order."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64, copy=False)


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return `numerator / denominator`, NaN if the denominator is not above 0."""
    quotient: Floats = np.divide(numerator, denominator, out=np.full(len(denominator), np.nan), where=denominator > 0)
    return quotient


def logarithm(values: Floats) -> Floats:
    """Return the natural logarithm, NaN if there is none."""
    return np.log(values, out=np.full(len(values), np.nan), where=values > 0)


def mix(*columns: NDArray[Any]) -> NDArray[np.uint64]:
    """Return a number that scatters rows by their content (splitmix64), the same on every machine and in every version."""
    mixed = np.full(len(columns[0]), 0x9E3779B97F4A7C15, np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            mixed = (mixed ^ column.view(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
            mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            mixed = mixed ^ (mixed >> np.uint64(31))
    return mixed
