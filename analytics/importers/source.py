"""Files on disk as named columns of text: tables (.csv, .tsv, .txt) and JSON records, either of them gzipped.

Tables may have a byte-order mark, LF, CRLF or bare CR, all or minimal quoting, quotes escaped by a backslash, a `sep=;`
line, ragged rows and unnamed columns. An unreadable file (cut short, not text, too large) gives one clear error.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path

import polars as pl

from analytics.importers import records
from analytics.model.errors import UnreadableFile

MAX_BYTES = 256 * 1024 * 1024  # unpacked; a hundred times the largest export seen, and still fits a small laptop
MAX_CELL_CHARACTERS = 4 * 1024 * 1024  # whole web pages are pasted into input columns
LINE = "line"  # the column of `cells` that holds the number of each row's first line
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAMPLE_BYTES = 65_536
_MOSTLY = 0.4  # of every second byte of UTF-16 text in Latin letters is NUL
_LINE_ENDS = ("\n", "\r")
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?\s*', re.I)
_QUOTED = re.compile(r'"[^"]*"')
_BLANKS = frozenset({"", "NA", "N/A", "#N/A", "NaN", "nan", "None", "NULL", "null"})  # of R, pandas, SQL, spreadsheets
_NO_LETTERS = re.compile(r"[\W_]+")
_R_PREFIX = re.compile(r"^x[._](?=[a-z])")  # R writes X_id for _id

Rows = Callable[[], Iterator[tuple[int, list[str]]]]


@dataclass(frozen=True)
class Sheet:
    """The column names of a file and its rows, each with the number of its first line (for records: its place)."""

    file: str
    names: tuple[str, ...]
    rows: Rows
    ends_whole: bool

    @cached_property
    def _places(self) -> dict[str, int]:
        """Return the first place of each name, in lower case."""
        return {name.lower(): place for place, name in reversed(list(enumerate(self.names))) if name}

    @cached_property
    def _folded_places(self) -> dict[str, int]:
        return {fold(name): place for name, place in self._places.items()}

    def place(self, spellings: Sequence[str]) -> list[int]:
        """Return the places of the columns with one of `spellings`: exact names, else equal but for punctuation."""
        places = [self._places[name] for name in spellings if name in self._places]
        if places:
            return places
        return [self._folded_places[fold(name)] for name in spellings if fold(name) in self._folded_places]

    def has(self, spellings: Sequence[str]) -> bool:
        """Return True if a column has one of `spellings`."""
        return bool(self.place(spellings))


@dataclass(frozen=True)
class Cells:
    """The wanted columns of a file: one text column a word, and the header of each."""

    frame: pl.DataFrame
    headers: Mapping[str, str]


def fold(name: str) -> str:
    """Return `name` without case and punctuation. A leading underscore stays: it marks a platform's own columns."""
    lower = _R_PREFIX.sub("_", name.lower())
    return ("_" if lower.startswith("_") else "") + _NO_LETTERS.sub("", lower)


def open_sheet(path: Path) -> Sheet:
    """Read `path` and its header.

    Raises:
        UnreadableFile: missing, a folder, too large, cut short, damaged, empty, or not text.
    """
    text = _text(path, _bytes(path))
    if text.lstrip()[:1] in ("[", "{"):
        names, rows = records.table(path.name, text)
        return Sheet(path.name, names, lambda: iter(rows), ends_whole=True)
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")
    if not first:
        raise UnreadableFile(f"{path.name}: the file is empty")
    separator = _SEPARATOR_LINE.fullmatch(first)
    if separator:
        delimiter = separator.group(1)
    else:
        unquoted = _QUOTED.sub("", first)
        delimiter = max(",\t;|", key=unquoted.count)
    table = _Table(path.name, text, delimiter, has_separator_line=separator is not None)
    header = next(table.lines(), None)
    if header is None:  # lines of quotes and delimiters only
        raise UnreadableFile(f"{path.name}: the file is empty")
    names = tuple(name.strip() for name in header[1])
    return Sheet(path.name, names, table.rows, text.endswith(_LINE_ENDS))


