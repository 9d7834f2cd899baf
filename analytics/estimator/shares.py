"""Paid share and kept-time share of a group, one contributor one vote: step D8."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.estimator.groups import Flags, Floats, Groups, ratio
from analytics.estimator.vote_weights import whole_voters

PRIOR_CONTRIBUTORS = 10.0  # a parent's share counts as ten contributors
LEAST_SHARE = 0.02  # an hour is never worth nothing on a log scale; nearer to 0 nothing can be told apart
MOST_PAID_SHARE = 2.0  # bonuses can exceed the listed reward
MOST_KEPT_SHARE = 1.0


@dataclass(frozen=True)
class Shares:
    """K of the contributors with a pair, their share Q (NaN without any) and its jackknife variance, by group."""

    contributors: Floats
    share: Floats
    variance: Floats


def pooled_shares(
    numerator: Floats,
    denominator: Floats,
    weights: Floats,
    most: float,
    groups: Groups,
    voter_parts: Floats | None = None,
) -> Shares:
    """Return Q = sum num / sum den over contributors' pairs scaled by omega min(1, median den / own den) (step D8).

    `voter_parts` are 1/k of copies of one timing vector, who are one contributor together; none: nobody is a copy.

    A contributor's own share is held within [0, most] first, so that no declared payment carries a cell.
    Var(Q) is the jackknife's over contributors: (K-1)/K sum (Q without w - mean of those)^2.
    """
    has_pair = (denominator > 0) & (weights > 0)
    den = np.where(has_pair, denominator, 0.0)
    num = np.where(has_pair, np.clip(numerator, 0.0, most * den), 0.0)
    voice = equalised(den, weights, groups)
    num, den = num * voice, den * voice
    nums, dens, count = groups.sum(num), groups.sum(den), groups.sum(has_pair)
    share = ratio(nums, dens)
    without = ratio(groups.spread(nums) - num, groups.spread(dens) - den)
    without = np.where(np.isfinite(without), without, groups.spread(share))  # nobody else weighs anything
    without = np.where(has_pair & (groups.spread(count) > 1), without, 0.0)
    mean = groups.spread(ratio(groups.sum(without), count))
    squares = groups.sum(np.where(has_pair, (without - mean) ** 2, 0.0))
    variance = np.where(count > 1, ratio((count - 1) * squares, count), 0.0)
    voters = count if voter_parts is None else whole_voters(groups.sum(np.where(has_pair, voter_parts, 0.0)))
    return Shares(voters, share, variance)


def equalised(amounts: Floats, weights: Floats, groups: Groups) -> Floats:
    """Return omega min(1, median amount / own amount): who has more than the group's median counts as if they had that."""
    has_amount = (amounts > 0) & (weights > 0)
    typical = groups.spread(groups.median(np.where(has_amount, amounts, np.nan), has_amount.astype(np.float64)))
    return np.where(
        has_amount,
        weights * np.minimum(1.0, np.divide(typical, amounts, out=np.ones(len(amounts)), where=has_amount)),
        0.0,
    )


def usable(shares: Shares, groups: Flags) -> Shares:
    """Return `shares` as if nobody had a pair outside of `groups`: there the parent's share stands."""
    return Shares(
        np.where(groups, shares.contributors, 0.0),
        np.where(groups, shares.share, np.nan),
        np.where(groups, shares.variance, 0.0),
    )


def shrunk_share(shares: Shares, parent: Floats, most: float) -> Floats:
    """Return q = (K Q + 10 q_parent) / (K + 10), within [0.02, most]; the parent's without a pair (step D8)."""
    own = np.where(shares.contributors > 0, shares.share, 0.0)
    return np.clip(
        (shares.contributors * own + PRIOR_CONTRIBUTORS * parent) / (shares.contributors + PRIOR_CONTRIBUTORS),
        LEAST_SHARE,
        most,
    )


def own_part(contributors: Floats) -> Floats:
    """Return (K/(K+10))^2, the part of the own variance that remains in a shrunk share (step D9)."""
    return (contributors / (contributors + PRIOR_CONTRIBUTORS)) ** 2
