"""The hourly pay below which the reader would rather not work: as typed, in any currency, or one of the presets."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.numbers import get_currency_symbol

from analytics.model.display_currency import US_DOLLAR, Currency
from analytics.reporting.wording import Wording
from api.http.pages.language import Language

MOST_USD = 1000.0  # an hour
LONGEST = 24  # letters of an amount
AMOUNT = re.compile(r"([^\d.,\s+-]*)\s*(\d[\d.,\s]*)\s*([^\d.,\s+-]*)")
GROUPED = re.compile(r"\d{1,3}([.,]\d{3})+")
DOLLARS = frozenset({"MXN", "COP", "CLP", "ARS", "DOP", "UYU", "CAD", "AUD", "NZD", "HKD", "SGD"})  # written $ at home
PRESETS = Path(__file__).with_name("floor_presets.json")  # a copy of the extension's


class NoAmount(ValueError):
    """What was typed is no hourly pay."""


@dataclass(frozen=True)
class Floor:
    """A floor in US dollars an hour, and as the reader wrote it."""

    usd: float
    amount: float
    currency: Currency = US_DOLLAR

    def words(self, language: Language) -> str:
        """Return the floor in its own currency, and in that of the page where it is another."""
        own = Wording(language.tag, self.currency).money(self.amount)
        page = language.wording
        return own if self.currency.code == page.currency.code else f"{own} ({page.usd(self.usd)})"

    @property
    def typed(self) -> str:
        """Return the floor as it stands in an address."""
        return f"{self.amount:g} {self.currency.code}"


def floor_of(text: str | None, page: Currency, currencies: Mapping[str, Currency]) -> Floor | None:
    """Return the floor that was typed, such as "7.25", "7,25", "75 PHP" or "₱75"; without a currency it is in the page's.
    None where nothing was typed.

    Raises:
        NoAmount: it is no amount of hourly pay, or in a currency without a rate.
    """
    if text is None or not text.strip():
        return None
    match = AMOUNT.fullmatch(text.strip()[:LONGEST])
    if match is None or (match[1] and match[3]):
        raise NoAmount(text)
    currency = _currency(match[1] or match[3], page, currencies)
    amount = _number(match[2])
    if currency is None or not math.isfinite(amount) or not 0 < amount * currency.usd_per_unit <= MOST_USD:
        raise NoAmount(text)
    return Floor(amount * currency.usd_per_unit, amount, currency)


def _number(text: str) -> float:
    """Return the amount; a point or a comma before three digits groups thousands, unless nothing stands before it."""
    plain = re.sub(r"\s", "", text)
    if GROUPED.fullmatch(plain) and not plain.startswith("0"):
        plain = re.sub("[.,]", "", plain)
    elif "." in plain and "," in plain:
        last = max(plain.rfind("."), plain.rfind(","))
        plain = re.sub("[.,]", "", plain[:last]) + "." + plain[last + 1 :]
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        raise NoAmount(text) from None


def _currency(written: str, page: Currency, currencies: Mapping[str, Currency]) -> Currency | None:
    if not written or written.upper() == page.code:
        return page
    if written == "$":
        return page if page.code in DOLLARS else US_DOLLAR
    return currencies.get(written.upper()) or currencies.get(_symbols().get(written, ""))


@cache
def _symbols() -> dict[str, str]:
    """Return the currencies by their signs in English: "₱" is PHP."""
    codes = ("EUR", "GBP", "INR", "PHP", "NGN", "VND", "BRL", "MXN", "CNY", "JPY", "KRW", "ILS", "KES", "PKR", "UAH")
    return {get_currency_symbol(code, locale="en"): code for code in codes} | {"KSh": "KES", "₨": "PKR", "₴": "UAH"}


@cache
def presets() -> tuple[dict[str, Any], ...]:
    """Return the floors to choose from: an amount an hour, its currency, its source and its date."""
    listed = json.loads(PRESETS.read_text(encoding="utf-8"))
    return tuple({**one, "hourly": one["amount"] / (one["hours_per_day"] or 1)} for one in listed)


def preset_name(name: str, language: Language) -> str:
    """Return the name of a preset."""
    names = {
        "us_federal": language.say("United States, federal minimum wage"),
        "ph_low": language.say("Philippines, minimum wage, lowest region"),
        "ph_high": language.say("Philippines, minimum wage, highest region"),
        "study_least_usd": language.say("Least that a study site allows"),
        "study_least_gbp": language.say("Least that a study site allows (pounds)"),
        "study_fair_usd": language.say("What a study site recommends"),
        "study_fair_gbp": language.say("What a study site recommends (pounds)"),
    }
    return names.get(name, name)
