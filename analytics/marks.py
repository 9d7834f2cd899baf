"""Who is behind a cell, without saying who: keyed marks of contributors and of their data in it.

A mark is a SipHash-2-4 under a secret that never leaves the database, over the cell as well: the same person has
another mark in every cell, and without the secret a mark is 64 bits of chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analytics.estimator.groups import Ints, mix
from analytics.estimator.rates import LEVELS
from analytics.keys import key
from analytics.units import MICROS

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

MEMBERS: dict[str, pl.DataType] = {"cell": pl.UInt64(), "person": pl.UInt64(), "data": pl.UInt64()}
KEYS = {"platform": ("platform",), "client": ("platform", "client_key"), "task": ("platform", "client_key", "task_key")}
INITIAL = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
LEAST_SECRET_BYTES = 16


@dataclass(frozen=True)
class Key:
    """The two words of a SipHash key."""

    first: int = field(repr=False)
    second: int = field(repr=False)

    @classmethod
    def of(cls, secret: bytes) -> Key:
        if len(secret) < LEAST_SECRET_BYTES:
            raise ValueError(f"a secret of {len(secret)} bytes; at least {LEAST_SECRET_BYTES}")
        return cls(int.from_bytes(secret[:8], "little"), int.from_bytes(secret[8:16], "little"))


def siphash(secret: Key, *columns: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SipHash-2-4 of each row of `columns`, its words taken as one message of eight bytes a word."""
    keys = (secret.first, secret.second, secret.first, secret.second)
    v0, v1, v2, v3 = (
        np.full(len(columns[0]), word ^ part, np.uint64) for word, part in zip(INITIAL, keys, strict=True)
    )
    state = (v0, v1, v2, v3)
    length = np.full(len(columns[0]), (8 * len(columns) % 256) << 56, np.uint64)
    for word in (*columns, length):
        state = (state[0], state[1], state[2], state[3] ^ word)
        for _ in range(2):
            state = sip_round(*state)
        state = (state[0] ^ word, state[1], state[2], state[3])
    state = (state[0], state[1], state[2] ^ np.uint64(0xFF), state[3])
    for _ in range(4):
        state = sip_round(*state)
    mixed: NDArray[np.uint64] = state[0] ^ state[1] ^ state[2] ^ state[3]
    return mixed


Four = tuple["NDArray[np.uint64]", "NDArray[np.uint64]", "NDArray[np.uint64]", "NDArray[np.uint64]"]


def sip_round(v0: NDArray[np.uint64], v1: NDArray[np.uint64], v2: NDArray[np.uint64], v3: NDArray[np.uint64]) -> Four:
    v0 = v0 + v1
    v1 = turned(v1, 13) ^ v0
    v0 = turned(v0, 32)
    v2 = v2 + v3
    v3 = turned(v3, 16) ^ v2
    v0 = v0 + v3
    v3 = turned(v3, 21) ^ v0
    v2 = v2 + v1
    v1 = turned(v1, 17) ^ v2
    return v0, v1, turned(v2, 32), v3


def turned(word: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    left: NDArray[np.uint64] = (word << np.uint64(bits)) | (word >> np.uint64(64 - bits))
    return left


def cell_ids(cells: pl.DataFrame) -> pl.Series:
    """One number for each row of `cells` by its level and keys, the same in every release."""
    level = cells["level"].cast(pl.String).replace_strict(list(LEVELS), list(range(len(LEVELS))), return_dtype=pl.Int64)
    own = {name: key(name) for name in cells["platform"].unique()}
    platform = cells["platform"].replace_strict(list(own), list(own.values()), return_dtype=pl.Int64)
    parts = (level, platform, cells["client_key"].fill_null(0), cells["task_key"].fill_null(0))
    return pl.Series(
        "cell", mix(*(np.ascontiguousarray(part.cast(pl.Int64).to_numpy()) for part in parts)), dtype=pl.UInt64
    )


def members(rows: pl.DataFrame, day: date, secret: Key, wanted: pl.Series) -> pl.DataFrame:
    """Who is in each of the cells `wanted`, in the shape MEMBERS, sorted; `rows` as admitted on `day`.

    `data` changes when any row of the person in the cell enters, leaves or is revised; not as rows grow older.
    """
    marked = rows.select(
        "platform", "client_key", "task_key", "contributor", digest=pl.Series(digests(rows, day), dtype=pl.UInt64)
    )
    found = [level_members(marked, level, secret, wanted) for level in LEVELS]
    return pl.concat(found).sort("cell", "person")


def digests(rows: pl.DataFrame, day: date) -> NDArray[np.uint64]:
    """One number for all that a row says, whatever its age: pay that is pending today is pending after 30 days too."""
    is_pending = pl.col("outcome") == "submitted"
    said = rows.select(
        pl.col("client_key", "task_key"),
        (pl.col("reward").fill_null(-1.0) * MICROS).round().cast(pl.Int64).alias("reward"),
        (pl.when(is_pending).then(-1.0).otherwise(pl.col("credited").fill_null(-1.0)) * MICROS)
        .round()
        .cast(pl.Int64)
        .alias("credited"),
        (pl.col("seconds") * 1000).round().cast(pl.Int64).alias("milliseconds"),
        pl.col("outcome").to_physical().cast(pl.Int64),
        (pl.lit(day.toordinal()) - pl.col("age_days")).cast(pl.Int64).alias("day"),
        pl.col("days_to_pay").fill_null(-1).cast(pl.Int64),
    )
    columns: list[Ints] = [np.ascontiguousarray(said[name].to_numpy()) for name in said.columns]
    return mix(*columns)


def level_members(marked: pl.DataFrame, level: str, secret: Key, wanted: pl.Series) -> pl.DataFrame:
    keys = KEYS[level]
    absent = [name for name in ("client_key", "task_key") if name not in keys]
    each = (
        marked.group_by(*keys, "contributor")
        .agg(pl.col("digest").sum())
        .with_columns(pl.lit(level).alias("level"), *(pl.lit(None, pl.Int64).alias(name) for name in absent))
    )
    known = each.with_columns(cell_ids(each)).filter(pl.col("cell").is_in(wanted.implode()))
    cell, contributor, digest = (
        np.ascontiguousarray(known[name].to_numpy()).view(np.uint64) for name in ("cell", "contributor", "digest")
    )
    marks = {"cell": cell, "person": siphash(secret, cell, contributor)}
    return pl.DataFrame({**marks, "data": siphash(secret, cell, contributor, digest)}, schema=MEMBERS)
