"""From a file on disk to cells of text: .csv, .tsv, either of them gzipped, as platforms and spreadsheets
leave them.

Survives a byte-order mark, LF, CRLF or bare CR, all or minimal quoting, ragged rows and unnamed columns. What
it cannot survive (a file cut short, not text, too large) is one clear error. What the cells mean is the
formats' business.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analytics.model.errors import UnreadableFile

MAX_BYTES = 256 * 1024 * 1024  # unpacked; a hundred times the largest export seen, and still fits a small laptop
MAX_CELL_CHARACTERS = 4 * 1024 * 1024  # whole web pages are pasted into input columns
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE_ENDS = ("\n", "\r")


@dataclass(frozen=True)
class Sheet:
    """A file's text, with the names of its first row: folded to lower case without blanks, and their
    place.
    """

    file: str
    text: str
    delimiter: str
    places: dict[str, int]
    width: int


def open_sheet(path: Path) -> Sheet:
    """Read `path` and its header.

    Raises:
        UnreadableFile: missing, a folder, too large, cut short, damaged, empty, or not text.
    """
    text = _text(path, _bytes(path))
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    if not first:
        raise UnreadableFile(f"{path.name}: the file is empty")
    delimiter = max(",\t;", key=first.count)
    header = next((row for row in _rows(path.name, text, delimiter) if any(row)), None)
    if header is None:  # lines of quotes and delimiters only
        raise UnreadableFile(f"{path.name}: the file is empty")
    names = [name.strip().lower() for name in header]
    places = {name: place for place, name in reversed(list(enumerate(names))) if name}
    return Sheet(path.name, text, delimiter, places, len(header))


def cells(sheet: Sheet, names: Sequence[str]) -> pl.DataFrame:
    """The columns `names` of every row below the header, as trimmed text; an absent column or cell, or a
    blank one, is null.

    Rows without anything in them are no rows.

    Raises:
        UnreadableFile: the file ends in the middle of a row.
    """
    absent = sheet.width + 1
    places = [sheet.places.get(name, absent) for name in names]
    read: list[tuple[str | None, ...]] = []
    widths: list[int] = []
    rows = (row for row in _rows(sheet.file, sheet.text, sheet.delimiter) if any(row))
    next(rows)
    for row in rows:
        width = len(row)
        widths.append(width)
        read.append(tuple(row[place].strip() or None if place < width else None for place in places))
    usual = min(widths[:-1], default=sheet.width - 2)  # untouched exports lack the last two cells of a row
    if widths and widths[-1] < usual and not sheet.text.endswith(_LINE_ENDS):
        raise UnreadableFile(f"{sheet.file}: the file is cut short: its last row has {widths[-1]} of {usual} cells")
    return pl.DataFrame(read, schema=dict.fromkeys(names, pl.String), orient="row")


def _bytes(path: Path) -> bytes:
    """The file's bytes, unpacked, or the reason why not."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            data = (gzip.GzipFile(fileobj=file) if packed else file).read(MAX_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(f"{path.name}: the gzip file is cut short or damaged") from error
    except OSError as error:
        raise UnreadableFile(f"{path.name}: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"{path.name}: more than {MAX_BYTES // 1024**2} MiB unpacked; split it")
    return data


def _text(path: Path, data: bytes) -> str:
    if data.startswith(b"PK\x03\x04"):
        raise UnreadableFile(f"{path.name}: a zip archive or a spreadsheet; unpack it, or save it as CSV")
    if data.startswith(_UTF16_MARKS):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:65_536]:
        raise UnreadableFile(f"{path.name}: not a text file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what spreadsheets on Windows write


def _rows(file: str, text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        if "end of data" in str(error):
            raise UnreadableFile(f"{file}: the file is cut short: it ends inside a quoted cell") from error
        raise UnreadableFile(f"{file}: line {reader.line_num}: {error}") from error
