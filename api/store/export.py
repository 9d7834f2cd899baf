"""Raw rows leave PostgreSQL here, once: COPY to a spool file, then the estimator's frame.

Only the highest revision of each record leaves. The statement that touches raw rows is keyed by `client_key`;
what belongs to contributors and clients is joined afterwards, in memory.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from analytics.observations import RAW
from api.store import codes

if TYPE_CHECKING:
    from api.store.database import Database

COPY_SECONDS = 3600.0  # a hundred million rows on a slow disk
OBSERVATIONS = """
SELECT DISTINCT ON (client_key, id)
    client_key, task_key, contributor, reward_micros, reward_per AS reward_per_code, units, paid_micros,
    currency,    active_seconds, open_seconds, limit_seconds, estimate_seconds, outcome AS outcome_code,
    (extract(epoch FROM claimed_hour) * 1000000)::bigint AS claimed_micros,
    decided_on - DATE '1970-01-01' AS decided_day, received_on - DATE '1970-01-01' AS received_day
FROM intake.observations
ORDER BY client_key, id, revision DESC
"""
CONTRIBUTORS = "SELECT number AS contributor, origin AS origin_code, country FROM intake.contributors"
CLIENTS = "SELECT client_key, platform, client_id, client_name FROM intake.clients ORDER BY client_key"
TASKS = "SELECT client_key, task_key, task_id, title FROM intake.tasks ORDER BY client_key, task_key"

_INT, _REAL, _TEXT = pl.Int64(), pl.Float64(), pl.String()
_OBSERVATION_TYPES: dict[str, pl.DataType] = {
    "client_key": _INT,
    "task_key": _INT,
    "contributor": _INT,
    "reward_micros": _INT,
    "reward_per_code": _TEXT,
    "units": pl.Int32(),
    "paid_micros": _INT,
    "currency": _TEXT,
    "active_seconds": _REAL,
    "open_seconds": _REAL,
    "limit_seconds": _REAL,
    "estimate_seconds": _REAL,
    "outcome_code": _TEXT,
    "claimed_micros": _INT,
    "decided_day": pl.Int32(),
    "received_day": pl.Int32(),
}
_CONTRIBUTOR_TYPES: dict[str, pl.DataType] = {"contributor": _INT, "origin_code": _TEXT, "country": _TEXT}
_CLIENT_TYPES: dict[str, pl.DataType] = {
    "client_key": _INT,
    "platform": _TEXT,
    "client_id": _TEXT,
    "client_name": _TEXT,
}
_TASK_TYPES: dict[str, pl.DataType] = {"client_key": _INT, "task_key": _INT, "task_id": _TEXT, "title": _TEXT}


class Exported(NamedTuple):
    """Everything that a release is made of, as of one instant of the database."""

    observations: pl.DataFrame  # in the shape of analytics.observations.RAW
    clients: pl.DataFrame
    tasks: pl.DataFrame


async def export(db: Database, spool: Path) -> Exported:
    """All raw rows and names, through files in the folder `spool` that are gone when this returns."""
    async with db.transaction(isolation="repeatable_read", readonly=True):
        with tempfile.TemporaryDirectory(prefix="export-", dir=spool) as folder:
            place = Path(folder)
            rows = await _frame(db, OBSERVATIONS, place / "observations.csv", _OBSERVATION_TYPES)
            people = await _frame(db, CONTRIBUTORS, place / "contributors.csv", _CONTRIBUTOR_TYPES)
            clients = await _frame(db, CLIENTS, place / "clients.csv", _CLIENT_TYPES)
            tasks = await _frame(db, TASKS, place / "tasks.csv", _TASK_TYPES)
    return Exported(raw(rows, people, clients), clients, tasks)


async def _frame(db: Database, query: str, path: Path, types: dict[str, pl.DataType]) -> pl.DataFrame:
    await db.copy_from_query(query, output=path, format="csv", header=True, timeout=COPY_SECONDS)
    frame = pl.read_csv(path, schema=types)
    path.unlink()
    return frame


def raw(rows: pl.DataFrame, people: pl.DataFrame, clients: pl.DataFrame) -> pl.DataFrame:
    """Rows with their words again: the frame `analytics.observations.RAW`, in the rows' order."""
    joined = rows.join(people, on="contributor", how="inner", maintain_order="left").join(
        clients.select("client_key", "platform"), on="client_key", how="inner", maintain_order="left"
    )
    return joined.with_columns(
        _word("origin_code", codes.ORIGIN).alias("origin"),
        _word("reward_per_code", codes.REWARD_PER).alias("reward_per"),
        _word("outcome_code", codes.OUTCOME).alias("outcome"),
        pl.col("claimed_micros").cast(pl.Datetime("us", "UTC")).alias("claimed_hour"),
        pl.col("decided_day").cast(pl.Date).alias("decided_on"),
        pl.col("received_day").cast(pl.Date).alias("received_on"),
    ).select(pl.col(name).cast(kind) for name, kind in RAW.items())


def _word(column: str, known: dict[str, bytes]) -> pl.Expr:
    return pl.col(column).replace_strict(codes.letters(known), return_dtype=pl.String)
