"""How far contributors, and how far clients, lie apart: the variance components of step D11 and the slope of
step D6.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from analytics.estimator.groups import Flags, Floats, Groups, Ints, in_order, mix, ranks
from analytics.estimator.winsorise import CLIENT_SPREAD, CONTRIBUTOR_SPREAD, NORMAL_QUARTILE

PAIRS: dict[str, pl.DataType] = {"platform": pl.Int64(), "client_key": pl.Int64(), "edge": pl.Float64()}
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


def pairs(cells: pl.DataFrame, keys: tuple[str, ...], halvings: Ints) -> pl.DataFrame:
    """Pairs of contributors in one group of `keys`, in the shape PAIRS (step D11). They are drawn by rank and key, so
    that they are the same whatever number a person bears; `halvings` by platform as `halvings_of` has it.
    """
    groups = Groups.of(*(cells[key].to_numpy() for key in keys))
    vote, noise = cells["vote"].to_numpy(), cells["noise"].to_numpy()
    by_rank = in_order(groups.of_row, ranks(vote), ranks(noise))
    rank = np.arange(groups.rows) - groups.spread(groups.starts)
    draw = mix(rank, cells[keys[-1]].to_numpy())
    scattered = in_order(groups.of_row, ranks(draw))
    vote, noise, draw = vote[by_rank[scattered]], noise[by_rank[scattered]], draw[scattered]
    sizes, start = groups.spread(groups.sizes), groups.spread(groups.starts)
    platform, client = cells["platform"].to_numpy(), cells[keys[min(1, len(keys) - 1)]].to_numpy()
    is_drawn = draw & ((np.uint64(1) << halvings.astype(np.uint64)) - np.uint64(1))[platform] == 0
    found = []
    for lag in LAGS:
        rows = np.flatnonzero((sizes > lag) & is_drawn)
        other = start[rows] + (rows - start[rows] + lag) % sizes[rows]
        edge = (vote[rows] - vote[other]) ** 2 / (2 * NORMAL_QUARTILE**2) - (noise[rows] + noise[other]) / 2
        found.append(pl.DataFrame({"platform": platform[rows], "client_key": client[rows], "edge": edge}, schema=PAIRS))
    return pl.concat(found)


def halvings_of(cells: Ints) -> Ints:
    """How often a platform's pairs are halved, given its number of cells, so that some MOST_PAIRS are left."""
    return np.ceil(np.log2(np.maximum(cells / MOST_PAIRS, 1.0))).astype(np.int64)


def contributor_variances(pairs: pl.DataFrame, told: Flags) -> Floats:
    """By platform s_b^2 with median(|y - y'| / sqrt(2 (s_b^2 + s_n^2))) = 0.6745 over `pairs` (step D11), where `told`;
    else the default. The ratio is below 0.6745 just where the pair's edge is below s_b^2, so that is the median edge.
    """
    found = np.full(len(told), CONTRIBUTOR_SPREAD**2)
    platform, edge = pairs["platform"].to_numpy(), pairs["edge"].to_numpy()
    for number in np.flatnonzero(told):
        own = edge[platform == number]
        if len(own):
            found[number] = np.clip(np.median(own), LEAST_VARIANCE, MOST_VARIANCE)
    return found


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
