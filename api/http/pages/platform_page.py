"""The charts of a platform's page."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.people_figures import (
    floors_figure,
    people_figure,
    unpaid_figure,
    waits_figure,
    weeks_figure,
)
from analytics.reporting.charts.rate_figures import (
    client_label,
    endings_figure,
    hour_figure,
    rates_figure,
    spread_figure,
    trend_figure,
)
from analytics.reporting.charts.supply_figures import hours_figure, units_figure
from api.http.pages.floor import Floor
from api.http.pages.language import Language
from api.http.pages.published import PlatformPart, Row

MOST_DRAWN = 12  # clients in a chart; the table under it has more


def platform_figures(
    part: PlatformPart, past: Sequence[Row], language: Language, floor: Floor | None = None
) -> list[Figure]:
    """What can be drawn of a platform, in the order of the page."""
    if part.rate is None:
        return []
    others, largest = part.others, part.clients[:MOST_DRAWN]
    rows = [(client_label(row, language), row) for row in largest]
    dated = [(row["as_of"], row) for row in past]
    line = floor.usd if floor else None
    title = language.say("Pay from release to release")
    figures = [
        hour_figure(part.rate, language),
        people_figure(others.get("worker_rates", []), "all_hours", language),
        people_figure(others.get("worker_rates", []), "tasks", language),
        floors_figure(others.get("worker_rates", []), language),
        weeks_figure(others.get("platform_weeks", []), language, line),
        trend_figure("releases", title, dated, language, line),
        unpaid_figure(others.get("overheads", []), language),
        endings_figure(part.outcomes, language),
        spread_figure(part.spread, language),
        rates_figure("largest", language.say("Clients with the most people"), by_pay(rows), language, line)
        if rows
        else None,
        waits_figure(_waits(part, language), language),
        hours_figure(others.get("supply", []), language),
        units_figure(others.get("supply", []), language),
    ]
    return [figure for figure in figures if figure is not None]


def by_pay(rows: Sequence[tuple[str, Row]]) -> list[tuple[str, Row]]:
    """The best paid first; rows without a number by the top of their interval."""
    return sorted(rows, key=lambda row: -(row[1]["effective_usd_per_hour"] or row[1]["high_usd_per_hour"] or 0.0))


def _waits(part: PlatformPart, language: Language) -> list[tuple[str, float]]:
    """Days to pay of the clients with the most people."""
    keys = {row["client_key"] for row in part.clients[:MOST_DRAWN]}
    return [
        (client_label(row, language), row["days_to_pay"])
        for row in part.waits
        if row["client_key"] in keys and row["days_to_pay"] is not None
    ]
