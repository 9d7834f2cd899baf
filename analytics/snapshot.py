"""A platform's rates, compact and without names, for the extension to look up on the worker's own machine."""

from __future__ import annotations

import gzip
from datetime import date

import msgspec
import polars as pl
import zstandard

from analytics.keys import snapshot_key

VALUES = (
    "contributors_at_least",
    "effective_usd_per_hour",
    "low_usd_per_hour",
    "high_usd_per_hour",
    "task_usd_per_hour",
    "paid_share",
    "kept_share",
)
# A client and a platform also say what a task of theirs pays that nobody did yet; a task has no such child.
UNSEEN = ("unseen_usd_per_hour", "unseen_reward_usd")
ZSTD_LEVEL = 19  # packed once a release, sent many times

Values = tuple[int | float | None, ...]


class Snapshot(msgspec.Struct, frozen=True):
    """`rates` by the keys of `analytics.keys.snapshot_key`; the values are VALUES, of clients and the platform also
    UNSEEN. A task that lists r and was never seen pays unseen_usd_per_hour * (r / unseen_reward_usd)^slope.
    """

    all_in_factor: float | None
    as_of: date
    method: str
    nature: str
    platform: str
    platform_rate: Values | None
    rates: dict[str, Values]
    release: str
    slope: float | None
    usd_per: dict[str, float]


def snapshot_rates(cells: pl.DataFrame, platform: str) -> tuple[Values | None, dict[str, Values]]:
    """The platform's own values, and those of its clients and tasks by key, from disclosed `cells`."""
    own = cells.filter(pl.col("platform") == platform)
    house = own.filter(pl.col("level") == "platform").select(*VALUES, *UNSEEN).rows()
    clients = own.filter(pl.col("level") == "client").select("client_key", *VALUES, *UNSEEN)
    tasks = own.filter(pl.col("level") == "task").select("task_key", *VALUES)
    rates = {snapshot_key(row[0]): row[1:] for frame in (clients, tasks) for row in frame.iter_rows()}
    return (house[0] if house else None), dict(sorted(rates.items()))


def all_in_factor(cells: pl.DataFrame, platform: str) -> float | None:
    """All time over the time of tasks on `platform`; None where too few people tell."""
    found = cells.filter(pl.col("platform") == platform, pl.col("level") == "platform")["all_in_factor"]
    return None if found.is_empty() else found[0]


def encoded(snapshot: Snapshot) -> bytes:
    """The snapshot as JSON: keys sorted, no spaces."""
    return msgspec.json.encode(snapshot, order="sorted")


def packed(content: bytes) -> dict[str, bytes]:
    """`content` compressed beforehand, by file suffix: gzip (without a time inside) and zstd."""
    return {
        ".gz": gzip.compress(content, compresslevel=9, mtime=0),
        ".zst": zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(content),
    }
