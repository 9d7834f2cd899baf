"""What PostgreSQL counts of each client, and all rows of some clients: enough for a publish that goes on from another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import polars as pl

from api.store.binary import Reader
from api.store.records import CLIENT_SUMS, RECORD, ROWS_OF_CLIENTS, columns, latest, nothing, without_ids
from api.store.scratch import BLOCK_ROWS, COPY_SECONDS
from api.store.segments import SUM_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from api.store.database import Database

SUMS_SHAPE: dict[str, pl.DataType] = {"client_key": pl.Int64(), "rows": pl.Int64(), "sum": pl.String()}
Owners: TypeAlias = "Sequence[tuple[Database, frozenset[int]]]"


async def sums_of_clients(owners: Owners, day: date) -> pl.DataFrame:
    """Of every client, how many rows had come by the end of `day` and their sum (shape SUMS_SHAPE), all servers asked
    at once.
    """
    told = await asyncio.gather(*(_sums(db, numbers, day) for db, numbers in owners))
    return pl.concat(told)


async def _sums(db: Database, numbers: frozenset[int], day: date) -> pl.DataFrame:
    told = await db.fetch(CLIENT_SUMS, day, timeout=SUM_SECONDS)
    own = [tuple(row[name] for name in SUMS_SHAPE) for row in told if row["number"] in numbers]
    return pl.DataFrame(own, schema=SUMS_SHAPE, orient="row")


async def rows_of_clients(owners: Owners, clients: pl.Series, day: date) -> pl.DataFrame:
    """The rows of `clients` as they were known at the end of `day`: of each record the latest revision."""
    told = await asyncio.gather(*(_rows(db, numbers, clients, day) for db, numbers in owners))
    return without_ids(latest(pl.concat(told)))


async def _rows(db: Database, numbers: frozenset[int], clients: pl.Series, day: date) -> pl.DataFrame:
    if clients.is_empty():
        return nothing()
    blocks: list[pl.DataFrame] = []
    own = np.array(sorted(numbers))  # while a partition moves, its rows are on two servers

    def take(records: NDArray[Any]) -> None:
        blocks.append(columns(records[np.isin(records["partition"], own)]))

    reader = Reader(RECORD, BLOCK_ROWS, take)
    await db.copy_from_query(
        ROWS_OF_CLIENTS, day, clients.to_list(), output=reader.take, format="binary", timeout=COPY_SECONDS
    )
    reader.close()
    return pl.concat([nothing(), *blocks])
