"""From what is believed to the frames of Rates: step D9, and the names that belong to the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analytics.estimator.beliefs import Beliefs, pooled
from analytics.estimator.chain import Z95, Believed, share_variance
from analytics.estimator.groups import Floats, Groups, Ints
from analytics.estimator.levels import Level, Levels
from analytics.estimator.rates import CELLS, COMPONENTS
from analytics.estimator.summary import ENDINGS
from analytics.estimator.winsorise import DOUBT

if TYPE_CHECKING:
    from analytics.estimator.estimate import Study

CHILD = ("child_theta", "child_variance", "child_log_reward")
COUNTS = ("contributors", "people", "effective_contributors", "largest_share", "observations")


def cells_frame(studied: Study, beliefs: Beliefs) -> pl.DataFrame:
    """The frame `cells` of Rates."""
    levels, names = studied.levels, pl.Series(studied.names)
    houses, families = levels.platform.platform, levels.client.platform
    frames = [
        with_child(
            level_frame("platform", "all", levels.platform, beliefs.platform),
            beliefs.platform_child,
            unseen_variance(levels.client, beliefs.platform_child, beliefs.client_between, houses),
        ),
        with_child(
            level_frame("client", "platform", levels.client, beliefs.client),
            beliefs.client_child,
            unseen_variance(levels.task, beliefs.client_child, beliefs.task_between, families),
        ),
        level_frame("task", "client", levels.task, beliefs.task).with_columns(
            *(pl.lit(None, pl.Float64).alias(name) for name in CHILD)
        ),
    ]
    waits = [platform_waits(studied.told["payers"]), studied.told["client_waits"], studied.told["task_waits"]]
    whole = pl.concat(
        frame.join(wait, on=level.keys, how="left", maintain_order="left")
        for frame, wait, level in zip(frames, waits, (levels.platform, levels.client, levels.task), strict=True)
    )
    named = whole.with_columns(pl.col("platform").replace_strict(pl.int_range(len(names), eager=True), names))
    return named.select(pl.col(name).cast(kind) for name, kind in CELLS.items() if not name.startswith("all_in"))


def with_all_in(cells: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """The cells with their platform's phi, null where `factors` has none, and the all-in rate (step B)."""
    known = cells.join(factors, on="platform", how="left", maintain_order="left").with_columns(
        pl.col("all_in_contributors").fill_null(0),
        all_in_usd_per_hour=pl.col("effective_usd_per_hour") / pl.col("all_in_factor"),
    )
    return known.select(pl.col(name).cast(kind) for name, kind in CELLS.items())


def with_child(frame: pl.DataFrame, child: Believed, variance: Floats) -> pl.DataFrame:
    """What a child of each row is like that was never seen (steps D6 and D10)."""
    values = (child.theta, variance, child.level)
    return frame.with_columns(**{name: pl.Series(value) for name, value in zip(CHILD, values, strict=True)})


def unseen_variance(children: Level, parent: Believed, between: Floats, platform: Ints) -> Floats:
    """Var of theta of a child without any vote: tau^2 + Var_parent, with the doubt of step D11."""
    doubt = np.where(children.estimated, 1.0, DOUBT)[platform]
    variance: Floats = doubt * (between[platform] + parent.variance)
    return variance


