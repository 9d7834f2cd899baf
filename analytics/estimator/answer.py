"""Frames of Rates from shrunk levels: step D9, and names in place of numbers."""

from __future__ import annotations

import numpy as np
import polars as pl

from analytics.estimator.chain import SHARE_LEVELS, UNKNOWN, Z95, Estimates, share_variance
from analytics.estimator.components import Spreads
from analytics.estimator.default_spreads import SMALL_SAMPLE_INFLATION
from analytics.estimator.groups import Floats, Ints
from analytics.estimator.levels import Level, Levels
from analytics.estimator.payment_delays import platform_waits
from analytics.estimator.rates import CELLS, COMPONENTS
from analytics.estimator.shrinkage import ShrunkLevels, pooled
from analytics.estimator.study import Study
from analytics.estimator.summary import ENDINGS

CHILD = ("child_theta", "child_variance", "child_log_reward")
PARENTS = {"platform": "all", "client": "platform", "task": "client"}
MUCH_UNDECIDED = 0.1  # of submitted pay: from here on, the rates if none and if all of it is paid are added
COUNTS = ("contributors", "people", "effective_contributors", "near_contributors", "largest_share", "observations")


def cells_frame(studied: Study, shrunk: ShrunkLevels, levels: Levels | None = None) -> pl.DataFrame:
    """Return the frame `cells` of Rates, for the study's levels or for other `levels`."""
    levels, names = levels or studied.levels, pl.Series(studied.names)
    extra = studied.spreads.extra_variance
    platforms, families = levels.platform.platform, levels.client.platform
    frames = [
        with_child(
            level_frame("platform", levels.platform, shrunk.platform, extra),
            shrunk.platform_child,
            unseen_variance(levels.client, shrunk.platform_child, shrunk.client_between, platforms),
        ),
        with_child(
            level_frame("client", levels.client, shrunk.client, extra),
            shrunk.client_child,
            unseen_variance(levels.task, shrunk.client_child, shrunk.task_between, families),
        ),
        level_frame("task", levels.task, shrunk.task, extra).with_columns(
            *(pl.lit(None, pl.Float64).alias(name) for name in CHILD)
        ),
    ]
    waits = [platform_waits(studied.frames["payers"]), studied.frames["client_waits"], studied.frames["task_waits"]]
    whole = pl.concat(
        frame.join(wait, on=level.keys, how="left", maintain_order="left")
        for frame, wait, level in zip(frames, waits, (levels.platform, levels.client, levels.task), strict=True)
    )
    named = whole.with_columns(pl.col("platform").replace_strict(pl.int_range(len(names), eager=True), names))
    return named.select(pl.col(name).cast(kind) for name, kind in CELLS.items() if not name.startswith("all_in"))


