"""Numbers, dates and missing values in a language, for pages and reports. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol

from babel import Locale
from babel.dates import format_date
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_name,
    get_currency_precision,
    get_currency_symbol,
)
from babel.units import format_unit

from analytics.model.display_currency import US_DOLLAR, Currency

NOTHING = "–"  # not published; never "0"
LONG_DATE = {"en": "d MMMM y"}  # others use their language's format
ARABIC_DAYS = {  # the library's data lacks this one unit, in this one language
    "zero": "{} يوم",
    "one": "يوم واحد",
    "two": "يومان",
    "few": "{} أيام",
    "many": "{} يومًا",
    "other": "{} يوم",
}
PAY = "$#,##0.00"  # of a right-to-left language
RIGHT_TO_LEFT = frozenset({"ar"})
LEFT_TO_RIGHT, END = "\u2066", "\u2069"  # they enclose a figure and isolate its direction
FIRST_STRONG = "\u2068"
DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ISOLATES = re.compile("[\u2066-\u2069]")  # one of these inside a figure would end its isolate early
MARKS = "\u200e\u200f"  # direction marks that a language's pattern may contain
SMALL_CENTS = 0.1  # below this, two decimals would hide the amount
WHOLE_FROM = 1000.0  # above this, decimals are noise
NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Wording:
    """Format of figures in one language and one currency. `language` is one that `babel` knows, such as "en" or "ar"."""

    language: str
    currency: Currency = US_DOLLAR

    @property
    def locale(self) -> Locale:
        return _locale(self.language)

    def usd(self, amount: float | None) -> str:
        """Return hourly pay given in US dollars, in the currency of this wording: "$3.20", or "$0.083" if cents would
        hide it.
        """
        return NOTHING if amount is None else self.money(self.currency.amount(amount))

    def money(self, amount: float) -> str:
        """Return an amount of the currency of this wording."""
        code = self.currency.code
        is_whole = amount >= WHOLE_FROM and self.currency != US_DOLLAR
        digits = 0 if is_whole else get_currency_precision(code)
        digits = 3 if 0 < amount < SMALL_CENTS else 2 if 0 < amount < 10 else digits
        pattern = _currency_pattern(self.language, code, digits)
        shown: str = format_currency(amount, code, format=pattern, locale=self.locale, currency_digits=False)
        return self.isolated(shown.strip(MARKS))

    def currency_name(self) -> str:
        """Return the name of the currency, such as "Philippine pesos"."""
        return str(get_currency_name(self.currency.code, count=5, locale=self.locale))

    def between(self, low: float | None, high: float | None) -> str:
        """Return an interval of pay."""
        if low is None or high is None:
            return NOTHING
        return self.isolated(f"{self.usd(low)} – {self.usd(high)}")

    def isolated(self, figure: str) -> str:
        """Isolate a left-to-right figure in a right-to-left language, so that adjacent words do not reverse it."""
        return f"{LEFT_TO_RIGHT}{figure}{END}" if self.language in RIGHT_TO_LEFT else figure

    def share(self, part: float | None) -> str:
        """Return a share of 1: "93%"."""
        return NOTHING if part is None else format_percent(part, locale=self.locale)

    def share_exactly(self, part: float) -> str:
        """Return a share of 1 with a decimal: "87.5%"."""
        return format_percent(part, locale=self.locale, decimal_quantization=False)

    def number(self, value: float | None) -> str:
        """Return any other number, with at most three decimals."""
        return NOTHING if value is None else format_decimal(value, locale=self.locale)

    def days(self, count: float | None) -> str:
        """Return a number of days: "2 days", "0.4 days"."""
        if count is None:
            return NOTHING
        rounded = round(count) if count >= 1 else round(count, 1)
        if self.language == "ar":
            return ARABIC_DAYS[self.locale.plural_form(rounded)].format(self.number(rounded))
        return self._unit(rounded, "duration-day")

    def minutes(self, count: float | None) -> str:
        """Return a number of minutes: "12 minutes"."""
        if count is None:
            return NOTHING
        return self._unit(round(count) if count >= 1 or not count else round(count, 1), "duration-minute")

    def hours(self, count: float | None) -> str:
        """Return a number of hours: "12.5 hours"."""
        return NOTHING if count is None else self._unit(round(count, 1), "duration-hour")

    def long_date(self, day: date) -> str:
        """Return a date such as 23 November 2026."""
        shown: str = format_date(day, LONG_DATE.get(self.language, "long"), locale=self.locale)
        return shown

    def short_date(self, day: date) -> str:
        """Return a date such as 23 Nov 2026, for an axis: without the year, weeks of two years would share a place."""
        shown: str = format_date(day, "d MMM y", locale=self.locale)
        return shown

    def _unit(self, count: float, unit: str) -> str:
        return format_unit(int(count) if count == int(count) else count, unit, locale=self.locale)


def isolated_words(text: str) -> str:
    """Isolate a text of other people, so that its direction marks affect nothing outside it."""
    if not DIRECTION.search(text):
        return text
    return f"{FIRST_STRONG}{ISOLATES.sub('', text)}{END}"


class Speech(Protocol):
    """An object that translates messages to a language and writes its figures."""

    @property
    def wording(self) -> Wording: ...

    def say(self, message: str, **values: str) -> str:
        """Return `message` with its `%(places)s` filled in."""


class English:
    """The language of the messages in the source."""

    def __init__(self, currency: Currency = US_DOLLAR) -> None:
        self.wording = Wording("en", currency)

    def say(self, message: str, **values: str) -> str:
        return message % values


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@cache
def _currency_pattern(language: str, code: str, digits: int) -> str:
    """Return the language's pattern for money in a currency, with this many decimals."""
    pattern = str(_locale(language).currency_formats["standard"].pattern)
    symbol = get_currency_symbol(code, locale=_locale(language))
    if language in RIGHT_TO_LEFT:  # its own pattern puts the sign in the wrong place
        pattern = PAY if code == US_DOLLAR.code else f"'{code}'{NO_BREAK}#,##0.00"
    elif pattern.startswith("¤#") and symbol[-1].isalpha():
        pattern = pattern.replace("¤", "¤" + NO_BREAK)
    return pattern.replace("0.00", "0." + "0" * digits if digits else "0")


def cell(value: object) -> str:
    """Return a cell of a published table, written the same in every language."""
    if value is None:
        return NOTHING
    return f"{value:.12g}" if isinstance(value, float) else str(value)
