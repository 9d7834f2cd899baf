"""Tables as bytes: CSV, JSON, Parquet and Arrow. The same frame gives the same bytes.

A spreadsheet would run a CSV text cell that begins like a formula. A text that begins with one of = + - @, a tab, a
line end or an apostrophe therefore gets an apostrophe in front. `from_csv` removes one leading apostrophe again.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
import polars as pl

from analytics.model.table import Table

Format = Literal["csv", "json", "parquet", "arrow"]
FORMATS: tuple[Format, ...] = ("csv", "json", "parquet", "arrow")
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
POLARS_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "date": pl.Date(),
}
FORMULA_START = r"^(?P<start>[=+\-@\t\r\n'])"


def schema(table: Table) -> dict[str, pl.DataType]:
    """Return the columns of a published table as polars types."""
    return {column.name: POLARS_TYPES[column.type] for column in table.columns}


def completed(frame: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    """Add to `frame`, read from a release, the columns that its table gained since then, all null."""
    stored, current = frame.collect_schema(), schema(table)
    later = [pl.lit(None, kind).alias(column) for column, kind in current.items() if column not in stored]
    return frame.with_columns(later).select(list(current)) if later else frame


def encode(frame: pl.DataFrame, form: Format) -> bytes:
    """Return `frame` as the bytes of a whole file."""
    buffer = io.BytesIO()
    if form == "csv":
        neutralised(frame).write_csv(buffer)
    elif form == "json":
        buffer.write(encode_rows(frame, {}))
    elif form == "parquet":
        frame.write_parquet(buffer, compression="zstd", statistics=True)
    else:
        frame.write_ipc_stream(buffer, compat_level=pl.CompatLevel.oldest())
    return buffer.getvalue()


def encode_rows(frame: pl.DataFrame, envelope: Mapping[str, Any]) -> bytes:
    """Return the JSON of `envelope` with the rows under "rows", one object a row."""
    return msgspec.json.encode({**envelope, "rows": frame.to_dicts()})


def neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before text cells that a spreadsheet would run."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    return frame.with_columns(pl.col(texts).str.replace(FORMULA_START, "'${start}"))


def from_csv(content: bytes, table: Table) -> pl.DataFrame:
    """Return the rows that `encode` wrote as CSV."""
    frame = pl.read_csv(content, schema=schema(table))
    return frame.with_columns(pl.col(pl.String).str.strip_prefix("'"))
