"""Detection of an export's format by its header, and reading of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from analytics.importers import figure_eight, labelling_tools, ledger, mturk, prolific, toloka
from analytics.importers.attempts import Reading
from analytics.importers.formats import Format, Origin, source_of
from analytics.importers.pay import PayRule, pay_for
from analytics.importers.source import Sheet, cells, open_sheet
from analytics.model.errors import UnknownFormat

FORMATS = (
    mturk.TURKLE,  # before MTurk, whose columns it has too
    mturk.FORMAT,
    figure_eight.FORMAT,
    prolific.FORMAT,
    toloka.FORMAT,
    labelling_tools.LABEL_STUDIO,
    labelling_tools.GROUND_TRUTH,
    ledger.FORMAT,
)
OLD_NAMES = {old: known.name for known in FORMATS for old in known.old_names}
READABLE = ", ".join(known.title for known in FORMATS)
_OTHERS: Mapping[
    str, Sequence[Sequence[str]]
] = {  # columns that identify an unreadable export, so that the message can name it
    "a worker's own Prolific history, which the extension imports": [("study", "reward", "started at")],
    "a Prolific export without its times": [("completion code",), ("submission id",), ("time_taken",)],
    "a Toloka export without its times": [("assignment:assignment_id",)],
    "an aggregated Figure Eight report, without times": [("_trusted_judgments",), ("_last_judgment_at",)],
    "an MTurk export without its times": [("assignmentstatus",)],
}
_MOST_NAMES = 8


def platform_name(name: str) -> str:
    """Return the current name of a platform, from it or an old name."""
    plain = name.strip().lower()
    return OLD_NAMES.get(plain, plain)


def old_names() -> str:
    """Return each old name with its current one, for error messages."""
    return ", ".join(f"{old} is {name}" for old, name in sorted(OLD_NAMES.items()))


def detect(sheet: Sheet) -> Format:
    """Return the format whose marks `sheet` has.

    Raises:
        UnknownFormat: no format fits; the text describes the file instead.
    """
    for known in FORMATS:
        if has_any(sheet, known.marks):
            return known
    looks = next((f"looks like {kind}" for kind, marks in _OTHERS.items() if has_any(sheet, marks)), None)
    names = ", ".join(name[:40] for name in sheet.names[:_MOST_NAMES] if name)
    columns = f"not a known export; its columns begin {names!r}" if looks is None else looks
    raise UnknownFormat(f"{sheet.file}: {columns}; readable are: {READABLE}")


def has_any(sheet: Sheet, marks: Iterable[Iterable[str]]) -> bool:
    """Return True if the file has all columns of one of `marks`."""
    return any(all(sheet.has([mark]) for mark in every) for every in marks)


def read(path: Path, pays: Sequence[PayRule] = (), source: str | None = None) -> Reading:
    """Return every attempt in the file at `path`, and what was left out. `source` replaces the one in the name.

    Raises:
        UnreadableFile, UnknownFormat: the file cannot be read.
    """
    sheet = open_sheet(path)
    known = detect(sheet)
    found = cells(sheet, known.columns)
    origin = Origin(sheet.file, source or source_of(sheet.file), pay_for(sheet.file, pays))
    made = known.attempts(found, origin)
    return Reading(
        file=sheet.file,
        format=known.name,
        source=origin.source,
        frame=made.frame,
        rows_read=found.frame.height,
        left_out=made.left_out,
        notes=made.notes,
        examples=made.examples,
        unknown_words=made.unknown_words,
        is_pay_used=made.is_pay_used,
        unit=known.unit,
    )
