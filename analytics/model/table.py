"""The shapes of the dictionary: published tables, their columns, and the operators of their filters.

Cross tables have at most two of the axes client, type, country and month, and never client and country together. A
client's workers in one country are few, and people who know them could recognise them. `AXES_NEVER_TOGETHER` and a test
enforce this.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ColumnType = Literal["text", "integer", "number", "date"]
Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "contains", "null"]

COMPARISONS: tuple[Operator, ...] = ("eq", "ne", "lt", "le", "gt", "ge", "in", "null")
OPERATORS: dict[ColumnType, tuple[Operator, ...]] = {
    "text": (*COMPARISONS, "contains"),
    "integer": COMPARISONS,
    "number": COMPARISONS,
    "date": COMPARISONS,
}

Axis = Literal["client", "type", "country", "month"]
MOST_AXES = 2  # of a cross table
AXES_NEVER_TOGETHER: tuple[frozenset[Axis], ...] = (frozenset({"client", "country"}),)


class Column(Struct, frozen=True):
    """One column; null means "not published", never 0."""

    name: str
    type: ColumnType
    unit: str | None
    meaning: str

    @property
    def filters(self) -> tuple[Operator, ...]:
        return OPERATORS[self.type]


class Table(Struct, frozen=True):
    """One table. `key` lists the columns that identify its rows, in the order of storage.

    `axes` lists the ways in which it splits a platform's people. A task belongs to its client, so it is no separate
    axis.
    """

    name: str
    meaning: str
    disclosure: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    axes: tuple[Axis, ...] = ()

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)
