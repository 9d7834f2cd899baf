"""Temporary files of exported rows, one a partition, which are then read by day.

Memory holds one block of rows, however many are exported.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from api.store.binary import Reader
from api.store.database import Database, closing_on_failure
from api.store.records import RECORD, ROWS, Facts, columns

COPY_SECONDS = 3600.0  # a hundred million rows on a slow disk
BLOCK_ROWS = 500_000  # some 100 MB while they are sorted


class Scratch:
    """Temporary files in `folder`, which the caller deletes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def fill(self, db: Database, wanted: Sequence[Facts]) -> None:
        """Export every row of the partitions and days `wanted`."""
        if not wanted:
            return
        days = [facts.day for facts in wanted]
        asked = (min(days), max(days), ",".join(str(facts.piece) for facts in wanted))
        reader = Reader(RECORD, BLOCK_ROWS, self._take)
        with closing_on_failure(db):
            await db.copy_from_query(ROWS, *asked, output=reader.take, format="binary", timeout=COPY_SECONDS)
        reader.close()

    def _take(self, records: NDArray[Any]) -> None:
        order = np.argsort(records["partition"], kind="stable")
        numbers = records["partition"][order]
        whole = records.view((np.void, records.itemsize))  # whole records: three times faster than by field
        for number in np.unique(numbers).tolist():
            first, last = np.searchsorted(numbers, [number, number + 1])
            with self._file(number).open("ab") as file:
                file.write(whole[order[first:last]].tobytes())

    def rows(self, wanted: Sequence[Facts]) -> pl.DataFrame:
        """Return the rows of some days of one partition."""
        if not wanted:
            return columns(np.zeros(0, RECORD))
        records = np.memmap(self._file(wanted[0].number), RECORD, mode="r")
        days = np.array([facts.day_number for facts in wanted])
        return columns(records[np.isin(records["received_day"], days)])

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:02}"
