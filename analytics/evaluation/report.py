"""Figures as a table for people: measured value and threshold, with the reason for every threshold not met."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.evaluation.figure import Figure

MARKS = {True: "ok", False: "NOT MET", None: ""}
HEADINGS = ("test", "what", "asked", "measured", "")


def table(figures: Sequence[Figure]) -> str:
    """Return one line a figure; open ones are marked."""
    lines = [HEADINGS, *(line(figure) for figure in figures)]
    widths = [max(len(row[place]) for row in lines) for place in range(len(HEADINGS))]
    return "\n".join("  ".join(padded(row, widths)).rstrip() for row in lines)


def line(figure: Figure) -> tuple[str, ...]:
    is_open = figure.measured is None
    measured = "open" if figure.measured is None else f"{figure.measured:g}"
    return figure.id, figure.name, figure.threshold, measured, "open" if is_open else MARKS[figure.passed]


def padded(row: tuple[str, ...], widths: Sequence[int]) -> list[str]:
    test, what, asked, measured, mark = row
    return [test.ljust(widths[0]), what.ljust(widths[1]), asked.ljust(widths[2]), measured.rjust(widths[3]), mark]


def verdict(figures: Sequence[Figure]) -> str:
    """Return the number of thresholds met, and every reason once."""
    asked = [figure for figure in figures if figure.passed is not None]
    missed = [figure for figure in asked if not figure.passed]
    opened = [figure for figure in figures if figure.measured is None]
    text = [f"{len(asked) - len(missed)} of {len(asked)} thresholds are met."]
    for reason in dict.fromkeys(figure.reason for figure in (*missed, *opened) if figure.reason):
        ids = ", ".join(figure.id for figure in (*missed, *opened) if figure.reason == reason)
        text.append(f"{ids}: {reason}")
    return "\n".join(text)
