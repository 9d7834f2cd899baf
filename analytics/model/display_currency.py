"""Currencies in which pay can be shown: the release's day at the European Central Bank's rate, else a dated market rate."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from analytics.model.currency import SIGNIFICANT_DIGITS, USD, shipped

MARKET_RATES = Path(__file__).with_name("market_rates.toml")
BANK = "European Central Bank"
TYPED = "typed"


@dataclass(frozen=True)
class Currency:
    """One currency, the US dollars that a unit of it is worth, and the day and source of that rate."""

    code: str = USD
    usd_per_unit: float = 1.0
    day: date | None = None
    source: str = ""

    def amount(self, usd: float) -> float:
        """Return an amount of US dollars in this currency."""
        return usd / self.usd_per_unit

    @property
    def units_per_usd(self) -> float:
        return 1 / self.usd_per_unit


US_DOLLAR = Currency()


@lru_cache(maxsize=64)
def currencies(day: date) -> Mapping[str, Currency]:
    """Return the currencies with a rate on `day` by their codes, the dollar among them."""
    bank = {code: Currency(code, usd, day, BANK) for code, usd in shipped().usd_per_unit(day).items() if code != USD}
    return dict(sorted({**market_rates(), **bank, USD: US_DOLLAR}.items()))


def market_rates() -> dict[str, Currency]:
    """Return the currencies that the bank does not quote, at the rates of the dated file."""
    read = tomllib.loads(MARKET_RATES.read_text(encoding="utf-8"))
    rates = {code: float(f"{1 / units:.{SIGNIFICANT_DIGITS}g}") for code, units in read["units_per_usd"].items()}
    return {code: Currency(code, usd, read["day"], read["source"]) for code, usd in rates.items()}
