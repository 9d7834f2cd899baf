"""Arithmetic over groups of neighbouring rows, in a fixed order: the way to be the same to the byte.

Rows are sorted first, so a sum depends on its own group alone: not on other groups, on the number of threads
or on the order in which rows arrived.
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

WEIGHT_UNITS = float(1 << 30)  # weights are counted in whole units where halves are compared, so that ties are exact


@dataclass(frozen=True)
class Groups:
    """Runs of equal keys in sorted rows: where each starts, and how many rows there are."""

    starts: Ints
    rows: int

    @classmethod
    def of(cls, *keys: NDArray[Any]) -> Groups:
        """The groups of rows that agree in every one of `keys`; rows must be sorted by them."""
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
        """The number of each row's group."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.sizes)

    def sum(self, values: NDArray[Any]) -> Floats:
        if self.rows == 0:
            return np.zeros(0)
        sums: Floats = np.add.reduceat(values.astype(np.float64, copy=False), self.starts)
        return sums

    def largest(self, values: Floats) -> Floats:
        return np.maximum.reduceat(values, self.starts) if self.rows else np.zeros(0)

    def smallest(self, values: Floats) -> Floats:
        return np.minimum.reduceat(values, self.starts) if self.rows else np.zeros(0)

    def first(self, values: NDArray[Any]) -> NDArray[Any]:
        return values[self.starts]

    def spread(self, per_group: NDArray[Any]) -> NDArray[Any]:
        """The value of its group on each row."""
        return np.repeat(per_group, self.sizes)

    def mean(self, values: Floats, weights: Floats) -> Floats:
        """Weighted mean of each group; NaN where nothing weighs."""
        total = self.sum(weights)
        return ratio(self.sum(np.where(weights > 0, values, 0.0) * weights), total)

    def median(self, values: Floats, weights: Floats | None = None) -> Floats:
        """Weighted median of each group, the middle of the two where the weight splits in halves; NaN where
        nothing weighs.
        """
        if self.rows == 0:
            return np.zeros(0)
        weight = np.ones(self.rows) if weights is None else weights
        units = np.where(np.isfinite(values), np.rint(weight * WEIGHT_UNITS), 0.0).astype(np.int64)
        rows = np.flatnonzero(units > 0)
        rows = rows[np.lexsort((values[rows], self.of_row[rows]))]
        medians = np.full(len(self), np.nan)
        if len(rows) == 0:
            return medians
        heavy = Groups.of(self.of_row[rows])
        below = np.cumsum(units[rows]) - np.repeat(
            np.append(0, np.cumsum(units[rows])[heavy.starts[1:] - 1]), heavy.sizes
        )
        total = heavy.spread(below[np.append(heavy.starts[1:], heavy.rows) - 1])
        lower = heavy.starts + heavy.sum(2 * below < total).astype(np.int64)
        upper = heavy.starts + heavy.sum(2 * below <= total).astype(np.int64)
        middle = (values[rows[lower]] + values[rows[upper]]) / 2
        medians[self.of_row[rows[heavy.starts]]] = middle
        return medians


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """`numerator / denominator`, NaN where the denominator is not above 0."""
    quotient: Floats = np.divide(numerator, denominator, out=np.full(len(denominator), np.nan), where=denominator > 0)
    return quotient


def logarithm(values: Floats) -> Floats:
    """Natural logarithm, NaN where there is none."""
    return np.log(values, out=np.full(len(values), np.nan), where=values > 0)


def mix(*columns: NDArray[Any]) -> NDArray[np.uint64]:
    """A number that scatters rows by what they hold (splitmix64), the same on every machine and in every
    version.
    """
    mixed = np.full(len(columns[0]), 0x9E3779B97F4A7C15, np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            mixed = (mixed ^ column.view(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
            mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            mixed = mixed ^ (mixed >> np.uint64(31))
    return mixed
