"""The evidence behind a figure: its seed, how much was counted, and the standard error of a mean or a share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.estimator.groups import Floats


@dataclass(frozen=True)
class Sample:
    """`count` of `unit` drawn from `seed` on (None where nothing is drawn).

    `standard_error` is in the figure's own unit. It takes the counted units as independent.
    """

    seed: int | None
    count: int
    unit: str
    standard_error: float | None = None

    def document(self) -> dict[str, Any]:
        """Return the fields for machines."""
        error = None if self.standard_error is None else float(f"{self.standard_error:.2g}")
        return {"seed": self.seed, "count": self.count, "counted": self.unit, "standard_error": error}


def of_share(seed: int | None, percent: float, count: int, unit: str) -> Sample:
    """Return the sample of a share in percent."""
    part = min(max(float(percent) / 100, 0.0), 1.0)
    return Sample(seed, count, unit, 100 * math.sqrt(part * (1 - part) / count))


def of_mean(seed: int | None, values: Floats, unit: str, factor: float = 1.0) -> Sample:
    """Return the sample of the mean of `values`, times `factor`; one value has no standard error."""
    count = int(np.size(values))
    error = factor * float(np.std(values, ddof=1)) / math.sqrt(count) if count > 1 else None
    return Sample(seed, count, unit, error)


def of_logs(seed: int | None, values: Floats, unit: str) -> Sample:
    """Return the sample of a mean difference of logs that is given in percent."""
    return of_mean(seed, values, unit, 100 * math.exp(float(np.mean(values))))
