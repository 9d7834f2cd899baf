"""What a published table and its columns are: the shapes of the dictionary, and the operators of its filters.

Cross tables have at most two of the axes client, type, country and month, and never client and country together: a
client's people in one country are few, and somebody knows them. `AXES_NEVER_TOGETHER` and a test hold the tables to it.
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
    """One column: null stands for "not published", never for 0."""

    name: str
    type: ColumnType
    unit: str | None
    meaning: str

    @property
    def filters(self) -> tuple[Operator, ...]:
        return OPERATORS[self.type]


class Table(Struct, frozen=True):
    """One table: `key` are the columns that tell its rows apart, in the order in which rows are stored; `axes` the
    ways in which it splits a platform's people (a task belongs to its client: it is no axis of its own).
    """

    name: str
    meaning: str
    disclosure: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    axes: tuple[Axis, ...] = ()

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)
