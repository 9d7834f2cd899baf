"""An invented crowd of any size, made row by row. Workers, clients and tasks follow from their numbers; none is stored.

The tails are heavy, as in real markets: few workers do most of the work and few clients post most of it. Pay and time
are log-normal around the levels of client, worker and pair (the generator of the specification, part G). Each worker
works for about a dozen clients. Row r of a scale is the same row in every block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl

from analytics.model.observations import RAW
from analytics.model.units import MICROS, SECONDS_PER_HOUR
from analytics.simulation.market import BONUSED, REJECTED, UNSUBMITTED, Spread
from analytics.simulation.mixing import Numbers, Reals, mixed, normal, rank, uniform

BLOCK_ROWS = 250_000
EPOCH = date(1970, 1, 1)
CENT = MICROS // 100
COUNTRIES = ("IN", "PH", "US", "KE", "VE", "CO", "BR", "PK", "NG", "GB", "EG", "ID", "MX", "MA", "BD", "ZA")  # fmt: skip
SILENT = 0.3  # share of workers who give no country
WORKERS, CLIENTS, KNOWN, TASKS, SITES, LANDS = 0.85, 1.0, 1.2, 0.8, 0.7, 1.0  # slopes: greater is more concentrated
FEWEST_KNOWN, MORE_KNOWN = 3, 25  # clients of one worker
TYPICAL_REWARD_USD, REWARD_SPREAD = 0.25, 0.8
TASKS_SPREAD = 1.2
SHORTEST, LONGEST = 2.0, 6 * SECONDS_PER_HOUR
PENDING, APPROVED = 0.10, 0.15  # shares of submitted work; most of the remainder is paid
# Streams of chance: one for each property.
(
    _WHO, _SLOT, _SLOTS, _CLIENT, _TASK, _COUNT, _SITE, _LAND, _SKILL, _LEVEL, _PAIR, _NOISE, _REWARD, _OUTCOME,
    _PART, _HOUR, _BONUS, _DECIDED, _LIMIT, _KEY, _TASK_KEY, _ID,
) = range(22)  # fmt: skip


class Site(NamedTuple):
    """A platform, and the currency in which it lists."""

    platform: str
    currency: str
    usd: float  # USD per unit


@dataclass(frozen=True)
class Scale:
    """Number of each thing. Equal scales give equal rows."""

    observations: int
    workers: int
    clients: int
    tasks: int  # approximate: each client posts at least one
    sites: tuple[Site, ...]
    first_day: date
    days: int
    seed: int = 0
    spread: Spread = field(default_factory=Spread)

    def day_of(self, rows: Numbers) -> Numbers:
        """Return the days since 1970 on which rows arrive, the same number each day."""
        first = np.uint64((self.first_day - EPOCH).days)
        return first + rows * np.uint64(self.days) // np.uint64(self.observations)


def blocks(scale: Scale, rows: int = BLOCK_ROWS) -> Iterator[pl.DataFrame]:
    """Yield all observations in the order of arrival, in the shape RAW with `row`, `id_low` and `id_high` added."""
    for first in range(0, scale.observations, rows):
        yield _block(scale, np.arange(first, min(first + rows, scale.observations), dtype=np.uint64))


def workers(scale: Scale, rows: int = BLOCK_ROWS) -> Iterator[pl.DataFrame]:
    """Yield all workers: `contributor` (from 1) and `country`."""
    for number in _numbers(scale.workers, rows):
        yield pl.DataFrame({"contributor": number.astype(np.int64) + 1, "country": _countries(scale, number)})


def clients(scale: Scale, rows: int = BLOCK_ROWS) -> Iterator[pl.DataFrame]:
    """Yield all clients: `client_key`, `platform`, `client_id`, `client_name`."""
    for number in _numbers(scale.clients, rows):
        numbered = pl.DataFrame({"client_key": _client_key(scale, number), "number": number})
        yield numbered.select(
            "client_key",
            _words([site.platform for site in scale.sites], _site(scale, number)).alias("platform"),
            pl.format("c{}", "number").alias("client_id"),
            pl.format("Client {}", "number").alias("client_name"),
        )


def tasks(scale: Scale, rows: int = BLOCK_ROWS) -> Iterator[pl.DataFrame]:
    """Yield all tasks: `client_key`, `task_key`, `task_id`, `title`."""
    many = max(1, rows * scale.clients // max(scale.tasks, scale.clients))
    for some in _numbers(scale.clients, many):
        counts = _task_count(scale, some).astype(np.int64)
        client = np.repeat(some, counts)
        task = np.arange(len(client)) - np.repeat(np.cumsum(counts) - counts, counts)
        numbered = pl.DataFrame({"client": client, "task": task, "client_key": _client_key(scale, client)})
        yield numbered.select(
            "client_key",
            pl.Series("task_key", _task_key(scale, client, task)),
            pl.lit(None, pl.String).alias("task_id"),
            pl.format("Task {} of client {}", _letters("task"), "client").alias("title"),
        )


def _numbers(count: int, rows: int) -> Iterator[Numbers]:
    for first in range(0, count, rows):
        yield np.arange(first, min(first + rows, count), dtype=np.uint64)


def _block(scale: Scale, row: Numbers) -> pl.DataFrame:
    seed = scale.seed
    worker = rank(mixed(seed, _WHO, row), scale.workers, WORKERS)
    known = FEWEST_KNOWN + (MORE_KNOWN * uniform(mixed(seed, _SLOTS, worker)) ** 2).astype(np.uint64)
    slot = rank(mixed(seed, _SLOT, row), known, KNOWN)
    client = rank(mixed(seed, _CLIENT, worker, slot), scale.clients, CLIENTS)
    task = rank(mixed(seed, _TASK, row), _task_count(scale, client), TASKS)
    site = _site(scale, client)
    usd = np.array([one.usd for one in scale.sites])[site.astype(np.int64)]
    reward = TYPICAL_REWARD_USD * np.exp(REWARD_SPREAD * normal(mixed(seed, _REWARD, client, task))) / usd
    reward_micros = np.maximum(np.rint(reward * 100), 1).astype(np.int64) * CENT
    rate = np.exp(_log_rate(scale, row, worker, client))
    full = np.clip(reward_micros / MICROS * usd / rate * SECONDS_PER_HOUR, SHORTEST, LONGEST)
    outcome, part = _outcomes(scale, row)
    day = scale.day_of(row)
    active = np.round(full * part, 1)
    return _raw(
        scale,
        row,
        {
            "site": site, "worker": worker, "client": client, "task": task, "day": day, "outcome": outcome,
            "reward_micros": reward_micros, "active_seconds": active,
        },
    )  # fmt: skip


def _log_rate(scale: Scale, row: Numbers, worker: Numbers, client: Numbers) -> Reals:
    """Return ln USD per hour of one task."""
    seed, spread = scale.seed, scale.spread
    return (
        spread.mu
        + spread.client * normal(mixed(seed, _LEVEL, client))
        + spread.worker * normal(mixed(seed, _SKILL, worker))
        + spread.worker_client * normal(mixed(seed, _PAIR, worker, client))
        + spread.task * normal(mixed(seed, _NOISE, row))
    )


def _outcomes(scale: Scale, row: Numbers) -> tuple[pl.Series, Reals]:
    """Return the outcome of each row, and the part of the full time spent by then."""
    dice, share = uniform(mixed(scale.seed, _OUTCOME, row)), uniform(mixed(scale.seed, _PART, row))
    names, bounds, part = [], [], np.ones(len(row))
    handed_in = 1.0
    for name, (often, least, most) in UNSUBMITTED.items():
        handed_in -= often
        part = np.where((dice >= handed_in) & (dice < handed_in + often), least + (most - least) * share, part)
        names.append(name)
        bounds.append(handed_in)
    shares = {"rejected": REJECTED, "submitted": PENDING, "approved": APPROVED}
    paid = handed_in
    for name, often in shares.items():
        paid -= often * handed_in
        names.append(name)
        bounds.append(paid)
    place = len(names) - np.searchsorted(np.array(bounds[::-1]), dice, side="right")
    return _words([*names, "paid"], place.astype(np.uint64)), part


def _raw(scale: Scale, row: Numbers, of: dict[str, Numbers | pl.Series | Reals]) -> pl.DataFrame:
    seed, day, client = scale.seed, np.asarray(of["day"]), np.asarray(of["client"])
    hour = day * np.uint64(24) + (24 * uniform(mixed(seed, _HOUR, row))).astype(np.uint64)
    bonus = np.where(uniform(mixed(seed, _BONUS, row)) < BONUSED, 5 * CENT, 0)
    later = (4 * uniform(mixed(seed, _DECIDED, row))).astype(np.uint64)
    frame = pl.DataFrame(
        {
            "row": row,
            "id_high": hour * np.uint64(3_600_000 << 16) | np.uint64(7 << 12) | row & np.uint64(0xFFF),
            "id_low": mixed(seed, _ID, row) >> np.uint64(2) | np.uint64(1 << 63),
            "client_key": _client_key(scale, client),
            "task_key": _task_key(scale, client, np.asarray(of["task"])),
            "contributor": np.asarray(of["worker"]).astype(np.int64) + 1,
            "reward_micros": of["reward_micros"],
            "active_seconds": of["active_seconds"],
            "outcome": of["outcome"],
            "bonus": bonus,
            "hour": hour.astype(np.int64),
            "day": day.astype(np.int32),
            "decided": (day + later).astype(np.int32),
            "has_limit": uniform(mixed(seed, _LIMIT, row)) < 0.7,
        }
    )
    site = np.asarray(of["site"])
    is_decided = pl.col("outcome").is_in(["paid", "approved", "rejected"])
    return frame.select(
        "row",
        "id_high",
        "id_low",
        _words([one.platform for one in scale.sites], site).alias("platform"),
        "client_key",
        "task_key",
        "contributor",
        pl.lit("crowd").alias("origin"),
        _countries(scale, np.asarray(of["worker"])).alias("country"),
        "reward_micros",
        pl.lit("task").alias("reward_per"),
        pl.lit(1).alias("units"),
        pl.when(pl.col("outcome") == "paid").then(pl.col("reward_micros") + pl.col("bonus")).alias("paid_micros"),
        _words([one.currency for one in scale.sites], site).alias("currency"),
        "active_seconds",
        (pl.col("active_seconds") + 30).alias("open_seconds"),
        pl.when("has_limit").then(float(SECONDS_PER_HOUR)).alias("limit_seconds"),
        pl.lit(None, pl.Float64).alias("estimate_seconds"),
        "outcome",
        (pl.col("hour") * 3_600_000_000).cast(pl.Datetime("us", "UTC")).alias("claimed_hour"),
        pl.when(is_decided).then(pl.col("decided").cast(pl.Date)).alias("decided_on"),
        pl.col("day").cast(pl.Date).alias("received_on"),
    ).with_columns(pl.col(name).cast(kind) for name, kind in RAW.items())


def _site(scale: Scale, client: Numbers) -> Numbers:
    return rank(mixed(scale.seed, _SITE, client), len(scale.sites), SITES)


def _task_count(scale: Scale, client: Numbers) -> Numbers:
    """Return the number of tasks of each client: log-normal, about `tasks` in all."""
    mean = scale.tasks / scale.clients
    expected = mean * np.exp(TASKS_SPREAD * normal(mixed(scale.seed, _COUNT, client)) - TASKS_SPREAD**2 / 2)
    return np.maximum(expected, 1).astype(np.uint64)


def _client_key(scale: Scale, client: Numbers) -> Numbers:
    """Return keys spread over all 64 bits, as real ones are. They come from numbers, as no one looks these clients up
    by name.
    """
    return mixed(scale.seed, _KEY, client).view(np.int64)


def _task_key(scale: Scale, client: Numbers, task: Numbers) -> Numbers:
    return mixed(scale.seed, _TASK_KEY, client, task.astype(np.uint64)).view(np.int64)


def _countries(scale: Scale, worker: Numbers) -> pl.Series:
    bits = mixed(scale.seed, _LAND, worker)
    tells = uniform(mixed(scale.seed, _LAND, worker, worker)) >= SILENT
    place = np.where(tells, rank(bits, len(COUNTRIES), LANDS), np.uint64(len(COUNTRIES)))
    return _words([*COUNTRIES, None], place)


def _words(words: list[str] | list[str | None], place: Numbers) -> pl.Series:
    return pl.Series(words, dtype=pl.String).gather(place.astype(np.uint32))


def _letters(column: str) -> pl.Expr:
    """Write a number in letters, because titles that differ only in digits are the same."""
    digits = pl.col(column).cast(pl.String)
    return digits.str.replace_many(list("0123456789"), list("abcdefghij"))
