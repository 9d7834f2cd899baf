"""Content of a report before it becomes a page: sections of figures for people, and the same values for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analytics.reporting.charts.figure import Figure

Values = list[dict[str, Any]]
TOO_FEW = "Too few people: a figure would reveal something about one of them."


@dataclass(frozen=True)
class Section:
    """One question and its answer. `missing` is the reason for the absence of figures.

    `source` names the table in the literature that the section reproduces.
    """

    name: str
    title: str
    text: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    values: Values = field(default_factory=list)
    missing: str | None = None
    source: str | None = None

    def document(self) -> dict[str, Any]:
        """Return the section for machines."""
        fields = {"name": self.name, "title": self.title, "source": self.source, "missing": self.missing}
        return {**fields, "values": self.values}


@dataclass(frozen=True)
class Citation:
    """Data for citing and checking a report: its inputs and their hash."""

    what: str  # a release's id, or the files
    sha256: str
    method: str
    version: str
    licence: str
    request: str


@dataclass(frozen=True)
class Report:
    """One dated document. `as_of` is the day of its numbers; it holds no other date."""

    title: str
    scope: str
    as_of: date
    nature: str  # real, or demo: simulated
    policy: str
    citation: Citation
    sections: Sequence[Section]

    def document(self) -> dict[str, Any]:
        """Return the whole report for machines."""
        cite = self.citation
        return {
            "title": self.title,
            "scope": self.scope,
            "as_of": self.as_of.isoformat(),
            "nature": self.nature,
            "policy": self.policy,
            "source": cite.what,
            "sha256": cite.sha256,
            "method": cite.method,
            "version": cite.version,
            "licence": cite.licence,
            "request": cite.request,
            "sections": [section.document() for section in self.sections],
        }


def section(
    name: str,
    title: str,
    figures: Sequence[Figure | None],
    values: Values,
    missing: str,
    *,
    source: str | None = None,
    text: tuple[str, ...] = (),
) -> Section:
    """Return a section with the available figures, or with `missing` if there is no figure and no value."""
    available = tuple(figure for figure in figures if figure is not None)
    return Section(name, title, text, available, values, None if available or values else missing, source)
