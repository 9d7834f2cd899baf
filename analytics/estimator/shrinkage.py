"""Shrinkage of every group towards its parent, from the root down: steps D6, D7 and D11."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.estimator.cells import CLIENT
from analytics.estimator.chain import Components, Estimates, root, shrink
from analytics.estimator.components import SLOPE, between_variance, reward_slope
from analytics.estimator.default_spreads import CLIENT_SPREAD, SMALL_SAMPLE_INFLATION
from analytics.estimator.groups import Flags, Floats, Ints
from analytics.estimator.levels import Level, Levels


@dataclass(frozen=True)
class ShrunkLevels:
    """The groups of each published level, their anchors (typical children), and gamma and tau^2 by platform."""

    task: Estimates
    client: Estimates
    platform: Estimates
    client_child: Estimates
    platform_child: Estimates
    slope: Floats
    client_between: Floats
    task_between: Floats


def shrunk_levels(levels: Levels) -> ShrunkLevels:
    """Return all levels shrunk along task -> client -> platform -> all, children towards their parent's anchor."""
    platforms = len(levels.client.estimated)
    slope = slopes(levels.client)
    client_between = between(levels.client, slope, levels.client.platform)
    parent_of_task = levels.task.parents(CLIENT).of_row
    task_between = between(levels.task, slope, parent_of_task)
    platform_between = np.full(platforms, CLIENT_SPREAD**2)
    only = np.zeros(platforms, np.int64)

    def below(level: Level, name: str, parent: Estimates, spread: Floats) -> Estimates:
        return shrink(level.summary, name, parent, components(level, spread, slope))

    platform = below(levels.platform, "platform", root(levels.root).of(only), platform_between)
    platform_anchor = below(levels.platform_anchor, "platform", root(levels.anchor_root).of(only), platform_between)
    above_client = platform_anchor.of(levels.client.platform)
    client = below(levels.client, "client", above_client, client_between)
    client_anchor = below(levels.client_anchor, "client", above_client, client_between)
    task = below(levels.task, "task", client_anchor.of(parent_of_task), task_between)
    return ShrunkLevels(task, client, platform, client_anchor, platform_anchor, slope, client_between, task_between)


def slopes(clients: Level) -> Floats:
    """Return gamma by platform (step D6)."""
    centre, variance, reach = (clients.summary[name].to_numpy() for name in ("centre", "variance", "level"))
    answer = np.full(len(clients.estimated), SLOPE)
    for number in np.flatnonzero(clients.estimated):
        chosen = clients.counted & (clients.platform == number)
        answer[number] = reward_slope(centre[chosen], variance[chosen], reach[chosen])
    return answer


def between(level: Level, slope: Floats, family: Ints) -> Floats:
    """Return tau^2 of a level by platform (step D11); `family` is the number of each group's parent."""
    centre, variance, reach = (level.summary[name].to_numpy() for name in ("centre", "variance", "level"))
    answer = np.full(len(slope), CLIENT_SPREAD**2)
    for number in np.flatnonzero(level.estimated):
        chosen = level.counted & (level.platform == number)
        residual = centre[chosen] - slope[number] * reach[chosen]
        answer[number] = between_variance(residual, variance[chosen], family[chosen])
    return answer


def components(level: Level, between_variances: Floats, slope: Floats) -> Components:
    """Return the components of each group's platform; default ones cost the factor of step D11."""
    of = level.platform
    noise = pooled(level.summary["noise"].to_numpy(), level.counted, of, len(slope))
    spread = level.contributor_variance + noise
    inflation = np.where(level.estimated, 1.0, SMALL_SAMPLE_INFLATION)
    return Components(between_variances[of], slope[of], spread[of], inflation[of])


def pooled(values: Floats, counted: Flags, platform: Ints, platforms: int) -> Floats:
    """Return by platform the mean of finite `values` over counted groups, over all groups if none counts."""
    finite = np.isfinite(values)
    few = np.bincount(platform[finite & counted], minlength=platforms) == 0
    used = finite & (counted | few[platform])
    sums = np.bincount(platform[used], weights=values[used], minlength=platforms)
    return sums / np.maximum(np.bincount(platform[used], minlength=platforms), 1)
