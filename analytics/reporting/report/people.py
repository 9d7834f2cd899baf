"""Each person's own hours in a set of exports: what the studies of workers' wages count.

Three hours of the same work: *by task* (pay of work that was not refused, over its time, where time with two tasks open
counts twice), *tasks* (the same with that time shared between them) and *all hours* (the same pay over the time in which
anything was open, refused work and pauses of up to a minute included). Everybody counts once,
on each platform. Figures about people need fifty of them; shares ten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, floor, log, sqrt
from typing import Literal

import polars as pl

from analytics.disclosure.thresholds import BANDS, RATE_STEPS, SHARE_STEPS, Z95
from analytics.importers.apportion import active_seconds, person, union_seconds
from analytics.model.units import MICROS, SECONDS_PER_HOUR

PAUSE_SECONDS = 60.0  # a shorter pause between two tasks is work (Hara's D)
LEAST_SECONDS = 60.0  # of a person's work; less is no hour
FEWEST_FOR_POINTS = 50
FEWEST_FOR_NUMBER = 10
Basis = Literal["by_task", "tasks", "all_hours"]
BASES: tuple[Basis, ...] = ("by_task", "tasks", "all_hours")
EMPTY: dict[str, type[pl.DataType]] = {"platform": pl.String, "person": pl.String, **dict.fromkeys(BASES, pl.Float64)}


@dataclass(frozen=True)
class Told:
    """A figure with its interval."""

    middle: float
    low: float
    high: float


def own_hours(attempts: pl.DataFrame) -> pl.DataFrame:
    """platform, person, and the three bases in USD an hour; of attempts with a known worker, pay and end."""
    rated = attempts.filter(
        pl.col("worker").is_not_null() & (pl.col("reward_micros") > 0) & pl.col("submitted_at").is_not_null()
    )
    if rated.is_empty():
        return pl.DataFrame(schema=EMPTY)
    is_paid = pl.col("outcome").is_null() | pl.col("outcome").cast(pl.String).is_in(["submitted", "approved"])
    usd = pl.col("reward_micros").filter(is_paid).sum() / MICROS
    own = (
        rated.with_columns(
            active_seconds(rated),
            person=person(),
            open_seconds=(pl.col("submitted_at") - pl.col("accepted_at")).dt.total_microseconds() / MICROS,
        )
        .group_by("platform", "person")
        .agg(
            usd=usd,
            seconds=pl.col("active_seconds").filter(is_paid).sum(),
            twice=pl.col("open_seconds").filter(is_paid).sum(),
        )
    )
    open_time = union_seconds(rated, PAUSE_SECONDS)
    return (
        own.join(open_time, on="person")
        .filter(pl.col("union_seconds") >= LEAST_SECONDS)
        .select(
            "platform",
            "person",
            by_task=hourly("twice"),
            tasks=hourly("seconds"),
            all_hours=hourly("union_seconds"),
        )
        .sort("platform", "person")
    )


def hourly(seconds: str) -> pl.Expr:
    """Pay over that time; null where all of it was refused."""
    return pl.when(pl.col(seconds) > 0).then(pl.col("usd") / pl.col(seconds) * SECONDS_PER_HOUR)


def percentile(values: Sequence[float], part: float) -> Told | None:
    """A percentile with its 95 % interval by order statistics, on the grid of 5 %; None below fifty people."""
    count = len(values)
    if count < FEWEST_FOR_POINTS:
        return None
    ordered = sorted(values)
    reach = Z95 * sqrt(count * part * (1 - part))
    places = (part * (count - 1), part * count - reach, part * count + reach)
    middle, low, high = (ordered[min(max(round(place), 0), count - 1)] for place in places)
    step = RATE_STEPS[-1][1]
    return Told(on_grid(middle, step), on_grid(low, step, -1), on_grid(high, step, 1))


def mean(values: Sequence[float]) -> float | None:
    """The mean, on the grid; None below fifty people."""
    return on_grid(sum(values) / len(values), RATE_STEPS[-1][1]) if len(values) >= FEWEST_FOR_POINTS else None


def share_of(hits: int, count: int) -> Told | None:
    """A share of people with its 95 % interval (Wilson), in steps that grow finer with the people; None below ten."""
    if count < FEWEST_FOR_NUMBER:
        return None
    part, z2 = hits / count, Z95**2
    centre = (part + z2 / (2 * count)) / (1 + z2 / count)
    reach = Z95 * sqrt(part * (1 - part) / count + z2 / (4 * count * count)) / (1 + z2 / count)
    step = step_for(SHARE_STEPS, count)
    low, high = max(centre - reach, 0.0), min(centre + reach, 1.0)
    return Told(
        round(round(part / step) * step, 2), round(floor(low / step) * step, 2), round(ceil(high / step) * step, 2)
    )


def on_grid(amount: float, step: float, direction: int = 0) -> float:
    """`amount` on the geometric grid (1 + step)^k: the nearest, or the next below (-1) or above (1)."""
    if amount <= 0:
        return 0.0
    place = log(amount) / log(1 + step)
    whole = {0: round(place), -1: floor(place + 1e-9), 1: ceil(place - 1e-9)}[direction]
    return float(f"{exp(whole * log(1 + step)):.3g}")


def band_of(count: int) -> str:
    """How many people, as a band; "fewer than 5" below the first."""
    return next((words for least, words in reversed(BANDS) if count >= least), "fewer than 5")


def step_for(steps: tuple[tuple[int, float], ...], count: int) -> float:
    """The step of a grid for this many people."""
    return next((step for least, step in reversed(steps) if count >= least), steps[0][1])
