"""Removal and counting of fields that a newer sender adds. Known fields keep their rules."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec
from msgspec import Struct


class Known(NamedTuple):
    """The known part of an item, and the number of fields left out."""

    item: Any
    unknown: int


def known_part(given: object, kind: type[Struct]) -> Known:
    """Return `given` with only the fields of `kind`, also in nested objects."""
    if not isinstance(given, dict):
        return Known(given, 0)
    inner = _fields(kind)
    item: dict[str, Any] = {}
    unknown = 0
    for name, value in given.items():
        if name not in inner:
            unknown += 1
            continue
        within = inner[name]
        part = Known(value, 0) if within is None else known_part(value, within)
        item[name] = part.item
        unknown += part.unknown
    return Known(item, unknown)


@lru_cache(maxsize=50)
def _fields(kind: type[Struct]) -> dict[str, type[Struct] | None]:
    """Return the fields of `kind`, each with the type of its nested object, if it has one."""
    hints = get_type_hints(kind)
    return {field.name: _struct_in(hints[field.name]) for field in msgspec.structs.fields(kind)}


def _struct_in(hint: object) -> type[Struct] | None:
    choices = get_args(hint) or (hint,)
    return next((one for one in choices if isinstance(one, type) and issubclass(one, Struct)), None)
