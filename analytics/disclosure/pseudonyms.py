"""Pseudonyms of the people behind a cell: keyed marks of contributors and of their data in it.

A mark is a SipHash-2-4 under a secret that never leaves the database, over the cell as well. The same person has
another mark in every cell, and without the secret a mark is 64 random bits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.estimator.digest import digests
from analytics.estimator.groups import Groups, mix
from analytics.estimator.parts import REDUCED, of_stored
from analytics.estimator.rates import LEVELS
from analytics.estimator.study import ROWS, Study
from analytics.estimator.vote_weights import within_window
from analytics.model.identifiers import key
from analytics.model.policy import Policy

MEMBERS: dict[str, pl.DataType] = {"cell": pl.UInt64(), "person": pl.UInt64(), "data": pl.UInt64()}
WANTED: dict[str, pl.DataType] = {"client_key": pl.Int64(), "cell": pl.UInt64()}
KEYS = {"platform": ("platform",), "client": ("platform", "client_key"), "task": ("platform", "client_key", "task_key")}
INITIAL = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
LEAST_SECRET_BYTES = 16
BLOCK_ROWS = 16_384  # hashed at a time: their states stay in the processor's cache


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
    """Return SipHash-2-4 of each row of `columns`; a row is one message of eight-byte words."""
    rows = len(columns[0])
    found = np.empty(rows, np.uint64)
    for start in range(0, rows, BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        found[block] = SipHash.begun(secret, len(columns[0][block])).absorb(*(words[block] for words in columns)).mark()
    return found


Four = tuple["NDArray[np.uint64]", "NDArray[np.uint64]", "NDArray[np.uint64]", "NDArray[np.uint64]"]


@dataclass(frozen=True)
class SipHash:
    """Unfinished messages, one a row: the state of each, and the number of words so far."""

    state: Four
    words: int

    @classmethod
    def begun(cls, secret: Key, rows: int) -> SipHash:
        keys = (secret.first, secret.second, secret.first, secret.second)
        v0, v1, v2, v3 = (np.full(rows, word ^ part, np.uint64) for word, part in zip(INITIAL, keys, strict=True))
        return cls((v0, v1, v2, v3), 0)

    def absorb(self, *words: NDArray[np.uint64]) -> SipHash:
        """Return the state after these further words."""
        state = self.state
        for word in words:
            state = (state[0], state[1], state[2], state[3] ^ word)
            for _ in range(2):
                state = sip_round(*state)
            state = (state[0] ^ word, state[1], state[2], state[3])
        return SipHash(state, self.words + len(words))

    def mark(self) -> NDArray[np.uint64]:
        """Return the hash of each message so far."""
        length = np.full(len(self.state[0]), (8 * self.words % 256) << 56, np.uint64)
        state = self.absorb(length).state
        state = (state[0], state[1], state[2] ^ np.uint64(0xFF), state[3])
        for _ in range(4):
            state = sip_round(*state)
        mixed: NDArray[np.uint64] = state[0] ^ state[1] ^ state[2] ^ state[3]
        return mixed


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
    """Return one number for each row of `cells` by its level and keys, the same in every release."""
    level = cells["level"].cast(pl.String).replace_strict(list(LEVELS), list(range(len(LEVELS))), return_dtype=pl.Int64)
    own = {name: key(name) for name in cells["platform"].unique().cast(pl.String)}
    platform = cells["platform"].replace_strict(list(own), list(own.values()), return_dtype=pl.Int64)
    parts = (level, platform, cells["client_key"].fill_null(0), cells["task_key"].fill_null(0))
    return pl.Series(
        "cell", mix(*(np.ascontiguousarray(part.cast(pl.Int64).to_numpy()) for part in parts)), dtype=pl.UInt64
    )


def members(rows: pl.DataFrame, day: date, secret: Key, wanted: pl.Series, policy: Policy) -> pl.DataFrame:
    """Return people of the cells `wanted`, in the shape MEMBERS with `contributor` and `is_counted`, sorted.

    `rows` are those admitted on `day`. `data` changes when any row of the person in the cell enters, leaves or is
    revised, but not as rows grow older.
    """
    marked = rows.select(
        "platform",
        "client_key",
        "task_key",
        "contributor",
        "age_days",
        digest=pl.Series(digests(rows, day), dtype=pl.UInt64),
        reward=pl.when("submitted").then("reward").otherwise(0.0),
        submitted_seconds=pl.when("submitted").then("seconds").otherwise(0.0),
    )
    found = [level_members(marked, level, secret, wanted, policy) for level in LEVELS]
    return pl.concat(found).select(*MEMBERS, "contributor", "is_counted").sort("cell", "person")


def members_of(studied: Study, secret: Key, wanted: pl.DataFrame) -> pl.DataFrame:
    """Return the same for a study in memory, from its cells, in any order. `wanted` are cells with their client
    (`WANTED`).
    """
    names, policy = studied.names, studied.policy
    task_and_client = studied.each_cell(partial(cell_members, names=names, secret=secret, wanted=wanted, policy=policy))
    clients = with_names(studied.frames["clients"], names)
    platforms = level_members(clients, "platform", secret, wanted["cell"], policy)
    return pl.concat([platforms, task_and_client]).select(*MEMBERS, "contributor", "is_counted")


def cell_members(
    cells: pl.DataFrame, names: list[str], secret: Key, wanted: pl.DataFrame, policy: Policy
) -> pl.DataFrame:
    """Return people of the wanted task groups and clients, with their client; `cells` are task group x contributor."""
    named = with_names(cells, names)
    return pl.concat([level_members(named, level, secret, wanted["cell"], policy) for level in ("client", "task")])


def remaining_members(studied: Study, secret: Key, wanted: pl.DataFrame, cells: pl.Series) -> pl.DataFrame:
    """Return cell and person of everybody with any row in `cells`, even of people set aside or of rows too old to count.

    `wanted` are these and other cells with their client (`WANTED`).
    """
    asked = wanted.filter(pl.col("cell").is_in(cells.implode()))
    return studied.parts.run(of_stored, ROWS, None, partial(people_with_rows, secret=secret, wanted=asked))[REDUCED]


def people_with_rows(rows: pl.DataFrame, secret: Key, wanted: pl.DataFrame) -> pl.DataFrame:
    """Return the same for one part's rows, as they arrived."""
    found = [pl.DataFrame(schema={"cell": pl.UInt64, "person": pl.UInt64})]
    owned = rows.filter(pl.col("client_key").is_in(wanted["client_key"].drop_nulls().implode()))
    for level, keys in KEYS.items():
        absent = [name for name in ("client_key", "task_key") if name not in keys]
        each = (rows if level == "platform" else owned).select(*keys, "contributor").unique()
        named = each.with_columns(
            pl.lit(level).alias("level"), *(pl.lit(None, pl.Int64).alias(name) for name in absent)
        )
        known = named.with_columns(cell_ids(named)).filter(pl.col("cell").is_in(wanted["cell"].implode()))
        found.append(persons(known, secret))
    return pl.concat(found)


