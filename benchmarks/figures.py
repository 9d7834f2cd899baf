"""A measured figure with its limit and its target, and the table of all figures. Pure."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

MEETS: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le, "=": operator.eq}
COLUMNS = ("measured", "value", "unit", "against", "target", "")


class Target(Struct, frozen=True):
    """The bound of a figure."""

    sign: Literal[">=", "<=", "="]
    value: float

    def __str__(self) -> str:
        return f"{self.sign} {shown(self.value)}"


class Figure(Struct, frozen=True):
    """One measured value. `against` names the limit measured in the same run."""

    name: str
    value: float
    unit: str
    against: str = ""
    target: Target | None = None

    @property
    def is_met(self) -> bool:
        """True if the target is reached, or there is none."""
        return self.target is None or MEETS[self.target.sign](self.value, self.target.value)


def at_least(value: float) -> Target:
    return Target(">=", value)


def at_most(value: float) -> Target:
    return Target("<=", value)


def exactly(value: float) -> Target:
    return Target("=", value)


def shown(value: float) -> str:
    """Return three significant digits, with thousands separators."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(figures: Sequence[Figure]) -> str:
    """Return all figures as a Markdown table that is also readable as plain text."""
    lines = [COLUMNS, *(_cells(figure) for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    rows = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    return "\n".join([rows[0], "| " + " | ".join("-" * width for width in widths) + " |", *rows[1:]])


def _cells(figure: Figure) -> tuple[str, ...]:
    verdict = "" if figure.target is None else "met" if figure.is_met else "MISSED"
    return (
        figure.name,
        shown(figure.value),
        figure.unit,
        figure.against,
        str(figure.target) if figure.target else "",
        verdict,
    )


def as_json(figures: Iterable[Figure], machine: str) -> bytes:
    """Return `{"machine": ..., "rows": [{name, value, unit, against, target, met}]}`."""
    rows = [
        {
            "name": figure.name,
            "value": figure.value,
            "unit": figure.unit,
            "against": figure.against or None,
            "target": str(figure.target) if figure.target else None,
            "met": figure.is_met,
        }
        for figure in figures
    ]
    return msgspec.json.format(msgspec.json.encode({"machine": machine, "rows": rows}), indent=1)
