"""The centre of a group's votes, robust against any single contributor and any volume: step D5."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.estimator.groups import Floats, Groups, Ints

CLIP = 0.8  # psi(x) = clip(x, -0.8, 0.8): a fifth of votes, placed at will, moves the centre by at most 0.347 s
EFFICIENCY = 0.865  # of this centre against the mean, for normal votes
MOST_STEPS = 200  # the bracket at least halves: 200 steps settle any two floats
CLOSE = 1e-12


def huber_centre(votes: Floats, weights: Floats, scale: Floats, groups: Groups) -> Floats:
    """Return m with sum w psi((y - m)/s) = 0 in each group, by bracketed Newton steps from the weighted median (step D5).

    `votes` y and `weights` w by row, `scale` s by group; NaN where a group has no weight. A group's answer
    depends on its own rows only.
    """
    centre = groups.median(votes, weights)
    has_vote = (weights > 0) & np.isfinite(votes)
    rows = WeightedSamples(groups, np.where(has_vote, votes, 0.0), np.where(has_vote, weights, 0.0), scale)
    is_known = np.isfinite(centre)
    low = np.where(is_known, groups.smallest(np.where(has_vote, votes, np.inf)), 0.0)
    high = np.where(is_known, groups.largest(np.where(has_vote, votes, -np.inf)), 0.0)
    moving = np.flatnonzero(low < high)
    rows = rows.of(moving)
    for _ in range(MOST_STEPS):
        if len(moving) == 0:
            break
        here = centre[moving]
        score, slope = rows.huber_score(here)
        low[moving] = np.where(score > 0, here, low[moving])
        high[moving] = np.where(score < 0, here, high[moving])
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = here + score / slope
        inside = np.isfinite(newton) & (newton >= low[moving]) & (newton <= high[moving])
        step = np.where(inside, newton, (low[moving] + high[moving]) / 2)
        unsettled = (score != 0.0) & (np.abs(step - here) > CLOSE * (1.0 + np.abs(here)))
        centre[moving] = np.where(score != 0.0, step, here)
        moving = moving[unsettled]
        rows = rows if unsettled.all() else rows.of(np.flatnonzero(unsettled))
    return centre


@dataclass(frozen=True)
class WeightedSamples:
    """The votes of groups that have not converged, their weights, and the scale by group."""

    groups: Groups
    votes: Floats
    weights: Floats
    scale: Floats

    def of(self, groups: Ints) -> WeightedSamples:
        """Return the samples of these groups only."""
        if len(groups) == len(self.groups):
            return self
        sizes = self.groups.sizes[groups]
        starts = np.append(0, np.cumsum(sizes)[:-1]).astype(np.int64)
        rows = np.repeat(self.groups.starts[groups] - starts, sizes) + np.arange(int(sizes.sum()))
        return WeightedSamples(Groups(starts, len(rows)), self.votes[rows], self.weights[rows], self.scale[groups])

    def huber_score(self, centre: Floats) -> tuple[Floats, Floats]:
        """Return sum w psi((y - m)/s), 0 where it is balanced, and its slope in -m."""
        distance = (self.votes - self.groups.spread(centre)) / self.groups.spread(self.scale)
        score = self.groups.sum(self.weights * np.clip(distance, -CLIP, CLIP))
        total = self.groups.sum(self.weights)
        slope = self.groups.sum(self.weights * (np.abs(distance) < CLIP)) / self.scale
        return np.where(np.abs(score) <= CLOSE * total, 0.0, score), slope


def centre_variance(scale: Floats, effective_contributors: Floats) -> Floats:
    """Return V = s^2 / (0.865 K_eff) (step D5); infinite without votes."""
    variance: Floats = np.divide(
        scale**2,
        EFFICIENCY * effective_contributors,
        out=np.full(len(scale), np.inf),
        where=effective_contributors > 0,
    )
    return variance
