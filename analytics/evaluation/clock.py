"""Tests 9 and 10: no hour counts twice, and unpaid time lowers a rate as far as it should."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.estimator import estimate
from analytics.evaluation.effort import Effort
from analytics.evaluation.figure import Bound, Figure, checked
from analytics.evaluation.sample import Sample
from analytics.importers.apportion import shares, union_seconds
from analytics.model.observations import SCHEMA
from analytics.model.policy import ARCHIVE
from analytics.model.units import MICROS, SECONDS_PER_HOUR
from analytics.simulation.synthetic import AS_OF

MICROSECONDS = 1_000_000
BUILT_IN = 1.80  # task rate over all-in rate, as on a large platform (literature 1)
PARALLEL, UNSUBMITTED, REJECTED = 0.61, 0.13, 0.007
GAPS = (0, 60, 300)


@dataclass(frozen=True)
class Log:
    """Attempts as in an export: by person, open from `start` to `end` (microseconds)."""

    person: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]

    def frame(self) -> pl.DataFrame:
        instant = pl.Datetime("us", "UTC")
        return pl.DataFrame(
            {"platform": "p", "worker": self.person.astype(str), "accepted_at": self.start, "submitted_at": self.end}
        ).with_columns(pl.col("accepted_at", "submitted_at").cast(instant))

    def union(self, gap: float = 0.0) -> float:
        return float(union_seconds(self.frame(), gap)["union_seconds"].sum())


def conservation(effort: Effort) -> list[Figure]:
    """Run test 9: the greatest excess of shared time over the clock, in seconds, over random overlapping logs."""
    random = np.random.default_rng(effort.seed(9))
    attempts = 20
    person = np.repeat(np.arange(effort.logs), attempts)
    start = random.integers(0, 3 * 3600 * MICROSECONDS, len(person))
    log = Log(person, start, start + (random.pareto(1.0, len(person)) * 200 * MICROSECONDS).astype(np.int64) % (10**11))
    shared = pl.DataFrame({"person": person, "seconds": shares(log.person, log.start, log.end)})
    of_person = shared.group_by("person").agg(pl.col("seconds").sum())
    union = union_seconds(log.frame()).select(
        pl.col("person").str.split("\n").list.last().cast(pl.Int64), "union_seconds"
    )
    both = of_person.join(union, on="person")
    excess = float((both["seconds"] - both["union_seconds"]).to_numpy().max())
    name = f"Shared time above the clock, {effort.logs:,} random overlapping logs, the worst"
    return [
        checked(
            "9",
            name,
            Bound(high=1, unit="s"),
            excess,
            "time was counted twice",
            Sample(effort.seed(9), effort.logs, "logs"),
        )
    ]


def ordering(effort: Effort) -> list[Figure]:
    """Run test 10: T1 to T3."""
    return [*invariants(effort.seed(10)), recovered_factor(effort.seed(11)), low_payers_post_more(effort.seed(12))]


def invariants(seed: int) -> list[Figure]:
    """Run T1 over 300 logs and count how often each invariant is broken.

    The sum of single intervals is at least their union. Filled pauses never shorten it, nor does unsubmitted work.
    """
    random = np.random.default_rng(seed)
    broken = {"union": 0, "gap": 0, "unsubmitted": 0}
    for _ in range(300):
        count = int(random.integers(2, 40))
        start = random.integers(0, 3600 * MICROSECONDS, count)
        log = Log(random.integers(0, 3, count), start, start + random.integers(0, 900 * MICROSECONDS, count))
        lengths = [log.union(gap) for gap in GAPS]
        submitted = random.random(count) > UNSUBMITTED
        part = Log(log.person[submitted], log.start[submitted], log.end[submitted])
        broken["union"] += float((log.end - log.start).sum()) / MICROSECONDS < lengths[0] - 1e-6
        broken["gap"] += any(longer < shorter - 1e-6 for shorter, longer in pairwise(lengths))
        broken["unsubmitted"] += lengths[0] < part.union() - 1e-6
    names = {
        "union": "T1: open time one by one is less than the clock",
        "gap": "T1: filling pauses shortens working time",
        "unsubmitted": "T1: counting unsubmitted work shortens working time",
    }
    never = Bound(0, 0, unit="of 300 logs")
    return [
        checked(f"10.t1.{key}", names[key], never, count, "an invariant is broken", Sample(seed, 300, "logs"))
        for key, count in broken.items()
    ]


def recovered_factor(seed: int) -> Figure:
    """Run T2: the task rate over the all-in rate of a log with a factor of 1.80 is recovered within 5 %."""
    rows, overheads = parallel_log(seed)
    cells = estimate(rows, as_of=AS_OF, policy=ARCHIVE, overheads=overheads).cells
    house = cells.filter(pl.col("level") == "platform").row(0, named=True)
    ratio = house["task_usd_per_hour"] / house["all_in_usd_per_hour"]
    name = f"T2: task rate over all-in rate, {BUILT_IN} was built in"
    return checked(
        "10.t2",
        name,
        Bound(0.95 * BUILT_IN, 1.05 * BUILT_IN, unit=""),
        ratio,
        "a share is biased",
        Sample(seed, 400, "people"),
    )


def parallel_log(seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return observations with time shared from overlapping intervals, and their overheads.

    61 % of people hold several tasks at once.
    """
    random = np.random.default_rng(seed)
    people, tasks = 400, 40
    person = np.repeat(np.arange(people), tasks)
    work = np.exp(4.5 + 0.8 * random.standard_normal(len(person)))
    number = np.tile(np.arange(tasks), people)
    is_parallel = (random.random(people) < PARALLEL)[person]
    held = np.where(is_parallel, number - number % 3, number)  # three at a time, claimed together
    ends = np.cumsum(work.reshape(people, tasks), axis=1)
    begins = ends - work.reshape(people, tasks)
    start = begins[person, held]
    last = np.where(is_parallel, np.minimum(held + 2, tasks - 1), number)
    end = ends[person, last]  # submitted together
    seconds = shares(person, (start * MICROSECONDS).astype(np.int64), (end * MICROSECONDS).astype(np.int64))
    dice = random.random(len(person))
    outcome = np.where(dice < UNSUBMITTED, "returned", np.where(dice < UNSUBMITTED + REJECTED, "rejected", "approved"))
    reward = np.full(len(person), 0.10)
    rows = attempts(person, person * 0 + 1, reward, seconds, outcome)
    factor = BUILT_IN * (1 - UNSUBMITTED) * (1 - REJECTED / (1 - UNSUBMITTED)) - 1
    worked = (
        pl.DataFrame({"contributor": person, "seconds": seconds}).group_by("contributor").agg(pl.col("seconds").sum())
    )
    overheads = worked.select(
        "contributor", platform=pl.lit("log"), day=pl.lit(AS_OF.date()), seconds=pl.col("seconds") * factor
    )
    return rows, overheads


