"""A chart with what says the same: its title, a sentence with the figures, and a table."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.reporting.charts.pictures import Picture


@dataclass(frozen=True)
class Figure:
    """One figure of a page or report. `name` is its anchor; `words` what a person who cannot see it is told; `cells`
    are rows of words, the first of each its heading. Without a picture the table stands alone; `note` says what
    to know when reading it.
    """

    name: str
    title: str
    words: str
    headings: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    picture: Picture | None = None
    note: str | None = None
