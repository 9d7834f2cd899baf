"""Numbers, dates and nothing in the words of a language, for pages and reports. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

NOTHING = "–"  # not published; never "0"
LONG_DATE = {"en": "d MMMM y"}  # others as their language has it
ARABIC_DAYS = {  # the library's data lacks this one unit, in this one language
    "zero": "{} يوم",
    "one": "يوم واحد",
    "two": "يومان",
    "few": "{} أيام",
    "many": "{} يومًا",
    "other": "{} يوم",
}
PAY = {"ar": "$#,##0.00"}  # others as their language has it; there it would put the sign where no reader finds it
RIGHT_TO_LEFT = frozenset({"ar"})
LEFT_TO_RIGHT, END = "\u2066", "\u2069"  # what stands between is a figure of its own
FIRST_STRONG = "\u2068"
DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ISOLATES = re.compile("[\u2066-\u2069]")  # one of these inside would end our own
MARKS = "\u200e\u200f"  # which a language's pattern may bring along
SMALL_CENTS = 0.1  # below this, two decimals would hide the amount


@dataclass(frozen=True)
class Wording:
    """How one language writes a figure. `language` is one that `babel` knows, such as "en" or "ar"."""

    language: str

    @property
    def locale(self) -> Locale:
        return _locale(self.language)

    def usd(self, amount: float | None) -> str:
        """An hourly pay: "$3.20", "$0.083" where cents would hide it."""
        if amount is None:
            return NOTHING
        digits = 3 if 0 < amount < SMALL_CENTS else 2
        pattern = _currency_pattern(self.language, digits)
        shown: str = format_currency(amount, "USD", format=pattern, locale=self.locale, currency_digits=False)
        return self.isolated(shown.strip(MARKS))

    def between(self, low: float | None, high: float | None) -> str:
        """An interval of pay."""
        if low is None or high is None:
            return NOTHING
        return self.isolated(f"{self.usd(low)} – {self.usd(high)}")

    def isolated(self, figure: str) -> str:
        """A figure that reads from left to right, in a language that reads from right to left: it must not be turned
        round with the words beside it.
        """
        return f"{LEFT_TO_RIGHT}{figure}{END}" if self.language in RIGHT_TO_LEFT else figure

    def share(self, part: float | None) -> str:
        """A share of 1: "93%"."""
        return NOTHING if part is None else format_percent(part, locale=self.locale)

    def share_exactly(self, part: float) -> str:
        """A share of 1 with a decimal: "87.5%"."""
        return format_percent(part, locale=self.locale, decimal_quantization=False)

    def number(self, value: float | None) -> str:
        """Any other number, with at most three decimals."""
        return NOTHING if value is None else format_decimal(value, locale=self.locale)

    def days(self, count: float | None) -> str:
        """A span: "2 days", "0.4 days"."""
        if count is None:
            return NOTHING
        rounded = round(count) if count >= 1 else round(count, 1)
        if self.language == "ar":
            return ARABIC_DAYS[self.locale.plural_form(rounded)].format(self.number(rounded))
        return self._unit(rounded, "duration-day")

    def minutes(self, count: float | None) -> str:
        """A span: "12 minutes"."""
        if count is None:
            return NOTHING
        return self._unit(round(count) if count >= 1 or not count else round(count, 1), "duration-minute")

    def hours(self, count: float | None) -> str:
        """A span: "12.5 hours"."""
        return NOTHING if count is None else self._unit(round(count, 1), "duration-hour")

    def long_date(self, day: date) -> str:
        """23 November 2026."""
        shown: str = format_date(day, LONG_DATE.get(self.language, "long"), locale=self.locale)
        return shown

    def short_date(self, day: date) -> str:
        """23 Nov, for an axis."""
        shown: str = format_date(day, "d MMM", locale=self.locale)
        return shown

    def _unit(self, count: float, unit: str) -> str:
        return format_unit(int(count) if count == int(count) else count, unit, locale=self.locale)


def isolated_words(text: str) -> str:
    """A text of other people whose direction marks, if any, turn nothing but itself around: in a title, a picture, a page."""
    if not DIRECTION.search(text):
        return text
    return f"{FIRST_STRONG}{ISOLATES.sub('', text)}{END}"


class Speech(Protocol):
    """Somebody who says our sentences in a language and writes its figures."""

    @property
    def wording(self) -> Wording: ...

    def say(self, message: str, **values: str) -> str:
        """`message`, its `%(places)s` filled in."""


class English:
    """The language that our sentences are written in."""

    wording = Wording("en")

    def say(self, message: str, **values: str) -> str:
        return message % values


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@cache
def _currency_pattern(language: str, digits: int) -> str:
    """The language's own pattern for money, with this many decimals."""
    pattern = PAY.get(language) or str(_locale(language).currency_formats["standard"].pattern)
    return pattern.replace("0.00", "0." + "0" * digits)


def cell(value: object) -> str:
    """A cell of a published table as it stands there, the same in every language."""
    if value is None:
        return NOTHING
    return f"{value:.12g}" if isinstance(value, float) else str(value)
