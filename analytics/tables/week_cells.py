"""Figures of each week's people: steps C2, D5, D8 and D9, without decay and without a parent's centre."""

from __future__ import annotations

import numpy as np
import polars as pl

from analytics.disclosure.borders import LEAST_NUMBER
from analytics.estimator.centre import centre_variance, huber_centre
from analytics.estimator.default_spreads import TASK_SPREAD
from analytics.estimator.group_sums import code_of, group_sums
from analytics.estimator.groups import Floats, Groups, logarithm, ratio
from analytics.estimator.shares import MOST_KEPT_SHARE, MOST_PAID_SHARE, Shares, pooled_shares, shrunk_share, usable
from analytics.model.policy import Policy
from analytics.model.units import MICROS
from analytics.tables.countries import SPREAD
from analytics.tables.work_facts import summed

CLIENTS, HOUSES = "client_weeks", "platform_weeks"
KEYS = {HOUSES: ("platform", "week"), CLIENTS: ("platform", "client_key", "week")}
WHOLES = {HOUSES: ("platform",), CLIENTS: ("platform", "client_key")}
MILLISECONDS_PER_HOUR = 3_600_000.0
NEAR = 0.8  # of the spread: this share of votes near the centre justifies a single figure
SHARES = {"paid": ("credited", "decided", MOST_PAID_SHARE), "kept": ("submitted_ms", "all_ms", MOST_KEPT_SHARE)}


def noise_sums(own: pl.DataFrame, keys: tuple[str, ...], sigma: pl.DataFrame) -> pl.DataFrame:
    """Return by `keys` the sum of s_n^2 over weeks of people who submitted work, and their number.

    `own` are facts summed by week and contributor; `sigma` is sigma_e by platform.
    """
    noise = noise_of(own, sigma)
    heard = np.isfinite(votes_of(own, noise)).astype(np.float64)
    return group_sums(own.with_columns(noise=pl.Series(noise * heard), heard=pl.Series(heard)), keys, "noise", "heard")


def pooled(sums: pl.DataFrame) -> pl.DataFrame:
    """Return by platform the scale s of a week's votes, from its mean s_n^2 (`noise_sums` of its parts).

    It is pooled, so that an interval reveals nothing about its own cell (step F).
    """
    whole = group_sums(sums.sort(sums.columns[:-2]), ("platform",), "noise", "heard")
    mean = np.nan_to_num(ratio(whole["noise"].to_numpy(), whole["heard"].to_numpy()))
    return whole.select("platform", scale=pl.Series(np.sqrt(SPREAD**2 + mean)))


def week_cells(
    own: pl.DataFrame, keys: tuple[str, ...], sigma: pl.DataFrame, scale: pl.DataFrame, policy: Policy
) -> pl.DataFrame:
    """Return one row for each of `keys` (platform first, a week among them).

    The columns are `people`, `contributors` with submitted work, their `centre` with its `pooled_variance`, and both
    shares before shrinkage, each with its contributors. `own` are facts summed by `keys` and contributor; `sigma` and
    `scale` are by platform.
    """
    groups = Groups.of(*(code_of(own[name]) for name in keys))
    votes = votes_of(own, noise_of(own, sigma))
    heard = np.isfinite(votes).astype(np.float64)
    voters = groups.sum(heard)
    scales = of_platform(own[groups.starts], scale, "scale")
    shares = shares_of(own, groups, policy)
    centre = huber_centre(votes, heard, scales, groups)
    near = np.abs(votes - groups.spread(centre)) <= NEAR * groups.spread(scales)
    undecided = ratio(own["owed"].to_numpy().astype(np.float64), own["reward"].to_numpy().astype(np.float64))
    return pl.DataFrame(
        {
            **{name: own[name][groups.starts] for name in keys},
            "people": groups.sizes,
            "contributors": voters.astype(np.int64),
            "near_contributors": groups.sum(near),
            "centre": centre,
            "undecided_share": groups.mean(undecided, heard),
            "pooled_variance": centre_variance(scales, voters),
            **{name: share.share for name, share in shares.items()},
            **{f"{name}_contributors": share.contributors for name, share in shares.items()},
        }
    ).with_columns(pl.col("platform").cast(pl.String))


