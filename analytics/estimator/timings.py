"""Whose working times at a client are somebody else's, task by task."""

from __future__ import annotations

import numpy as np
import polars as pl

from analytics.estimator.groups import Groups, Ints, in_order, mix

DISTINCT_TIMES = 5  # few different times may agree by chance
TIMES_PER_SECOND = 10  # times are compared in tenths of a second
COPIES: dict[str, pl.DataType] = {"client_key": pl.Int64(), "contributor": pl.Int64(), "tasks": pl.Int64()}


def copies(rows: pl.DataFrame) -> pl.DataFrame:
    """Contributors whose times at a client are those of somebody else there, and of how many tasks, in the shape COPIES;
    `rows` as admitted.
    """
    submitted = rows.filter("submitted")
    tenths = np.rint(submitted["seconds"].to_numpy() * TIMES_PER_SECOND).astype(np.int64)
    client, contributor, task = (submitted[key].to_numpy() for key in ("client_key", "contributor", "task_key"))
    order = in_order(client, contributor)
    groups = Groups.of(client[order], contributor[order])
    vectors = pl.DataFrame(
        {
            "client_key": groups.first(client[order]),
            "contributor": groups.first(contributor[order]),
            "tasks": groups.sizes,
            "vector": groups.total(mix(task, tenths)[order]),  # of the same tasks and times, whatever their order
        }
    )
    shared = vectors.with_columns(distinct=pl.Series(distinct(tenths[order], groups))).filter(
        (pl.len().over("client_key", "vector", "tasks") > 1) & (pl.col("distinct") >= DISTINCT_TIMES)
    )
    return shared.select(pl.col(name).cast(kind) for name, kind in COPIES.items())


def distinct(values: Ints, groups: Groups) -> Ints:
    """By group, how many different values."""
    ordered = values[in_order(groups.of_row, values)]
    new = np.ones(len(values), np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    new[groups.starts] = True
    return groups.sum(new).astype(np.int64)
