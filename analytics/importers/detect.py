"""Which kind of export a file is, by its header, and the one way to read any of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from analytics.importers import figure_eight, mturk, prolific, toloka
from analytics.importers.attempts import Reading
from analytics.importers.formats import Format, Origin, source_of
from analytics.importers.pay import PayRule, pay_for
from analytics.importers.source import Sheet, cells, open_sheet
from analytics.model.errors import UnknownFormat

FORMATS = (mturk.FORMAT, figure_eight.FORMAT, prolific.FORMAT, toloka.FORMAT)
_READ = "MTurk batch results, Figure Eight full reports, Prolific exports and Toloka pool results"
_OTHERS = {  # one telling column each, so that the refusal can say what the file is
    "a Prolific export without its times": {"completion code", "submission id", "time_taken"},
    "a Toloka export without its times": {"assignment:assignment_id"},
    "an aggregated Figure Eight report, without times": {"_trusted_judgments", "_last_judgment_at"},
}


def detect(sheet: Sheet) -> Format:
    """The format whose marks `sheet` bears.

    Raises:
        UnknownFormat: none; the text says what the file looks like instead.
    """
    names = sheet.places.keys()
    for known in FORMATS:
        if any(marks <= names for marks in known.marks):
            return known
    looks = next((f"looks like {kind}" for kind, marks in _OTHERS.items() if marks & names), "not an export known here")
    raise UnknownFormat(f"{sheet.file}: {looks}; what can be read: {_READ}")


def read(path: Path, pays: Sequence[PayRule] = (), source: str | None = None) -> Reading:
    """Every attempt in the file at `path`, and what was left out. `source` stands in for the one the name
    tells.

    Raises:
        UnreadableFile, UnknownFormat: nothing can be had from this file.
    """
    sheet = open_sheet(path)
    known = detect(sheet)
    spellings = [name for names in known.columns.values() for name in names]
    found = cells(sheet, spellings)
    words = found.select(pl.coalesce(*names).alias(word) for word, names in known.columns.items())
    origin = Origin(sheet.file, source or source_of(sheet.file), pay_for(sheet.file, pays))
    made = known.attempts(words, origin)
    return Reading(sheet.file, known.name, origin.source, made.frame, found.height, made.left_out, made.notes)
