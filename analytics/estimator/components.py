"""Variance components: the spread of contributors and of clients (step D11), and the slope of step D6."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.estimator.default_spreads import CLIENT_SPREAD, CONTRIBUTOR_SPREAD, NORMAL_QUARTILE, TASK_SPREAD
from analytics.estimator.groups import Flags, Floats, Groups, Ints, by_value, in_order, mix, ranks

PAIRS: dict[str, pl.DataType] = {
    "platform": pl.Int64(),
    "client_key": pl.Int64(),
    "edge": pl.Float64(),  # the s_b^2 at which the pair is as far apart as the median pair should be
    "square": pl.Float64(),  # (L - L')^2 / (2 x 0.6745^2)
}
FEWEST_LAGS, MOST_LAGS = 2, 60  # votes compared with each in a scattered order: all of a small group
SUFFICIENT_PAIRS = 1_000_000  # of a platform: cost grows with the votes, not with their square
MOST_PAIRS = 200_000  # more add nothing to one median
LEAST_VARIANCE, MOST_VARIANCE = 0.01, 16.0
BISECTIONS = 60
FEWEST_VOTERS = 30  # in counted groups: fewer do not determine s_b
TOTAL_SPREAD, TOTAL_WEIGHT = 0.70, 5.0  # T of one-task data before any row is seen, and the voters it counts for
TASK_PART, PERSON_PART = 0.45, 0.55  # of T^2 if each person did one task
SPLIT_DOUBT = 8.0  # (T^2/8)^2 is added to the variance: the split stays unknown for any number of people
SLOPE = 0.6  # gamma if there are too few clients
LEAST_LEVEL_SPREAD = 0.1  # clients with similar listed pay do not determine the slope
HUBER_REGRESSION = 1.345  # 95 % efficient for normal residuals
REWEIGHTINGS = 30


@dataclass(frozen=True)
class PairDraw:
    """Parameters of the draw of pairs by platform: how often the votes are halved, and the comparisons of each.

    They depend on the number of cells alone, so that rows in any parts draw the same pairs.
    """

    halvings: Ints
    lags: Ints

    @classmethod
    def of(cls, cells: Ints) -> PairDraw:
        """Draw so that about MOST_PAIRS votes are left, and all pairs if the platform's cells are few."""
        halvings = np.ceil(np.log2(np.maximum(cells / MOST_PAIRS, 1.0))).astype(np.int64)
        lags = np.clip(SUFFICIENT_PAIRS // np.maximum(cells, 1), FEWEST_LAGS, MOST_LAGS)
        return cls(halvings, lags.astype(np.int64))


@dataclass(frozen=True)
class Spreads:
    """sigma_e by platform, and T^2 where it was split because too few people did two tasks (NaN where pairs exist)."""

    sigma: Floats
    total_variance: Floats

    @property
    def is_split(self) -> Flags:
        """Return the platforms whose sigma_e is a part of T, not measured."""
        return np.isfinite(self.total_variance)

    @property
    def extra_variance(self) -> Floats:
        """Return (T^2/8)^2 where T was split, else 0: added once to every published variance (step D11)."""
        return np.where(self.is_split, (np.nan_to_num(self.total_variance) / SPLIT_DOUBT) ** 2, 0.0)


def spreads_of(sigma: Floats, cells: pl.DataFrame) -> Spreads:
    """Return `sigma` with NaN, where too few contributors tell it, replaced by the split of T (step D11).

    `cells` are contributors at counted clients, sorted, with `log_pay` L.
    """
    total = total_variances(cells, len(sigma))
    is_split = ~np.isfinite(sigma)
    split = np.minimum(np.sqrt(TASK_PART * total), TASK_SPREAD)
    return Spreads(np.where(is_split, split, sigma), np.where(is_split, total, np.nan))


def total_variances(cells: pl.DataFrame, platforms: int) -> Floats:
    """Return T^2 by platform: median of (L - L')^2 / (2 x 0.6745^2) over pairs of voters within clients, averaged on the
    log scale with 0.49 as five more voters; 0 where the median is 0.
    """
    unweighted = cells.with_columns(vote="log_pay", noise=pl.lit(0.0))
    people = np.bincount(cells["platform"].to_numpy(), minlength=platforms)
    drawn = pairs(unweighted, ("platform", "client_key"), PairDraw.of(people))
    platform, square = drawn["platform"].to_numpy(), drawn["square"].to_numpy()
    found = np.full(platforms, TOTAL_SPREAD**2)
    for number in range(platforms):
        own = square[platform == number]
        if len(own) == 0:
            continue
        middle, n = float(np.median(own)), float(people[number])
        logs = (
            (n * np.log(middle) + TOTAL_WEIGHT * np.log(TOTAL_SPREAD**2)) / (n + TOTAL_WEIGHT)
            if middle > 0
            else -np.inf
        )
        found[number] = np.exp(logs)
    return found


def pairs(cells: pl.DataFrame, keys: tuple[str, ...], drawn_as: PairDraw) -> pl.DataFrame:
    """Return pairs of contributors in one group of `keys`, in the shape PAIRS (step D11). They are drawn by rank and key,
    so that they are the same whatever number a person has.
    """
    groups = Groups.of(*(cells[key].to_numpy() for key in keys))
    vote, noise = cells["vote"].to_numpy(), cells["noise"].to_numpy()
    log_pay = cells["log_pay"].to_numpy()
    by_rank = ranked(groups, vote, noise)
    rank = np.arange(groups.rows) - groups.spread(groups.starts)
    draw = mix(rank, cells[keys[-1]].to_numpy())
    scattered = by_value(groups.of_row, draw)
    order = by_rank[scattered]
    vote, noise, log_pay, draw = vote[order], noise[order], log_pay[order], draw[scattered]
    sizes, start = groups.spread(groups.sizes), groups.spread(groups.starts)
    platform, client = cells["platform"].to_numpy(), cells[keys[min(1, len(keys) - 1)]].to_numpy()
    is_drawn = draw & ((np.uint64(1) << drawn_as.halvings.astype(np.uint64)) - np.uint64(1))[platform] == 0
    place = np.arange(groups.rows) - start
    lags = drawn_as.lags[platform]
    found = [pl.DataFrame(schema=PAIRS)]
    left = np.flatnonzero(is_drawn)
    for lag in range(1, 1 + min(int(lags.max(initial=0)), int(sizes.max(initial=0)) // 2)):
        left = left[(2 * lag <= sizes[left]) & (lag <= lags[left])]
        rows = left[(2 * lag < sizes[left]) | (place[left] < lag)]  # each pair once
        other = start[rows] + (place[rows] + lag) % sizes[rows]
        scale = 2 * NORMAL_QUARTILE**2
        edge = (vote[rows] - vote[other]) ** 2 / scale - (noise[rows] + noise[other]) / 2
        square = (log_pay[rows] - log_pay[other]) ** 2 / scale
        columns = {"platform": platform[rows], "client_key": client[rows], "edge": edge, "square": square}
        found.append(pl.DataFrame(columns, schema=PAIRS))
    return pl.concat(found)


def ranked(groups: Groups, vote: Floats, noise: Floats) -> Ints:
    """Return the rows of sorted `groups` by vote within each, equal votes by noise."""
    order = by_value(groups.of_row, vote)
    of, votes = groups.of_row[order], vote[order]
    has_ties = bool(np.any((of[1:] == of[:-1]) & (votes[1:] == votes[:-1])))
    return in_order(groups.of_row, ranks(vote), ranks(noise)) if has_ties else order


def contributor_variances(pairs: pl.DataFrame, is_measured: Flags, spreads: Spreads) -> Floats:
    """Return s_b^2 by platform, with median(|y - y'| / sqrt(2 (s_b^2 + s_n^2))) = 0.6745 over `pairs` where
    `is_measured`, else its part of T^2, else the default (step D11).

    The ratio is below 0.6745 just where the pair's edge is below s_b^2, so that is the median edge.
    """
    split = PERSON_PART * spreads.total_variance
    found = np.where(spreads.is_split, np.maximum(np.nan_to_num(split), LEAST_VARIANCE), CONTRIBUTOR_SPREAD**2)
    platform, edge = pairs["platform"].to_numpy(), pairs["edge"].to_numpy()
    for number in np.flatnonzero(is_measured):
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
    is_informative = families.spread(families.sizes) > 1
    residual, variance, families = residual[is_informative], variance[is_informative], Groups.of(family[is_informative])
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