def low_payers_post_more(seed: int) -> Figure:
    """Run T3: if low payers post more, the mean over clients is above the mean over people."""
    random = np.random.default_rng(seed)
    clients, people = 60, 200
    rate = np.exp(1.2 + 0.9 * random.standard_normal(clients))
    posts = rate**-1.5 / np.sum(rate**-1.5)
    person = np.repeat(np.arange(people), 60)
    client = random.choice(clients, len(person), p=posts)
    reward = np.full(len(person), 0.10)
    seconds = reward / rate[client] * SECONDS_PER_HOUR * np.exp(0.5 * random.standard_normal(len(person)))
    rows = attempts(person, client, reward, seconds, np.full(len(person), "approved"))
    cells = estimate(rows, as_of=AS_OF, policy=ARCHIVE).cells
    of_clients = float(cells.filter(pl.col("level") == "client")["effective_usd_per_hour"].to_numpy().mean())
    of_people = float(np.mean(np.bincount(person, reward) / np.bincount(person, seconds)) * SECONDS_PER_HOUR)
    name = "T3: mean over clients over mean over people, where low payers post more"
    return checked(
        "10.t3",
        name,
        Bound(low=1, unit="", strict=True),
        of_clients / of_people,
        "the order is wrong",
        Sample(seed, people, "people"),
    )


def attempts(
    person: NDArray[np.int64],
    client: NDArray[np.int64],
    reward: NDArray[np.float64],
    seconds: NDArray[np.float64],
    outcome: NDArray[np.str_],
) -> pl.DataFrame:
    """Return observations of one archive; rewards in USD."""
    hours = [AS_OF - timedelta(hours=int(hour) + 1) for hour in np.arange(len(person)) % 500]
    frame = pl.DataFrame(
        {
            "platform": "log",
            "client_key": client,
            "task_key": client,
            "contributor": person,
            "origin": "archive",
            "reward_micros": np.rint(reward * MICROS).astype(np.int64),
            "active_seconds": seconds,
            "open_seconds": seconds,
            "outcome": outcome,
            "claimed_hour": pl.Series(hours, dtype=pl.Datetime("us", "UTC")),
            "received_on": AS_OF.date(),
        }
    )
    absent = [pl.lit(None).alias(name) for name in SCHEMA if name not in frame.columns]
    return frame.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
