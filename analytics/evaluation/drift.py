"""Tests 15 and 27: a client halves its pay; the part of the step that is visible after 45 days."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import numpy as np
import polars as pl

from analytics.estimator import estimate
from analytics.estimator.groups import Floats
from analytics.evaluation.effort import Effort
from analytics.evaluation.figure import Bound, Figure, checked
from analytics.evaluation.sample import of_mean
from analytics.model.observations import SCHEMA
from analytics.model.policy import CROWD
from analytics.model.units import MICROS, SECONDS_PER_HOUR
from analytics.simulation.synthetic import AS_OF

DAYS_BEFORE, DAYS_AFTER = 180, 45
CLIENTS, HALVING = 60, 20  # of a market, and of these
ARRIVALS = 1.2  # people a day and client
STAY_DAYS = 16  # of new people: long enough to become mature
VISITS = 12  # clients of permanent people, one after the other
TASKS = 4  # of one person with one client
PAY = 0.25
Kind = Literal["known", "new"]
Change = Literal["pay", "work"]
CHANGES: dict[Change, str] = {"pay": "of the listed pay", "work": "of pay by the hour, by double the work"}
LEAST_SEEN: dict[Change, int] = {"pay": 85, "work": 45}
KINDS: tuple[Kind, ...] = ("known", "new")
WORDS = {"known": "people who are known come to the client", "new": "people who are new come, stay 16 days and go"}
LATE = (
    "people count 14 days after their first record (step E), so of 45 days after the step those of the last 14 are not "
    "heard yet; and whoever worked before and after is one vote in between"
)


def step(effort: Effort) -> list[Figure]:
    """Run tests 15 and 27 over the clients that change.

    The figure is the part of ln 2 that their task rate fell by in 45 days, for a halved listed pay and for double the
    work at the same pay.
    """
    figures = []
    for kind in KINDS:
        for change, least in LEAST_SEEN.items():
            closed = np.concatenate(
                [gaps_closed(effort.seed(150_000) + number, kind, change) for number in range(effort.steps)]
            )
            sample = of_mean(effort.seed(150_000), closed, "cells", 100)
            seen = 100 * float(np.mean(closed))
            name = f"Part of a halving {CHANGES[change]} that is seen after {DAYS_AFTER} days, {WORDS[kind]} steadily"
            if change == "pay":
                figures.append(checked(f"15.{kind}", name, Bound(low=50), seen, LATE, sample))
            figures.append(checked(f"27.{change}.{kind}", name, Bound(low=least), seen, LATE, sample))
    return figures


def gaps_closed(seed: int, kind: Kind, change: Change) -> Floats:
    """Return by changed client the visible part of the step in ln USD per hour."""
    rows = arrivals(seed, kind, change)
    then = AS_OF - timedelta(days=DAYS_AFTER)
    before, after = (
        estimate(rows.filter(pl.col("received_on") <= day.date()), as_of=day, policy=CROWD)
        .cells.filter(pl.col("level") == "client", pl.col("client_key") < HALVING)
        .select("client_key", "theta")
        for day in (then, AS_OF)
    )
    both = before.join(after, on="client_key")
    closed: Floats = ((both["theta"] - both["theta_right"]) / np.log(2)).to_numpy()
    return closed


def arrivals(seed: int, kind: Kind, change: Change) -> pl.DataFrame:
    """Return visits of people to clients, spread evenly over the days.

    People are either permanent, or they come, work for three clients over 16 days, and go.
    """
    random = np.random.default_rng(seed)
    days = DAYS_BEFORE + DAYS_AFTER
    visits = VISITS if kind == "known" else 3
    people = int(ARRIVALS * days * CLIENTS / visits)
    client = random.random((people, CLIENTS)).argsort(axis=1)[:, :visits]
    skill = 0.55 * random.standard_normal(people)
    fit = 0.90 * random.standard_normal((people, visits))
    own = 0.70 * random.standard_normal(CLIENTS)
    who = np.repeat(np.arange(people), visits * TASKS)
    place = np.tile(np.repeat(np.arange(visits), TASKS), people)
    if kind == "known":
        day = random.integers(0, days, (people, visits)).repeat(TASKS)
    else:
        stay = np.tile(np.linspace(0, STAY_DAYS - 1, TASKS).astype(np.int64), people * visits)
        day = random.integers(0, days, people)[who] + stay + place  # not all clients on the same days
    chosen = client[who, place]
    halved = (chosen < HALVING) & (day > DAYS_BEFORE)
    rate = 1.3 + own[chosen] + skill[who] + fit[who, place] + 0.95 * random.standard_normal(len(who))
    reward = np.where(halved & (change == "pay"), PAY / 2, PAY)
    seconds = PAY / np.exp(rate) * SECONDS_PER_HOUR * np.where(halved & (change == "work"), 2.0, 1.0)
    start = AS_OF - timedelta(days=days)
    frame = pl.DataFrame(
        {
            "platform": "step",
            "client_key": chosen,
            "task_key": chosen + 1_000,
            "contributor": who,
            "origin": "crowd",
            "reward_micros": np.rint(reward * MICROS).astype(np.int64),
            "active_seconds": seconds,
            "open_seconds": seconds,
            "outcome": "approved",
            "day": day,
        }
    ).with_columns(claimed_hour=pl.lit(start) + pl.duration(days=pl.col("day")))
    shared = frame.with_columns(
        received_on=pl.col("claimed_hour").dt.date(),
        **{name: pl.lit(None) for name in SCHEMA if name not in (*frame.columns, "received_on")},
    )
    return shared.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
