"""The reader of a page: language, currency, floor, and the release that the address names. There are no cookies, so every
link carries what the reader chose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from babel.numbers import get_territory_currencies
from litestar import Request
from litestar.datastructures import State

from analytics.model.display_currency import TYPED, US_DOLLAR, Currency
from api.http.pages.floor import Floor, NoAmount, floor_of, preset_name, presets
from api.http.pages.language import ENGLISH, Language, chosen, wishes

_Request = Request[None, None, State]

CODE = re.compile("[A-Z]{3}")
CHOICES = ("lang", "currency", "per_usd", "floor")  # the names of what a reader can choose, in an address
MOST_UNITS = 1e9  # of a currency for a US dollar
NO_CURRENCIES: Mapping[str, Currency] = {US_DOLLAR.code: US_DOLLAR}


@dataclass(frozen=True)
class Reader:
    """Who reads. `asked` is what the address chose by name, which every link repeats; `release` is the one that the
    address names. Charts are long and lines are bad, so a page is packed for browsers that unpack it.
    """

    language: Language = Language(ENGLISH)  # noqa: RUF009 - frozen
    asked: tuple[tuple[str, str], ...] = ()
    is_packing: bool = False
    path: str = "/"
    query: tuple[tuple[str, str], ...] = ()
    release: str | None = None
    floor: Floor | None = None
    is_floor_amount: bool = True
    typed: str = ""
    currencies: Mapping[str, Currency] = field(default_factory=lambda: NO_CURRENCIES)

    @classmethod
    def of(
        cls, request: _Request, release: str | None = None, currencies: Mapping[str, Currency] = NO_CURRENCIES
    ) -> Reader:
        """Return the reader of a request; `currencies` are those with a rate on the release's day."""
        parameters = request.query_params
        accepted = request.headers.get("accept-language")
        tag = chosen(parameters.get("lang"), accepted).tag
        currency, chose = currency_of(parameters.get("currency"), parameters.get("per_usd"), accepted, currencies)
        typed = (parameters.get("floor") or "").strip()
        try:
            floor, is_amount = floor_of(typed, currency, currencies), True
        except NoAmount:
            floor, is_amount = None, False
        asked = [("lang", tag)] if parameters.get("lang") == tag else []
        asked += chose
        asked += [("floor", floor.typed)] if floor else []
        return cls(
            Language(tag, currency),
            tuple(asked),
            is_packing="gzip" in request.headers.get("accept-encoding", ""),
            path="/" + request.scope["path"].lstrip("/"),  # two slashes at the start would name another host
            query=tuple((n, v) for n, v in parameters.multi_items() if n not in (*CHOICES, "release")),
            release=release,
            floor=floor,
            is_floor_amount=is_amount,
            typed=typed,
            currencies=currencies,
        )

    def at(self, address: str) -> str:
        """Return the address of one of this site's pages, with the reader's release and choices."""
        page, hashed, anchor = address.partition("#")
        if self.release:
            page = f"/r/{self.release}" + ("" if page == "/" else page)
        choices = urlencode(self.asked)
        joined = f"{page}{'&' if '?' in page else '?'}{choices}" if choices else page
        return joined + hashed + anchor

    def here_with(self, **changes: str) -> str:
        """Return the address of this very page with other choices."""
        kept = {**dict(self.asked), **changes}
        pairs = [*self.query, *((name, kept[name]) for name in CHOICES if kept.get(name))]
        return quote(self.path) + (f"?{urlencode(pairs)}" if pairs else "")

    @property
    def bare_path(self) -> str:
        """Return the path of this page without the release that it names."""
        prefix = f"/r/{self.release}"
        return (self.path.removeprefix(prefix) or "/") if self.release and self.path.startswith(prefix) else self.path

    def permanent(self, release: str, more: str = "") -> str:
        """Return the address of this page, or of `more` under it, in the release for good, with the reader's choices."""
        path = f"/r/{release}" + ("" if self.bare_path == "/" else self.bare_path) + more
        pairs = [*(() if more else self.query), *self.asked]
        return quote(path) + (f"?{urlencode(pairs)}" if pairs else "")

    def fields(self, *names: str) -> list[tuple[str, str]]:
        """Return what a form on this page has to repeat: the query and the choices, without those named."""
        return [(name, value) for name, value in (*self.query, *self.asked) if name not in names]

    def presets(self) -> list[dict[str, Any]]:
        """Return the floors to choose from whose currency has a rate, each with its name and address."""
        shown = []
        for one in presets():
            currency = self.currencies.get(one["currency"])
            if currency is not None:
                floor = Floor(one["hourly"] * currency.usd_per_unit, one["hourly"], currency)
                words = {"name": preset_name(one["id"], self.language), "words": floor.words(self.language)}
                shown.append({**one, **words, "address": self.here_with(floor=floor.typed)})
        return shown


def currency_of(
    asked: str | None, per_usd: str | None, accepted: str | None, currencies: Mapping[str, Currency]
) -> tuple[Currency, list[tuple[str, str]]]:
    """Return the currency of the page, and the choice that its links repeat. It is the one asked for, at the release's rate
    or at the rate that was typed; else that of the browser's country; else the US dollar.
    """
    code = (asked or "").strip().upper()
    units = _units(per_usd)
    if CODE.fullmatch(code) and units is not None:
        return Currency(code, 1 / units, None, TYPED), [("currency", code), ("per_usd", f"{units:g}")]
    if code in currencies:
        return currencies[code], [("currency", code)]
    return _of_country(accepted, currencies), []


def _units(typed: str | None) -> float | None:
    try:
        units = float((typed or "").strip().replace(",", "."))
    except ValueError:
        return None
    return units if 1e-6 < units < MOST_UNITS else None


def _of_country(accepted: str | None, currencies: Mapping[str, Currency]) -> Currency:
    """Return the currency of the first country in an Accept-Language header, such as that of "en-PH"."""
    for tag in wishes(accepted or ""):
        country = tag.rpartition("-")[2].upper()
        if len(country) == 2 and "-" in tag:
            codes = get_territory_currencies(country)
            return next((currencies[code] for code in reversed(codes) if code in currencies), US_DOLLAR)
    return US_DOLLAR
