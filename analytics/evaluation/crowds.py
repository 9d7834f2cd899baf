"""Crowds for the tests of manipulation: honest people over many days, and rows of any account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from analytics.estimator.groups import Floats, Ints
from analytics.model.observations import SCHEMA
from analytics.model.units import MICROS, SECONDS_PER_HOUR
from analytics.simulation.synthetic import AS_OF, standard

MU, CLIENT, PERSON, MATCH, TASK = 1.3, 0.70, 0.55, 0.90, 0.95  # the generator of the specification, part G
MOST_TASKS = 60
PAY = 0.25


@dataclass(frozen=True)
class Crowd:
    """Honest people who each work for `visits` clients; popularity of clients falls with their rank by `zipf`."""

    people: int
    clients: int
    visits: int
    days: int = 200
    noise: Literal["normal", "t5"] = "normal"
    zipf: float = 0.0
    seed: int = 1


def honest(crowd: Crowd) -> pl.DataFrame:
    """Return the observations of an honest crowd; each person arrives at their own time and works from then on."""
    random = np.random.default_rng(crowd.seed)
    popularity = np.arange(1, crowd.clients + 1) ** -crowd.zipf
    keys = -np.log(random.random((crowd.people, crowd.clients))) / popularity
    chosen = np.argsort(keys, axis=1)[:, : crowd.visits]
    since = random.integers(20, crowd.days, crowd.people)
    last = (random.random((crowd.people, crowd.visits)) * since[:, None]).astype(np.int64) + 1
    last[:, 0] = since
    cells = crowd.people * crowd.visits
    tasks = np.minimum(random.pareto(0.9, cells) + 1, MOST_TASKS).astype(np.int64)
    of = np.repeat(np.arange(cells), tasks)
    client, person = chosen.ravel()[of], np.repeat(np.arange(crowd.people), crowd.visits)[of]
    rate = (
        MU
        + CLIENT * standard(random, crowd.clients, crowd.noise)[client]
        + PERSON * standard(random, crowd.people, crowd.noise)[person]
        + MATCH * standard(random, cells, crowd.noise)[of]
        + TASK * standard(random, len(of), crowd.noise)
    )
    return observations(client, person, last.ravel()[of], rate)


def observations(client: Ints, person: Ints, days_ago: Ints, log_rate: Floats, pay: float = PAY) -> pl.DataFrame:
    """Return approved attempts of a crowd, in the shape SCHEMA; `log_rate` in ln USD per hour."""
    seconds = pay / np.exp(log_rate) * SECONDS_PER_HOUR
    frame = pl.DataFrame(
        {
            "platform": ["p"] * len(client),
            "client_key": client.astype(np.int64),
            "task_key": client.astype(np.int64) + 1_000_000,
            "contributor": person.astype(np.int64),
            "origin": ["crowd"] * len(client),
            "reward_micros": np.full(len(client), round(pay * MICROS)),
            "active_seconds": seconds,
            "open_seconds": seconds,
            "outcome": ["approved"] * len(client),
            "ago": days_ago.astype(np.int64),
        }
    )
    ago = pl.duration(days=pl.col("ago"))
    dated = frame.with_columns(
        claimed_hour=pl.lit(AS_OF.replace(hour=8)) - ago,
        received_on=pl.lit(AS_OF.date()) - ago,
        **{name: pl.lit(None) for name in SCHEMA if name not in (*frame.columns, "claimed_hour", "received_on")},
    )
    return dated.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
