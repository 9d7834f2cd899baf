"""One figure of the self-evaluation: its measured value, its threshold, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.evaluation.sample import Sample

COMPARISON = "for comparison"


@dataclass(frozen=True)
class Bound:
    """The allowed range of a figure; both ends are included unless `strict`."""

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
    """A figure with its verdict. `id` begins with the number of its test in the specification, part G.

    `passed` is None for figures without a threshold (`threshold` says so) or without a measurement. `reason` explains a
    figure that is not passed. `pin` bounds a known miss, so that it cannot get worse, and `is_pinned` says that a miss
    keeps it. `sample` is what it is measured on; `second` is the same figure from the second set of seeds.
    """

    id: str
    name: str
    threshold: str
    measured: float | None
    passed: bool | None
    reason: str | None = None
    sample: Sample | None = None
    second: Figure | None = None
    pin: str | None = None
    is_pinned: bool = False

    def document(self) -> dict[str, Any]:
        """Return the figure for machines; `reason`, the sample and the second set only if there is one."""
        fields: dict[str, Any] = {
            "id": self.id,
            "name": self.name,
            "threshold": self.threshold,
            "measured": self.measured,
            "passed": self.passed,
        }
        fields |= {} if self.sample is None else self.sample.document()
        fields |= {} if self.second is None else {"second": self.second.repetition()}
        fields |= {"pin": self.pin} if self.is_pinned else {}
        return fields | ({"reason": self.reason} if self.reason else {})

    def repetition(self) -> dict[str, Any]:
        """Return the fields of a second set of seeds: its value, whether it passes, and its sample."""
        fields: dict[str, Any] = {"measured": self.measured, "passed": self.passed}
        return fields | ({} if self.sample is None else self.sample.document())


def checked(
    identity: str,
    name: str,
    bound: Bound,
    measured: float,
    why: str | None = None,
    sample: Sample | None = None,
    pin: Bound | None = None,
) -> Figure:
    """Return a figure compared with its threshold; `why` is used only for a failure, `pin` for a known one."""
    value = rounded(measured)
    passed = bound.holds(value)
    is_pinned = not passed and pin is not None and pin.holds(value)
    pinned = None if pin is None else str(pin)
    return Figure(identity, name, str(bound), value, passed, None if passed else why, sample, None, pinned, is_pinned)


def compared(identity: str, name: str, measured: float, sample: Sample | None = None) -> Figure:
    """Return a figure without a threshold."""
    return Figure(identity, name, COMPARISON, rounded(measured), None, sample=sample)


def unmeasured(identity: str, name: str, threshold: str, reason: str) -> Figure:
    """Return a test that could not be run here."""
    return Figure(identity, name, threshold, None, None, reason)


def controls(
    identity: str,
    name: str,
    measured: Mapping[str, float],
    bound: Bound | None = None,
    samples: Mapping[str, Sample] | None = None,
) -> list[Figure]:
    """Return the same figure by each control estimator."""
    return [
        compared(f"{identity}/{control}", f"{name}, by the {control}", value, (samples or {}).get(control))
        if bound is None
        else checked(
            f"{identity}/{control}", f"{name}, by the {control}", bound, value, None, (samples or {}).get(control)
        )
        for control, value in measured.items()
    ]


def rounded(value: float) -> float:
    """Round to two digits after the point, the precision of a share in percent."""
    return round(float(value), 2)
