"""The words of a page as plain text, for a store's form and for readers without a browser."""

from __future__ import annotations

import textwrap
from html.parser import HTMLParser

WIDTH = 100
_BLOCKS = {"h1", "h2", "h3", "p", "li", "pre"}
_RULES = {"h1": "=", "h2": "-"}


class _Reader(HTMLParser):
    """Collects the blocks of the part `main` of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self._is_inside = False
        self._words = ""

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag == "main":
            self._is_inside = True
        if tag in _BLOCKS:
            self._words = ""

    def handle_data(self, data: str) -> None:
        self._words += data if self._is_inside else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self._is_inside = False
        if tag in _BLOCKS and self._words.strip():
            self.blocks.append(_block(tag, self._words))
            self._words = ""


def _block(tag: str, words: str) -> str:
    if tag == "pre":
        return textwrap.indent(words.strip("\n"), "    ")
    line = " ".join(words.split())
    if tag in _RULES:
        return f"{line}\n{_RULES[tag] * len(line)}"
    is_item = tag == "li"
    return textwrap.fill(line, WIDTH, initial_indent="- " if is_item else "", subsequent_indent="  " if is_item else "")


def plain_text(page: str) -> str:
    """Return the headings, paragraphs, items and examples of the part `main` of an HTML page, a blank line between."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return "\n\n".join(reader.blocks) + "\n"
