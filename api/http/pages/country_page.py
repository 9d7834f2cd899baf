"""Pay by country, drawn."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.rate_figures import rates_figure
from api.http.pages.language import Language
from api.http.pages.published import Row


def country_name(code: str | None, language: Language) -> str:
    """Return a country's name in the reader's language, or its code."""
    if code is None:
        return language.say("All countries")
    return str(language.wording.locale.territories.get(code, code))


def country_figures(rows: list[Row], names: Mapping[str, str], language: Language) -> list[Figure]:
    """A chart for each platform (null: all of them), its countries from the best paid to the worst."""
    figures = []
    platforms = sorted({row["platform"] for row in rows}, key=lambda slug: (slug is not None, slug or ""))
    for slug in platforms:
        own = [(country_name(row["country"], language), row) for row in rows if row["platform"] == slug]
        own.sort(key=lambda row: -row[1]["effective_usd_per_hour"])
        title = language.say("All platforms") if slug is None else names.get(slug, slug)
        figures.append(rates_figure(f"on-{slug or 'all'}", title, own, language))
    return figures
