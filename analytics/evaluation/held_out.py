"""Test 12: rows are left out and predicted from the others, by the estimator itself. For any rows, real ones too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal

import numpy as np
import polars as pl

from analytics.estimator import estimate
from analytics.estimator.groups import mix
from analytics.estimator.ranges import predict
from analytics.model.policy import Policy
from analytics.model.units import MICROS, SECONDS_PER_HOUR

FOLDS = 4
SALT = 20_261_123  # so that folds do not follow anything that keys mean
LOPSIDED = 0.75  # "within 75 %": literature's measure, easy below and hard above
FACTOR = float(np.log(2))
LEAST_TASKS = 40  # fewer predicted tasks tell nothing
Kind = Literal["rows", "people"]


@dataclass(frozen=True)
class Prediction:
    """How well tasks were predicted, shares in percent. `gain` is `within` less what the platform's median reaches.
    `by_client`: part of tasks whose own task or client was known.
    """

    tasks: int
    people: int
    within: float
    factor_two: float
    gain: float
    in_range: float
    by_client: float


def predicted(observations: pl.DataFrame, policy: Policy, kind: Kind) -> Prediction | None:
    """Four-fold prediction of the task rate of submitted tasks: `rows` leaves out rows at random, `people` whole
    contributors. None where too few tasks can be predicted.
    """
    ordered = with_folds(observations, kind)
    tests = [one_fold(ordered, fold, policy) for fold in range(FOLDS)]
    told = pl.concat([test for test in tests if test.height] or tests)
    if told.height < LEAST_TASKS:
        return None
    actual, guess, plain = (told[name].to_numpy() for name in ("actual", "next_task_usd_per_hour", "median"))
    low, high = (told[f"next_task_{end}_usd_per_hour"].to_numpy() for end in ("low", "high"))

    def within(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
        return 100 * float(np.mean(np.abs(values - actual) <= LOPSIDED * actual))

    return Prediction(
        tasks=told.height,
        people=told["contributor"].n_unique(),
        within=within(guess),
        factor_two=100 * float(np.mean(np.abs(np.log(guess / actual)) <= FACTOR)),
        gain=within(guess) - within(plain),
        in_range=100 * float(np.mean((actual >= low) & (actual <= high))),
        by_client=100 * int(told["level_used"].is_in(["task", "client"]).sum()) / told.height,
    )


def with_folds(observations: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """The rows with the `fold` that each is left out in: by what it holds, so that their order does not matter."""
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
    """The left-out tasks of one fold beside their prediction and their platform's median task rate."""
    rate = pl.col("reward_micros") / MICROS / pl.col("active_seconds") * SECONDS_PER_HOUR
    is_task = (
        pl.col("outcome").is_in(["submitted", "approved", "rejected", "paid"])
        & (pl.col("reward_micros") > 0)
        & (pl.col("active_seconds") >= 1.0)
    )
    train, test = ordered.filter(pl.col("fold") != fold), ordered.filter(is_task, pl.col("fold") == fold)
    rates = estimate(train.drop("fold"), as_of=last_day(ordered), policy=policy)
    medians = train.filter(is_task).group_by("platform").agg(median=rate.median())
    asked = test.select(
        "platform", "client_key", "task_key", "contributor", reward_usd=pl.col("reward_micros") / MICROS, actual=rate
    )
    whole = pl.concat([asked, predict(rates, asked)], how="horizontal").join(medians, on="platform", how="left")
    return whole.drop_nulls(["next_task_usd_per_hour", "median"])


def last_day(observations: pl.DataFrame) -> datetime:
    """The day after the last row arrived: everything counts."""
    newest = observations.select(pl.max_horizontal("received_on", pl.col("claimed_hour").dt.date()).max()).item()
    return datetime.combine(newest + timedelta(days=1), time(), UTC)
