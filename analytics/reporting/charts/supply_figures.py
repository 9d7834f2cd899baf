"""Charts of supply: the hours with new work, and the speed at which it goes."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.pictures import Bar, Bars, Columns
from analytics.reporting.charts.rate_figures import Row, sentence
from analytics.reporting.wording import Speech


def hours_figure(supply: Sequence[Row], language: Speech) -> Figure | None:
    """Return the new listings by hour of the day."""
    rates = {
        row["hour"]: row["new_listings_per_hour"]
        for row in supply
        if row["figure"] == "new_listings" and row["weekday"] is None and row["hour"] is not None
    }
    listed = {hour: rate for hour, rate in rates.items() if rate is not None}
    if len(listed) < 2:
        return None
    number = language.wording.number
    cells = tuple((f"{hour:02}:00", number(listed.get(hour))) for hour in range(24))
    most = max(listed, key=lambda hour: listed[hour])
    columns = tuple(
        Bar(str(hour), listed.get(hour, 0.0), number(listed[hour]) if hour == most else "") for hour in range(24)
    )
    axis = language.say("Hour of the day (UTC)")
    headings = (axis, language.say("New listings in an hour"))
    title = language.say("When new work is listed")
    words = language.say(
        "Most at %(hour)s UTC: %(count)s new listings in an hour.", hour=f"{most:02}:00", count=number(listed[most])
    )
    return Figure("supply", title, words, headings, cells, Columns(columns, axis))


def units_figure(supply: Sequence[Row], language: Speech) -> Figure | None:
    """Return the places of one listing that go in an hour, by the number it has left."""
    names = {
        "1_to_5": language.say("1 to 5 left"),
        "6_to_20": language.say("6 to 20 left"),
        "21_to_100": language.say("21 to 100 left"),
        "101_to_1000": language.say("101 to 1,000 left"),
        "over_1000": language.say("More than 1,000 left"),
    }
    gone = {row["units_left"]: row for row in supply if row["figure"] == "units_gone"}
    known = [(name, gone[size]) for size, name in names.items() if size in gone]
    if all(row["units_gone_per_hour"] is None for _, row in known):
        return None
    words = language.wording
    cells = tuple(
        (
            name,
            words.number(row["units_gone_per_hour"]),
            f"{words.number(row['low_per_hour'])} – {words.number(row['high_per_hour'])}",
            words.isolated(row["contributors"]),
        )
        for name, row in known
    )
    bars = tuple(
        Bar(name, row["units_gone_per_hour"], words.number(row["units_gone_per_hour"]))
        for name, row in known
        if row["units_gone_per_hour"] is not None
    )
    headings = ("", language.say("Places gone in an hour"), language.say("Between"), language.say("People"))
    title = language.say("How many places of one listing go in an hour")
    return Figure("units", title, sentence(cells), headings, cells, Bars(bars))
