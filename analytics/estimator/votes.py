"""How much each contributor's vote weighs in its cell: step D4 and the largest share of step E. Never by
volume.
"""

from __future__ import annotations

import math

import numpy as np

from analytics.estimator.groups import Flags, Floats, Groups


def recency(age_days: Floats, half_life_days: float | None) -> Floats:
    """omega = 2^(-days since the contributor's last record in the cell / H), 1 without decay (step D4)."""
    return np.ones(len(age_days)) if half_life_days is None else np.exp2(-age_days / half_life_days)


def share_cap(weights: Floats, votes: Flags, groups: Groups, largest_share: float) -> Floats:
    """By group, the greatest weight a vote may have so that none holds more than `largest_share` of them
    (step E).

    With the j heaviest votes cut to c and the rest weighing R: c = share (j c + R). Infinite where so few
    vote that somebody must hold more.
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
    """`weights` with one row of each group, a heaviest one, set to 0."""
    rows = np.flatnonzero(weights == groups.spread(heaviest))
    firsts = rows[np.unique(groups.of_row[rows], return_index=True)[1]]
    rest = weights.copy()
    rest[firsts] = 0.0
    return rest
