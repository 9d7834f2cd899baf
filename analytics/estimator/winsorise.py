"""Winsorising: impossible times move to the edge of the possible, pay never moves. Step C1, with sigma_e of step D11."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.estimator.attempts import FEWEST_FOR_MEDIAN, Attempts
from analytics.estimator.components import spreads_of
from analytics.estimator.default_spreads import (
    CLIENT_SPREAD,
    CONTRIBUTOR_SPREAD,
    FEWEST_TELLING,
    LEAST_SIGMA,
    MOST_SIGMA,
    NORMAL_QUARTILE,
)
from analytics.estimator.groups import Floats, Groups, in_order, logarithm, ratio

CELL_SPREADS = 2.5  # times sigma_e around the cell's median
PLATFORM_SPREADS = 3.0  # times S_p around the platform's centre


@dataclass(frozen=True)
class Bounds:
    """What winsorising needs of each platform: sigma_e, what pairs of tasks `measured` of it (NaN where too few tell),
    and the centre of its tasks' log rates.
    """

    sigma: Floats
    measured: Floats
    centre: Floats


def bounds(middles: pl.DataFrame, platforms: int) -> Bounds:
    """Return the bounds of each platform, from the cells of all its clients (steps C1, D11).

    Every cell gives its median, and every contributor the median of these, so that many tasks have one vote. If no
    client has enough contributors, all determine the centre; sigma_e is then the default, as with few such clients.
    """
    counted = middles.filter("is_counted")
    has_counted = np.bincount(counted["platform"].to_numpy(), minlength=platforms) > 0
    alone = ~has_counted[middles["platform"].to_numpy()]
    telling = middles.filter(pl.col("is_counted") | pl.Series(alone))
    measured = measured_spread(counted, platforms)
    people = counted.filter(pl.col("middle").is_finite()).with_columns(log_pay="middle")
    sigma = np.maximum(spreads_of(measured, people).sigma, LEAST_SIGMA)
    return Bounds(sigma, measured, voice_median(telling, "middle", platforms))


def measured_spread(counted: pl.DataFrame, platforms: int) -> Floats:
    """Return sigma_e by platform from successive tasks of one person at one client, NaN where fewer than 25 people have
    such (step D11); `counted` are cells of clients that count.
    """
    typical = voice_median(counted, "step", platforms) / (NORMAL_QUARTILE * np.sqrt(2.0))
    people = counted.filter(pl.col("step").is_finite()).select("platform", "contributor").unique()
    enough = np.bincount(people["platform"].to_numpy(), minlength=platforms) >= FEWEST_TELLING
    return np.where(enough, held(typical), np.nan)


def voice_median(cells: pl.DataFrame, column: str, platforms: int) -> Floats:
    """By platform, the median over contributors of the medians of their own cells: one contributor one voice; NaN
    without any.
    """
    measured = cells.filter(pl.col(column).is_finite())
    platform, contributor, values = (measured[name].to_numpy() for name in ("platform", "contributor", column))
    order = in_order(platform, contributor)
    persons = Groups.of(platform[order], contributor[order])
    own = persons.median(values[order])
    of_platform = platform[order][persons.starts]
    medians = np.full(platforms, np.nan)
    of_platforms = Groups.of(of_platform)
    medians[of_platform[of_platforms.starts]] = of_platforms.median(own)
    return medians


def matched_spread(growths: pl.DataFrame, platforms: int) -> Floats:
    """sigma_e^2 = 2 ln mean(e^-residual) after winsorising (step D11), each contributor's mean counting once.

    This is the moment that the small-sample term of step C2 stands for, so both agree whatever the noise is.
    """
    means = np.full(platforms, np.nan)
    names = ("platform", "contributor", "client_key", "growth", "tasks")
    platform, contributor, client, growth, tasks = (growths[name].to_numpy() for name in names)
    order = in_order(platform, contributor, client)
    persons = Groups.of(platform[order], contributor[order])
    of_platforms = Groups.of(platform[order][persons.starts])
    own = ratio(persons.sum(growth[order]), persons.sum(tasks[order]))
    means[platform[order][persons.starts][of_platforms.starts]] = of_platforms.sum(own) / of_platforms.sizes
    return held(np.sqrt(2.0 * np.maximum(logarithm(means), 0.0)))


def held(spread: Floats) -> Floats:
    """Return a spread within its possible range; NaN stays NaN."""
    return np.clip(spread, LEAST_SIGMA, MOST_SIGMA)


def winsorised(attempts: Attempts, bounds: Bounds) -> Floats:
    """x moved into cell median +- 2.5 sigma_e (n >= 3) and platform centre +- 3 S_p (step C1).

    Submitted tasks on both sides, others only where they took too long: a quick return is real.
    """
    x, cells, sigma = attempts.log_rate, attempts.cells, bounds.sigma
    enough = cells.sum(attempts.submitted) >= FEWEST_FOR_MEDIAN
    near = cells.spread(np.where(enough, attempts.middle, np.nan))
    reach = CELL_SPREADS * sigma[attempts.platform]
    far = bounds.centre[attempts.platform]
    spread = np.sqrt(CLIENT_SPREAD**2 + CONTRIBUTOR_SPREAD**2 + sigma**2)
    width = PLATFORM_SPREADS * spread[attempts.platform]
    moved = np.fmax(x, near - reach)
    moved = np.where(attempts.submitted, np.fmin(moved, near + reach), moved)
    moved = np.fmax(moved, far - width)
    moved = np.where(attempts.submitted, np.fmin(moved, far + width), moved)
    return np.where(np.isfinite(x), moved, x)
