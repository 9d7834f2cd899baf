"""Summary of each group of one level before any parent is asked: steps D4, D5 and D8."""

from __future__ import annotations

import numpy as np
import polars as pl

from analytics.estimator.cells import OUTCOME_SUMS
from analytics.estimator.centre import centre_variance, huber_centre
from analytics.estimator.groups import Flags, Floats, Groups, ratio
from analytics.estimator.shares import MOST_KEPT_SHARE, MOST_PAID_SHARE, equalised, pooled_shares, usable
from analytics.estimator.vote_weights import effective_votes, share_cap, whole_voters
from analytics.model.observations import OUTCOMES, SUBMITTED
from analytics.model.policy import Policy

NEAR = 0.8  # of the spread s: with few votes that near to the centre, one figure does not describe a cell (F)
LEAST_DECIDED = 0.5  # step D8: reviewers reject by hand first, sites approve the others later
MOST_UNTIMED = 0.05  # step B: with more attempts without a time, kept time is not known
ENDINGS = {
    "submitted_share": SUBMITTED,  # handed in, whatever became of it
    "pending_share": ("submitted",),  # handed in and not decided
    **{f"{outcome}_share": (outcome,) for outcome in ("rejected", "returned", "expired", "screened_out", "abandoned")},
}


def summarise(cells: pl.DataFrame, keys: tuple[str, ...], contributor_variance: Floats, policy: Policy) -> pl.DataFrame:
    """Return one row a group of weighted `cells`, sorted by `keys`; `contributor_variance` is s_b^2 of each cell's
    platform.

    `contributors` K, `effective_contributors` K_eff, `people` everybody seen. `centre` m (ln USD/h, NaN without votes),
    `variance` V, `spread` s^2, `noise` mean s_n^2, `level` the median of contributors' mean ln reward; shares as Q with
    `_contributors`, `_variance` and `_is_own` (may the group's own be used, steps B and D8); `decided_part` of the pay
    that should be decided, `undecided_part` of all submitted pay; outcome shares as the mean of contributors' own.
    """
    groups = Groups.of(*(cells[key].to_numpy() for key in keys))
    vote, parts = cells["vote"].to_numpy(), cells["voter_part"].to_numpy()
    votes = parts > 0
    omega = cells["weight"].to_numpy()
    weight = np.minimum(omega, groups.spread(share_cap(omega, votes, groups, policy.largest_share)))
    voting = np.where(votes, weight, 0.0)
    count, total = groups.sum(votes), groups.sum(voting)
    effective = effective_votes(voting, cells["copy_group"].to_numpy(), groups)
    noise = np.nan_to_num(ratio(groups.sum(np.where(votes, cells["noise"].to_numpy(), 0.0)), count))
    spread = groups.first(contributor_variance) + noise
    voters = whole_voters(groups.sum(parts))
    centre = huber_centre(vote, voting, np.sqrt(spread), groups)
    is_near = np.abs(vote - groups.spread(centre)) <= NEAR * groups.spread(np.sqrt(spread))
    return pl.DataFrame(
        {
            **{key: groups.first(cells[key].to_numpy()) for key in keys},
            "contributors": voters,
            "people": groups.sizes.astype(np.float64),
            "effective_contributors": effective,
            "largest_share": np.nan_to_num(ratio(groups.largest(voting), total)),
            "centre": centre,
            "near_contributors": groups.sum(parts * is_near),
            "variance": centre_variance(np.sqrt(spread), effective),
            "spread": spread,
            "noise": noise,
            "level": groups.median(cells["level"].to_numpy(), voting),
            **paid_shares(cells, weight, voters, groups, policy, needs_half="client_key" in keys),
            **kept_shares(cells, weight, groups),
            "observations": groups.sum(cells["observations"].to_numpy()),
            **outcome_shares(cells, weight, groups),
        }
    )


