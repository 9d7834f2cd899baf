"""The levels of the chain: their counted groups, and the spread of contributors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.estimator.cells import ALL, PLATFORM, typical_child
from analytics.estimator.components import FEWEST_VOTERS, PairDraw, Spreads, contributor_variances, pairs
from analytics.estimator.default_spreads import CONTRIBUTOR_SPREAD, FEWEST_CLIENTS
from analytics.estimator.groups import Flags, Floats, Groups, Ints
from analytics.estimator.summary import summarise
from analytics.estimator.vote_weights import whole_voters, with_weights
from analytics.model.policy import Policy


@dataclass(frozen=True)
class Level:
    """One level: its groups' summary, and s_b^2 by platform with its source.

    It also says by platform if enough groups count for tau^2 and gamma. `counted` marks groups with enough voters; only
    these affect what groups share.
    """

    keys: tuple[str, ...]
    summary: pl.DataFrame
    counted: Flags
    contributor_variance: Floats
    is_measured: Flags
    estimated: Flags

    @property
    def platform(self) -> Ints:
        return self.summary["platform"].to_numpy()

    def parents(self, keys: tuple[str, ...]) -> Groups:
        """Return the groups of the summary's rows by a coarser key."""
        return Groups.of(*(self.summary[key].to_numpy() for key in keys))


@dataclass(frozen=True)
class Levels:
    """The published levels, the anchors, and the two roots above platforms and above anchors.

    An anchor is the summary of a typical child of a platform or a client.
    """

    task: Level
    client: Level
    platform: Level
    client_anchor: Level
    platform_anchor: Level
    root: pl.DataFrame
    anchor_root: pl.DataFrame


def level_of(cells: pl.DataFrame, keys: tuple[str, ...], spreads: Spreads, policy: Policy) -> Level:
    """Return a level from its weighted cells. s_b^2 comes from 30 voters in counted groups on (step D11); tau^2 and
    gamma from 25 counted groups, for platforms from 25 voters.
    """
    groups, counted = counted_groups(cells, keys, policy)
    platforms = len(spreads.sigma)
    platform = cells["platform"].to_numpy()
    used = (cells["voter_part"].to_numpy() > 0) & groups.spread(counted)
    voters = np.bincount(platform[used], minlength=platforms)
    size = voters if keys == PLATFORM else np.bincount(groups.first(platform)[counted], minlength=platforms)
    drawn_as = PairDraw.of(np.bincount(platform, minlength=platforms))
    drawn = pairs(cells if used.all() else cells.filter(pl.Series(used)), keys, drawn_as)
    is_measured = voters >= FEWEST_VOTERS
    variances = contributor_variances(drawn, is_measured, spreads)
    summary = summarise(cells, keys, variances[platform], policy)
    return Level(keys, summary, counted, variances, is_measured, size >= FEWEST_CLIENTS)


def counted_groups(cells: pl.DataFrame, keys: tuple[str, ...], policy: Policy) -> tuple[Groups, Flags]:
    """Return the groups of weighted `cells` by `keys`, and which have enough voters to count."""
    groups = Groups.of(*(cells[key].to_numpy() for key in keys))
    return groups, whole_voters(groups.sum(cells["voter_part"].to_numpy())) >= policy.band_contributors


def speakers(cells: pl.DataFrame, keys: tuple[str, ...], parent: tuple[str, ...], policy: Policy) -> pl.DataFrame:
    """Return the cells that tell what their parent's children are like: those of counted groups, all where the parent
    has none.
    """
    groups, counted = counted_groups(cells, keys, policy)
    families = Groups.of(*(groups.first(cells[key].to_numpy()) for key in parent))
    some = families.spread(families.sum(counted)) > 0
    return cells.filter(pl.Series(groups.spread(counted | ~some), dtype=pl.Boolean))


def root_of(cells: pl.DataFrame, counted: Flags, policy: Policy) -> pl.DataFrame:
    """Return the summary of a typical platform, from the `counted` ones, or from all where none is."""
    used = counted[cells["platform"].to_numpy()]
    chosen = cells.filter(used if used.any() else ~used).with_columns(everything=pl.lit(0))
    everything = with_weights(typical_child(chosen, ALL), ALL, policy)
    return summarise(everything, ALL, np.full(everything.height, CONTRIBUTOR_SPREAD**2), policy)
