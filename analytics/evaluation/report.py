"""Figures as a table for people: measured value and threshold, with the reason for every threshold not met."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.evaluation.figure import Figure

MARKS = {True: "ok", False: "NOT MET", None: ""}
PINNED = "not met, known"
HEADINGS = ("test", "what", "asked", "measured", "", "error", "seed", "counted")
SECOND_HEADINGS = ("second seeds", "", "error", "seed")
NUMBERS = (3, 5, 6, 8, 10, 11)  # places of columns that stand to the right


def table(figures: Sequence[Figure]) -> str:
    """Return one line a figure; open ones are marked. A second set of seeds stands to the right of the first."""
    is_double = any(figure.second for figure in figures)
    headings = (*HEADINGS, *SECOND_HEADINGS) if is_double else HEADINGS
    lines = [headings, *((*line(figure), *(second(figure.second) if is_double else ())) for figure in figures)]
    widths = [max(len(row[place]) for row in lines) for place in range(len(headings))]
    return "\n".join("  ".join(padded(row, widths)).rstrip() for row in lines)


def line(figure: Figure) -> tuple[str, ...]:
    sample = figure.sample
    counted = "" if sample is None else f"{sample.count:,} {sample.unit}"
    return figure.id, figure.name, figure.threshold, value(figure), mark(figure), error(figure), seed(figure), counted


def second(figure: Figure | None) -> tuple[str, ...]:
    return ("", "", "", "") if figure is None else (value(figure), mark(figure), error(figure), seed(figure))


def value(figure: Figure) -> str:
    return "open" if figure.measured is None else f"{figure.measured:g}"


def mark(figure: Figure) -> str:
    return "open" if figure.measured is None else PINNED if figure.is_pinned else MARKS[figure.passed]


def error(figure: Figure) -> str:
    found = None if figure.sample is None else figure.sample.standard_error
    return "" if found is None else f"{found:.2g}"


def seed(figure: Figure) -> str:
    return "" if figure.sample is None or figure.sample.seed is None else str(figure.sample.seed)


def padded(row: tuple[str, ...], widths: Sequence[int]) -> list[str]:
    return [
        text.rjust(width) if place in NUMBERS else text.ljust(width)
        for place, (text, width) in enumerate(zip(row, widths, strict=True))
    ]


def verdict(figures: Sequence[Figure]) -> str:
    """Return the number of thresholds met, the known misses with the bound each one keeps, and every reason once."""
    asked = [figure for figure in figures if figure.passed is not None]
    missed = [figure for figure in asked if not figure.passed]
    opened = [figure for figure in figures if figure.measured is None]
    text = [f"{len(asked) - len(missed)} of {len(asked)} thresholds are met."]
    again = [figure.second for figure in figures if figure.second is not None and figure.second.passed is not None]
    if again:
        text.append(f"With the second seeds {sum(bool(figure.passed) for figure in again)} of {len(again)} are met.")
    text += [f"{one.id} is a known miss: it keeps {one.pin}." for one in missed if one.is_pinned]
    for reason in dict.fromkeys(figure.reason for figure in (*missed, *opened) if figure.reason):
        ids = ", ".join(figure.id for figure in (*missed, *opened) if figure.reason == reason)
        text.append(f"{ids}: {reason}")
    return "\n".join(text)
