"""Snapshots: a platform's rates, compact and without names, for look-ups by the extension on the worker's machine."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from datetime import date

import msgspec
import polars as pl
import zstandard

from analytics.model.identifiers import snapshot_key

VALUES = (
    "contributors_at_least",
    "effective_usd_per_hour",
    "low_usd_per_hour",
    "high_usd_per_hour",
    "task_usd_per_hour",
    "paid_share",
    "kept_share",
)
# A client and a platform also have the pay of a new task, which no one has done yet; a task has no such child.
UNSEEN = ("unseen_usd_per_hour", "unseen_reward_usd")
# Only a task rate has these two, after VALUES and UNSEEN. Its places of an effective interval stay empty, so that a reader
# that knows nothing of task rates finds no pay there and says that it has no data.
TASK_ENDS = ("task_low_usd_per_hour", "task_high_usd_per_hour")
MOST_PEOPLE = 50  # the last band that every version of the extension reads; finer bands above it are in the tables
ZSTD_LEVEL = 19  # compressed once a release, sent many times
MOST_BYTES = 2_000_000  # of one file, by gzip: a minute on a slow line
MOST_DIGITS = 3  # digits of the split: 4,096 parts of 2 MB would be more tasks than there are people
FEWEST_ENTRIES = 64  # entries of a part: a request for one part must not reveal the client

Values = tuple[int | float | None, ...]


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """`rates` by the keys of `analytics.model.identifiers.snapshot_key`.

    The values are VALUES, for clients and the platform also UNSEEN, for a task rate also TASK_ENDS; `values_of` says
    how they carry the figure. An unseen task that lists r pays
    unseen_usd_per_hour * (r / unseen_reward_usd)^slope. `s_b` and `sigma_e` are the spreads of people and of a person's
    tasks here (natural logarithms), which the own factor needs (`analytics.estimator.own_factor`).

    A snapshot that grew too large has no rates but `parts`: the key prefixes of its parts.
    """

    all_in_factor: float | None
    as_of: date
    method: str
    nature: str
    platform: str
    platform_rate: Values | None
    rates: dict[str, Values]
    release: str
    s_b: float | None
    sigma_e: float | None
    slope: float | None
    usd_per: dict[str, float]
    part: str | None = None
    parts: list[str] | None = None


def split(snapshot: Snapshot, most_bytes: int = MOST_BYTES) -> dict[str, Snapshot]:
    """Return the snapshot's files by name.

    A snapshot that compresses to more than `most_bytes` becomes a head (`platform`) and parts by the first digits of
    the keys (`platform.3f`), with the fewest digits needed.
    """
    name = snapshot.platform
    parts = {"": snapshot}
    for _ in range(MOST_DIGITS):
        if not _too_large(parts.values(), most_bytes):
            break
        finer = _finer(parts, snapshot)
        if min(len(part.rates) for part in finer.values()) < FEWEST_ENTRIES:
            break
        parts = finer
    if len(parts) == 1:
        return {name: snapshot}
    head = msgspec.structs.replace(snapshot, rates={}, parts=sorted(parts))
    return {name: head} | {f"{name}.{prefix}": part for prefix, part in sorted(parts.items())}


def _finer(parts: Mapping[str, Snapshot], whole: Snapshot) -> dict[str, Snapshot]:
    """Split each part by one more digit."""
    rates: dict[str, dict[str, Values]] = {f"{prefix}{digit:x}": {} for prefix in parts for digit in range(16)}
    length = len(next(iter(rates)))
    for key, values in whole.rates.items():
        rates[key[:length]][key] = values
    return {prefix: msgspec.structs.replace(whole, rates=some, part=prefix) for prefix, some in rates.items()}


def _too_large(parts: Iterable[Snapshot], most_bytes: int) -> bool:
    """Return True if a part compresses to more than `most_bytes`; parts that are small uncompressed need no test."""
    texts = (encoded(part) for part in parts)
    return any(len(text) > most_bytes and len(gzip.compress(text, mtime=0)) > most_bytes for text in texts)


def snapshot_rates(cells: pl.DataFrame, platform: str) -> tuple[Values | None, dict[str, Values]]:
    """Return the platform's own values, and those of its clients and tasks by key, from disclosed `cells`."""
    own = cells.filter(pl.col("platform") == platform)
    house = own.filter(pl.col("level") == "platform").select("figure", *VALUES, *UNSEEN).rows()
    clients = own.filter(pl.col("level") == "client").select("client_key", "figure", *VALUES, *UNSEEN)
    tasks = own.filter(pl.col("level") == "task").select("task_key", "figure", *VALUES)
    rates = {
        snapshot_key(key): values_of(figure, tuple(row))
        for frame in (clients, tasks)
        for key, figure, *row in frame.iter_rows()
    }
    return (values_of(house[0][0], house[0][1:]) if house else None), dict(sorted(rates.items()))


def values_of(figure: str, row: Values) -> Values:
    """Return the values of a row whose kind of figure is `figure`; the kind is read from what is null.

    A number has an effective rate. A range has an effective interval alone. A task rate has TASK_ENDS and no effective
    value. A divided row has none of these.
    """
    people, effective, low, high, *others = row
    people = None if people is None else min(people, MOST_PEOPLE)
    if figure != "task_rate":
        return (people, effective, low, high, *others)
    known = others[: len(VALUES) - 4]
    return (people, None, None, None, *known, *(None for _ in UNSEEN), low, high)


def all_in_factor(cells: pl.DataFrame, platform: str) -> float | None:
    """Return all time over the time of tasks on `platform`; None if too few people share it."""
    found = cells.filter(pl.col("platform") == platform, pl.col("level") == "platform")["all_in_factor"]
    return None if found.is_empty() else found[0]


def encoded(snapshot: Snapshot) -> bytes:
    """Return the snapshot as JSON: keys sorted, no spaces."""
    return msgspec.json.encode(snapshot, order="sorted")


def packed(content: bytes) -> dict[str, bytes]:
    """Return `content` compressed, by file suffix: gzip (without a time inside) and zstd."""
    return {
        ".gz": gzip.compress(content, compresslevel=9, mtime=0),
        ".zst": zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(content),
    }
