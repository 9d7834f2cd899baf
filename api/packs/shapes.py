"""Reports of a changed page's shape, as the extension writes them: parsed, turned into a fixture skeleton, compared
with a pack.

A report names tags, classes, test ids, attributes and JSON keys. It holds no text and no value, so a skeleton's texts
and values are filled in by hand.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from api.errors import CannotStart
from api.packs.model import Pack, Page

SITE = re.compile(r"^Site: (?P<slug>[a-z0-9_]+), pack (?P<version>\d+)\. Page: (?P<page>[a-z_]*) ", re.MULTILINE)
ELEMENT = re.compile(
    r"^(?P<indent> *)(?P<tag>[\w*-]+)(?P<classes>(?:\.[^\s.\[\]]+)*)(?:\[(?P<attributes>[^\]]*)\])?(?P<text> text)?$"
)
JSON_LINE = re.compile(r"^ *(?P<name>[\w:*-]+) = (?P<shape>[\[{].*)$")
LOOKED_FOR = "What the pack looks for, and how often it is there:"
REPLIES = "What the page's own requests were answered:"
TREE = "The page:"
SELECTORS = ("at", "rows", "list", "present", "badge", "claims", "confirm", "form", "pressed", "legend")
KEYS = ("json", "or_json", "each", "currency_json", "key", "path")
VOID = frozenset({"input", "img", "br", "hr", "meta", "link", "source", "wbr"})
WORD = re.compile(r"[A-Za-z_][\w-]{2,}")
NEAR = 3  # similar names shown for a missing one
LIKENESS = 0.6


class BadReport(CannotStart):
    """A file that is not a report of a page's shape; the message names the missing part."""


@dataclass(frozen=True)
class Element:
    """One element of the page. `json` holds the shape of each JSON attribute."""

    depth: int
    tag: str
    classes: tuple[str, ...]
    attributes: tuple[str, ...]
    has_text: bool
    json: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """A parsed report."""

    slug: str
    version: int
    page: str
    found: dict[str, bool]  # selectors that the browser looked for, and whether any element matches
    replies: dict[str, str]
    elements: list[Element]

    def names(self) -> set[str]:
        """Return every tag, class, test id and attribute of the page."""
        parts = (name for one in self.elements for name in (one.tag, *one.classes, *one.attributes))
        return {word for part in parts for word in part.replace("=", " ").split()}

    def keys(self) -> set[str]:
        """Return every JSON key of the page and of its replies."""
        shapes = [*self.replies.values(), *(shape for one in self.elements for shape in one.json.values())]
        return {word for shape in shapes for word in re.findall(r"([\w*-]+):", shape)}


@dataclass(frozen=True)
class Gap:
    """A selector or key of a pack that matches nothing in a report, and similar names of the page."""

    path: str
    value: str
    near: tuple[str, ...]


def parse(text: str) -> Report:
    """Parse a report.

    Raises:
        BadReport: The text does not name its site, or shows no page.
    """
    site = SITE.search(text)
    if site is None:
        raise BadReport("no line says `Site: ..., pack ...`; pass a report that the extension made")
    parts = {part.split("\n", 1)[0]: part.split("\n")[1:] for part in text.split("\n\n")}
    if TREE not in parts:
        raise BadReport("the report shows no page; ask for one that was not cut")
    found = (line.rpartition(": ") for line in parts.get(LOOKED_FOR, []))
    replies = (line.partition(" = ") for line in parts.get(REPLIES, []))
    return Report(
        slug=site["slug"],
        version=int(site["version"]),
        page=site["page"],
        found={selector: count != "0" for selector, _, count in found if selector},
        replies={name: shape for name, _, shape in replies},
        elements=_elements(parts[TREE]),
    )


