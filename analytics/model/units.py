"""Money, time and hourly pay: the only units of the project.

Money is an integer count of micros (millionths of one unit of a currency) with an ISO 4217 code, because single tasks
pay less than a cent. Time is seconds as a float. Hourly pay is US dollars per hour as a float, computed last.
"""

from __future__ import annotations

import re
from decimal import Decimal

from analytics.model.errors import BadInput

MICROS = 1_000_000
SECONDS_PER_HOUR = 3600.0
_AMOUNT = re.compile(r"(?:\$|USD)?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})?(\.[0-9]{1,6})?")


def usd_per_hour(paid_micros: float, active_seconds: float) -> float:
    """Return the hourly pay in USD for `paid_micros` (USD micros) earned in `active_seconds`.

    Raises:
        ZeroDivisionError: no time was worked; there is no such rate.
    """
    return paid_micros / MICROS / active_seconds * SECONDS_PER_HOUR


def usd_micros(text: str) -> int:
    """Return the USD micros that `text` writes out: "$0.05", "0.20 ", "USD 1,200.50". No float is involved.

    Raises:
        BadInput: it is no amount of dollars, or one below zero or finer than a micro.
    """
    match = _AMOUNT.fullmatch(text.strip())
    whole, fraction = match.groups() if match else (None, None)
    if whole is None and fraction is None:
        raise BadInput(f"{text.strip()[:40]!r} is not an amount of dollars such as $0.05")
    return int(Decimal((whole or "0").replace(",", "") + (fraction or "")) * MICROS)
