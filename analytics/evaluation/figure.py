"""One figure of the self-evaluation: what was measured, what it had to be, whether it was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COMPARISON = "for comparison"


@dataclass(frozen=True)
class Bound:
    """What a figure has to be; both ends belong to it unless `strict`."""

    low: float = -math.inf
    high: float = math.inf
    unit: str = "%"
    strict: bool = False

    def holds(self, value: float) -> bool:
        if self.strict:
            return self.low < value < self.high
        return self.low <= value <= self.high

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if math.isinf(self.low):
            return f"{'<' if self.strict else '<='} {self.high:g}{unit}"
        if math.isinf(self.high):
            return f"{'>' if self.strict else '>='} {self.low:g}{unit}"
        return f"{self.low:g} to {self.high:g}{unit}"


@dataclass(frozen=True)
class Figure:
    """`passed` is None where nothing is asked (`threshold` says so) or nothing could be measured; `reason` says why a
    figure is not passed. `id` begins with the number of its test in the specification, part G.
    """

    id: str
    name: str
    threshold: str
    measured: float | None
    passed: bool | None
    reason: str | None = None

    def document(self) -> dict[str, Any]:
        """For machines; `reason` only where there is one."""
        fields = {
            "id": self.id,
            "name": self.name,
            "threshold": self.threshold,
            "measured": self.measured,
            "passed": self.passed,
        }
        return fields | ({"reason": self.reason} if self.reason else {})


def checked(identity: str, name: str, bound: Bound, measured: float, why: str | None = None) -> Figure:
    """A figure held against its threshold; `why` is told only where it does not meet it."""
    value = rounded(measured)
    passed = bound.holds(value)
    return Figure(identity, name, str(bound), value, passed, None if passed else why)


def compared(identity: str, name: str, measured: float) -> Figure:
    """A figure of which nothing is asked."""
    return Figure(identity, name, COMPARISON, rounded(measured), None)


def unmeasured(identity: str, name: str, threshold: str, reason: str) -> Figure:
    """A test that could not be run here."""
    return Figure(identity, name, threshold, None, None, reason)


def controls(identity: str, name: str, measured: Mapping[str, float], bound: Bound | None = None) -> list[Figure]:
    """The same figure by each control estimator."""
    return [
        compared(f"{identity}/{control}", f"{name}, by the {control}", value)
        if bound is None
        else checked(f"{identity}/{control}", f"{name}, by the {control}", bound, value)
        for control, value in measured.items()
    ]


def rounded(value: float) -> float:
    """Two digits after the point: what a share in percent is worth."""
    return round(float(value), 2)