def with_all_in(cells: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with their platform's phi and the all-in rate (step B); null if `factors` has none."""
    known = cells.join(factors, on="platform", how="left", maintain_order="left").with_columns(
        pl.col("all_in_contributors").fill_null(0),
        all_in_usd_per_hour=pl.col("effective_usd_per_hour") / pl.col("all_in_factor"),
    )
    return known.select(pl.col(name).cast(kind) for name, kind in CELLS.items())


def with_child(frame: pl.DataFrame, child: Estimates, variance: Floats) -> pl.DataFrame:
    """Add the estimate for an unseen child of each row (steps D6 and D10)."""
    values = (child.theta, variance, child.level)
    return frame.with_columns(**{name: pl.Series(value) for name, value in zip(CHILD, values, strict=True)})


def unseen_variance(children: Level, parent: Estimates, between: Floats, platform: Ints) -> Floats:
    """Return Var of theta of a child without any vote: tau^2 + Var_parent, inflated as in step D11."""
    inflation = np.where(children.estimated, 1.0, SMALL_SAMPLE_INFLATION)[platform]
    variance: Floats = inflation * (between[platform] + parent.variance)
    return variance


def level_frame(name: str, level: Level, estimates: Estimates, extra_variance: Floats) -> pl.DataFrame:
    """Return the rates of one level: theta_eff = theta + ln q + ln h, with its interval (step D9).

    `extra_variance` by platform is that of one-task data, added once (step D11). Where a share is not known there is no
    effective rate.
    """
    extra = extra_variance[level.platform]
    paid = np.where(estimates.paid_level == UNKNOWN, np.nan, estimates.paid)
    kept = np.where(estimates.kept_level == UNKNOWN, np.nan, estimates.kept)
    log_effective = estimates.theta + np.log(paid) + np.log(kept)
    own_paid, even_paid = share_variances(level, "paid", estimates.paid)
    own_kept, even_kept = share_variances(level, "kept", estimates.kept)
    variance = estimates.variance + extra + own_paid + own_kept
    reach = Z95 * np.sqrt(variance)
    absent = [key for key in ("client_key", "task_key") if key not in level.keys]
    columns = {
        "theta": estimates.theta,
        "log_reward": estimates.level,
        "variance": estimates.variance + extra,
        "effective_variance": variance,
        "pooled_variance": estimates.pooled_variance + extra + even_paid + even_kept,
        "paid_share": paid,
        "paid_share_variance": even_paid * paid**2,
        "kept_share": kept,
        "task_usd_per_hour": np.exp(estimates.theta),
        "effective_usd_per_hour": np.exp(log_effective),
        "low_usd_per_hour": np.exp(log_effective - reach),
        "high_usd_per_hour": np.exp(log_effective + reach),
        **undecided_bounds(level.summary["undecided_part"].to_numpy(), np.exp(estimates.theta) * kept, estimates.paid),
    }
    summary = level.summary.select(
        *level.keys,
        *COUNTS,
        *ENDINGS,
        decided_contributors="paid_contributors",
        undecided_share="undecided_part",
        overdue_share="overdue_part",
        untimed_share="untimed_part",
    )
    return summary.with_columns(
        *(pl.lit(None, pl.Int64).alias(key) for key in absent),
        level=pl.lit(name),
        parent=pl.lit(PARENTS[name]),
        paid_share_level=level_names(estimates.paid_level),
        is_own_paid_share=level.summary["paid_is_own"],
        kept_share_level=level_names(estimates.kept_level),
        **{column: pl.Series(values).fill_nan(None) for column, values in columns.items()},
    ).select(column for column in CELLS if not column.startswith(("days_to_pay", "all_in", "child_")))


def level_names(numbers: Ints) -> pl.Series:
    """Return the names of share levels, null where unknown."""
    return pl.Series(
        [None if number == UNKNOWN else SHARE_LEVELS[number] for number in numbers.tolist()], dtype=pl.String
    )


def undecided_bounds(undecided: Floats, kept_task_rate: Floats, paid: Floats) -> dict[str, Floats]:
    """Return the effective rate if none, and if all, of the undecided pay is paid; NaN where little is undecided."""
    is_much = undecided > MUCH_UNDECIDED
    least = paid * (1 - undecided)
    return {
        "none_paid_usd_per_hour": np.where(is_much, kept_task_rate * least, np.nan),
        "all_paid_usd_per_hour": np.where(is_much, kept_task_rate * (least + undecided), np.nan),
    }


def share_variances(level: Level, name: str, share: Floats) -> tuple[Floats, Floats]:
    """Return the contribution of an uncertain share to Var_eff (step D9).

    The two values are from the cell's own jackknife, and from the dispersion pooled over the platform (step F).
    """
    count = level.summary[f"{name}_contributors"].to_numpy()
    own = level.summary[f"{name}_variance"].to_numpy()
    each = np.where(count > 1, count * own, np.nan)
    even = pooled(each, level.counted, level.platform, len(level.estimated))[level.platform]
    return share_variance(share, count, own), share_variance(share, count, even / np.maximum(count, 1.0))


def components_frame(levels: Levels, shrunk: ShrunkLevels, spreads: Spreads, names: pl.Series) -> pl.DataFrame:
    """Return the frame `components` of Rates: the results of step D11 on each platform, and their source."""
    platforms = len(names)

    def counts(level: Level) -> pl.Series:
        return pl.Series(np.bincount(level.platform[level.counted], minlength=platforms))

    unmeasured = np.where(spreads.is_split, "split", "default")
    frame = pl.DataFrame(
        {
            "platform": names,
            "clients_counted": counts(levels.client),
            "tasks_counted": counts(levels.task),
            "is_default": ~levels.client.estimated,
            "sigma_e": spreads.sigma,
            "sigma_e_source": np.where(spreads.is_split, "split", "measured"),
            "s_b_source": np.where(levels.client.is_measured, "measured", unmeasured),
            "total_spread": pl.Series(np.sqrt(spreads.total_variance)).fill_nan(None),
            "client_s_b": np.sqrt(levels.client.contributor_variance),
            "client_tau": np.sqrt(shrunk.client_between),
            "task_s_b": np.sqrt(levels.task.contributor_variance),
            "task_tau": np.sqrt(shrunk.task_between),
            "platform_s_b": np.sqrt(levels.platform.contributor_variance),
            "gamma": shrunk.slope,
        }
    )
    return frame.select(pl.col(name).cast(kind) for name, kind in COMPONENTS.items())
