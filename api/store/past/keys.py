"""Keys of past revisions, in compressed pages: what a late revision must be compared with, in about ten bytes each.

A key is 64 bits of (contributor, id). Ids are random and a contributor's number is secret, so two records of one file
share a key once in some 10^13 times. Pages are cut between keys, so all revisions of a record are in one page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

import numpy as np
import polars as pl
import zstandard
from numpy.typing import NDArray

PAGE_ROWS = 4_096
LEVEL = 6
_TYPES = {"key": "<i8", "client_key": "<i8", "received_day": "<i4", "revision": "<i2"}
_WIDTH = sum(np.dtype(kind).itemsize for kind in _TYPES.values())
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))  # of the splitmix64 generator
_STEP = np.uint64(0x9E3779B97F4A7C15)
_WORD = (1 << 64) - 1
Longs = NDArray[np.int64]


class Page(NamedTuple):
    """One page, and its lowest key."""

    first_key: int
    keys: bytes


class Revision(NamedTuple):
    """One past revision of a record."""

    revision: int
    received_day: int
    client_key: int


def keys_of(contributor: Longs, id_high: Longs, id_low: Longs) -> Longs:
    """Return the keys of records."""
    mixed = np.zeros(len(contributor), np.uint64)
    for part in (contributor, id_high, id_low):
        mixed = _mixed(mixed ^ part.astype(np.uint64) + _STEP)
    return mixed.view(np.int64)


def key_of(contributor: int, id_: UUID) -> int:
    """Return the key of one record."""
    parts = [np.array([part & _WORD], np.uint64).view(np.int64) for part in (contributor, id_.int >> 64, id_.int)]
    return int(keys_of(*parts)[0])


def _mixed(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    word = (word ^ (word >> np.uint64(30))) * _MIX[0]
    word = (word ^ (word >> np.uint64(27))) * _MIX[1]
    return word ^ (word >> np.uint64(31))


def pages(rows: pl.DataFrame, page_rows: int = PAGE_ROWS) -> Iterator[Page]:
    """Yield the pages of a file's rows."""
    keys = keys_of(*(rows[name].to_numpy() for name in ("contributor", "id_high", "id_low")))
    held = rows.select("client_key", "received_day", "revision").with_columns(key=pl.Series(keys))
    held = held.sort("key", "revision")
    key = held["key"].to_numpy()
    start = 0
    while start < len(key):
        end = min(start + page_rows, len(key))
        while end < len(key) and key[end] == key[end - 1]:
            end += 1
        part = held[start:end]
        columns = (part[name].to_numpy().astype(kind).tobytes() for name, kind in _TYPES.items())
        yield Page(int(key[start]), zstandard.compress(b"".join(columns), LEVEL))
        start = end


def revisions(page: bytes, key: int) -> list[Revision]:
    """Return the revisions of `key` in a page, lowest first."""
    content = zstandard.decompress(page)
    count, at, columns = len(content) // _WIDTH, 0, {}
    for name, kind in _TYPES.items():
        columns[name] = np.frombuffer(content, kind, count, at)
        at += columns[name].nbytes
    first, last = (int(np.searchsorted(columns["key"], key, side)) for side in ("left", "right"))
    return [
        Revision(int(columns["revision"][row]), int(columns["received_day"][row]), int(columns["client_key"][row]))
        for row in range(first, last)
    ]