def rated(cells: pl.DataFrame, parents: pl.DataFrame) -> pl.DataFrame:
    """Return `cells` with the columns that `analytics.disclosure.thresholds.pay_columns` reads.

    Their shares are shrunk towards those of their platform, which are in `parents`, one row each
    (`shares_by_platform`).
    """
    above = of_platform(cells, parents.filter(pl.col("paid_contributors") >= LEAST_NUMBER), "paid")
    shrunk = {}
    for name, (_, _, most) in SHARES.items():
        own = Shares(cells[f"{name}_contributors"].to_numpy(), cells[name].to_numpy(), np.zeros(cells.height))
        shrunk[name] = shrunk_share(own, np.nan_to_num(of_platform(cells, parents, name), nan=1.0), most)
    task = np.exp(cells["centre"].to_numpy())
    return cells.select(
        *(name for name in ("platform", "client_key", "week") if name in cells.columns),
        "contributors",
        "near_contributors",
        "pooled_variance",
        "undecided_share",
        decided_contributors=pl.col("paid_contributors").cast(pl.Int64),
        task_usd_per_hour=pl.Series(task),
        above=pl.Series(above).fill_nan(None),
        above_level=pl.lit("platform"),
        paid_share=pl.Series(shrunk["paid"]),
        kept_share=pl.Series(shrunk["kept"]),
    )


def shares_by_platform(own: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return the paid and the kept share of each platform, from all its published weeks."""
    platforms = summed(own, ("platform", "contributor"))
    wholes = Groups.of(code_of(platforms["platform"]))
    found = shares_of(platforms, wholes, policy)
    shares = {name: share.share for name, share in found.items()}
    paid = {"paid_contributors": found["paid"].contributors}
    return pl.DataFrame({"platform": platforms["platform"][wholes.starts], **shares, **paid})


def of_platform(frame: pl.DataFrame, known: pl.DataFrame, name: str) -> Floats:
    """Return on each row of `frame` the value of its platform under this name in `known`; NaN if there is none."""
    platform = frame["platform"].cast(pl.String)
    values: Floats = platform.replace_strict(
        known["platform"], known[name], default=float("nan"), return_dtype=pl.Float64
    ).to_numpy()
    return values


def votes_of(own: pl.DataFrame, noise: Floats) -> Floats:
    """Return the vote of each person's week (step C2), NaN without submitted work."""
    return logarithm(ratio(hourly(own, "reward"), own["submitted_ms"].to_numpy().astype(np.float64))) - noise / 2


def hourly(own: pl.DataFrame, amount: str) -> Floats:
    """Return USD per hour from micros and milliseconds."""
    money: Floats = own[amount].to_numpy() / MICROS * MILLISECONDS_PER_HOUR
    return money


def noise_of(own: pl.DataFrame, sigma: pl.DataFrame) -> Floats:
    """Return s_n^2 of each person's week, by the number of tasks submitted (step C2)."""
    spread = np.nan_to_num(of_platform(own, sigma, "sigma_e"), nan=TASK_SPREAD)
    found: Floats = np.log1p(np.expm1(spread**2) / np.maximum(own["tasks"].to_numpy(), 1))
    return found


def shares_of(own: pl.DataFrame, groups: Groups, policy: Policy) -> dict[str, Shares]:
    """Return the paid and kept share of each group, or the parent's where too few have a pair."""
    found = {}
    for name, (part, whole, most) in SHARES.items():
        amount, of = (own[column].to_numpy().astype(np.float64) for column in (part, whole))
        share = pooled_shares(amount, of, np.ones(own.height), most, groups)
        found[name] = usable(share, share.contributors >= policy.band_contributors)
    return found