def persons(people: pl.DataFrame, secret: Key) -> pl.DataFrame:
    """Return cell and person of `people`, who have a cell and a contributor."""
    marks = siphash(secret, people["cell"].to_numpy(), people["contributor"].to_numpy().view(np.uint64))
    return people.select("cell", person=pl.Series(marks, dtype=pl.UInt64))


VOTE = ("age_days", "reward", "submitted_seconds")


def with_names(cells: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return cells by the platform's name, with the columns for a vote and the digest of each person's work."""
    columns = ("client_key", "task_key", "contributor", "digest", *VOTE)
    platform = cells["platform"].replace_strict(list(range(len(names))), names, return_dtype=pl.Enum(names))
    return cells.select(platform.alias("platform"), *(name for name in columns if name in cells.columns))


def level_members(marked: pl.DataFrame, level: str, secret: Key, wanted: pl.Series, policy: Policy) -> pl.DataFrame:
    """Return MEMBERS of the wanted cells of one level, with `client_key`, `contributor` and `is_counted`.

    `client_key` is null above clients. `is_counted` means that the person has a vote there (step D4).
    """
    keys = KEYS[level]
    absent = [name for name in ("client_key", "task_key") if name not in keys]
    each = (
        marked.group_by(*keys, "contributor")
        .agg(pl.col("digest", "reward", "submitted_seconds").sum(), pl.col("age_days").min())
        .with_columns(pl.lit(level).alias("level"), *(pl.lit(None, pl.Int64).alias(name) for name in absent))
    )
    known = each.with_columns(cell_ids(each)).filter(pl.col("cell").is_in(wanted.implode())).sort("cell", "contributor")
    votes = ((known["reward"] > 0) & (known["submitted_seconds"] > 0)).to_numpy()
    groups = Groups.of(known["cell"].to_numpy().view(np.int64))
    counted = votes & within_window(known["age_days"].to_numpy(), votes, groups, policy)
    pseudonyms = marks_of(
        secret, *(known[name].to_numpy().view(np.uint64) for name in ("cell", "contributor", "digest"))
    )
    return pseudonyms.with_columns(
        known["client_key"], known["contributor"], is_counted=pl.Series(counted, dtype=pl.Boolean)
    )


def marks_of(
    secret: Key, cell: NDArray[np.uint64], contributor: NDArray[np.uint64], digest: NDArray[np.uint64]
) -> pl.DataFrame:
    """Return one row each in the shape MEMBERS: the marks of the contributor and of their data with that digest."""
    person, data = np.empty((2, len(cell)), np.uint64)
    for start in range(0, len(cell), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        person_hash = SipHash.begun(secret, len(cell[block])).absorb(cell[block], contributor[block])
        person[block], data[block] = person_hash.mark(), person_hash.absorb(digest[block]).mark()
    return pl.DataFrame({"cell": cell, "person": person, "data": data}, schema=MEMBERS)
