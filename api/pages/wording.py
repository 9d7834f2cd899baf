"""Numbers and nothing in words for people: the filters of the templates. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

NOTHING = "–"  # not published; never "0"


def usd(amount: float | None) -> str:
    """An hourly pay: "$3.20", "$0.083" where cents would hide it."""
    if amount is None:
        return NOTHING
    return f"${amount:.3f}" if 0 < amount < 0.1 else f"${amount:,.2f}"


def share(part: float | None) -> str:
    """A share of 1: "93 %"."""
    return NOTHING if part is None else f"{part * 100:.0f} %"


def days(count: float | None) -> str:
    """A span: "2 days", "0.4 days"."""
    if count is None:
        return NOTHING
    shown = f"{count:.0f}" if count >= 1 else f"{count:.1f}"
    return "1 day" if shown == "1" else f"{shown} days"


def long_date(day: date) -> str:
    """23 November 2026."""
    return f"{day.day} {day:%B %Y}"


def cell(value: object) -> str:
    """A cell of a published table as it stands there."""
    if value is None:
        return NOTHING
    return f"{value:.12g}" if isinstance(value, float) else str(value)


FILTERS = {"usd": usd, "share": share, "days": days, "long_date": long_date, "cell": cell}
