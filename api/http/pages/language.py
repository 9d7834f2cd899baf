"""The languages of the explorer: the choice for a reader, and the translations of its texts.

English is in the templates and the code; the others are gettext catalogues in `languages/`, read without compilation.
Texts from a platform are never translated, nor is the dictionary of tables, which is a contract.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from analytics.model.display_currency import US_DOLLAR, Currency
from analytics.reporting.wording import RIGHT_TO_LEFT, Wording

FOLDER = Path(__file__).parent / "languages"
ENGLISH = "en"
NAMES = {ENGLISH: "English", "es": "Español", "ar": "العربية"}  # each in its own language
MOST_WISHES = 20  # entries of a header; browsers send five


@dataclass(frozen=True)
class Language:
    """One language and the currency of its figures: `say` translates, `wording` writes figures."""

    tag: str
    currency: Currency = US_DOLLAR

    @property
    def wording(self) -> Wording:
        return Wording(self.tag, self.currency)

    @property
    def direction(self) -> str:
        return "rtl" if self.tag in RIGHT_TO_LEFT else "ltr"

    @property
    def translations(self) -> NullTranslations:
        return _translations(self.tag)

    def say(self, message: str, **values: str) -> str:
        """`message` in this language, its `%(places)s` filled in."""
        return str(self.translations.gettext(message)) % values

    def count(self, one: str, many: str, number: int, **values: str) -> str:
        """The same for what is counted; `%(number)s` is the number."""
        chosen = str(self.translations.ngettext(one, many, number))
        return chosen % {"number": self.wording.number(number), **values}


def chosen(asked: str | None, accepted: str | None) -> Language:
    """Return the language chosen by name, else the best that the browser accepts, else English."""
    if asked in NAMES:
        return Language(asked)
    tags = (tag.partition("-")[0].lower() for tag in wishes(accepted or ""))
    return next((Language(tag) for tag in tags if tag in NAMES), Language(ENGLISH))


def catalogue(tag: str) -> Catalog:
    """Return the catalogue of one language."""
    with (FOLDER / f"{tag}.po").open("rb") as file:
        return read_po(file, locale=tag)


def wishes(header: str) -> list[str]:
    """Return the tags of an Accept-Language header, the dearest first; what cannot be read is passed over."""
    found: list[tuple[float, str]] = []
    for part in header.split(",")[:MOST_WISHES]:
        tag, _, parameter = part.strip().partition(";")
        quality = parameter.strip().removeprefix("q=") or "1"
        try:
            weight = float(quality)
        except ValueError:
            continue
        if weight > 0:
            found.append((-weight, tag.strip()))
    return [tag for _, tag in sorted(found, key=lambda wish: wish[0])]


@cache
def _translations(tag: str) -> NullTranslations:
    if tag == ENGLISH:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(tag))
    compiled.seek(0)
    return Translations(compiled)
