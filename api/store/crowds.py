"""An invented crowd of any size, copied into an empty database block by block; nothing is read back."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date

import numpy as np
import polars as pl

from analytics.simulation.crowd import TIMED_BY
from api.errors import CannotStart
from api.store import codes
from api.store.database import Database
from api.store.rows import ClientRow, ObservationRow, TaskRow, version_number

COPY_SECONDS = 600.0  # of one block
IS_EMPTY = """
SELECT NOT EXISTS (SELECT FROM intake.contributors) AND NOT EXISTS (SELECT FROM intake.clients)
"""
_HEX = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), np.uint16)


async def refuse_unless_empty(db: Database) -> None:
    """Require an empty database, so that invented data never mix with other data.

    Raises:
        CannotStart: The database holds contributors or clients already.
    """
    if not await db.fetchval(IS_EMPTY):
        raise CannotStart("this database holds rows already: simulate into an empty one (another --data)")


async def add_workers(db: Database, workers: Iterable[pl.DataFrame], enrolled_on: date) -> None:
    """Insert all workers with their own numbers; columns `contributor`, `country`."""
    for block in workers:
        number = block["contributor"]
        rows = block.select(
            number=number,
            id=_uuids(np.zeros(len(number), np.uint64), number.to_numpy().astype(np.uint64)),
            enrolled_on=pl.lit(enrolled_on),
            origin=pl.lit(codes.ORIGIN["crowd"].decode()),
            country=pl.col("country"),
        )
        await _copy(db, "contributors", rows)


async def add_names(db: Database, clients: Iterable[pl.DataFrame], tasks: Iterable[pl.DataFrame]) -> None:
    """Insert clients and tasks, in the columns of their tables."""
    for block in clients:
        await _copy(db, "clients", block.select(ClientRow._fields))
    for block in tasks:
        await _copy(db, "tasks", block.select(TaskRow._fields))


async def add_rows(db: Database, block: pl.DataFrame) -> None:
    """Insert observations in the shape RAW, with `id_high` and `id_low`."""
    word = {"reward_per": codes.REWARD_PER, "outcome": codes.OUTCOME}
    rows = block.select(
        *(pl.col(name).cast(pl.String).replace_strict(_letters(known)) for name, known in word.items()),
        pl.col("client_key", "task_key", "reward_micros", "paid_micros", "contributor", "units", "currency"),
        pl.col("active_seconds", "open_seconds", "limit_seconds", "estimate_seconds", "decided_on", "received_on"),
        id=_uuids(block["id_high"].to_numpy(), block["id_low"].to_numpy()),
        claimed_hour=pl.col("claimed_hour").dt.epoch("s") // 3600,
        revision=pl.lit(1),
        pack_version=pl.lit(1),
        timer=pl.lit(codes.TIMER["focus"].decode()),
        **dict.fromkeys(("cap_seconds", "paid_seconds", "pay_kind"), pl.lit(None)),
        extension_version=pl.lit(version_number(TIMED_BY)),
    )
    await _copy(db, "observations", rows.select(ObservationRow._fields))


def _letters(known: dict[str, bytes]) -> dict[str, str]:
    return {word: letter.decode() for word, letter in known.items()}


def _uuids(high: np.ndarray, low: np.ndarray) -> pl.Series:
    """Return 32 hex digits for each pair of 64-bit numbers."""
    both = np.stack([high, low], axis=1).astype(">u8")
    digits = _HEX[both.view(np.uint8)].view("S32").ravel()
    return pl.Series(digits.astype("U32").tolist(), dtype=pl.String)


async def _copy(db: Database, table: str, rows: pl.DataFrame) -> None:
    source = io.BytesIO(rows.write_csv(include_header=False).encode())
    await db.copy_to_table(
        table, schema_name="intake", columns=rows.columns, source=source, format="csv", timeout=COPY_SECONDS
    )
