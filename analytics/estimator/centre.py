"""The centre of a group's votes that no single contributor and no volume can move far: step D5."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.estimator.groups import Floats, Groups, Ints

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
    heard = (weights > 0) & np.isfinite(votes)
    rows = Voices(groups, np.where(heard, votes, 0.0), np.where(heard, weights, 0.0), scale)
    has_votes = np.isfinite(centre)
    low = np.where(has_votes, groups.smallest(np.where(heard, votes, np.inf)), 0.0)
    high = np.where(has_votes, groups.largest(np.where(heard, votes, -np.inf)), 0.0)
    moving = np.flatnonzero(low < high)
    rows = rows.of(moving)
    for _ in range(MOST_STEPS):
        if len(moving) == 0:
            break
        here = centre[moving]
        pull, give = rows.pull(here)
        low[moving] = np.where(pull > 0, here, low[moving])
        high[moving] = np.where(pull < 0, here, high[moving])
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = here + pull / give
        inside = np.isfinite(newton) & (newton >= low[moving]) & (newton <= high[moving])
        step = np.where(inside, newton, (low[moving] + high[moving]) / 2)
        restless = (pull != 0.0) & (np.abs(step - here) > CLOSE * (1.0 + np.abs(here)))
        centre[moving] = np.where(pull != 0.0, step, here)
        moving = moving[restless]
        rows = rows if restless.all() else rows.of(np.flatnonzero(restless))
    return centre


@dataclass(frozen=True)
class Voices:
    """The votes of groups that still move, their weights, and by group the scale."""

    groups: Groups
    votes: Floats
    weights: Floats
    scale: Floats

    def of(self, groups: Ints) -> Voices:
        """Those of these groups only."""
        if len(groups) == len(self.groups):
            return self
        sizes = self.groups.sizes[groups]
        starts = np.append(0, np.cumsum(sizes)[:-1]).astype(np.int64)
        rows = np.repeat(self.groups.starts[groups] - starts, sizes) + np.arange(int(sizes.sum()))
        return Voices(Groups(starts, len(rows)), self.votes[rows], self.weights[rows], self.scale[groups])

    def pull(self, centre: Floats) -> tuple[Floats, Floats]:
        """sum w psi((y - m)/s), 0 where it is a balance, and how much it gives way to a move of m."""
        distance = (self.votes - self.groups.spread(centre)) / self.groups.spread(self.scale)
        pull = self.groups.sum(self.weights * np.clip(distance, -CLIP, CLIP))
        total = self.groups.sum(self.weights)
        give = self.groups.sum(self.weights * (np.abs(distance) < CLIP)) / self.scale
        return np.where(np.abs(pull) <= CLOSE * total, 0.0, pull), give


def centre_variance(scale: Floats, effective_contributors: Floats) -> Floats:
    """V = s^2 / (0.865 K_eff) (step D5); infinite where nobody votes."""
    variance: Floats = np.divide(
        scale**2,
        EFFICIENCY * effective_contributors,
        out=np.full(len(scale), np.inf),
        where=effective_contributors > 0,
    )
    return variance
