"""Weights of votes in their cells: the window of step D4, shared votes of copies, and the largest share of step F. Never
by volume.
"""

from __future__ import annotations

import math

import numpy as np
import polars as pl

from analytics.estimator.groups import Flags, Floats, Groups, in_order
from analytics.model.policy import Policy

ROUNDING = 1e-9  # of a sum of parts of votes: three thirds are one


def with_weights(cells: pl.DataFrame, keys: tuple[str, ...], policy: Policy) -> pl.DataFrame:
    """Add `weight` (omega of step D4, 0 outside the window) and `voter_part` (1/k of a voter, else 0) to `cells`, which
    are sorted by `keys` and have votes.
    """
    groups = Groups.of(*(cells[key].to_numpy() for key in keys))
    votes = np.isfinite(cells["vote"].to_numpy())
    is_current = within_window(cells["age_days"].to_numpy(), votes, groups, policy)
    part = cells["copy_part"].to_numpy()
    weight = np.where(is_current, cells["seniority"].to_numpy() * part, 0.0)
    return cells.with_columns(
        weight=pl.Series(weight), voter_part=pl.Series(np.where(votes & is_current, part, 0.0), dtype=pl.Float64)
    )


def within_window(age_days: Floats, votes: Flags, groups: Groups, policy: Policy) -> Flags:
    """Return which rows are at most `vote_days` old or as old as the latest `vote_people` votes of their group.

    `age_days` are whole; ties at the edge are in.
    """
    if policy.vote_days is None:
        return np.ones(len(age_days), np.bool_)
    edge = np.full(len(groups), float(policy.vote_days))
    edge = np.maximum(edge, latest_edge(age_days, votes, groups, policy.vote_people, policy.vote_days))
    return age_days <= groups.spread(edge)


def latest_edge(age_days: Floats, votes: Flags, groups: Groups, people: int, days: int) -> Floats:
    """Return by group the age of its `people`-th latest vote, the greatest age where it has fewer; 0 where all votes are
    within `days`.
    """
    edge = np.zeros(len(groups))
    old = groups.sum(votes & (age_days > days)) > 0
    rows = np.flatnonzero(votes & groups.spread(old))
    if len(rows) == 0:
        return edge
    of = groups.of_row[rows]
    ordered = rows[in_order(of, age_days[rows].astype(np.int64))]
    some = Groups.of(groups.of_row[ordered])
    last = some.starts + np.minimum(some.sizes, people) - 1
    edge[groups.of_row[ordered[some.starts]]] = age_days[ordered[last]]
    return edge


def whole_voters(parts: Floats) -> Floats:
    """Return K = floor(sum of 1/k): copies of one timing vector are one voter together."""
    return np.floor(parts + ROUNDING)


def effective_votes(weights: Floats, copy_group: np.ndarray[tuple[int], np.dtype[np.uint64]], groups: Groups) -> Floats:
    """Return K_eff = (sum of weights)^2 / sum over groups of copies of (their weights)^2 (Kish), 0 without weight.

    `copy_group` is 0 where a row is nobody's copy: it is then a group of its own.
    """
    squares = groups.sum(np.where(copy_group == 0, weights**2, 0.0))
    rows = np.flatnonzero((copy_group != 0) & (weights > 0))
    if len(rows):
        codes = np.unique(copy_group[rows], return_inverse=True)[1].astype(np.int64)
        ordered = rows[in_order(groups.of_row[rows], codes)]
        copies = Groups.of(groups.of_row[ordered], copy_group[ordered])
        np.add.at(squares, groups.of_row[ordered[copies.starts]], copies.sum(weights[ordered]) ** 2)
    total = groups.sum(weights)
    return np.divide(total**2, squares, out=np.zeros(len(groups)), where=squares > 0)


def share_cap(weights: Floats, votes: Flags, groups: Groups, largest_share: float) -> Floats:
    """Return by group the greatest weight of a vote so that none holds more than `largest_share` of them (step F).

    With the j heaviest votes cut to c and the others weighing R: c = share (j c + R). Infinite where so few vote that
    somebody must hold more.
    """
    left = np.where(votes, weights, 0.0)
    fewest = math.ceil(1 / largest_share)
    cap = np.full(len(groups), np.inf)
    found = groups.sum(votes) < fewest
    for capped in range(fewest):
        heaviest = groups.largest(left)
        candidate = largest_share * groups.sum(left) / (1 - largest_share * capped)
        fits = ~found & (heaviest <= candidate * (1 + 1e-12))
        cap = np.where(fits, np.maximum(candidate, heaviest), cap)
        found |= fits
        if found.all():
            break
        left = without_one(left, heaviest, groups)
    return cap


def without_one(weights: Floats, heaviest: Floats, groups: Groups) -> Floats:
    """Return `weights` with one row of each group, a heaviest one, set to 0."""
    rows = np.flatnonzero(weights == groups.spread(heaviest))
    firsts = rows[np.unique(groups.of_row[rows], return_index=True)[1]]
    rest = weights.copy()
    rest[firsts] = 0.0
    return rest
