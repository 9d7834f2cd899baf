"""Admission of rows, their weight and their pay: steps B (decay, pending) and E (caps, maturity).

The input is the rows of one part and the eligible contributors; the output is the rows that count, in the same order.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from analytics.estimator.arrival import (
    DAY_MICROSECONDS,
    LEAST_SECONDS,
    LEFT_OUT,
    MOST_SECONDS,
    arrived,
    claims,
    days_of,
    hours,
)
from analytics.estimator.eligibility import EPOCH_ORDINAL, EligibleContributors, eligible_contributors
from analytics.estimator.group_sums import group_sums
from analytics.estimator.groups import Flags, Floats, Groups, Ints
from analytics.model.observations import OUTCOMES, SUBMITTED
from analytics.model.policy import Policy
from analytics.model.units import MICROS

PENDING = OUTCOMES.index("submitted")
APPROVED = tuple(OUTCOMES.index(outcome) for outcome in ("approved", "paid"))
HANDED_IN = tuple(OUTCOMES.index(outcome) for outcome in SUBMITTED)
REASONS = ("not_of_this_policy", "no_time", "contributor_not_mature", "contributor_set_aside", "too_old_or_unpriced")


@dataclass(frozen=True)
class Admitted:
    """Rows that count, sorted, and the numbers of the others by reason.

    Columns: platform, client_key, task_key, contributor, outcome, submitted, reward and credited (USD for the attempt;
    reward null if unknown, credited null while pending), is_overdue (pending for too long, credited with 0), is_due
    (submitted so long ago that it should be decided), is_timed, seconds (0 without a time), decay (0..1), age_days,
    days_to_pay.

    `free` is contributor, platform and decayed `seconds` of work without a reward, which is overhead (step C1).
    `contributors` are all who count (`EligibleContributors`).
    """

    reading: Callable[[], pl.DataFrame]
    left_out: dict[str, int]
    free: pl.DataFrame
    contributors: pl.DataFrame

    @cached_property
    def rows(self) -> pl.DataFrame:
        """Return all rows in memory; read large histories part by part instead."""
        return self.reading()


def admit(observations: pl.DataFrame, day: date, policy: Policy, set_aside: AbstractSet[int] = frozenset()) -> Admitted:
    """Return the rows of `observations`, all in one part, that count on `day` under `policy` (steps B and E).

    Contributors in `set_aside` have no vote.
    """
    rows, behind = arrived(observations, day, policy)
    _, long = claims(rows, days_of(behind["long_days"]))
    eligible = eligible_contributors(behind, long["claims"], day, policy, set_aside)
    counted, frames = admitted(rows, eligible, day, policy)
    left_out = reasons(pl.concat([behind["left_out"], frames["left_out"]]))
    return Admitted(lambda: named(counted), left_out, summed_free(frames["free"]), eligible.contributors)


def named(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with their platform as a text, its form outside the estimator."""
    return rows.with_columns(pl.col("platform").cast(pl.String))


def reasons(left_out: pl.DataFrame) -> dict[str, int]:
    """Return the number of rows left out, by reason."""
    sums = dict(left_out.group_by("reason").agg(pl.col("rows").sum()).rows())
    return {reason: sums.get(reason, 0) for reason in REASONS}


def summed_free(free: pl.DataFrame) -> pl.DataFrame:
    """Return unrewarded time by contributor and platform, clients added up in a fixed order."""
    return group_sums(free.sort("contributor", "platform", "client_key"), ("contributor", "platform"), "seconds")


