"""The levels of the chain: their cells, which of their groups count for what is shared, how far contributors
differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analytics.estimator.cells import ALL, CLIENT, PLATFORM, TASK, coarser, typical_child, with_votes
from analytics.estimator.components import contributor_variance
from analytics.estimator.groups import Flags, Floats, Groups, Ints
from analytics.estimator.summary import summarise
from analytics.estimator.winsorise import CONTRIBUTOR_SPREAD, FEWEST_CLIENTS

if TYPE_CHECKING:
    from analytics.policy import Policy


@dataclass(frozen=True)
class Level:
    """One level: its cells, its groups' summary, and by platform s_b^2 and whether enough groups told it.

    `counted` marks groups with enough voters; only these move what groups share.
    """

    keys: tuple[str, ...]
    cells: pl.DataFrame
    summary: pl.DataFrame
    counted: Flags
    contributor_variance: Floats
    estimated: Flags

    @property
    def platform(self) -> Ints:
        return self.summary["platform"].to_numpy()

    @property
    def groups(self) -> Groups:
        """The groups of the cells."""
        return Groups.of(*(self.cells[key].to_numpy() for key in self.keys))

    def parents(self, keys: tuple[str, ...]) -> Groups:
        """The groups of the summary's rows by a coarser key."""
        return Groups.of(*(self.summary[key].to_numpy() for key in keys))


@dataclass(frozen=True)
class Levels:
    """The levels that are published, the anchors (what a typical child of a platform or a client is like),
    and the two roots above platforms and above anchors.
    """

    task: Level
    client: Level
    platform: Level
    client_anchor: Level
    platform_anchor: Level
    root: pl.DataFrame
    anchor_root: pl.DataFrame


def levels_of(task_cells: pl.DataFrame, sigma: Floats, policy: Policy) -> Levels:
    """All levels from the finest cells; `sigma` is sigma_e by platform.

    Whatever is shared between clients (anchors, components) comes from clients with enough voters alone, so
    that a client with fewer alters no other client's bytes; likewise task groups within their client.
    """
    platforms = len(sigma)

    def votes(cells: pl.DataFrame) -> pl.DataFrame:
        return with_votes(cells, sigma[cells["platform"].to_numpy()])

    tasks = votes(task_cells)
    clients = votes(coarser(tasks, CLIENT))
    houses = votes(coarser(clients, PLATFORM))
    task_level = level_of(tasks, TASK, platforms, policy)
    client_level = level_of(clients, CLIENT, platforms, policy)
    platform_level = level_of(houses, PLATFORM, platforms, policy)
    below_client = typical_child(tasks.filter(speakers(task_level, CLIENT)), CLIENT)
    below_platform = typical_child(clients.filter(speakers(client_level, PLATFORM)), PLATFORM)
    has_counted = np.zeros(platforms, np.bool_)
    has_counted[client_level.platform[client_level.counted]] = True
    return Levels(
        task_level,
        client_level,
        platform_level,
        level_of(below_client, CLIENT, platforms, policy),
        level_of(below_platform, PLATFORM, platforms, policy),
        root_of(houses, platform_level.counted, policy),
        root_of(below_platform, has_counted, policy),
    )


def level_of(cells: pl.DataFrame, keys: tuple[str, ...], platforms: int, policy: Policy) -> Level:
    """A level from its cells. s_b^2 of a platform is estimated from 25 counted groups on (step D11), and for
    platforms themselves from 25 voters.
    """
    groups = Groups.of(*(cells[key].to_numpy() for key in keys))
    votes = np.isfinite(cells["vote"].to_numpy())
    counted = groups.sum(votes) >= policy.band_contributors
    told = votes & groups.spread(counted)
    platform = cells["platform"].to_numpy()
    size = np.bincount(platform[told] if keys == PLATFORM else groups.first(platform)[counted], minlength=platforms)
    spreads = np.full(platforms, CONTRIBUTOR_SPREAD**2)
    for number in np.flatnonzero(size >= FEWEST_CLIENTS):
        of_platform = cells.filter(told & (platform == number))
        spreads[number] = contributor_variance(of_platform, keys)
    summary = summarise(cells, keys, spreads[platform], policy)
    return Level(keys, cells, summary, counted, spreads, size >= FEWEST_CLIENTS)


def speakers(level: Level, parent: tuple[str, ...]) -> Flags:
    """Cells that may speak for their parent's children: those of counted groups, all where the parent has
    none.
    """
    families = level.parents(parent)
    some = families.spread(families.sum(level.counted)) > 0
    return level.groups.spread(level.counted | ~some)


def root_of(cells: pl.DataFrame, counted: Flags, policy: Policy) -> pl.DataFrame:
    """The summary of a typical platform, from the `counted` ones, or from all where none is."""
    used = counted[cells["platform"].to_numpy()]
    everything = typical_child(cells.filter(used if used.any() else ~used).with_columns(everything=pl.lit(0)), ALL)
    return summarise(everything, ALL, np.full(everything.height, CONTRIBUTOR_SPREAD**2), policy)