def paid_shares(
    cells: pl.DataFrame, weight: Floats, voters: Floats, groups: Groups, policy: Policy, *, needs_half: bool
) -> dict[str, Floats | Flags]:
    """Return the paid share Q of each group, and whether enough is decided to use it (step D8).

    A platform's share is made of clients that have enough (`of_decided_clients`) and needs no more. Enough is half of the
    submitted pay that should be decided by now, one contributor one voice; where nothing is old enough, half of all. Pay
    pending for too long then counts at 0. Where fewer people than a band asks have decided work, their share would show:
    the parent's stands.
    """
    share_credited, share_reward = (cells[name].to_numpy() for name in ("share_credited", "share_reward"))
    names = ("credited", "decided_reward", "overdue_reward", "due_reward", "due_decided_reward", "reward")
    credited, decided, overdue, due, due_decided, submitted = (cells[name].to_numpy() for name in names)
    parts = cells["copy_part"].to_numpy()
    voice = equalised(submitted, weight, groups)
    all_due, all_decided, all_submitted = (groups.sum(voice * amount) for amount in (due, decided, submitted))
    is_due = all_due > 0
    due_part = ratio(
        np.where(is_due, groups.sum(voice * due_decided), all_decided), np.where(is_due, all_due, all_submitted)
    )
    decided_part = np.nan_to_num(due_part)
    paid = pooled_shares(share_credited, share_reward + overdue, weight, MOST_PAID_SHARE, groups, parts)
    too_few = (voters >= policy.band_contributors) & (paid.contributors < policy.band_contributors)
    is_decided = decided_part >= (LEAST_DECIDED if needs_half else 0.0)
    is_own = is_decided & ~too_few & (paid.contributors > 0)
    decided_credit = np.where(decided > 0, np.minimum(credited, MOST_PAID_SHARE * decided), 0.0)
    some = ratio(groups.sum(voice * decided_credit), all_decided)  # of decided work alone
    own = usable(paid, is_own)
    return {
        "paid": np.where(is_own, paid.share, some),
        "paid_contributors": own.contributors,
        "paid_variance": own.variance,
        "paid_is_own": is_own,
        "paid_is_decided": all_decided > 0,
        "overdue_part": np.where(is_due, 1.0 - decided_part, 0.0),
        "undecided_part": 1.0 - np.nan_to_num(ratio(all_decided, all_submitted), nan=1.0),
    }


def kept_shares(cells: pl.DataFrame, weight: Floats, groups: Groups) -> dict[str, Floats | Flags]:
    """Return the kept-time share of each group, and whether it may be used: attempts without a time are few (step B)."""
    submitted, seconds, untimed, timed = (
        cells[name].to_numpy() for name in ("submitted_seconds", "seconds", "untimed", "timed_unsubmitted")
    )
    kept = pooled_shares(submitted, seconds, weight, MOST_KEPT_SHARE, groups, cells["copy_part"].to_numpy())
    attempts = np.sum([cells[name].to_numpy() for name in OUTCOME_SUMS], axis=0)
    untimed_part = np.nan_to_num(groups.mean(ratio(untimed, attempts), weight))
    is_own = untimed_part <= MOST_UNTIMED
    own = usable(kept, is_own)
    return {
        "kept": kept.share,
        "kept_contributors": own.contributors,
        "kept_variance": own.variance,
        "kept_is_own": is_own,
        "kept_is_timed": is_own | (groups.sum(timed * weight) > 0),
        "untimed_part": untimed_part,
    }


def outcome_shares(cells: pl.DataFrame, weight: Floats, groups: Groups) -> dict[str, Floats]:
    """By ending, the mean over contributors of the share it has in their own tasks: one contributor one
    voice.
    """
    by_outcome = dict(zip(OUTCOMES, (cells[name].to_numpy() for name in OUTCOME_SUMS), strict=True))
    own = np.sum(list(by_outcome.values()), axis=0)
    return {
        name: groups.mean(ratio(np.sum([by_outcome[outcome] for outcome in outcomes], axis=0), own), weight)
        for name, outcomes in ENDINGS.items()
    }