def level_frame(name: str, parent: str, level: Level, believed: Believed) -> pl.DataFrame:
    """The rates of one level: theta_eff = theta + ln q + ln h, with its interval (step D9)."""
    log_effective = believed.theta + np.log(believed.paid) + np.log(believed.kept)
    own_paid, even_paid = share_variances(level, "paid", believed.paid)
    own_kept, even_kept = share_variances(level, "kept", believed.kept)
    variance = believed.variance + own_paid + own_kept
    reach = Z95 * np.sqrt(variance)
    absent = [key for key in ("client_key", "task_key") if key not in level.keys]
    told = level.summary.select(*level.keys, *COUNTS, *ENDINGS, decided_contributors="paid_contributors")
    return told.with_columns(
        *(pl.lit(None, pl.Int64).alias(key) for key in absent),
        level=pl.lit(name),
        parent=pl.lit(parent),
        theta=pl.Series(believed.theta),
        log_reward=pl.Series(believed.level),
        variance=pl.Series(believed.variance),
        effective_variance=pl.Series(variance),
        pooled_variance=pl.Series(believed.pooled_variance + even_paid + even_kept),
        paid_share=pl.Series(believed.paid),
        paid_share_variance=pl.Series(even_paid * believed.paid**2),
        kept_share=pl.Series(believed.kept),
        task_usd_per_hour=pl.Series(np.exp(believed.theta)),
        effective_usd_per_hour=pl.Series(np.exp(log_effective)),
        low_usd_per_hour=pl.Series(np.exp(log_effective - reach)),
        high_usd_per_hour=pl.Series(np.exp(log_effective + reach)),
    ).select(name for name in CELLS if not name.startswith(("days_to_pay", "all_in", "child_")))


def share_variances(level: Level, name: str, share: Floats) -> tuple[Floats, Floats]:
    """What an uncertain share adds to Var_eff (step D9): from the cell's own jackknife, and from the
    dispersion pooled over the platform (step F).
    """
    count = level.summary[f"{name}_contributors"].to_numpy()
    own = level.summary[f"{name}_variance"].to_numpy()
    each = np.where(count > 1, count * own, np.nan)
    even = pooled(each, level.counted, level.platform, len(level.estimated))[level.platform]
    return share_variance(share, count, own), share_variance(share, count, even / np.maximum(count, 1.0))


def days_to_pay(paid: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Median over contributors of their own median days from claim to decision, and how many contributors
    tell; `paid` are rows that have such days.
    """
    own = paid.group_by(*keys, "contributor").agg(pl.col("days_to_pay").median())
    return own.group_by(*keys).agg(pl.col("days_to_pay").median(), days_to_pay_contributors=pl.len())


def platform_waits(payers: pl.DataFrame) -> pl.DataFrame:
    """The same by platform, from how many `rows` of each contributor waited how many days."""
    summed = payers.group_by("platform", "contributor", "days_to_pay").agg(pl.col("rows").sum())
    ordered = summed.sort("platform", "contributor", "days_to_pay")
    platform, contributor = ordered["platform"].to_numpy(), ordered["contributor"].to_numpy()
    people = Groups.of(platform, contributor)
    days, rows = (ordered[name].cast(pl.Float64).to_numpy() for name in ("days_to_pay", "rows"))
    own = pl.DataFrame({"platform": people.first(platform), "days_to_pay": people.median(days, rows)})
    return own.group_by("platform").agg(pl.col("days_to_pay").median(), days_to_pay_contributors=pl.len())


def components_frame(levels: Levels, beliefs: Beliefs, sigma: Floats, names: pl.Series) -> pl.DataFrame:
    """The frame `components` of Rates: what step D11 found on each platform."""
    platforms = len(names)

    def counts(level: Level) -> pl.Series:
        return pl.Series(np.bincount(level.platform[level.counted], minlength=platforms))

    frame = pl.DataFrame(
        {
            "platform": names,
            "clients_counted": counts(levels.client),
            "tasks_counted": counts(levels.task),
            "is_default": ~levels.client.estimated,
            "sigma_e": sigma,
            "client_s_b": np.sqrt(levels.client.contributor_variance),
            "client_tau": np.sqrt(beliefs.client_between),
            "task_s_b": np.sqrt(levels.task.contributor_variance),
            "task_tau": np.sqrt(beliefs.task_between),
            "platform_s_b": np.sqrt(levels.platform.contributor_variance),
            "gamma": beliefs.slope,
        }
    )
    return frame.select(pl.col(name).cast(kind) for name, kind in COMPONENTS.items())
