"""Update the catalogues of `languages/` to the explorer's current messages: `python -m api.http.pages.catalogues`.

New messages come in empty, unused ones are removed. A test fails while one is missing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from api.http.pages.language import ENGLISH, FOLDER, NAMES, catalogue

PAGES = Path(__file__).parent
HOUSE = PAGES.parents[2]
SAID: dict[str, tuple[int, ...] | None] = {"say": None, "count": (1, 2)}  # local names for gettext and ngettext
# parts of the library's header that change from run to run, or are meaningless
CHANCE = (
    '"Project-Id-Version',
    '"Report-Msgid-Bugs-To',
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Last-Translator',
    '"Language-Team',
    '"Generated-By',
)
JINJA = {"trimmed": "true", "newstyle_gettext": "true"}
JINJA_SAID: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "ngettext": (1, 2)}


def messages() -> Catalog:
    """Return every message of the explorer, in source order."""
    found = Catalog(charset="utf-8")
    for path, _, message in _sentences():
        found.add(message, locations=[(path.relative_to(HOUSE).as_posix(), 0)], flags=_flags(message))
    return found


def _sentences() -> Iterator[tuple[Path, int, str | tuple[str, str]]]:
    templates = [path for path in sorted((PAGES / "templates").rglob("*.html")) if "practice" not in path.parts]
    sources = [*sorted(PAGES.glob("*.py")), *sorted((HOUSE / "analytics" / "reporting" / "charts").glob("*.py"))]
    for path in templates:
        for line, message, _, _ in extract_from_file("jinja2", path, keywords=JINJA_SAID, options=JINJA):
            yield path, line, message  # type: ignore[misc]  # the library says list of strings or string
    for path in sources:
        for line, message, _, _ in extract_from_file("python", path, keywords=SAID):
            yield path, line, message  # type: ignore[misc]


def _flags(message: str | tuple[str, str]) -> set[str]:
    return {"python-format"} if "%(" in (message if isinstance(message, str) else message[0]) else set()


def update(tag: str) -> int:
    """Rewrite one catalogue; return the number of untranslated messages."""
    known = catalogue(tag)
    fresh = Catalog(locale=tag, charset="utf-8", fuzzy=False, header_comment=f"# Taskwage's explorer in {NAMES[tag]}.")
    for message in messages():
        if message.id:
            old = known.get(message.id)
            fresh.add(message.id, old.string if old else None, flags=message.flags)
    written = io.BytesIO()
    write_po(written, fresh, width=120, no_location=True, ignore_obsolete=True)
    lines = written.getvalue().decode().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(CHANCE)]
    (FOLDER / f"{tag}.po").write_text("".join(kept), encoding="utf-8")
    return sum(not _is_told(message.string) for message in fresh if message.id)


def _is_told(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    for name in NAMES:
        if name != ENGLISH:
            print(f"{name}: {update(name)} sentences wait")  # noqa: T201
