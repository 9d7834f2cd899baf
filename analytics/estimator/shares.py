"""Paid share and kept-time share of a group, one contributor one voice: step D8."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.estimator.groups import Flags, Floats, Groups, ratio

PRIOR_CONTRIBUTORS = 10.0  # a parent's share counts as ten contributors
LEAST_SHARE = 0.02  # an hour is never worth nothing on a log scale; nearer to 0 nothing can be told apart
MOST_PAID_SHARE = 2.0  # bonuses can exceed the listed reward
MOST_KEPT_SHARE = 1.0


@dataclass(frozen=True)
class Shares:
    """By group: how many contributors have a pair, their share Q (NaN without any) and its variance by
    jackknife.
    """

    contributors: Floats
    share: Floats
    variance: Floats


def pooled_shares(numerator: Floats, denominator: Floats, weights: Floats, most: float, groups: Groups) -> Shares:
    """Q = sum num / sum den over contributors' pairs scaled by omega min(1, median den / own den) (step D8).

    A contributor's own share is held within [0, most] first, so that no declared payment carries a cell.
    Var(Q) is the jackknife's over contributors: (K-1)/K sum (Q without w - mean of those)^2.
    """
    has_pair = (denominator > 0) & (weights > 0)
    den = np.where(has_pair, denominator, 0.0)
    num = np.where(has_pair, np.clip(numerator, 0.0, most * den), 0.0)
    typical = groups.spread(groups.median(den, has_pair.astype(np.float64)))
    cut = np.minimum(1.0, np.divide(typical, den, out=np.zeros(len(den)), where=has_pair))
    num, den = num * weights * cut, den * weights * cut
    nums, dens, count = groups.sum(num), groups.sum(den), groups.sum(has_pair)
    share = ratio(nums, dens)
    without = ratio(groups.spread(nums) - num, groups.spread(dens) - den)
    without = np.where(np.isfinite(without), without, groups.spread(share))  # nobody else weighs anything
    without = np.where(has_pair & (groups.spread(count) > 1), without, 0.0)
    mean = groups.spread(ratio(groups.sum(without), count))
    squares = groups.sum(np.where(has_pair, (without - mean) ** 2, 0.0))
    variance = np.where(count > 1, ratio((count - 1) * squares, count), 0.0)
    return Shares(count, share, variance)


def unheard(shares: Shares, groups: Flags) -> Shares:
    """`shares` as if nobody in `groups` had a pair: where a cell is published, but too few of its people
    were paid or refused yet, their share would show through it.
    """
    return Shares(
        np.where(groups, 0.0, shares.contributors),
        np.where(groups, np.nan, shares.share),
        np.where(groups, 0.0, shares.variance),
    )


def shrunk_share(shares: Shares, parent: Floats, most: float) -> Floats:
    """q = (K Q + 10 q_parent) / (K + 10), within [0.02, most]; the parent's where nobody has a pair (step
    D8).
    """
    own = np.where(shares.contributors > 0, shares.share, 0.0)
    return np.clip(
        (shares.contributors * own + PRIOR_CONTRIBUTORS * parent) / (shares.contributors + PRIOR_CONTRIBUTORS),
        LEAST_SHARE,
        most,
    )


def own_part(contributors: Floats) -> Floats:
    """(K/(K+10))^2: how much of the own variance is left in a shrunk share (step D9)."""
    return (contributors / (contributors + PRIOR_CONTRIBUTORS)) ** 2
