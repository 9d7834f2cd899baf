"""Test 12: rows are left out and the estimator predicts them from the others. It works for real rows too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal

import numpy as np
import polars as pl

from analytics.estimator import Rates, estimate
from analytics.estimator.groups import mix
from analytics.estimator.own_factor import PERSON_PART, TITLE_PART
from analytics.estimator.ranges import predict
from analytics.model.observations import SUBMITTED
from analytics.model.policy import Policy
from analytics.model.units import MICROS, SECONDS_PER_HOUR

FOLDS = 4
SALT = 20_261_123  # makes folds independent of the meaning of keys
LOPSIDED = 0.75  # "within 75 %", a measure from the literature: easy below and hard above
FACTOR = float(np.log(2))
LEAST_TASKS = 40  # fewer predicted tasks are not informative
Kind = Literal["rows", "people"]
RATE = pl.col("reward_micros") / MICROS / pl.col("active_seconds") * SECONDS_PER_HOUR
IS_TASK = (
    pl.col("outcome").is_in(list(SUBMITTED)) & (pl.col("reward_micros") > 0) & (pl.col("active_seconds") >= 1.0)
).fill_null(False)


@dataclass(frozen=True)
class Prediction:
    """Accuracy of predicted tasks, shares in percent, each person one vote.

    `gain` is `within` minus the result of the platform's median. `own_within` and `own_factor_two` are by rows, with
    each person's own factor (step D12). `by_client` is the share of tasks with data on their own task or client.
    """

    tasks: int
    people: int
    within: float
    factor_two: float
    gain: float
    in_range: float
    own_within: float
    own_factor_two: float
    by_client: float


def predicted(observations: pl.DataFrame, policy: Policy, kind: Kind) -> Prediction | None:
    """Predict the task rate of submitted tasks in four folds.

    `rows` leaves out rows at random, `people` whole contributors. The result is None if too few tasks can be predicted.
    """
    ordered = with_folds(observations.filter(IS_TASK | ~pl.col("outcome").is_in(list(SUBMITTED))), kind)
    tests = [one_fold(ordered, fold, policy) for fold in range(FOLDS)]
    predicted_tasks = pl.concat([test for test in tests if test.height] or tests)
    if predicted_tasks.height < LEAST_TASKS:
        return None
    actual, guess = pl.col("actual"), pl.col("next_task_usd_per_hour")
    own = guess * pl.col("own_factor").exp()
    hits = predicted_tasks.select(
        "contributor",
        within=near(guess),
        plain=near(pl.col("median")),
        factor_two=(guess / actual).log().abs() <= FACTOR,
        in_range=actual.is_between(pl.col("next_task_low_usd_per_hour"), pl.col("next_task_high_usd_per_hour")),
        own_within=near(own),
        own_factor_two=(own / actual).log().abs() <= FACTOR,
    )
    of_person = hits.group_by("contributor").agg(pl.all().mean()).sort("contributor")
    people = {name: 100 * float(of_person[name].to_numpy().mean()) for name in hits.columns[1:]}
    return Prediction(
        tasks=predicted_tasks.height,
        people=of_person.height,
        within=people["within"],
        factor_two=people["factor_two"],
        gain=people["within"] - people["plain"],
        in_range=people["in_range"],
        own_within=100 * float(hits["own_within"].to_numpy().mean()),
        own_factor_two=100 * float(hits["own_factor_two"].to_numpy().mean()),
        by_client=100 * int(predicted_tasks["level_used"].is_in(["task", "client"]).sum()) / predicted_tasks.height,
    )


def near(guess: pl.Expr) -> pl.Expr:
    """Return an expression for a guess within 75 % of the actual rate."""
    return (guess - pl.col("actual")).abs() <= LOPSIDED * pl.col("actual")


def own_factors(trained: pl.DataFrame, rates: Rates) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return each contributor's own factor (ln) on a platform, and at each task group they did: step D12 on columns.

    `trained` are tasks with their `actual` and predicted rate; `analytics.estimator.own_factor` is the same of one person.
    """
    deviation = (pl.col("actual") / pl.col("next_task_usd_per_hour")).log()
    spreads = rates.components.select("platform", s_b2=pl.col("client_s_b") ** 2, sigma2=pl.col("sigma_e") ** 2)
    title = TITLE_PART * pl.col("s_b2")
    titles = (
        trained.group_by("platform", "contributor", "task_key")
        .agg(middle=deviation.median(), n=pl.len())
        .join(spreads, on="platform")
        .with_columns(weight=1 / (title + pl.col("sigma2") / pl.col("n")))
        .sort("platform", "contributor", "task_key")
    )
    total = 1 / (PERSON_PART * pl.col("s_b2").first()) + pl.col("weight").sum()
    persons = titles.group_by("platform", "contributor", maintain_order=True).agg(
        anywhere=(pl.col("weight") * pl.col("middle")).sum() / total
    )
    at_title = titles.join(persons, on=["platform", "contributor"]).select(
        "platform", "contributor", "task_key",
        at_title=pl.col("anywhere") + title * pl.col("weight") * (pl.col("middle") - pl.col("anywhere")),
    )  # fmt: skip
    return persons, at_title


def with_folds(observations: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """Return the rows with the `fold` that leaves each out: by its content, so that their order does not matter."""
    salt = np.full(observations.height, SALT)
    person = np.ascontiguousarray(observations["contributor"].to_numpy())
    parts = [salt, person]
    if kind == "rows":
        hour = observations["claimed_hour"].to_physical().to_numpy()
        own = observations["active_seconds"].fill_null(0.0).to_numpy()
        parts += [np.ascontiguousarray(part) for part in (hour, observations["task_key"].to_numpy(), own)]
    fold = (mix(*parts) % np.uint64(FOLDS)).astype(np.int64)
    return observations.with_columns(fold=pl.Series(fold))


def one_fold(ordered: pl.DataFrame, fold: int, policy: Policy) -> pl.DataFrame:
    """Return the left-out tasks of one fold with their prediction and their platform's median task rate."""
    train, test = ordered.filter(pl.col("fold") != fold), ordered.filter(IS_TASK, pl.col("fold") == fold)
    rates = estimate(train.drop("fold"), as_of=last_day(ordered), policy=policy)
    medians = train.filter(IS_TASK).group_by("platform").agg(median=RATE.median())
    trained, asked = (
        pl.concat([tasks, predict(rates, tasks)], how="horizontal").drop_nulls("next_task_usd_per_hour")
        for tasks in (tasks_of(train.filter(IS_TASK)), tasks_of(test))
    )
    persons, at_title = own_factors(trained, rates)
    keys = ["platform", "contributor"]
    whole = (
        asked.join(medians, on="platform", how="left")
        .join(persons, on=keys, how="left")
        .join(at_title, on=[*keys, "task_key"], how="left")
        .with_columns(own_factor=pl.coalesce("at_title", "anywhere", pl.lit(0.0)))
    )
    order = ["platform", "client_key", "task_key", "contributor", "actual"]
    return whole.drop_nulls("median").sort(order)


def tasks_of(rows: pl.DataFrame) -> pl.DataFrame:
    """Return tasks with their keys, listed reward and actual rate."""
    reward = pl.col("reward_micros") / MICROS
    return rows.select("platform", "client_key", "task_key", "contributor", reward_usd=reward, actual=RATE)


def last_day(observations: pl.DataFrame) -> datetime:
    """Return the day after the last row arrived, so that everything counts."""
    newest = observations.select(pl.max_horizontal("received_on", pl.col("claimed_hour").dt.date()).max()).item()
    return datetime.combine(newest + timedelta(days=1), time(), UTC)
