"""Timing vectors that several contributors of a client share, task by task (step D4)."""

from __future__ import annotations

import numpy as np
import polars as pl

from analytics.estimator.groups import Groups, Ints, in_order, mix

DISTINCT_TIMES = 5  # few different times may agree by chance
FEWEST_TASKS = 10
TIMES_PER_SECOND = 10  # times are compared in tenths of a second
COPIES: dict[str, pl.DataType] = {
    "client_key": pl.Int64(),
    "contributor": pl.Int64(),
    "copy_group": pl.UInt64(),  # the same for all who share a vector
    "copy_part": pl.Float64(),  # 1/k
}


def copies(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the contributors whose times at a client equal those of another there, in the shape COPIES.

    `rows` as admitted. They share one vote; nobody loses it, or who copies could silence who is copied.
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
            "distinct": distinct(tenths[order], groups),
        }
    ).filter(pl.col("tasks") >= FEWEST_TASKS, pl.col("distinct") >= DISTINCT_TIMES)
    shared = vectors.with_columns(sharers=pl.len().over("client_key", "vector", "tasks")).filter(pl.col("sharers") > 1)
    found = shared.select("client_key", "contributor", copy_group="vector", copy_part=1 / pl.col("sharers"))
    return found.select(pl.col(name).cast(kind) for name, kind in COPIES.items())


def with_copies(cells: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Add `copy_part` (1/k, 1 for nobody's copy) and `copy_group` (0 for nobody's copy) to cells of one or more clients."""
    if copies.is_empty():
        return cells.with_columns(copy_part=pl.lit(1.0), copy_group=pl.lit(0, pl.UInt64))
    joined = cells.join(copies, on=["client_key", "contributor"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("copy_part").fill_null(1.0), pl.col("copy_group").fill_null(0))


def distinct(values: Ints, groups: Groups) -> Ints:
    """Return by group how many different values it has."""
    ordered = values[in_order(groups.of_row, values)]
    new = np.ones(len(values), np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    new[groups.starts] = True
    return groups.sum(new).astype(np.int64)
