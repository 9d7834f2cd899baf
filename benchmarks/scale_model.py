"""Machines, storage and money for one server and for 2, 4 and 8 homes, reckoned from what one row costs: `docs/scale.md`.

`python -m benchmarks.scale_model` prints the table of that page; a test compares it with the page. Pure.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import NamedTuple

WORKERS = {"ten thousand": 10_000, "a million": 1_000_000, "twenty million": 20_000_000}
HOMES = (1, 2, 4, 8)
COLUMNS = (
    "workers", "homes", "rows/s at the peak, each", "cores of intake, each", "machine, each", "SSD, each",
    "homes a month", "bucket a month", "releases a month", "to workers a month", "all a month",
)  # fmt: skip
DAY_SECONDS, MONTH_HOURS, MONTH_DAYS, WEEKS_A_MONTH = 86_400, 730, 30, 52 / 12
GB, TB = 1e9, 1e12


class Costs(NamedTuple):
    """What one row costs, as measured, and what one worker does."""

    rows_a_day: float = 180.0  # of one worker: a hundred tasks, most of them sent twice
    peak_over_mean: float = 4.0
    intake_seconds: float = 42e-6  # of a core: HTTP, judging, commit, receipt
    live_bytes: float = 178.0  # in PostgreSQL, indexes included
    segment_bytes: float = 26.0
    export_seconds: float = 3.3e-6  # of a core: leaving PostgreSQL once, and counting
    release_seconds: float = 15.6e-6  # of a core: from raw rows to tables
    live_days: int = 45
    kept_days: int = 400
    download_bytes: float = 19_500.0  # of one worker and day: snapshots and their changes


class Prices(NamedTuple):
    """Dollars, in round figures of large clouds in November 2026."""

    core_hour: float = 0.05  # with 8 GB of memory
    ssd_gb_month: float = 0.08
    bucket_gb_month: float = 0.023
    download_gb: float = 0.03


COSTS, PRICES = Costs(), Prices()


@dataclass(frozen=True)
class Plan:
    """One number of workers on one number of homes."""

    workers: int
    homes: int
    costs: Costs = COSTS
    prices: Prices = PRICES

    @property
    def rows_a_day(self) -> float:
        return self.workers * self.costs.rows_a_day

    @property
    def peak_rows(self) -> float:
        """Rows a second of one home at the peak."""
        return self.rows_a_day / DAY_SECONDS * self.costs.peak_over_mean / self.homes

    @property
    def intake_cores(self) -> float:
        """Cores that one home uses at the peak."""
        return self.peak_rows * self.costs.intake_seconds

    @property
    def machine_cores(self) -> int:
        """Cores of one home's machine: at most half used at the peak, a power of two, two at least."""
        return max(2, 1 << math.ceil(math.log2(max(1.0, self.intake_cores * 2))))

    @property
    def ssd_bytes(self) -> float:
        """The disk of one home: its live days, and as much again as room."""
        return 2 * self.rows_a_day / self.homes * self.costs.live_days * self.costs.live_bytes

    @property
    def bucket_bytes(self) -> float:
        return self.rows_a_day * self.costs.kept_days * self.costs.segment_bytes

    @property
    def release_core_hours(self) -> float:
        """Of one weekly release, which reads every row that is kept."""
        return self.rows_a_day * self.costs.kept_days * self.costs.release_seconds / 3600

    @property
    def homes_dollars(self) -> float:
        cores = self.machine_cores * MONTH_HOURS * self.prices.core_hour
        return self.homes * (cores + self.ssd_bytes / GB * self.prices.ssd_gb_month)

    @property
    def bucket_dollars(self) -> float:
        return self.bucket_bytes / GB * self.prices.bucket_gb_month

    @property
    def release_dollars(self) -> float:
        exports = self.rows_a_day * MONTH_DAYS * self.costs.export_seconds / 3600
        return (self.release_core_hours * WEEKS_A_MONTH + exports) * self.prices.core_hour

    @property
    def download_dollars(self) -> float:
        return self.workers * MONTH_DAYS * self.costs.download_bytes / GB * self.prices.download_gb

    @property
    def dollars(self) -> float:
        return self.homes_dollars + self.bucket_dollars + self.release_dollars + self.download_dollars


def table() -> str:
    """Return the table of all plans as Markdown."""
    lines = [COLUMNS, ("---",) * len(COLUMNS)]
    lines += [_cells(name, Plan(workers, homes)) for name, workers in WORKERS.items() for homes in HOMES]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(name: str, plan: Plan) -> tuple[str, ...]:
    return (
        name,
        str(plan.homes),
        f"{plan.peak_rows:,.0f}",
        f"{plan.intake_cores:.2g}",
        f"{plan.machine_cores} cores",
        size(plan.ssd_bytes),
        *(dollars(value) for value in (
            plan.homes_dollars, plan.bucket_dollars, plan.release_dollars, plan.download_dollars, plan.dollars
        )),
    )  # fmt: skip


def size(count: float) -> str:
    """Return bytes with two significant digits, in GB or TB."""
    unit, word = (TB, "TB") if count >= TB else (GB, "GB")
    return f"{_two(count / unit):,g} {word}"


def dollars(value: float) -> str:
    """Return dollars with two significant digits; under a dollar, with one place."""
    return f"${_two(value):,.0f}" if value >= 1 else f"${value:.1f}"


def _two(value: float) -> float:
    return float(f"{value:.2g}")


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
