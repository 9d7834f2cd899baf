"""The feed of changes as Atom: an entry for each release in which the figure of a platform or client moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from analytics.reporting.charts.drawing import legible
from analytics.reporting.charts.rate_figures import no_number
from api.http.pages.language import Language
from api.http.pages.published import Row

ATOM = "http://www.w3.org/2005/Atom"
MOST_ENTRIES = 20


@dataclass(frozen=True)
class Entry:
    """One entry: its name, its day, a title, a sentence, and the page that says more."""

    name: str
    day: date
    title: str
    words: str
    address: str


def moves(dated: Sequence[Row], subject: str, page: str, language: Language) -> list[Entry]:
    """Return an entry for each release in which the row changed, the newest first; `dated` is oldest first."""
    words, found = language.wording, []
    before: Row | None = None
    for row in dated:
        if before is None or _figure(row) != _figure(before):
            now = _said(row, language)
            text = (
                now
                if before is None
                else language.say("%(now)s; before: %(before)s", now=now, before=_said(before, language))
            )
            title = f"{subject}: {words.usd(row['effective_usd_per_hour'])}"
            found.append(Entry(row["release"], row["as_of"], title, text, f"/r/{row['release']}{page}"))
        before = row
    return found[::-1][:MOST_ENTRIES]


def feed(title: str, address: str, entries: Sequence[Entry], mark: str) -> bytes:
    """Return the feed as Atom; `mark` (such as SIMULATED) begins every title."""
    root = Element("feed", {"xmlns": ATOM})
    _text(root, "id", f"urn:taskwage:changes:{address}")
    _text(root, "title", f"{mark} {title}".strip())
    _text(root, "updated", _instant(entries[0].day if entries else date(2026, 1, 1)))
    SubElement(SubElement(root, "author"), "name").text = "Taskwage"
    SubElement(root, "link", {"rel": "self", "href": address})
    for entry in entries:
        one = SubElement(root, "entry")
        _text(one, "id", f"urn:taskwage:release:{entry.name}:{address}")
        _text(one, "title", f"{mark} {entry.title}".strip())
        _text(one, "updated", _instant(entry.day))
        SubElement(one, "link", {"href": entry.address})
        _text(one, "summary", entry.words)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}'.encode()


def _figure(row: Row) -> tuple[object, ...]:
    return row["effective_usd_per_hour"], row["low_usd_per_hour"], row["high_usd_per_hour"]


def _said(row: Row, language: Language) -> str:
    words, hourly = language.wording, row["effective_usd_per_hour"]
    span = words.between(row["low_usd_per_hour"], row["high_usd_per_hour"])
    is_task_rate = row.get("figure") == "task_rate"
    return f"{no_number(row, language) if is_task_rate else words.usd(hourly)} ({span})"


def _text(parent: Element, name: str, words: str) -> None:
    SubElement(parent, name).text = legible(words)


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
