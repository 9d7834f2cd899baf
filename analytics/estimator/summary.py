"""What the contributors of each group say together, before any parent is asked: steps D4, D5 and D8 for one
level.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from analytics.estimator.cells import OUTCOME_SUMS
from analytics.estimator.centre import centre_variance, huber_centre
from analytics.estimator.groups import Floats, Groups, ratio
from analytics.estimator.shares import MOST_KEPT_SHARE, MOST_PAID_SHARE, pooled_shares, unheard
from analytics.estimator.votes import recency, share_cap
from analytics.model.observations import OUTCOMES, SUBMITTED
from analytics.model.policy import Policy

ENDINGS = {
    "submitted_share": SUBMITTED,  # handed in, whatever became of it
    "pending_share": ("submitted",),  # handed in and not decided
    **{f"{outcome}_share": (outcome,) for outcome in ("rejected", "returned", "expired", "screened_out", "abandoned")},
}


def summarise(cells: pl.DataFrame, keys: tuple[str, ...], contributor_variance: Floats, policy: Policy) -> pl.DataFrame:
    """One row a group of `cells`, sorted by `keys`; `contributor_variance` is s_b^2 of each cell's platform.

    `contributors` K and `effective_contributors` K_eff count voters, `people` everybody seen. `centre` m (ln
    USD/h, NaN without votes), `variance` V, `sampling_variance` how far m scatters, `spread` s^2, `noise` mean
    s_n^2, `level` the median of contributors' mean ln reward; shares as Q with `_contributors` and `_variance`;
    outcome shares as the mean of contributors' own.
    """
    groups = Groups.of(*(cells[key].to_numpy() for key in keys))
    vote = cells["vote"].to_numpy()
    votes = np.isfinite(vote)
    fresh = recency(cells["age_days"].to_numpy(), policy.half_life_days)
    weight = np.minimum(fresh, groups.spread(share_cap(fresh, votes, groups, policy.largest_share)))
    voting = np.where(votes, weight, 0.0)
    count, effective = groups.sum(votes), groups.sum(voting)
    noise = np.nan_to_num(ratio(groups.sum(np.where(votes, cells["noise"].to_numpy(), 0.0)), count))
    spread = groups.first(contributor_variance) + noise
    paid = pooled_shares(
        cells["credited"].to_numpy(), cells["decided_reward"].to_numpy(), weight, MOST_PAID_SHARE, groups
    )
    too_few = (count >= policy.band_contributors) & (paid.contributors < policy.band_contributors)
    paid = unheard(paid, too_few)
    kept = pooled_shares(
        cells["submitted_seconds"].to_numpy(), cells["seconds"].to_numpy(), weight, MOST_KEPT_SHARE, groups
    )
    return pl.DataFrame(
        {
            **{key: groups.first(cells[key].to_numpy()) for key in keys},
            "contributors": count,
            "people": groups.sizes.astype(np.float64),
            "effective_contributors": effective,
            "largest_share": np.nan_to_num(ratio(groups.largest(voting), effective)),
            "centre": huber_centre(vote, voting, np.sqrt(spread), groups),
            "variance": centre_variance(np.sqrt(spread), effective),
            "sampling_variance": centre_variance(np.sqrt(spread), equal_votes(effective, groups.sum(voting**2))),
            "spread": spread,
            "noise": noise,
            "level": groups.median(cells["level"].to_numpy(), voting),
            "paid": paid.share,
            "paid_contributors": paid.contributors,
            "paid_variance": paid.variance,
            "kept": kept.share,
            "kept_contributors": kept.contributors,
            "kept_variance": kept.variance,
            "observations": groups.sum(cells["observations"].to_numpy()),
            **outcome_shares(cells, weight, groups),
        }
    )


def equal_votes(sums: Floats, squares: Floats) -> Floats:
    """(sum w)^2 / sum w^2: as many equal votes scatter alike. V counts sum w instead, as if old votes were less sure; a
    spread between groups that is found with V would come out too small.
    """
    return np.nan_to_num(ratio(sums**2, squares))


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
