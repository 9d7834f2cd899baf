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
ZSTD_LEVEL = 19  # packed once a release, sent many times

Values = tuple[int, float | None, float, float, float | None, float | None, float | None]


class Snapshot(msgspec.Struct, frozen=True):
    """`rates` by the keys of `analytics.keys.snapshot_key`, of clients and tasks alike; the values are
    VALUES.
    """

    as_of: date
    method: str
    nature: str
    platform: str
    platform_rate: Values | None
    rates: dict[str, Values]
    release: str
    usd_per: dict[str, float]


def snapshot_rates(cells: pl.DataFrame, platform: str) -> tuple[Values | None, dict[str, Values]]:
    """The platform's own values, and those of its clients and tasks by key, from disclosed `cells`."""
    own = cells.filter(pl.col("platform") == platform)
    house = own.filter(pl.col("level") == "platform").select(VALUES).rows()
    below = own.filter(pl.col("level") != "platform").select(pl.coalesce("task_key", "client_key"), *VALUES)
    rates = {snapshot_key(row[0]): row[1:] for row in below.iter_rows()}
    return (house[0] if house else None), dict(sorted(rates.items()))


def encoded(snapshot: Snapshot) -> bytes:
    """The snapshot as JSON: keys sorted, no spaces."""
    return msgspec.json.encode(snapshot, order="sorted")


def packed(content: bytes) -> dict[str, bytes]:
    """`content` compressed beforehand, by file suffix: gzip (without a time inside) and zstd."""
    return {
        ".gz": gzip.compress(content, compresslevel=9, mtime=0),
        ".zst": zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(content),
    }
