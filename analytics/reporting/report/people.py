"""Each person's own hours in a set of exports, the unit of studies of workers' wages.

There are three bases for an hour of the same work. *By task*: pay of work that was not rejected, over its time; time
with two tasks open counts twice. *Tasks*: the same, with that time shared between them. *All hours*: the same pay over
the time in which anything was open, with rejected work and pauses of up to a minute included.

Undecided work counts as paid in full. Each person counts once on each platform. The files are the reader's own, so
counts are exact. Figures about people need ten of them, because intervals from fewer mean little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import polars as pl

from analytics.disclosure.thresholds import Z95
from analytics.importers.apportion import active_seconds, person, union_seconds
from analytics.model.units import MICROS, SECONDS_PER_HOUR

PAUSE_SECONDS = 60.0  # a shorter pause between two tasks is work (Hara's D)
LEAST_SECONDS = 60.0  # of a person's work; less makes no hourly figure
FEWEST_FOR_NUMBER = 10
Basis = Literal["by_task", "tasks", "all_hours"]
BASES: tuple[Basis, ...] = ("by_task", "tasks", "all_hours")
SUMS: dict[str, type[pl.DataType]] = {
    "platform": pl.String,
    "person": pl.String,
    **dict.fromkeys(("usd", "seconds", "twice", "union_seconds"), pl.Float64),
}


@dataclass(frozen=True)
class IntervalEstimate:
    """A figure with its interval."""

    middle: float
    low: float
    high: float


def own_hours(attempts: pl.DataFrame) -> pl.DataFrame:
    """Return platform, person and the three bases in USD an hour, for attempts with a known worker, pay and end."""
    timed = own_sums(attempts).filter(pl.col("union_seconds") >= LEAST_SECONDS)
    return timed.select(
        "platform",
        "person",
        by_task=hourly("twice"),
        tasks=hourly("seconds"),
        all_hours=hourly("union_seconds"),
    ).sort("platform", "person")


def people_too_short(attempts: pl.DataFrame) -> int:
    """Return the number of people left out because they worked less than a minute on a platform."""
    return own_sums(attempts).filter(pl.col("union_seconds") < LEAST_SECONDS).height


def pay_over_time(attempts: pl.DataFrame) -> dict[str, float]:
    """Return all pay over all hours of tasks by platform, with overlapping time shared, for all workers together."""
    sums = own_sums(attempts).group_by("platform").agg(pl.col("usd", "seconds").sum()).sort("platform")
    return {
        str(platform): cents(usd / seconds * SECONDS_PER_HOUR) for platform, usd, seconds in sums.rows() if seconds > 0
    }


def undecided_share(attempts: pl.DataFrame) -> float | None:
    """Return the share of submitted attempts not yet decided, averaged over people; None if nothing was submitted."""
    outcome = pl.col("outcome").cast(pl.String)
    submitted = attempts.filter(
        pl.col("worker").is_not_null() & (outcome.is_null() | outcome.is_in(["submitted", "approved", "rejected"]))
    )
    own = submitted.group_by(person().alias("person")).agg(part=(outcome.is_null() | (outcome == "submitted")).mean())
    return None if own.is_empty() else float(own["part"].sum()) / own.height


def own_sums(attempts: pl.DataFrame) -> pl.DataFrame:
    """Return pay in `usd` and the time of each basis in seconds, by platform and person."""
    rated = attempts.filter(
        pl.col("worker").is_not_null() & (pl.col("reward_micros") > 0) & pl.col("submitted_at").is_not_null()
    )
    if rated.is_empty():
        return pl.DataFrame(schema=SUMS)
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
    return own.join(union_seconds(rated, PAUSE_SECONDS), on="person")


def hourly(seconds: str) -> pl.Expr:
    """Return pay over that time; null if all of it was rejected."""
    return pl.when(pl.col(seconds) > 0).then(pl.col("usd") / pl.col(seconds) * SECONDS_PER_HOUR)


def percentile(values: Sequence[float], part: float) -> IntervalEstimate | None:
    """Return a percentile with its 95 % interval by order statistics; None below ten people."""
    count = len(values)
    if count < FEWEST_FOR_NUMBER:
        return None
    ordered = sorted(values)
    reach = Z95 * sqrt(count * part * (1 - part))
    places = (part * (count - 1), part * count - reach, part * count + reach)
    return IntervalEstimate(*(cents(ordered[min(max(round(place), 0), count - 1)]) for place in places))


def mean(values: Sequence[float]) -> float | None:
    """Return the mean; None below ten people."""
    return cents(sum(values) / len(values)) if len(values) >= FEWEST_FOR_NUMBER else None


def share_of(hits: int, count: int) -> IntervalEstimate | None:
    """Return a share of people with its 95 % interval (Wilson); None below ten people."""
    if count < FEWEST_FOR_NUMBER:
        return None
    part, z2 = hits / count, Z95**2
    centre = (part + z2 / (2 * count)) / (1 + z2 / count)
    reach = Z95 * sqrt(part * (1 - part) / count + z2 / (4 * count * count)) / (1 + z2 / count)
    return IntervalEstimate(round(part, 3), round(max(centre - reach, 0.0), 3), round(min(centre + reach, 1.0), 3))


def cents(amount: float) -> float:
    """Return an amount in three significant digits."""
    return float(f"{amount:.3g}")
