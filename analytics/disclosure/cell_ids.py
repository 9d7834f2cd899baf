"""Cells of any table under change control (step F): their numbers, and the people behind them.

A cell is a number made of the table's name and the row's key. A person in it is a pseudonym
(`analytics.disclosure.pseudonyms`).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from analytics.disclosure.pseudonyms import Key, marks_of
from analytics.disclosure.release_state import ReleaseState
from analytics.estimator.groups import Ints, mix
from analytics.model.identifiers import key


def cells_to_check(fresh: pl.DataFrame, before: ReleaseState | None, *beside: str) -> pl.DataFrame:
    """Return the cells whose members `released_cells` needs, with the columns `beside` of each.

    These are the cells of `fresh` and all that were ever published.
    """
    now = fresh.select(*beside, "cell")
    return now if before is None else pl.concat([now, before.cells.select(*beside, "cell")]).unique()


def with_cells(frame: pl.DataFrame, table: str, keys: Iterable[str]) -> pl.DataFrame:
    """Return `frame` with the cell number of each row, the same in every release."""
    words = [np.full(frame.height, key(table), np.int64), *(numbers(frame[name]) for name in keys)]
    return frame.with_columns(cell=pl.Series(mix(*words), dtype=pl.UInt64))


def numbers(column: pl.Series) -> Ints:
    """Return texts as their keys and whole numbers unchanged."""
    if isinstance(column.dtype, pl.Enum):
        own = np.array([key(text) for text in column.dtype.categories], np.int64)
        found: Ints = own[column.to_physical().to_numpy()] if len(own) else np.zeros(0, np.int64)
        return found
    if column.dtype == pl.String:
        known = {text: key(text) for text in column.unique().drop_nulls()}
        column = column.replace_strict(list(known), list(known.values()), default=0, return_dtype=pl.Int64)
    return np.ascontiguousarray(column.fill_null(0).cast(pl.Int64).to_numpy())


def marked(people: pl.DataFrame, facts: Iterable[str], secret: Key) -> pl.DataFrame:
    """Return the members of each cell (`marks`), sorted."""
    return marks(people, facts, secret).sort("cell", "person")


def marks(people: pl.DataFrame, facts: Iterable[str], secret: Key) -> pl.DataFrame:
    """Return the members of each cell, in the shape MEMBERS, in the order of `people`.

    `people` has one row for each cell and contributor. The mark of its data changes when one of `facts`, whole numbers,
    does.
    """
    cell = np.ascontiguousarray(people["cell"].to_numpy())
    contributor = np.ascontiguousarray(people["contributor"].to_numpy()).view(np.uint64)
    digest = mix(*(numbers(people[name]) for name in facts))
    return marks_of(secret, cell, contributor, digest).with_columns(people["contributor"])
