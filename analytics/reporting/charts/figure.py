"""A chart with equivalents for people who cannot see it: a title, a sentence with the figures, and a table."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.reporting.charts.pictures import Picture


@dataclass(frozen=True)
class Figure:
    """One figure of a page or report. `name` is its anchor; `words` describe it to people who cannot see it.

    `cells` are rows of words, each row with its heading first. Without a picture only the table is shown. `note` is a
    hint for readers.
    """

    name: str
    title: str
    words: str
    headings: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    picture: Picture | None = None
    note: str | None = None
