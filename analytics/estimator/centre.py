"""The centre of a group's votes that no single contributor and no volume can move far: step D5."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from analytics.estimator.groups import Floats, Groups

CLIP = 0.8  # psi(x) = clip(x, -0.8, 0.8): a fifth of liars moves the centre by at most 0.347 s
EFFICIENCY = 0.865  # of this centre against the mean, for normal votes
MOST_STEPS = 200  # the bracket halves at worst: 200 steps settle any two floats
CLOSE = 1e-12


def huber_centre(votes: Floats, weights: Floats, scale: Floats, groups: Groups) -> Floats:
    """m with sum w psi((y - m)/s) = 0 in each group, by bracketed Newton steps from the weighted median
    (step D5).

    `votes` y and `weights` w by row, `scale` s by group; NaN where a group has no weight. A group's answer
    depends on its own rows only.
    """
    centre = groups.median(votes, weights)
    has_votes = np.isfinite(centre)
    heard = (weights > 0) & np.isfinite(votes)
    y = np.where(heard, votes, 0.0)
    w = np.where(heard, weights, 0.0)
    low = np.where(has_votes, groups.smallest(np.where(heard, votes, np.inf)), 0.0)
    high = np.where(has_votes, groups.largest(np.where(heard, votes, -np.inf)), 0.0)
    total = groups.sum(w)
    moving = low < high
    for _ in range(MOST_STEPS):
        if not moving.any():
            break
        distance = (y - groups.spread(np.where(has_votes, centre, 0.0))) / groups.spread(scale)
        pull = groups.sum(w * np.clip(distance, -CLIP, CLIP))
        pull = np.where(np.abs(pull) <= CLOSE * total, 0.0, pull)  # a balance: stay
        give = groups.sum(w * (np.abs(distance) < CLIP)) / scale
        low = np.where(moving & (pull > 0), centre, low)
        high = np.where(moving & (pull < 0), centre, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = centre + pull / give
        inside = np.isfinite(newton) & (newton >= low) & (newton <= high)
        step = np.where(inside, newton, (low + high) / 2)
        settled = (pull == 0.0) | (np.abs(step - centre) <= CLOSE * (1.0 + np.abs(centre)))
        centre = np.where(moving & (pull != 0.0), step, centre)
        moving &= ~settled
    return centre


def centre_variance(scale: Floats, effective_contributors: Floats) -> Floats:
    """V = s^2 / (0.865 K_eff) (step D5); infinite where nobody votes."""
    variance: Floats = np.divide(
        scale**2,
        EFFICIENCY * effective_contributors,
        out=np.full(len(scale), np.inf),
        where=effective_contributors > 0,
    )
    return variance
