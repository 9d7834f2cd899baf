"""Ranges for one person and for one next task: step D10. From rates, before any rule of disclosure."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from analytics.estimator.rates import LEVELS, Rates

Z80 = 1.2815515655446004  # between the 10th and the 90th percentile of a normal
KEYS = ("level", "platform", "client_key", "task_key")
FIGURES = (
    "contributor_low_usd_per_hour",  # effective hour, 10th percentile over people
    "contributor_high_usd_per_hour",
    "next_task_usd_per_hour",  # of one submitted task, the middle one: above an hour's rate, as slow tasks fill hours
    "next_task_low_usd_per_hour",
    "next_task_high_usd_per_hour",
)
PREDICTED: dict[str, pl.DataType] = {
    "level_used": pl.String(),  # level of the figure: task, client or platform; null if nothing is known
    "contributors": pl.UInt32(),  # K of that level's cell
    "next_task_usd_per_hour": pl.Float64(),
    "next_task_low_usd_per_hour": pl.Float64(),
    "next_task_high_usd_per_hour": pl.Float64(),
}


def ranges(rates: Rates) -> pl.DataFrame:
    """Return KEYS and FIGURES of every cell: the middle 80 % of people's hours, and of a new person's next task (D10)."""
    cells = with_spreads(rates)
    centre = pl.col("effective_usd_per_hour").log()
    one = (pl.col("effective_variance") + pl.col("s_b") ** 2).sqrt()
    return cells.select(
        *KEYS,
        (centre - Z80 * one).exp().alias(FIGURES[0]),
        (centre + Z80 * one).exp().alias(FIGURES[1]),
        *next_task(pl.col("theta"), pl.col("variance")),
    )


def predict(rates: Rates, wanted: pl.DataFrame) -> pl.DataFrame:
    """Return the predicted pay of a task for each row of `wanted`, in their order, in the shape PREDICTED (step D10).

    The columns are platform, client_key, task_key, reward_usd; all but the first may be null. The prediction is that of
    the own cell, else of the deepest ancestor with data. In the second case gamma times the difference of ln reward is
    added.
    """
    cells = with_spreads(rates)
    asked = wanted.with_row_index("_row").with_columns(log_reward_here=pl.col("reward_usd").log())
    answers = asked.select("_row", "log_reward_here", *KEYS[1:])
    for level in reversed(LEVELS):
        keys = list(KEYS[1 : 2 + LEVELS.index(level)])
        own = level == "task"
        known = cells.filter(pl.col("level") == level).select(
            *keys,
            "gamma", "s_b", "sigma_e", "contributors",
            centre=pl.col("theta" if own else "child_theta"),
            spread=pl.col("variance" if own else "child_variance"),
            level_reward=pl.col("log_reward" if own else "child_log_reward"),
        )  # fmt: skip
        reach = pl.col("gamma") * (pl.col("log_reward_here") - pl.col("level_reward")).fill_null(0.0)
        found = asked.join(known, on=keys, how="left", maintain_order="left").with_columns(
            next_task(pl.col("centre") + reach, pl.col("spread"))
        )
        answers = answers.with_columns(
            found["contributors"].alias(f"contributors_{level}"),
            *(found[name].alias(f"{name}_{level}") for name in FIGURES[2:]),
        )
    return deepest(answers)


def deepest(answers: pl.DataFrame) -> pl.DataFrame:
    """Return the figures of the first level that has any, and that level."""
    order: Sequence[str] = tuple(reversed(LEVELS))
    return answers.select(
        level_used=pl.coalesce(
            pl.when(pl.col(f"next_task_usd_per_hour_{level}").is_not_null()).then(pl.lit(level)) for level in order
        ),
        contributors=pl.coalesce(f"contributors_{level}" for level in order),
        **{name: pl.coalesce(f"{name}_{level}" for level in order) for name in FIGURES[2:]},
    ).select(pl.col(name).cast(kind) for name, kind in PREDICTED.items())


def next_task(theta: pl.Expr, variance: pl.Expr) -> list[pl.Expr]:
    """Return the middle, 10th and 90th percentile of one task.

    The centre is theta + sigma_e^2/2, the spread s_b^2 + sigma_e^2 + Var.
    """
    middle = theta + pl.col("sigma_e") ** 2 / 2
    reach = Z80 * (variance + pl.col("s_b") ** 2 + pl.col("sigma_e") ** 2).sqrt()
    values = (middle, middle - reach, middle + reach)
    return [value.exp().alias(name) for name, value in zip(FIGURES[2:], values, strict=True)]


def with_spreads(rates: Rates) -> pl.DataFrame:
    """Return cells with gamma and sigma_e of their platform, and s_b of people at their level."""
    known = rates.cells.join(rates.components, on="platform", how="left", maintain_order="left")
    spread = pl.coalesce(
        pl.when(pl.col("level").cast(pl.String) == level).then(pl.col(f"{level}_s_b")) for level in LEVELS
    )
    return known.with_columns(s_b=spread)
