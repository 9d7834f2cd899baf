"""Temporary files of exported rows, one a partition, which are then read by day.

Memory holds one block of rows, however many are exported.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from obstore.store import ObjectStore

from api.store.binary import Reader
from api.store.database import Database, closing_on_failure
from api.store.past import files
from api.store.past import rows as past_rows
from api.store.past.plan import File
from api.store.records import RECORD, ROWS, Facts, columns

COPY_SECONDS = 3600.0  # a hundred million rows on a slow disk
PAST = f"SELECT {files.COLUMNS} FROM intake.past_files WHERE pieces && $1::bigint[] ORDER BY number"
BLOCK_ROWS = 500_000  # some 100 MB while they are sorted


class Scratch:
    """Temporary files in `folder`, which the caller deletes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def fill(self, db: Database, place: ObjectStore, wanted: Sequence[Facts]) -> None:
        """Export every row of the partitions and days `wanted`, from PostgreSQL and from the files of past days.

        Raises:
            LostRows: A file of past days is missing or damaged.
        """
        if not wanted:
            return
        await self._fill_past(db, place, [facts.piece for facts in wanted])
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

    async def _fill_past(self, db: Database, place: ObjectStore, wanted: Sequence[int]) -> None:
        for row in await db.fetch(PAST, wanted):
            await asyncio.to_thread(self._take_past, place, File(*row), set(wanted))

    def _take_past(self, place: ObjectStore, file: File, wanted: Collection[int]) -> None:
        found = past_rows.counted(files.read(place, file))
        some = found.filter(past_rows.pieces(found).is_in(list(wanted)))
        for (number,), part in some.partition_by("partition", as_dict=True, include_key=False).items():
            part.write_ipc(self._folder / f"{number:02}-past-{file.number}.arrow")

    def rows(self, wanted: Sequence[Facts]) -> pl.DataFrame:
        """Return the rows of some days of one partition."""
        if not wanted:
            return columns(np.zeros(0, RECORD))
        days = np.array([facts.day_number for facts in wanted])
        found = []
        if self._file(wanted[0].number).exists():
            records = np.memmap(self._file(wanted[0].number), RECORD, mode="r")
            found.append(columns(records[np.isin(records["received_day"], days)]))
        past = sorted(self._folder.glob(f"{wanted[0].number:02}-past-*.arrow"))
        found += [pl.read_ipc(path).filter(pl.col("received_day").is_in(days)) for path in past]
        return pl.concat(found)

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:02}"