def cells(sheet: Sheet, columns: Mapping[str, Sequence[str]]) -> Cells:
    """Return the column of each word, by its spellings, as trimmed text; an absent or blank cell is null.

    Rows without any text are no rows.

    Raises:
        UnreadableFile: the file ends in the middle of a row.
    """
    places = {word: sheet.place(spellings) for word, spellings in columns.items()}
    wanted = sorted({place for found in places.values() for place in found})
    last = wanted[-1] if wanted else -1
    pick = itemgetter(*wanted, last) if wanted else lambda _: ()  # the last twice: one place alone gives no tuple
    read: list[tuple[str, ...]] = []
    lines: list[int] = []
    widths: list[int] = []
    for line, row in sheet.rows():
        width = len(row)
        widths.append(width)
        lines.append(line)
        read.append(pick(row) if width > last else pick(row + [""] * (last + 1 - width)))
    usual = min(widths[:-1], default=len(sheet.names) - 2)  # untouched exports lack the last two cells of a row
    if widths and widths[-1] < usual and not sheet.ends_whole:
        raise UnreadableFile(f"{sheet.file}: the file is cut short: its last row has {widths[-1]} of {usual} cells")
    texts = {place: _plain([row[number] for row in read]) for number, place in enumerate(wanted)}
    absent = pl.Series([None], dtype=pl.String).new_from_index(0, len(read))
    frame = pl.DataFrame(
        {LINE: pl.Series(lines, dtype=pl.Int64)}
        | {word: _first([texts[place] for place in found] or [absent]) for word, found in places.items()}
    )
    return Cells(frame, {word: sheet.names[found[0]] for word, found in places.items() if found})


def _plain(texts: Sequence[str]) -> pl.Series:
    stripped = map(str.strip, texts)
    return pl.Series([None if text in _BLANKS else text for text in stripped], dtype=pl.String)


def _first(columns: Sequence[pl.Series]) -> pl.Series:
    """Return the first text of each row."""
    found, *others = columns
    for other in others:
        found = found.zip_with(found.is_not_null(), other)
    return found


@dataclass(frozen=True)
class _Table:
    """The text of a delimited file."""

    file: str
    text: str
    delimiter: str
    has_separator_line: bool

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every row with any text, the header first, with the number of its first line."""
        return self._lines(escape=None)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows below the header. Backslash-escaped quotes are tried if plain reading fails."""
        found = self._lines(escape=self._escape())
        next(found)
        return found

    def _escape(self) -> str | None:
        if '\\"' not in self.text:
            return None
        try:
            for _ in self._lines(escape=None):
                pass
        except UnreadableFile:
            return "\\"
        return None

    def _lines(self, escape: str | None) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(MAX_CELL_CHARACTERS)
        reader = csv.reader(
            io.StringIO(self.text, newline=""),
            delimiter=self.delimiter,
            strict=True,
            escapechar=escape,
            doublequote=escape is None,
        )
        is_header = self.has_separator_line
        before = 0
        try:
            for row in reader:
                line, before = before + 1, reader.line_num
                if any(row):
                    if not is_header:
                        yield line, row
                    is_header = False
        except csv.Error as error:
            if "end of data" in str(error):
                raise UnreadableFile(f"{self.file}: the file is cut short: it ends inside a quoted cell") from error
            raise UnreadableFile(f"{self.file}: line {reader.line_num}: {error}") from error


def _bytes(path: Path) -> bytes:
    """Return the file's bytes, unpacked. Raises UnreadableFile with the reason."""
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
    sample = data[:_SAMPLE_BYTES]
    if b"\0" in sample:
        for encoding, start in (("utf-16-le", 1), ("utf-16-be", 0)):
            zeros = sample[start::2].count(0)
            if zeros > _MOSTLY * len(sample) / 2 and sample[1 - start :: 2].count(0) == 0:
                return data.decode(encoding, "replace")
        raise UnreadableFile(f"{path.name}: not a text file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # what spreadsheets on Windows write
