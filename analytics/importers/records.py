"""JSON records as a table: the records of an API's answer, or the annotations inside tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from analytics.model.errors import UnreadableFile

_INNER = ("annotations", "answers", "Assignments", "results")  # lists of attempts, in files of known tools
_DEPTH = 3  # names are joined by points: completed_by.id


def table(file: str, text: str) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    """Return the names and the rows of the records in `text`; a row's number is the record's place, from 1.

    Raises:
        UnreadableFile: `text` is not JSON, or has no list of records.
    """
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnreadableFile(f"{file}: not valid JSON: {error}") from error
    flat = [dict(_flatten(record, "", _DEPTH)) for record in _records(document)]
    names = tuple(dict.fromkeys(name for record in flat for name in record))
    if not names:
        raise UnreadableFile(f"{file}: no list of records in this JSON file")
    return names, [(place, [record.get(name, "") for name in names]) for place, record in enumerate(flat, 1)]


def _records(document: object) -> list[Mapping[str, Any]]:
    """Return the attempts of a document: for each record its inner list, or the record itself."""
    if isinstance(document, Mapping):
        inner = next((document[name] for name in _INNER if isinstance(document.get(name), list)), None)
        return [] if inner is None else _records(inner)
    if not isinstance(document, list):
        return []
    records = [record for record in document if isinstance(record, Mapping)]
    if any(isinstance(record.get(name), list) for record in records for name in _INNER):
        return [inner for record in records for inner in _records(record)]
    return records


def _flatten(record: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            if depth > 1:
                yield from _flatten(value, f"{name}.", depth - 1)
        elif isinstance(value, bool):
            yield name, str(value).lower()
        elif isinstance(value, str | int | float):
            yield name, str(value)
