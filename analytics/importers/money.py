"""Amounts of US dollars as exports and spreadsheets write them, with a point or a comma before the cents.

All amounts of a column together decide the decimal mark. "0,005" and "1.200,50" show it; "1,200" and "1.200" do not. A
group of thousands never begins with 0. Amounts that remain ambiguous are left out rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

from analytics.model.units import MICROS

Mark = Literal[".", ","]
UNREADABLE = -1  # no amount; no amount is negative
AMBIGUOUS = -2  # an amount whose decimal mark stays unknown

_AMOUNT = re.compile(r"(?:US\$|USD|\$)?\s*([0-9][0-9.,'’\s]*|[.,][0-9]+)\s*(?:US\$|USD|\$)?")
_BLANK_GROUPS = re.compile(r"[1-9]\d{0,2}(?:['’\s]\d{3})+(?=$|[.,])")
_ONE_GROUP = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_LARGEST_DIGITS = 9
_FINEST_DIGITS = 6


def amounts(texts: Iterable[str]) -> Mapping[str, int]:
    """Return the USD micros of each text; `UNREADABLE` or `AMBIGUOUS` for texts that give none."""
    bodies = {text: _body(text) for text in texts}
    marks: set[Mark] = {mark for body in bodies.values() if body is not None and (mark := _mark(body)) is not None}
    usual = marks.pop() if len(marks) == 1 else None  # two marks in one column show nothing
    return {text: _micros(body, usual) for text, body in bodies.items()}


def _body(text: str) -> str | None:
    """Return the digits and marks of an amount, without its sign and blank groups."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    body = match.group(1).strip()
    groups = _BLANK_GROUPS.match(body)
    if groups is None:
        return body if re.fullmatch(r"[0-9.,]+", body) else None
    rest = body[groups.end() :]
    return re.sub(r"\D", "", groups.group()) + rest if re.fullmatch(r"(?:[.,]\d+)?", rest) else None


def _mark(body: str) -> Mark | None:
    """Return the decimal mark that `body` itself shows, or None."""
    points, commas = body.count("."), body.count(",")
    if points and commas:
        return "." if body.rfind(".") > body.rfind(",") else ","
    if points + commas != 1 or _ONE_GROUP.fullmatch(body):
        return None
    return "." if points else ","


def _micros(body: str | None, usual: Mark | None) -> int:
    if body is None:
        return UNREADABLE
    mark = _mark(body)
    if mark is None and _ONE_GROUP.fullmatch(body):
        if usual is None:
            return AMBIGUOUS
        mark = usual
    elif mark is None:  # no mark, or groups only
        mark = "," if "." in body else "."
    group = "," if mark == "." else "."
    whole, _, fraction = body.partition(mark)
    if not re.fullmatch(rf"\d*|[1-9]\d{{0,2}}(?:{re.escape(group)}\d{{3}})+", whole) or not re.fullmatch(
        r"\d*", fraction
    ):
        return UNREADABLE
    whole = whole.replace(group, "")
    if len(whole) > _LARGEST_DIGITS or len(fraction) > _FINEST_DIGITS or not whole + fraction:
        return UNREADABLE
    return int(Decimal(f"{whole or '0'}.{fraction or '0'}") * MICROS)
