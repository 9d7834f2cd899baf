"""The levels of the chain: which of their groups count for what is shared, and how far contributors differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.estimator.cells import ALL, PLATFORM, typical_child
from analytics.estimator.components import contributor_variances, halvings_of, pairs
from analytics.estimator.groups import Flags, Floats, Groups, Ints
from analytics.estimator.summary import summarise
from analytics.estimator.winsorise import CONTRIBUTOR_SPREAD, FEWEST_CLIENTS
from analytics.model.policy import Policy


@dataclass(frozen=True)
class Level:
    """One level: its groups' summary, and by platform s_b^2 and whether enough groups told it.

    `counted` marks groups with enough voters; only these move what groups share.
    """

    keys: tuple[str, ...]
    summary: pl.DataFrame
    counted: Flags
    contributor_variance: Floats
    estimated: Flags

    @property
    def platform(self) -> Ints:
        return self.summary["platform"].to_numpy()

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


def level_of(cells: pl.DataFrame, keys: tuple[str, ...], platforms: int, policy: Policy) -> Level:
    """A level from its cells. s_b^2 of a platform is estimated from 25 counted groups on (step D11), and for
    platforms themselves from 25 voters.
    """
    groups, counted = voiced(cells, keys, policy)
    votes = np.isfinite(cells["vote"].to_numpy())
    told = votes & groups.spread(counted)
    platform = cells["platform"].to_numpy()
    size = np.bincount(platform[told] if keys == PLATFORM else groups.first(platform)[counted], minlength=platforms)
    halvings = halvings_of(np.bincount(platform, minlength=platforms))
    estimated = size >= FEWEST_CLIENTS
    used = told & estimated[platform]
    drawn = pairs(cells if used.all() else cells.filter(pl.Series(used)), keys, halvings)
    spreads = contributor_variances(drawn, estimated)
    return Level(keys, summarise(cells, keys, spreads[platform], policy), counted, spreads, estimated)


def voiced(cells: pl.DataFrame, keys: tuple[str, ...], policy: Policy) -> tuple[Groups, Flags]:
    """The groups of `cells` by `keys`, and which have enough voters to count."""
    groups = Groups.of(*(cells[key].to_numpy() for key in keys))
    return groups, groups.sum(np.isfinite(cells["vote"].to_numpy())) >= policy.band_contributors


def speakers(cells: pl.DataFrame, keys: tuple[str, ...], parent: tuple[str, ...], policy: Policy) -> pl.DataFrame:
    """Cells that may speak for their parent's children: those of counted groups, all where the parent has
    none.
    """
    groups, counted = voiced(cells, keys, policy)
    families = Groups.of(*(groups.first(cells[key].to_numpy()) for key in parent))
    some = families.spread(families.sum(counted)) > 0
    return cells.filter(pl.Series(groups.spread(counted | ~some), dtype=pl.Boolean))


def root_of(cells: pl.DataFrame, counted: Flags, policy: Policy) -> pl.DataFrame:
    """The summary of a typical platform, from the `counted` ones, or from all where none is."""
    used = counted[cells["platform"].to_numpy()]
    everything = typical_child(cells.filter(used if used.any() else ~used).with_columns(everything=pl.lit(0)), ALL)
    return summarise(everything, ALL, np.full(everything.height, CONTRIBUTOR_SPREAD**2), policy)
