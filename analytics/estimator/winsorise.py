"""Times that cannot be true move to the edge of what can, pay never: step C1, with sigma_e of step D11."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.estimator.attempts import FEWEST_FOR_MEDIAN, Attempts
from analytics.estimator.groups import Floats, Groups, in_order, logarithm, ratio

CELL_SPREADS = 2.5  # times sigma_e around the cell's median
PLATFORM_SPREADS = 3.0  # times S_p around the platform's centre
NORMAL_QUARTILE = 0.6745
LEAST_SIGMA, MOST_SIGMA = 0.2, 2.0  # beyond them the times are not times of work
TASK_SPREAD = 0.95  # sigma_e where too few clients tell
CONTRIBUTOR_SPREAD = 1.05  # s_b
CLIENT_SPREAD = 0.70  # tau
FEWEST_CLIENTS = 25  # step D11: with fewer, components are not estimated
DOUBT = 1.25  # and the variance is multiplied by this


@dataclass(frozen=True)
class Bounds:
    """What winsorising needs of each platform: sigma_e, and the centre of its tasks' log rates."""

    sigma: Floats
    centre: Floats


def bounds(middles: pl.DataFrame, platforms: int) -> Bounds:
    """The bounds of each platform, from the cells of all its clients (steps C1, D11).

    Every cell gives its median, every contributor the median of these: a flood of tasks has one voice. Where no client
    has enough contributors, all speak for the centre; sigma_e is then the default, as with few such clients.
    """
    counted = middles.filter("is_counted")
    has_counted = np.bincount(counted["platform"].to_numpy(), minlength=platforms) > 0
    alone = ~has_counted[middles["platform"].to_numpy()]
    telling = middles.filter(pl.col("is_counted") | pl.Series(alone))
    typical = voice_median(counted, "step", platforms) / (NORMAL_QUARTILE * np.sqrt(2.0))
    sigma = or_default(held(typical), counted, platforms)
    return Bounds(sigma, voice_median(telling, "middle", platforms))


def or_default(sigma: Floats, counted: pl.DataFrame, platforms: int) -> Floats:
    """`sigma` where enough clients tell, else the default (step D11); `counted` are cells of clients that count."""
    clients = counted.select("platform", "client_key").unique()["platform"].to_numpy()
    few = np.bincount(clients, minlength=platforms) < FEWEST_CLIENTS
    chosen: Floats = np.where(few | ~np.isfinite(sigma), TASK_SPREAD, sigma)
    return chosen


def voice_median(cells: pl.DataFrame, column: str, platforms: int) -> Floats:
    """By platform, the median over contributors of the medians of their own cells: one contributor one voice; NaN
    without any.
    """
    told = cells.filter(pl.col(column).is_finite())
    platform, contributor, values = (told[name].to_numpy() for name in ("platform", "contributor", column))
    order = in_order(platform, contributor)
    persons = Groups.of(platform[order], contributor[order])
    own = persons.median(values[order])
    of_platform = platform[order][persons.starts]
    medians = np.full(platforms, np.nan)
    houses = Groups.of(of_platform)
    medians[of_platform[houses.starts]] = houses.median(own)
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
    houses = Groups.of(platform[order][persons.starts])
    own = ratio(persons.sum(growth[order]), persons.sum(tasks[order]))
    means[platform[order][persons.starts][houses.starts]] = houses.sum(own) / houses.sizes
    return held(np.sqrt(2.0 * np.maximum(logarithm(means), 0.0)))


def held(spread: Floats) -> Floats:
    """A spread within what can be; NaN stays NaN."""
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
