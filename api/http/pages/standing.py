"""The position of a rate against the reader's floor, decided by its interval: below, around or above (step F)."""

from __future__ import annotations

import math
from typing import Literal

from api.http.pages.published import Row

MOST_FLOOR = 1000.0  # USD an hour
LONGEST = 12  # letters of an amount

Standing = Literal["below", "around", "above"]


class NoAmount(ValueError):
    """What was typed is no hourly pay."""


def floor_of(text: str | None) -> float | None:
    """The floor that was typed, in USD an hour, with a point or a comma; None where nothing was.

    Raises:
        NoAmount: it is not an amount from 0 to 1000.
    """
    if text is None or not text.strip():
        return None
    try:
        amount = float(text.strip()[:LONGEST].removeprefix("$").replace(",", "."))
    except ValueError:
        raise NoAmount(text) from None
    if not math.isfinite(amount) or not 0 < amount <= MOST_FLOOR:
        raise NoAmount(text)
    return amount


def standing(row: Row, floor: float) -> Standing:
    """Below or above only where the whole interval is."""
    if row["high_usd_per_hour"] < floor:
        return "below"
    return "above" if row["low_usd_per_hour"] > floor else "around"
