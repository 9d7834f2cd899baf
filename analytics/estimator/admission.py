"""Which rows count, for how much and with what pay: steps B (decay, pending) and E (caps, maturity).

First station of the estimator: a frame of observations goes in, the rows of mature contributors come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analytics.estimator.groups import mix
from analytics.observations import SUBMITTED
from analytics.units import MICROS

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import date

    from analytics.policy import Maturity, Policy

LEAST_SECONDS = 1.0  # step E: below it nothing was read
MOST_SECONDS = 4 * 3600.0  # step E: a single task that takes longer was left running
MOST_DAY_MILLISECONDS = 14 * 3600 * 1000  # step E: nobody works longer in a day


@dataclass(frozen=True)
class Admitted:
    """Rows that count, sorted, and how many do not by reason.

    Columns: platform, client_key, task_key, contributor, outcome, submitted, reward and credited (USD for
    the attempt; reward null where unknown, credited null while pending), seconds, decay (0..1), age_days,
    days_to_pay. `free`: contributor, platform and decayed `seconds` of work without a reward, which is
    overhead (step C1). `arrivals`: contributor and days `since` their first arrival, of all who count.
    """

    rows: pl.DataFrame
    left_out: dict[str, int]
    free: pl.DataFrame
    arrivals: pl.DataFrame


def admit(observations: pl.DataFrame, day: date, policy: Policy, set_aside: AbstractSet[int] = frozenset()) -> Admitted:
    """The rows of `observations` that count on `day` under `policy` (steps B and E); contributors in `set_aside` have
    no vote.
    """
    known = observations.filter(
        pl.col("origin").is_in(list(policy.origins)),
        pl.col("received_on") <= day,
        pl.col("platform", "client_key", "task_key", "contributor", "claimed_hour", "outcome").is_not_null(),
    )
    timed = known.filter(pl.col("active_seconds").is_finite() & (pl.col("active_seconds") >= 0))
    arrivals = mature_contributors(timed, day, policy.maturity)
    mature = timed.join(arrivals, on="contributor", how="semi")
    heard = mature.filter(~pl.col("contributor").is_in(sorted(set_aside))) if set_aside else mature
    valued = with_money(with_time(heard), day, policy).filter(pl.col("decay") >= policy.least_decay)
    counted = valued.filter(
        pl.when(pl.col("submitted"))
        .then(pl.col("reward") > 0)
        .otherwise(pl.col("reward").is_null() | (pl.col("reward") > 0)),
    )
    left_out = {
        "not_of_this_policy": observations.height - known.height,
        "no_time": known.height - timed.height,
        "contributor_not_mature": timed.height - mature.height,
        "contributor_set_aside": mature.height - heard.height,
        "too_old_or_unpriced": heard.height - counted.height,
    }
    return Admitted(in_fixed_order(counted), left_out, unrewarded(valued), arrivals)


def mature_contributors(rows: pl.DataFrame, day: date, maturity: Maturity | None) -> pl.DataFrame:
    """Contributors that count (step E), with the days `since` their first arrival: by the server's days, never by a
    claimed time.
    """
    since = (pl.lit(day) - pl.col("received_on").min()).dt.total_days()
    if maturity is None:
        return rows.group_by("contributor").agg(since=since)
    behind = rows.group_by("contributor").agg(
        since=since,
        days=pl.col("received_on").n_unique(),
        tasks=pl.len(),
        clients=pl.col("client_key").n_unique(),
    )
    return behind.filter(
        pl.col("since") >= maturity.days_since_first,
        pl.col("days") >= maturity.active_days,
        pl.col("tasks") >= maturity.tasks,
        pl.col("clients") >= maturity.clients,
    ).select("contributor", "since")


def unrewarded(rows: pl.DataFrame) -> pl.DataFrame:
    """Decayed seconds by contributor and platform of work that offered nothing: qualification, so overhead (C1)."""
    free = rows.filter(pl.col("reward") == 0).sort("contributor", "platform", "claimed_hour", "task_key", "seconds")
    return free.group_by("contributor", "platform", maintain_order=True).agg(
        seconds=(pl.col("decay") * pl.col("seconds")).sum()
    )


def with_time(rows: pl.DataFrame) -> pl.DataFrame:
    """`seconds`: active time within 1 s to 4 h, a contributor's day shrunk to 14 h where it claims more
    (step E).

    The day's sum is taken in whole milliseconds, so that it does not depend on the order of rows.
    """
    clamped = pl.col("active_seconds").clip(LEAST_SECONDS, MOST_SECONDS)
    day = (clamped * 1000).round().cast(pl.Int64).sum().over("contributor", pl.col("claimed_hour").dt.date())
    return rows.with_columns(seconds=clamped * (MOST_DAY_MILLISECONDS / day).clip(upper_bound=1.0))


def with_money(rows: pl.DataFrame, day: date, policy: Policy) -> pl.DataFrame:
    """`reward`, `credited`, `decay` and the ages they hang on (step B).

    Pending work is credited at its client's paid share, which leaves that share where it is: so `credited`
    is null and the row stays out of the share. After `pending_days` it counts as 0 until it is paid.
    """
    age = (pl.lit(day) - pl.col("claimed_hour").dt.date()).dt.total_days().clip(lower_bound=0)
    reward = pl.col("reward_micros") / MICROS
    paid = pl.col("paid_micros") / MICROS
    is_late = pl.lit(False) if policy.pending_days is None else age > policy.pending_days
    unpaid = (
        pl.when(pl.col("outcome").is_in(["approved", "paid"]))
        .then(reward)
        .when((pl.col("outcome") == "submitted") & ~is_late)
        .then(None)
        .otherwise(0.0)
    )
    decay = pl.lit(1.0) if policy.half_life_days is None else 2.0 ** (-age / policy.half_life_days)
    return rows.with_columns(
        submitted=pl.col("outcome").is_in(list(SUBMITTED)),
        reward=reward,
        credited=pl.coalesce(paid, unpaid).clip(lower_bound=0.0),
        decay=decay,
        age_days=age.cast(pl.Float64),
        days_to_pay=pl.when(pl.col("outcome").is_in(["approved", "paid"])).then(
            (pl.col("decided_on") - pl.col("claimed_hour").dt.date()).dt.total_days().clip(lower_bound=0)
        ),
    )


def in_fixed_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows by client, contributor, hour and then by a mix of all they hold: any order of arrival gives the
    same frame.
    """
    whole = [
        rows["claimed_hour"].to_physical().to_numpy(),
        rows["task_key"].to_numpy(),
        rows["reward_micros"].fill_null(-1).to_numpy(),
        rows["paid_micros"].fill_null(-1).to_numpy(),
        rows["seconds"].to_numpy(),
        rows["outcome"].to_physical().cast(pl.Int64).to_numpy(),
        rows["days_to_pay"].fill_null(-1).cast(pl.Int64).to_numpy(),
    ]
    kept = rows.with_columns(mixed=pl.Series(mix(*[np.ascontiguousarray(part) for part in whole])))
    return kept.sort("platform", "client_key", "contributor", "claimed_hour", "mixed").select(
        "platform", "client_key", "task_key", "contributor", "outcome", "submitted", "reward", "credited",
        "seconds", "decay", "age_days", "days_to_pay",
    )  # fmt: skip
