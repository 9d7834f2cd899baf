"""Division of time among overlapping attempts of one person, so that no hour counts twice (estimator A).

Exports give only the open time of an attempt: [accepted, submitted]. While m of a worker's attempts are open, each gets
1/m of the clock. The shares of a worker thus add up to the time in which anything was open.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

_MICROSECONDS = 1_000_000.0


def shares(person: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the seconds of each attempt (estimator A): the integral of 1/m(t) over [start, end].

    m is the number of the person's open attempts. `start` and `end` are microseconds, start <= end. After one sort, 1/m
    is accumulated along each person's clock, and an attempt takes the difference between its ends.
    """
    count = len(person)
    instants = np.concatenate([start, end])
    order = np.lexsort((instants, np.concatenate([person, person])))
    opened = np.concatenate([np.ones(count, np.int64), -np.ones(count, np.int64)])[order]
    open_now = np.cumsum(opened)[:-1]  # between an instant and the next; 0 from one person to the next
    elapsed = np.diff(instants[order]) / _MICROSECONDS
    grown = np.divide(elapsed, open_now, out=np.zeros_like(elapsed), where=open_now > 0)
    clock = np.empty(2 * count)
    clock[order] = np.concatenate([[0.0], np.cumsum(grown)])[: 2 * count]
    return clock[count:] - clock[:count]


def active_seconds(attempts: pl.DataFrame) -> pl.Series:
    """Return the shared seconds of each row of an attempt frame, null if its end is unknown.

    A row without a worker shares its time with no other row.
    """
    rows = attempts.select(
        person=person().rank("dense").cast(pl.Int64),
        start=pl.col("accepted_at").dt.timestamp("us"),
        end=pl.col("submitted_at").dt.timestamp("us"),
    ).with_row_index("row")
    ended = rows.drop_nulls("end")
    seconds = shares(*(ended[name].to_numpy() for name in ("person", "start", "end")))
    timed = ended.select("row", active_seconds=pl.Series(seconds, dtype=pl.Float64))
    return rows.join(timed, on="row", how="left", maintain_order="left")["active_seconds"]


def union_seconds(attempts: pl.DataFrame, gap_seconds: float = 0.0) -> pl.DataFrame:
    """Return for each worker (`person`) the time in which any attempt was open, including pauses of up to D seconds."""
    before = pl.col("submitted_at").cum_max().shift(1).over("person")
    pause = (pl.col("accepted_at") - before).dt.total_microseconds() / _MICROSECONDS
    return (
        attempts.select("accepted_at", "submitted_at", person=person())
        .sort("person", "accepted_at", "submitted_at")
        .with_columns(spell=(pause > gap_seconds).fill_null(True).cum_sum())
        .group_by("person", "spell")
        .agg(
            length=(pl.col("submitted_at").max() - pl.col("accepted_at").min()).dt.total_microseconds() / _MICROSECONDS
        )
        .group_by("person")
        .agg(union_seconds=pl.col("length").sum())
        .sort("person")
    )


def person() -> pl.Expr:
    """Return the worker as text, platform and worker id; without an id, the row itself."""
    worker = pl.concat_str("platform", "worker", separator="\n")
    return worker.fill_null(pl.format("row\n{}", pl.int_range(pl.len())))
