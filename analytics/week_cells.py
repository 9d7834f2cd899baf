"""What the people of each week say together: steps C2, D5, D8 and D9, without decay and without a parent's centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analytics.estimator.added import code_of
from analytics.estimator.centre import centre_variance, huber_centre
from analytics.estimator.groups import Floats, Groups, logarithm, ratio
from analytics.estimator.shares import MOST_KEPT_SHARE, MOST_PAID_SHARE, Shares, pooled_shares, shrunk_share, unheard
from analytics.estimator.winsorise import TASK_SPREAD
from analytics.quarters import SPREAD
from analytics.units import MICROS
from analytics.work_facts import summed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.policy import Policy

MILLISECONDS_PER_HOUR = 3_600_000.0


def week_cells(own: pl.DataFrame, keys: tuple[str, ...], sigma: Mapping[str, float], policy: Policy) -> pl.DataFrame:
    """One row for each of `keys` (platform first, a week among them), with what `analytics.privacy.pay_columns` reads;
    `own` are facts summed up by `keys` and contributor, `sigma` is sigma_e by platform.
    """
    platforms = summed(own, ("platform", "contributor"))
    groups, wholes = Groups.of(*(code_of(own[name]) for name in keys)), Groups.of(code_of(platforms["platform"]))
    parents = shares_of(platforms, wholes, policy)
    of_platform = dict(zip(platforms["platform"][wholes.starts], range(len(wholes)), strict=True))
    parent = np.array([of_platform[name] for name in own["platform"][groups.starts]], np.int64)
    noise = noise_of(own, sigma)
    votes = logarithm(ratio(hourly(own, "reward"), own["submitted_ms"].to_numpy().astype(np.float64))) - noise / 2
    heard = np.isfinite(votes).astype(np.float64)
    people = groups.sum(heard)
    scale = np.sqrt(SPREAD**2 + pooled(noise, heard, own))[groups.starts]
    centre = huber_centre(votes, heard, scale, groups)
    paid, kept = shares_of(own, groups, policy)
    paid_share = shrunk_share(paid, np.nan_to_num(parents[0].share, nan=1.0)[parent], MOST_PAID_SHARE)
    kept_share = shrunk_share(kept, np.nan_to_num(parents[1].share, nan=1.0)[parent], MOST_KEPT_SHARE)
    return pl.DataFrame(
        {
            **{name: own[name][groups.starts] for name in keys},
            "contributors": people.astype(np.int64),
            "decided_contributors": paid.contributors.astype(np.int64),
            "effective_usd_per_hour": np.exp(centre) * paid_share * kept_share,
            "task_usd_per_hour": np.exp(centre),
            "pooled_variance": centre_variance(scale, people),
            "paid_share": paid_share,
            "kept_share": kept_share,
        }
    )


def hourly(own: pl.DataFrame, amount: str) -> Floats:
    """Micros over which milliseconds give USD per hour."""
    money: Floats = own[amount].to_numpy() / MICROS * MILLISECONDS_PER_HOUR
    return money


def noise_of(own: pl.DataFrame, sigma: Mapping[str, float]) -> Floats:
    """s_n^2 of each person's week, by the number of tasks handed in (step C2)."""
    spread = own["platform"].replace_strict(
        list(sigma), list(sigma.values()), default=TASK_SPREAD, return_dtype=pl.Float64
    )
    found: Floats = np.log1p(np.expm1(spread.to_numpy() ** 2) / np.maximum(own["tasks"].to_numpy(), 1))
    return found


def pooled(noise: Floats, heard: Floats, own: pl.DataFrame) -> Floats:
    """Mean s_n^2 of the platform on each row: pooled, so that an interval tells nothing of its own cell (step F)."""
    platforms = Groups.of(code_of(own["platform"]))
    spread: Floats = platforms.spread(np.nan_to_num(platforms.mean(noise, heard)))
    return spread


def shares_of(own: pl.DataFrame, groups: Groups, policy: Policy) -> tuple[Shares, Shares]:
    """Paid and kept share of each group; unheard where too few speak for a share."""
    amounts = {
        name: own[name].to_numpy().astype(np.float64) for name in ("credited", "decided", "submitted_ms", "all_ms")
    }
    ones = np.ones(own.height)
    paid = pooled_shares(amounts["credited"], amounts["decided"], ones, MOST_PAID_SHARE, groups)
    kept = pooled_shares(amounts["submitted_ms"], amounts["all_ms"], ones, MOST_KEPT_SHARE, groups)
    few = policy.band_contributors
    return unheard(paid, paid.contributors < few), unheard(kept, kept.contributors < few)