def _elements(lines: list[str]) -> list[Element]:
    elements: list[Element] = []
    for line in lines:
        spec = JSON_LINE.match(line)
        if spec and elements:
            elements[-1].json[spec["name"]] = spec["shape"]
            continue
        read = ELEMENT.match(line)
        if read is None:
            continue  # "(and more of these)"
        elements.append(
            Element(
                depth=len(read["indent"]),
                tag=read["tag"].lower(),
                classes=tuple(name for name in read["classes"].split(".") if name),
                attributes=tuple((read["attributes"] or "").split()),
                has_text=read["text"] is not None,
            )
        )
    return elements


def skeleton(report: Report) -> str:
    """Return a fixture page in the shape of the report. Its texts and values must still be invented and marked."""
    lines = [f"<!-- Made from a report of the shape of {report.slug}/{report.page}. Invent every text and value. -->"]
    opened: list[Element] = []
    for element in report.elements:
        while opened and opened[-1].depth >= element.depth:
            lines.append(_closing(opened.pop()))
        lines.append(_opening(element))
        if element.tag not in VOID:
            opened.append(element)
    lines.extend(_closing(one) for one in reversed(opened))
    return "\n".join(["<!doctype html>", '<html lang="en">', *lines, "</html>", ""])


def _opening(element: Element) -> str:
    attributes = [f'class="{html.escape(" ".join(element.classes))}"'] if element.classes else []
    for attribute in element.attributes:
        name, _, value = attribute.partition("=")
        shape = element.json.get(name)
        attributes.append(f'{name}="{html.escape(shape if shape is not None else value)}"')
    words = "".join(f" {one}" for one in attributes)
    text = "text" if element.has_text else ""
    return f"{' ' * element.depth}<{_tag(element)}{words}>{text}"


def _closing(element: Element) -> str:
    return f"{' ' * element.depth}</{_tag(element)}>"


def _tag(element: Element) -> str:
    return "div" if "*" in element.tag else element.tag


def gaps(pack: Pack, report: Report) -> list[Gap]:
    """Return the pack's selectors and keys that the report does not show, with similar names.

    Raises:
        BadReport: The report is of another site, or of a page that the pack does not name.
    """
    page = next((one for one in pack.pages if one.name == report.page), None)
    if report.slug != pack.slug or page is None:
        raise BadReport(f"the report is of {report.slug}/{report.page}, which the pack {pack.slug} does not name")
    names, keys = report.names(), report.keys()
    found_gaps: list[Gap] = []
    for path, kind, value in _places(page):
        if kind == "selector" and not _is_there(value, report, names):
            words = [word for word in WORD.findall(value) if word not in names]
            found_gaps.append(Gap(path, value, _near(words, names)))
        if kind == "keys":
            words = [step for step in value.split(".") if not step.isdigit() and step not in keys]
            if words:
                found_gaps.append(Gap(path, value, _near(words, keys)))
    return found_gaps


def _is_there(selector: str, report: Report, names: set[str]) -> bool:
    """Return True if a selector matches: by the browser's count, otherwise by its words alone."""
    if selector in report.found:
        return report.found[selector]
    return all(word in names for word in WORD.findall(re.sub(r":[a-z-]+", " ", selector)))


def _near(words: list[str], names: set[str]) -> tuple[str, ...]:
    found = (name for word in words for name in difflib.get_close_matches(word, sorted(names), NEAR, LIKENESS))
    return tuple(dict.fromkeys(found))[:NEAR]


def _places(page: Page) -> Iterator[tuple[str, str, str]]:
    """Yield (path, "selector" or "keys", value) for every selector and key of the page."""

    def walk(value: object, path: str) -> Iterator[tuple[str, str, str]]:
        if isinstance(value, dict):
            for name, inner in value.items():
                if isinstance(inner, str) and name in SELECTORS:
                    yield f"{path}.{name}", "selector", inner
                elif isinstance(inner, str) and name in KEYS:
                    yield f"{path}.{name}", "keys", inner
                else:
                    yield from walk(inner, f"{path}.{name}")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from walk(inner, f"{path}[{index}]")

    yield from walk(msgspec.to_builtins(page), page.name)
