"""Times that cannot be true move to the edge of what can, pay never: step C1, with sigma_e of step D11."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.estimator.groups import Flags, Floats, Groups, Ints, logarithm

CELL_SPREADS = 2.5  # times sigma_e around the cell's median
PLATFORM_SPREADS = 3.0  # times S_p around the platform's centre
FEWEST_FOR_MEDIAN = 3
NORMAL_QUARTILE = 0.6745
LEAST_SIGMA, MOST_SIGMA = 0.2, 2.0  # beyond them the times are not times of work
TASK_SPREAD = 0.95  # sigma_e where too few clients tell
CONTRIBUTOR_SPREAD = 1.05  # s_b
CLIENT_SPREAD = 0.70  # tau
FEWEST_CLIENTS = 25  # step D11: with fewer, components are not estimated
DOUBT = 1.25  # and the variance is multiplied by this


@dataclass(frozen=True)
class Attempts:
    """The admitted rows as arrays, sorted by platform, client, contributor and time.

    `log_rate` x = ln(reward / seconds), NaN without a reward. `counted`: rows of clients with enough
    contributors, the only ones that may move anything shared between clients.
    """

    platform: Ints
    client: Ints
    contributor: Ints
    submitted: Flags
    counted: Flags
    log_rate: Floats

    @property
    def cells(self) -> Groups:
        return Groups.of(self.platform, self.client, self.contributor)


def voice_median(values: Floats, platform: Ints, contributor: Ints, platforms: int) -> Floats:
    """By platform, the median over contributors of their own medians: one contributor one voice; NaN without
    any.
    """
    order = np.lexsort((values, contributor, platform))
    persons = Groups.of(platform[order], contributor[order])
    own = persons.median(values[order])
    of_platform = platform[order][persons.starts]
    medians = np.full(platforms, np.nan)
    houses = Groups.of(of_platform)
    medians[of_platform[houses.starts]] = houses.median(own)
    return medians


def task_spread(attempts: Attempts, platforms: int) -> Floats:
    """sigma_e = median |difference of successive task log-rates in a cell| / (0.6745 sqrt 2), by platform
    (step D11).

    Every cell gives its median, every contributor the median of these: a flood of tasks has one voice.
    """
    rows = np.flatnonzero(attempts.submitted & attempts.counted)
    cells = attempts.cells.of_row[rows]
    follows = np.flatnonzero(cells[1:] == cells[:-1]) if len(rows) else np.zeros(0, np.int64)
    step = np.abs(attempts.log_rate[rows[follows + 1]] - attempts.log_rate[rows[follows]])
    pairs = Groups.of(cells[follows])
    first = rows[follows[pairs.starts]]
    typical = voice_median(pairs.median(step), attempts.platform[first], attempts.contributor[first], platforms)
    return held(typical / (NORMAL_QUARTILE * np.sqrt(2.0)))


def matched_spread(attempts: Attempts, log_rate: Floats, platforms: int) -> Floats:
    """sigma_e^2 = 2 ln mean(e^-residual) after winsorising (step D11), each contributor's mean counting once.

    This is the moment that the small-sample term of step C2 stands for, so both agree whatever the noise is.
    """
    rows = np.flatnonzero(attempts.submitted & attempts.counted)
    groups = Groups.of(attempts.cells.of_row[rows])
    sizes = groups.spread(groups.sizes).astype(np.float64)
    x = log_rate[rows]
    centre = groups.spread(groups.sum(x) / groups.sizes)
    enough = sizes >= FEWEST_FOR_MEDIAN
    residual = (x - centre) * np.sqrt(sizes / np.maximum(sizes - 1.0, 1.0))
    means = np.full(platforms, np.nan)
    if not enough.any():
        return means
    rows, growth = rows[enough], np.exp(-residual[enough])
    order = np.lexsort((growth, attempts.contributor[rows], attempts.platform[rows]))
    platform, contributor = attempts.platform[rows][order], attempts.contributor[rows][order]
    persons = Groups.of(platform, contributor)
    houses = Groups.of(platform[persons.starts])
    own = persons.sum(growth[order]) / persons.sizes
    means[platform[persons.starts][houses.starts]] = houses.sum(own) / houses.sizes
    return held(np.sqrt(2.0 * np.maximum(logarithm(means), 0.0)))


def held(spread: Floats) -> Floats:
    """A spread within what can be; NaN stays NaN."""
    return np.clip(spread, LEAST_SIGMA, MOST_SIGMA)


def winsorised(attempts: Attempts, sigma: Floats) -> Floats:
    """x moved into cell median +- 2.5 sigma_e (n >= 3) and platform centre +- 3 S_p (step C1); `sigma` by
    platform.

    Submitted tasks on both sides, others only where they took too long: a quick return is real.
    """
    x, cells = attempts.log_rate, attempts.cells
    submitted = attempts.submitted.astype(np.float64)
    median = np.where(cells.sum(submitted) >= FEWEST_FOR_MEDIAN, cells.median(x, submitted), np.nan)
    near = cells.spread(median)
    reach = CELL_SPREADS * sigma[attempts.platform]
    has_counted = np.bincount(attempts.platform[attempts.counted], minlength=len(sigma)) > 0
    tells = attempts.submitted & (attempts.counted | ~has_counted[attempts.platform])
    rows = np.flatnonzero(tells)
    centres = voice_median(x[rows], attempts.platform[rows], attempts.contributor[rows], len(sigma))
    far = centres[attempts.platform]
    spread = np.sqrt(CLIENT_SPREAD**2 + CONTRIBUTOR_SPREAD**2 + sigma**2)
    width = PLATFORM_SPREADS * spread[attempts.platform]
    moved = np.fmax(x, near - reach)
    moved = np.where(attempts.submitted, np.fmin(moved, near + reach), moved)
    moved = np.fmax(moved, far - width)
    moved = np.where(attempts.submitted, np.fmin(moved, far + width), moved)
    return np.where(np.isfinite(x), moved, x)
