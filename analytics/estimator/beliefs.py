"""What is believed of every group once the chain was asked: from the root down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.estimator.cells import CLIENT
from analytics.estimator.chain import Believed, Components, believe, root
from analytics.estimator.components import SLOPE, between_variance, reward_slope
from analytics.estimator.groups import Flags, Floats, Ints
from analytics.estimator.levels import Level, Levels
from analytics.estimator.winsorise import CLIENT_SPREAD, DOUBT


@dataclass(frozen=True)
class Beliefs:
    """The groups of each published level, their anchors (what a typical child is like), and gamma and tau^2 by platform."""

    task: Believed
    client: Believed
    platform: Believed
    client_child: Believed
    platform_child: Believed
    slope: Floats
    client_between: Floats
    task_between: Floats


def beliefs_of(levels: Levels) -> Beliefs:
    """Steps D6, D7, D11 along task -> client -> platform -> all; children lean on their parent's anchor."""
    platforms = len(levels.client.estimated)
    slope = slopes(levels.client)
    client_between = between(levels.client, slope, levels.client.platform)
    parent_of_task = levels.task.parents(CLIENT).of_row
    task_between = between(levels.task, slope, parent_of_task)
    house_between = np.full(platforms, CLIENT_SPREAD**2)
    only = np.zeros(platforms, np.int64)

    def below(level: Level, parent: Believed, spread: Floats) -> Believed:
        return believe(level.summary, parent, components(level, spread, slope))

    house = below(levels.platform, root(levels.root).of(only), house_between)
    house_anchor = below(levels.platform_anchor, root(levels.anchor_root).of(only), house_between)
    above_client = house_anchor.of(levels.client.platform)
    client = below(levels.client, above_client, client_between)
    client_anchor = below(levels.client_anchor, above_client, client_between)
    task = below(levels.task, client_anchor.of(parent_of_task), task_between)
    return Beliefs(task, client, house, client_anchor, house_anchor, slope, client_between, task_between)


def slopes(clients: Level) -> Floats:
    """gamma by platform (step D6)."""
    centre, variance, reach = (clients.summary[name].to_numpy() for name in ("centre", "variance", "level"))
    answer = np.full(len(clients.estimated), SLOPE)
    for number in np.flatnonzero(clients.estimated):
        told = clients.counted & (clients.platform == number)
        answer[number] = reward_slope(centre[told], variance[told], reach[told])
    return answer


def between(level: Level, slope: Floats, family: Ints) -> Floats:
    """tau^2 of a level by platform (step D11); `family` is the number of each group's parent."""
    centre, variance, reach = (level.summary[name].to_numpy() for name in ("centre", "sampling_variance", "level"))
    answer = np.full(len(slope), CLIENT_SPREAD**2)
    for number in np.flatnonzero(level.estimated):
        told = level.counted & (level.platform == number)
        residual = centre[told] - slope[number] * reach[told]
        answer[number] = between_variance(residual, variance[told], family[told])
    return answer


def components(level: Level, between_variances: Floats, slope: Floats) -> Components:
    """The components of each group's platform; default ones cost the factor of step D11."""
    of = level.platform
    noise = pooled(level.summary["noise"].to_numpy(), level.counted, of, len(slope))
    spread = level.contributor_variance + noise
    doubt = np.where(level.estimated, 1.0, DOUBT)
    return Components(between_variances[of], slope[of], spread[of], doubt[of])


def pooled(values: Floats, counted: Flags, platform: Ints, platforms: int) -> Floats:
    """By platform, the mean of finite `values` over counted groups, over all groups where none counts."""
    told = np.isfinite(values)
    few = np.bincount(platform[told & counted], minlength=platforms) == 0
    used = told & (counted | few[platform])
    sums = np.bincount(platform[used], weights=values[used], minlength=platforms)
    return sums / np.maximum(np.bincount(platform[used], minlength=platforms), 1)
