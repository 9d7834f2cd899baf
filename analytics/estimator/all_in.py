"""The all-in factor: the time for each hour of tasks, including searching and waiting (step B)."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from analytics.estimator.centre import centre_variance, huber_centre
from analytics.estimator.chain import joint_variance, shrinkage_factor
from analytics.estimator.default_spreads import FEWEST_CLIENTS, NORMAL_QUARTILE
from analytics.estimator.group_sums import group_sums
from analytics.estimator.groups import Floats, Groups
from analytics.estimator.study import Study
from analytics.estimator.vote_weights import effective_votes, share_cap, within_window
from analytics.model.policy import Policy

OVERHEADS: dict[str, pl.DataType] = {
    "contributor": pl.Int64(),
    "platform": pl.String(),
    "day": pl.Date(),
    "seconds": pl.Float64(),  # of every class together: search, watch, preview, qualification, messages, payment, learning
}
PRIOR_LOG, PRIOR_SPREAD = float(np.log(1.5)), 0.25  # of ln phi over studies
CONTRIBUTOR_SPREAD = 0.5  # of ln phi between people, if fewer than 25 share; no study has it: twice that of studies
LEAST_SPREAD = 0.05
DAY_SECONDS = 86_400.0
PART_DAYS = 1_000_000  # unpaid days that are sorted at once
FACTOR: dict[str, pl.DataType] = {
    "platform": pl.String(),
    "all_in_factor": pl.Float64(),
    "all_in_variance": pl.Float64(),
    "all_in_contributors": pl.UInt32(),
}


def all_in_factors(studied: Study, overheads: pl.DataFrame) -> pl.DataFrame:
    """Return phi by platform of the admitted rows, in the shape FACTOR; `overheads` has the shape OVERHEADS.

    ln phi = (1-B) m + B ln 1.5, with m the equal-vote Huber centre of ln phi_w and B = V / (V + 0.25^2). phi_w = (task
    + overhead time) / task time over contributors that shared any overhead on the platform.
    """
    policy = studied.policy
    platforms = pl.Series("platform", studied.names, dtype=pl.String)
    unpaid = ratios(worked(studied), studied.admitted.free, overheads, studied.day, policy)
    unpaid = unpaid.sort("platform", "contributor")
    groups = Groups.of(unpaid["platform"].to_numpy())
    log_ratio = unpaid["log_ratio"].to_numpy()
    votes = np.isfinite(log_ratio)
    seniority = unpaid.join(studied.eligible.contributors, on="contributor", how="left", maintain_order="left")[
        "seniority"
    ]
    omega = within_window(unpaid["age_days"].to_numpy(), votes, groups, policy) * seniority.fill_null(0.0).to_numpy()
    weight = np.minimum(omega, groups.spread(share_cap(omega, votes, groups, policy.largest_share)))
    spread = spreads(log_ratio, groups)
    own = centre_variance(spread, effective_votes(weight, np.zeros(len(weight), np.uint64), groups))
    factor = shrinkage_factor(own, np.full(len(own), PRIOR_SPREAD**2))
    centre = (1 - factor) * np.nan_to_num(huber_centre(log_ratio, weight, spread, groups)) + factor * PRIOR_LOG
    found = pl.DataFrame(
        {
            "platform": groups.first(unpaid["platform"].to_numpy()),
            "all_in_factor": np.exp(centre),
            "all_in_variance": joint_variance(own, np.full(len(own), PRIOR_SPREAD**2), np.zeros(len(own))),
            "all_in_contributors": groups.sum(omega > 0).astype(np.int64),
        },
        schema=FACTOR,
    )
    return (
        platforms.to_frame("platform")
        .join(found, on="platform", how="left", maintain_order="left")
        .with_columns(
            pl.col("all_in_factor").fill_null(float(np.exp(PRIOR_LOG))),
            pl.col("all_in_variance").fill_null(PRIOR_SPREAD**2),
            pl.col("all_in_contributors").fill_null(0),
        )
    )


def worked(studied: Study) -> pl.DataFrame:
    """Return the decayed seconds of all tasks, by platform and contributor."""
    cells = studied.client_cells.with_columns(
        platform=pl.Series(np.array(studied.names)[studied.client_cells["platform"]])
    )
    return group_sums(cells.sort("platform", "contributor", "client_key"), ("platform", "contributor"), "worked")


def ratios(
    worked: pl.DataFrame, unrewarded: pl.DataFrame, overheads: pl.DataFrame, day: date, policy: Policy
) -> pl.DataFrame:
    """Return platform, contributor, `log_ratio` ln phi_w and `age_days` of the last record, times weighted by decay.

    `unrewarded` has the seconds of work that offered nothing.
    """
    keys = ["platform", "contributor"]
    parts = 1 + overheads.height // PART_DAYS  # each person is in one, so that a sort copies a part and not all days
    shared = pl.concat(
        _shared(overheads.filter(pl.col("contributor") % parts == number) if parts > 1 else overheads, day, policy)
        for number in range(parts)
    )
    free = unrewarded.rename({"seconds": "free"})
    return (
        shared.join(worked.filter(pl.col("worked") > 0), on=keys)
        .join(free, on=keys, how="left")
        .select(
            *keys,
            "age_days",
            log_ratio=((pl.col("overhead") + pl.col("free").fill_null(0.0)) / pl.col("worked")).log1p(),
        )
    )


def _shared(overheads: pl.DataFrame, day: date, policy: Policy) -> pl.DataFrame:
    """Return platform, contributor, the decayed unpaid seconds as `overhead`, and `age_days` of the last day."""
    keys = ["platform", "contributor"]
    age = (pl.lit(day) - pl.col("day")).dt.total_days()
    decay = pl.lit(1.0) if policy.half_life_days is None else 2.0 ** (-age / policy.half_life_days)
    return (
        overheads.filter(pl.col("seconds").is_between(0, DAY_SECONDS), pl.col("day") <= day)
        .with_columns(decay=decay, age=age.cast(pl.Float64))
        .filter(pl.col("decay") >= policy.least_decay)
        .sort(*keys, "day", "seconds")
        .group_by(keys, maintain_order=True)
        .agg(overhead=(pl.col("decay") * pl.col("seconds")).sum(), age_days=pl.col("age").min())
    )


def spreads(log_ratio: Floats, groups: Groups) -> Floats:
    """Return the spread of contributors by group: 1.48 x the median distance from the median, from 25 contributors on."""
    distance = np.abs(log_ratio - groups.spread(groups.median(log_ratio)))
    own = np.maximum(groups.median(distance) / NORMAL_QUARTILE, LEAST_SPREAD)
    return np.where(groups.sizes >= FEWEST_CLIENTS, own, CONTRIBUTOR_SPREAD)
