"""How far contributors, and how far clients, lie apart: the variance components of step D11 and the slope of
step D6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analytics.estimator.groups import Floats, Groups, Ints, mix
from analytics.estimator.winsorise import CLIENT_SPREAD, CONTRIBUTOR_SPREAD, NORMAL_QUARTILE

if TYPE_CHECKING:
    import polars as pl

LAGS = (
    1,
    2,
)  # each vote is compared with the next ones in a scattered order, not with all: cost grows with the votes
MOST_PAIRS = 200_000  # more tell nothing new about one median
LEAST_VARIANCE, MOST_VARIANCE = 0.01, 16.0
BISECTIONS = 60
SLOPE = 0.6  # gamma where too few clients tell
LEAST_LEVEL_SPREAD = 0.1  # clients that list alike say nothing about the slope
HUBER_REGRESSION = 1.345  # 95 % efficient for normal residuals
REWEIGHTINGS = 30


def contributor_variance(cells: pl.DataFrame, keys: tuple[str, ...]) -> float:
    """s_b^2 with median(|y - y'| / sqrt(2 (s_b^2 + s_n^2))) = 0.6745 over pairs of contributors in a group of `keys`
    (step D11). Pairs are drawn by rank and key, so that the answer is the same whatever number a person bears."""
    groups = Groups.of(*(cells[key].to_numpy() for key in keys))
    vote, noise = cells["vote"].to_numpy(), cells["noise"].to_numpy()
    by_rank = np.lexsort((noise, vote, groups.of_row))
    rank = np.arange(groups.rows) - groups.spread(groups.starts)
    scattered = np.lexsort((mix(rank, cells[keys[-1]].to_numpy()), groups.of_row))
    order = by_rank[scattered]
    vote, noise = vote[order], noise[order]
    sizes, start = groups.spread(groups.sizes), groups.spread(groups.starts)
    gaps, noises = [], []
    for lag in LAGS:
        other = start + (np.arange(groups.rows) - start + lag) % sizes
        rows = np.flatnonzero(sizes > lag)[:MOST_PAIRS]
        gaps.append(np.abs(vote[rows] - vote[other[rows]]))
        noises.append((noise[rows] + noise[other[rows]]) / 2)
    gap, noise = np.concatenate(gaps), np.concatenate(noises)
    if len(gap) == 0:
        return CONTRIBUTOR_SPREAD**2
    low, high = 0.0, MOST_VARIANCE
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        wide = float(np.median(gap / np.sqrt(2 * (middle + noise)))) > NORMAL_QUARTILE
        low, high = (middle, high) if wide else (low, middle)
    return max(high, LEAST_VARIANCE)


def between_variance(residual: Floats, variance: Floats, family: Ints) -> float:
    """tau^2 by Paule-Mandel: sum (e - mean of its family)^2 / (V + tau^2) = children - families (steps D7,
    D11).

    `residual` e is a child's centre less its parent's mean, `family` its parent, in sorted order; families
    of one child tell nothing.
    """
    families = Groups.of(family)
    told = families.spread(families.sizes) > 1
    residual, variance, families = residual[told], variance[told], Groups.of(family[told])
    freedom = len(residual) - len(families)
    if freedom < 1:
        return CLIENT_SPREAD**2
    low, high = 0.0, MOST_VARIANCE
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        weight = 1.0 / (variance + middle)
        centre = families.spread(families.sum(weight * residual) / families.sum(weight))
        wide = float(np.sum(weight * (residual - centre) ** 2)) > freedom
        low, high = (middle, high) if wide else (low, middle)
    return max(high, LEAST_VARIANCE)


def reward_slope(centre: Floats, variance: Floats, level: Floats) -> float:
    """gamma: Huber regression of clients' centres on their mean ln reward, within [0, 1] (step D6)."""
    if len(centre) < 2 or float(np.std(level)) < LEAST_LEVEL_SPREAD:
        return SLOPE
    spread = np.sqrt(variance + CLIENT_SPREAD**2)
    weight = 1.0 / spread**2
    slope = SLOPE
    for _ in range(REWEIGHTINGS):
        x = level - np.sum(weight * level) / np.sum(weight)
        y = centre - np.sum(weight * centre) / np.sum(weight)
        slope = float(np.sum(weight * x * y) / np.sum(weight * x * x))
        distance = np.abs(y - slope * x) / spread
        weight = np.minimum(1.0, HUBER_REGRESSION / np.maximum(distance, HUBER_REGRESSION)) / spread**2
    return min(max(slope, 0.0), 1.0)
