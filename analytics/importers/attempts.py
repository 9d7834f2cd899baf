"""The frame of attempts: the common shape of all exports, and the counts of what was left out.

One row is one attempt by one worker. It holds the exact times and the pseudonym of the file, so it stays in memory.
Everything stored or published from it is made elsewhere and has neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from analytics.importers.times import INSTANT

Outcome = pl.Enum(["submitted", "approved", "rejected", "returned", "expired", "screened_out"])

ATTEMPTS: dict[str, pl.DataType] = {
    "platform": pl.String(),  # the slug the format belongs to
    "source": pl.String(),  # the client who posted the work, as far as the file name shows
    "file": pl.String(),  # its name, without folders
    "worker": pl.String(),  # as in the file; null where it has none
    "assignment": pl.String(),  # the platform's own id of the attempt, or null
    "task_title": pl.String(),
    "task_id": pl.String(),
    "reward_micros": pl.Int64(),  # USD, for the whole attempt; null if neither file nor command line gives it
    "outcome": Outcome,  # null if the file does not give it
    "is_partly_paid": pl.Boolean(),  # approved for a part of the reward that the file does not state
    "accepted_at": INSTANT,
    "submitted_at": INSTANT,  # null if the file does not give the end of the attempt
    "decided_at": INSTANT,  # time of the final decision
    "limit_seconds": pl.Float64(),
    "units": pl.Int32(),
    "country": pl.String(),  # country of the worker, as the file writes it, or null
    "rows": pl.Int32(),  # rows of the file that this attempt was made of
    "line": pl.Int64(),  # of the file, where the first of them begins
}

DUPLICATE = "duplicate"
NO_END = "no_end"  # the file does not give the end of the attempt


@dataclass(frozen=True)
class Example:
    """One cell that caused a row to be left out, for a person to look at. Shown on the terminal, never stored."""

    file: str
    line: int | None
    column: str | None
    cell: str | None

    def words(self) -> str:
        """Return the example for people."""
        place = f"{self.file} line {self.line}" if self.line is not None else self.file
        return place if self.column is None else f"{place}, {self.column}: {self.cell or 'empty'}"


@dataclass(frozen=True)
class Reading:
    """One file, read. `left_out` counts rows not in `frame` by reason, `notes` unusual rows in it."""

    file: str
    format: str
    source: str
    frame: pl.DataFrame
    rows_read: int
    left_out: dict[str, int]
    notes: dict[str, int]
    examples: dict[str, Example] = field(default_factory=dict)
    unknown_words: dict[str, int] = field(default_factory=dict)
    is_pay_used: bool = False
    unit: str = "attempt"


@dataclass(frozen=True)
class Merged:
    """Several readings as one, with each attempt once. `rows_read` = `rows_used` + all of `left_out`."""

    files: tuple[str, ...]
    formats: tuple[str, ...]
    frame: pl.DataFrame
    rows_read: int
    left_out: dict[str, int]
    notes: dict[str, int]
    examples: dict[str, Example] = field(default_factory=dict)
    unknown_words: dict[str, int] = field(default_factory=dict)
    units: tuple[str, ...] = ()

    @property
    def rows_used(self) -> int:
        """Return the number of file rows in the attempts."""
        return int(self.frame["rows"].sum())


def merge(readings: Sequence[Reading]) -> Merged:
    """Return all attempts of `readings`, each once. For a batch that was downloaded twice, the later status applies."""
    frames = [reading.frame.with_columns(_download=pl.lit(n)) for n, reading in enumerate(readings)]
    empty = pl.DataFrame(schema={**ATTEMPTS, "_download": pl.Int32})
    frame = pl.concat([empty, *frames], how="vertical_relaxed").with_row_index("_place")
    kept = latest(frame)
    duplicates = int(frame["rows"].sum()) - int(kept["rows"].sum())
    counted = [reading.left_out for reading in readings]
    examples = {reason: example for one in reversed(readings) for reason, example in one.examples.items()}
    if duplicates:
        first = frame.filter(~pl.col("_place").is_in(kept["_place"].implode())).row(0, named=True)
        examples.setdefault(DUPLICATE, Example(first["file"], first["line"], None, None))
    return Merged(
        files=tuple(reading.file for reading in readings),
        formats=tuple(sorted({reading.format for reading in readings})),
        frame=kept.drop("_download", "_place"),
        rows_read=sum(reading.rows_read for reading in readings),
        left_out=_added([*counted, {DUPLICATE: duplicates}] if duplicates else counted),
        notes=_added([reading.notes for reading in readings]),
        examples=examples,
        unknown_words=_added([reading.unknown_words for reading in readings]),
        units=tuple(sorted({reading.unit for reading in readings})),
    )


def identity() -> pl.Expr:
    """Return the identity of an attempt: the platform's id of it, else worker, task and both times."""
    worked = pl.concat_str(
        pl.lit("worked"),
        "platform",
        "worker",
        pl.coalesce("task_id", "task_title", pl.lit("")),
        pl.col("accepted_at").dt.timestamp("us"),
        pl.col("submitted_at").dt.timestamp("us"),
        separator="\n",
    )
    return pl.coalesce(pl.concat_str(pl.lit("assignment"), "platform", "assignment", separator="\n"), worked)


def latest(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with each attempt once, in its order. Rows without any id all stay.

    Among duplicates the decided one stays, then the latest decision, then the page with more of its units, then the one
    from the larger download.
    """
    keyed = frame.with_row_index("_row").with_columns(_identity=identity(), _rows=pl.len().over("_download"))
    keyed = keyed.with_columns(pl.col("_identity").fill_null(pl.format("row\n{}", "_row")))
    ranked = keyed.sort(
        (pl.col("outcome") != "submitted").fill_null(False),
        "decided_at",
        "units",
        "_rows",
        "_download",
        "_row",
        nulls_last=False,
    )
    return ranked.unique("_identity", keep="last").sort("_row").drop("_row", "_identity", "_rows")


def _added(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for reason, rows in count.items():
            total[reason] = total.get(reason, 0) + rows
    return total
