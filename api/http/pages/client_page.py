"""A client's page: its rate over time, the outcomes of its tasks, and its rate against its platform and the reader's
floor."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.people_figures import weeks_figure
from analytics.reporting.charts.rate_figures import (
    client_label,
    endings_figure,
    hour_figure,
    rates_figure,
    trend_figure,
)
from analytics.reporting.wording import isolated_words
from api.http.pages.language import Language
from api.http.pages.platform_page import by_pay
from api.http.pages.published import ClientPart, Row

MOST_TASKS = 8  # in the chart


def client_figures(
    part: ClientPart, past: Sequence[Row], house: str, floor: float | None, language: Language
) -> list[Figure]:
    """What can be drawn of a client, in the order of the page; `house` is the name of its platform."""
    own = client_label(part.rate, language)
    beside = [(own, part.rate), *([(house, part.house)] if part.house else [])]
    tasks = [
        (isolated_words(task["title"] or task["task_id"] or task["task_key"]), task) for task in part.tasks[:MOST_TASKS]
    ]
    dated = [(row["as_of"], row) for row in past]
    title = language.say("Pay from release to release")
    figures = [
        rates_figure("beside", language.say("Beside its platform"), beside, language, floor),
        weeks_figure(part.others.get("client_weeks", []), language, floor),
        trend_figure("releases", title, dated, language, floor),
        hour_figure(part.rate, language),
        endings_figure(part.outcomes, language),
        rates_figure("tasks-drawn", language.say("Its tasks"), by_pay(tasks), language, floor) if tasks else None,
    ]
    return [figure for figure in figures if figure is not None]


def against_house(part: ClientPart, language: Language) -> str | None:
    """Compare the intervals of client and platform; None if the platform has no rate."""
    if part.house is None or part.rate["low_usd_per_hour"] is None or part.house["low_usd_per_hour"] is None:
        return None
    own, house = part.rate, part.house
    if "task_rate" in (own.get("figure"), house.get("figure")):
        return None  # the interval of a task rate says nothing of what people earned
    if own["high_usd_per_hour"] < house["low_usd_per_hour"]:
        return language.say("People earned less here than on the platform as a whole: the two intervals do not touch.")
    if own["low_usd_per_hour"] > house["high_usd_per_hour"]:
        return language.say("People earned more here than on the platform as a whole: the two intervals do not touch.")
    return language.say("It cannot be told apart from the platform as a whole: the two intervals overlap.")