def admitted(
    rows: pl.DataFrame, eligible: EligibleContributors, day: date, policy: Policy
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Return the rows of `arrived` that count, and their small frames `free` and `left_out`."""
    cells = cells_of(rows)
    contributor = cells.first(rows["contributor"].to_numpy())
    mature = is_among(contributor, eligible.contributors["contributor"].to_numpy())
    aside = is_among(contributor, np.array(sorted(eligible.set_aside), np.int64))
    mine = cells.spread(mature & ~aside)
    eligible_rows = rows if mine.all() else rows.filter(pl.Series(mine))
    valued = with_money(with_time(eligible_rows, eligible.shortened), day, policy)
    counted = valued.filter("counts").drop("counts")
    client = cells.first(rows["client_key"].to_numpy())
    gone = pl.DataFrame(
        {
            "client_key": np.concatenate([client[~mature], client[mature & aside]]),
            "reason": ["contributor_not_mature"] * int((~mature).sum())
            + ["contributor_set_aside"] * int((mature & aside).sum()),
            "rows": np.concatenate([cells.sizes[~mature], cells.sizes[mature & aside]]),
        },
        schema=LEFT_OUT,
    )
    late = valued.filter(~pl.col("counts"))["client_key"].value_counts(name="rows")
    late = late.select("client_key", reason=pl.lit("too_old_or_unpriced"), rows=pl.col("rows").cast(pl.Int64))
    return counted.drop("is_live"), {"free": unrewarded(valued), "left_out": pl.concat([gone, late])}


def cells_of(rows: pl.DataFrame) -> Groups:
    """Return the rows of each contributor at each client."""
    return Groups.of(
        rows["platform"].to_physical().to_numpy(), rows["client_key"].to_numpy(), rows["contributor"].to_numpy()
    )


def is_among(values: Ints, known: Ints) -> Flags:
    """Return flags of `values` that are in the sorted `known`."""
    if len(known) == 0:
        return np.zeros(len(values), np.bool_)
    found: Flags = known[np.minimum(np.searchsorted(known, values), len(known) - 1)] == values
    return found


def unrewarded(rows: pl.DataFrame) -> pl.DataFrame:
    """Return decayed seconds of unpaid offers by contributor, platform and client: qualification, so overhead (C1)."""
    free = rows.filter(pl.col("is_live"), pl.col("reward") == 0).with_columns(
        seconds=pl.col("decay") * pl.col("seconds")
    )
    return group_sums(named(free), ("contributor", "platform", "client_key"), "seconds")


def with_time(rows: pl.DataFrame, shortened: pl.DataFrame) -> pl.DataFrame:
    """Add `seconds`: active time within 1 s to 4 h, 0 if no time is known.

    A contributor's day that claims more than 14 h is shrunk to 14 h (step E).
    """
    claimed = pl.Series("claimed", hours(rows) // DAY_MICROSECONDS)
    known = pl.col("active_seconds").is_finite().fill_null(False)
    seconds = pl.when(known).then(pl.col("active_seconds").clip(LEAST_SECONDS, MOST_SECONDS)).otherwise(0.0)
    timed = rows.with_columns(claimed, is_timed=known, seconds=seconds)
    if shortened.is_empty():
        return timed
    keys = ["contributor", "claimed"]
    return timed.join(shortened, on=keys, how="left", maintain_order="left").with_columns(
        seconds=pl.col("seconds") * pl.col("factor").fill_null(1.0)
    )


def with_money(rows: pl.DataFrame, day: date, policy: Policy) -> pl.DataFrame:
    """Add `reward`, `credited`, `decay` and ages (step B), `counts`, and `is_live` (not yet decayed away).

    Pending work is credited at its client's paid share, which leaves that share unchanged. `credited` is therefore
    null, and the row is not in the share. After `pending_days` it is overdue: credited with 0 until it is paid.
    """
    claimed = rows["claimed"].to_numpy()
    age = np.maximum(day.toordinal() - EPOCH_ORDINAL - claimed, 0)
    outcome = rows["outcome"].to_physical().to_numpy()
    reward, paid = amounts(rows["reward_micros"]), amounts(rows["paid_micros"])
    is_approved = np.isin(outcome, APPROVED)
    is_pending = (outcome == PENDING) & np.isnan(paid)
    is_due = np.ones(len(age), np.bool_) if policy.pending_days is None else age > policy.pending_days
    is_overdue = is_pending & is_due & (policy.pending_days is not None)
    is_open = (outcome == PENDING) & ~is_overdue
    unpaid = np.where(is_approved, reward, np.where(is_open, np.nan, 0.0))
    decay = decays(age, policy)
    submitted = np.isin(outcome, HANDED_IN)
    is_live = decay >= policy.least_decay
    counts = is_live & ((reward > 0) | (~submitted & np.isnan(reward)))
    days_to_pay = (rows["decided_on"].to_physical().cast(pl.Int64) - rows["claimed"]).clip(lower_bound=0)
    return rows.select(
        "platform", "client_key", "task_key", "contributor", "outcome",
        submitted=pl.Series(submitted),
        reward=pl.Series(reward, nan_to_null=True),
        credited=pl.Series(np.maximum(np.where(np.isnan(paid), unpaid, paid), 0.0), nan_to_null=True),
        is_overdue=pl.Series(is_overdue),
        is_due=pl.Series(is_due & submitted),
        is_timed="is_timed",
        seconds="seconds",
        decay=pl.Series(decay),
        age_days=pl.Series(age.astype(np.float64)),
        days_to_pay=pl.when(pl.Series(is_approved)).then(days_to_pay),
        counts=pl.Series(counts),
        is_live=pl.Series(is_live),
    )  # fmt: skip


def amounts(micros: pl.Series) -> Floats:
    """Return whole micros as an amount, NaN if there is none."""
    values: Floats = micros.cast(pl.Float64).fill_null(float("nan")).to_numpy() / MICROS
    return values


def decays(age: Ints, policy: Policy) -> Floats:
    """Return d = 2^(-age/H) of each row (step B), 1 without decay."""
    if policy.half_life_days is None or len(age) == 0:
        return np.ones(len(age))
    table = np.array([2.0 ** (-days / policy.half_life_days) for days in range(int(age.max()) + 1)])
    return table[age]
