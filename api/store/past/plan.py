"""Which days leave PostgreSQL together, and which files are written again. Pure.

Small days of one month share a file; a large day has a file for each bucket of its contributors. Late revisions of a
past day wait in PostgreSQL until they are a twentieth of its rows, or a month old.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

FILE_ROWS = 65_536  # some three megabytes
FILES_AT_ONCE = 16  # of a large day, in one transaction
LATE_SHARE = 20  # one late row in so many of the file
LATE_DAYS = 30


class Waiting(NamedTuple):
    """The rows of one day in PostgreSQL, and the day of arrival of the first of them."""

    rows: int
    oldest: date


class File(NamedTuple):
    """One file: the rows of some days of the contributors of one bucket."""

    number: int
    first_day: date
    last_day: date
    bucket: int
    buckets: int
    rows: int
    bytes: int
    name: str
    sha256: str
    e_tag: str  # of the object; while it and the size are the same, its bytes are


@dataclass(frozen=True)
class Move:
    """Days and buckets whose rows are written to new files, together with those of the files `replaced`."""

    first_day: date
    last_day: date
    buckets: int
    numbers: tuple[int, ...]
    replaced: tuple[File, ...] = ()

    @classmethod
    def of(cls, file: File) -> Move:
        """Return the move that writes `file` again with the rows of its days that are in PostgreSQL."""
        return cls(file.first_day, file.last_day, file.buckets, (file.bucket,), (file,))


@dataclass
class _Run:
    """Small days of one month, and the file that they join."""

    first: date
    last: date
    rows: int
    base: File | None = None

    def move(self) -> Move:
        first = self.first if self.base is None else self.base.first_day
        return Move(first, self.last, 1, (0,), () if self.base is None else (self.base,))


def moves(
    files: Sequence[File], waiting: Mapping[date, Waiting], today: date, file_rows: int = FILE_ROWS
) -> Iterator[Move]:
    """Yield what to write: first the files with enough late rows, then the days that leave for the first time."""
    late: dict[tuple[date, date], list[Waiting]] = defaultdict(list)
    fresh: dict[date, int] = {}
    spans = sorted({(file.first_day, file.last_day) for file in files})
    for day, one in sorted(waiting.items()):
        span = next((span for span in spans if span[0] <= day <= span[1]), None)
        if span is None:
            fresh[day] = one.rows
        else:
            late[span].append(one)
    again = {span for span, some in late.items() if _is_due(span, some, files, today)}
    for span in sorted(again):
        yield from _again(span, [file for file in files if (file.first_day, file.last_day) == span])
    unchanged = [file for file in files if (file.first_day, file.last_day) not in again]
    yield from _fresh(unchanged, spans, fresh, file_rows)


def _again(span: tuple[date, date], files: Sequence[File]) -> Iterator[Move]:
    """Yield the files of a span, and the buckets that have none: they had no rows, or a crash came before them."""
    yield from (Move.of(file) for file in files)
    buckets = files[0].buckets
    without = sorted(set(range(buckets)) - {file.bucket for file in files})
    for start in range(0, len(without), FILES_AT_ONCE):
        yield Move(*span, buckets, tuple(without[start : start + FILES_AT_ONCE]))


def _is_due(span: tuple[date, date], some: Sequence[Waiting], files: Sequence[File], today: date) -> bool:
    held = sum(file.rows for file in files if (file.first_day, file.last_day) == span)
    oldest = min(one.oldest for one in some)
    return sum(one.rows for one in some) * LATE_SHARE >= held or oldest <= today - timedelta(days=LATE_DAYS)


def _fresh(
    files: Sequence[File], spans: Sequence[tuple[date, date]], fresh: Mapping[date, int], file_rows: int
) -> Iterator[Move]:
    run: _Run | None = None
    before: date | None = None
    for day, rows in fresh.items():
        if run is not None and not _fits(run, day, rows, spans, file_rows):
            yield run.move()
            run = None
        if rows > file_rows:
            if run is not None:
                yield run.move()
                run = None
            yield from _large(day, rows, file_rows)
        elif run is None:
            run = _begun(files, [span for span in spans if before is None or span[1] > before], (day, rows), file_rows)
        else:
            run.last, run.rows = day, run.rows + rows
        before = day
    if run is not None:
        yield run.move()


def _fits(run: _Run, day: date, rows: int, spans: Sequence[tuple[date, date]], file_rows: int) -> bool:
    is_between = any(run.last < span[0] <= day for span in spans)
    return (run.first.year, run.first.month) == (day.year, day.month) and (
        run.rows + rows <= file_rows and not is_between
    )


def _begun(files: Sequence[File], spans: Sequence[tuple[date, date]], first: tuple[date, int], file_rows: int) -> _Run:
    """Return a run that joins the file before it, if there is room in one of the same month."""
    day, rows = first
    before = max((span for span in spans if span[1] < day), default=None)
    base = next((file for file in files if (file.first_day, file.last_day) == before), None)
    if base is None or base.buckets > 1 or base.rows + rows > file_rows:
        return _Run(day, day, rows)
    is_same_month = (base.last_day.year, base.last_day.month) == (day.year, day.month)
    return _Run(day, day, base.rows + rows, base) if is_same_month else _Run(day, day, rows)


def _large(day: date, rows: int, file_rows: int) -> Iterator[Move]:
    buckets = 1 << (-(-rows // file_rows) - 1).bit_length()
    for start in range(0, buckets, FILES_AT_ONCE):
        yield Move(day, day, buckets, tuple(range(start, min(start + FILES_AT_ONCE, buckets))))
