"""Charts of the supplementary tables: weeks, people's own pay, unpaid time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.pictures import Bar, Bars, Interval, Intervals
from analytics.reporting.charts.rate_figures import Row, per_hour, sentence, trend_figure
from analytics.reporting.wording import Speech

WEEK = timedelta(days=7)
MOST_WEEKS = 53
NOTHING: Row = {
    "low_usd_per_hour": None,
    "high_usd_per_hour": None,
    "effective_usd_per_hour": None,
    "contributors": None,
}


def weeks_figure(rows: Sequence[Row], language: Speech, floor: float | None = None) -> Figure | None:
    """Return pay week by week; a week without enough people is a gap."""
    by_day = {row["week_starts_on"]: row for row in sorted(rows, key=lambda row: row["week_starts_on"])}
    if not by_day:
        return None
    first, last = min(by_day), max(by_day)
    span = (last - first).days // WEEK.days + 1
    # A gap marks a week with too few people. An archive of years is mostly gaps: its empty weeks are left out.
    days = [first + place * WEEK for place in range(span)] if span <= MOST_WEEKS else sorted(by_day)
    weeks = [(day, by_day.get(day, NOTHING)) for day in days]
    title = language.say("Pay week by week")
    return trend_figure("weeks", title, weeks, language, floor)


def unpaid_figure(overheads: Sequence[Row], language: Speech) -> Figure | None:
    """Return the unpaid minutes for each hour of tasks by class, the largest first."""
    names = {
        "search": language.say("Searching for work"),
        "watch": language.say("Watching for new work"),
        "preview": language.say("Looking at tasks before claiming"),
        "qualification": language.say("Qualifying, unpaid tests"),
        "messages": language.say("Messages"),
        "payment": language.say("Payment chores"),
        "learning": language.say("Learning the platform"),
        "all": language.say("All of these"),
    }
    known = [row for row in overheads if row["minutes_per_task_hour"] is not None and row["class"] in names]
    if not known:
        return None
    known.sort(key=lambda row: (row["class"] == "all", -row["minutes_per_task_hour"]))
    words = language.wording
    cells = tuple(
        (
            names[row["class"]],
            words.minutes(row["minutes_per_task_hour"]),
            f"{words.number(row['low_minutes'])} – {words.number(row['high_minutes'])}",
            words.isolated(row["contributors"]),
        )
        for row in known
    )
    bars = tuple(
        Bar(names[row["class"]], row["minutes_per_task_hour"], words.minutes(row["minutes_per_task_hour"]))
        for row in known
    )
    headings = ("", language.say("Minutes"), language.say("Between"), language.say("People"))
    title = language.say("Unpaid time beside each hour of tasks")
    note = language.say(
        "Means over people of the last 90 days, each rounded by itself, so the parts need not add up. A few who wait long "
        "pull a mean up; what comes on top of an hour is a middle over people, and mostly less."
    )
    return Figure("unpaid", title, sentence(cells), headings, cells, Bars(bars), note)


def people_figure(workers: Sequence[Row], basis: str, language: Speech) -> Figure | None:
    """Return points of the distribution of people's own hourly pay."""
    points = [row for row in workers if row["kind"] == "percentile" and row["basis"] == basis]
    points = [row for row in sorted(points, key=lambda row: row["point"]) if row["low_usd_per_hour"] is not None]
    if not points:
        return None
    words = language.wording
    title = (
        language.say("What people’s own hours paid, unpaid time included")
        if basis == "all_hours"
        else language.say("What people’s own hours of tasks paid")
    )
    labels = [
        language.say("Half of the people earned less than")
        if row["point"] == 50
        else language.say("%(share)s of the people earned less than", share=words.share(row["point"] / 100))
        for row in points
    ]
    drawn = tuple(
        Interval(
            label,
            words.currency.amount(row["low_usd_per_hour"]),
            words.currency.amount(row["high_usd_per_hour"]),
            words.currency.amount(row["own_usd_per_hour"]),
            words.usd(row["own_usd_per_hour"]),
            is_back=row["point"] != 50,
        )
        for label, row in zip(labels, points, strict=True)
    )
    cells = tuple(
        (label, words.usd(row["own_usd_per_hour"]), words.between(row["low_usd_per_hour"], row["high_usd_per_hour"]))
        for label, row in zip(labels, points, strict=True)
    )
    headings = ("", language.say("An hour"), language.say("Between"))
    picture = Intervals(drawn, per_hour(language), currency=words.currency.code)
    return Figure(f"people-{basis}", title, sentence(cells), headings, cells, picture, _quarter(points[0], language))


def floors_figure(workers: Sequence[Row], language: Speech) -> Figure | None:
    """Return the shares of people who earn less than stated floors."""
    floors = sorted(
        (row for row in workers if row["kind"] == "floor" and row["share_below"] is not None),
        key=lambda row: (row["point"], row["basis"] == "all_hours"),
    )
    if not floors:
        return None
    words = language.wording
    cells = tuple(
        (
            language.say("Less than %(floor)s, unpaid time included", floor=words.usd(row["point"]))
            if row["basis"] == "all_hours"
            else language.say("Less than %(floor)s in hours of tasks", floor=words.usd(row["point"])),
            words.share(row["share_below"]),
            f"{words.share(row['share_low'])} – {words.share(row['share_high'])}",
        )
        for row in floors
    )
    bars = tuple(Bar(label, row["share_below"], shown) for row, (label, shown, _) in zip(floors, cells, strict=True))
    headings = ("", language.say("Of people"), language.say("Between"))
    title = language.say("How many people earn less than a floor")
    return Figure("floors", title, sentence(cells), headings, cells, Bars(bars, 1.0), _quarter(floors[0], language))


def waits_figure(waits: Sequence[tuple[str, float]], language: Speech) -> Figure | None:
    """Return the days until people are paid, the slowest first."""
    if not waits:
        return None
    ordered = sorted(waits, key=lambda wait: -wait[1])
    cells = tuple((label, language.wording.days(days)) for label, days in ordered)
    bars = tuple(Bar(label, days, language.wording.days(days)) for label, days in ordered)
    headings = ("", language.say("Days"))
    return Figure("waits", language.say("How long until people are paid"), sentence(cells), headings, cells, Bars(bars))


def _quarter(row: Row, language: Speech) -> str:
    return language.say(
        "%(quarter)s, %(people)s people, with a little noise so that nobody can be found in it.",
        quarter=row["quarter"],
        people=language.wording.isolated(row["contributors"]),
    )
