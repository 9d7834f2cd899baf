"""Rows on their way out of PostgreSQL: as they come, into one file a partition, to be taken out again by day.

However many rows leave, memory holds one block of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from api.store.binary import Reader
from api.store.database import Database
from api.store.records import RECORD, ROWS, Facts, columns

COPY_SECONDS = 3600.0  # a hundred million rows on a slow disk
BLOCK_ROWS = 500_000  # some 100 MB while they are turned


class Scratch:
    """Files in `folder`, which is somebody else's to delete."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def fill(self, db: Database, wanted: Sequence[Facts]) -> None:
        """Let every row of the partitions and days `wanted` leave."""
        if not wanted:
            return
        days = [facts.day for facts in wanted]
        asked = (min(days), max(days), ",".join(str(facts.piece) for facts in wanted))
        reader = Reader(RECORD, BLOCK_ROWS, self._take)
        await db.copy_from_query(ROWS, *asked, output=reader.take, format="binary", timeout=COPY_SECONDS)
        reader.close()

    def _take(self, records: NDArray[Any]) -> None:
        order = np.argsort(records["partition"], kind="stable")
        numbers = records["partition"][order]
        whole = records.view((np.void, records.itemsize))  # moved as they are, three times faster than field by field
        for number in np.unique(numbers).tolist():
            first, last = np.searchsorted(numbers, [number, number + 1])
            with self._file(number).open("ab") as file:
                file.write(whole[order[first:last]].tobytes())

    def rows(self, wanted: Sequence[Facts]) -> pl.DataFrame:
        """The rows of some days of one partition."""
        if not wanted:
            return columns(np.zeros(0, RECORD))
        records = np.memmap(self._file(wanted[0].number), RECORD, mode="r")
        days = np.array([facts.day_number for facts in wanted])
        return columns(records[np.isin(records["received_day"], days)])

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:02}"
