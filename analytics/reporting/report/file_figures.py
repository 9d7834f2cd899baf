"""Figures of a report on exports: values in words and drawn."""

from __future__ import annotations

from typing import Any

import polars as pl

from analytics.importers.attempts import Merged
from analytics.reporting.charts.figure import Figure
from analytics.reporting.charts.pictures import Bar, Bars, Interval, Intervals, Mark
from analytics.reporting.charts.rate_figures import sentence
from analytics.reporting.report.document import Values
from analytics.reporting.report.people import BASES, mean, percentile, share_of
from analytics.reporting.wording import Wording

WORDS = Wording("en")
MOST_DRAWN = 15  # rows that fit a sheet of paper
PARTS = (0.1, 0.25, 0.5, 0.75, 0.9)
OF_BASIS = {
    "by_task": "By task, overlaps twice",
    "tasks": "Tasks, overlaps shared",
    "all_hours": "All hours",
}
OF_ENDING = {
    "rejected": "rejected",
    "returned": "returned",
    "expired": "timed out",
    "screened_out": "screened out",
    "abandoned": "abandoned",
}


def read_figure(attempts: pl.DataFrame, merged: Merged) -> Figure:
    """Return the rows and attempts read, by platform."""
    rows = attempts.group_by("platform").agg(
        attempts=pl.len(),
        people=pl.col("worker").n_unique(),
        paid=(pl.col("reward_micros") > 0).sum(),
        first=pl.col("accepted_at").min(),
        last=pl.col("accepted_at").max(),
    )
    cells = tuple(
        (
            row["platform"],
            WORDS.number(row["attempts"]),
            WORDS.number(row["people"]),
            WORDS.number(row["paid"]),
            f"{row['first']:%Y} – {row['last']:%Y}",
        )
        for row in rows.sort("platform").to_dicts()
    )
    left = ", ".join(f"{WORDS.number(count)} {reason}" for reason, count in merged.left_out.items()) or "none"
    noted = ", ".join(f"{WORDS.number(count)} {oddity}" for oddity, count in merged.notes.items()) or "nothing"
    note = (
        f"{WORDS.number(merged.rows_read)} rows of {len(merged.files)} files; left out: {left}; noted: {noted}. "
        "Several rows can be one attempt."
    )
    headings = ("Platform", "Attempts", "People", "With known pay", "Years")
    return Figure("read", "Attempts in scope", sentence(cells), headings, cells, note=note)


def hours_figures(hours: pl.DataFrame) -> tuple[list[Figure], Values]:
    """Return a table of mean and percentiles on each basis by platform, and the medians drawn."""
    figures: list[Figure] = []
    values: Values = []
    for platform in hours["platform"].unique().sort():
        own = hours.filter(pl.col("platform") == platform)
        rows = [_basis(str(platform), basis, own[basis].drop_nulls().to_list()) for basis in BASES]
        shown = [row for row in rows if row["median"] is not None]
        values += shown
        if shown:
            figures.append(_hours_figure(str(platform), shown))
    return figures, values


def _basis(platform: str, basis: str, amounts: list[float]) -> dict[str, Any]:
    points = {part: percentile(amounts, part) for part in PARTS}
    middle = points[0.5]
    return {
        "platform": platform,
        "basis": basis,
        "people": len(amounts),
        "mean": mean(amounts),
        "median": middle.middle if middle else None,
        "median_low": middle.low if middle else None,
        "median_high": middle.high if middle else None,
        **{f"p{part * 100:.0f}": point.middle if point else None for part, point in points.items() if part != 0.5},
    }


def _hours_figure(platform: str, rows: Values) -> Figure:
    cells = tuple(
        (
            OF_BASIS[row["basis"]],
            WORDS.number(row["people"]),
            WORDS.usd(row["mean"]),
            f"{WORDS.usd(row['median'])} ({WORDS.between(row['median_low'], row['median_high'])})",
            *(WORDS.usd(row[f"p{part}"]) for part in (10, 25, 75, 90)),
        )
        for row in rows
    )
    drawn = tuple(
        Interval(
            OF_BASIS[row["basis"]],
            row["p10"],
            row["p90"],
            row["median"],
            f"median {WORDS.usd(row['median'])}",
            is_back=row["basis"] != "all_hours",
        )
        for row in rows
    )
    description = " ".join(
        f"{OF_BASIS[row['basis']]}: median {WORDS.usd(row['median'])}, mean {WORDS.usd(row['mean'])}, eight of ten people "
        f"between {WORDS.usd(row['p10'])} and {WORDS.usd(row['p90'])}."
        for row in rows
    )
    headings = ("Hours counted", "People", "Mean", "Median (95 %)", "10 %", "25 %", "75 %", "90 %")
    picture = Intervals(drawn, "US dollars an hour: eight of ten people, and the median")
    return Figure(f"hours-{platform}", f"Workers’ own hours on {platform}", description, headings, cells, picture)


def floors_figure(hours: pl.DataFrame, floors: tuple[float, ...]) -> tuple[Figure | None, Values]:
    """Return the shares of people with an hour below each floor."""
    values: Values = []
    for platform in hours["platform"].unique().sort():
        for floor in floors:
            for basis in ("tasks", "all_hours"):
                own = hours.filter(pl.col("platform") == platform)[basis].drop_nulls()
                part = share_of(int((own < floor).sum()), own.len())
                if part is not None:
                    values.append(
                        {
                            "platform": platform,
                            "floor_usd_per_hour": floor,
                            "basis": basis,
                            "people": own.len(),
                            "share_below": part.middle,
                            "share_low": part.low,
                            "share_high": part.high,
                        }
                    )
    if not values:
        return None, values
    labels = [
        f"{row['platform']}: under {WORDS.usd(row['floor_usd_per_hour'])}, {OF_BASIS[row['basis']].lower()}"
        for row in values
    ]
    cells = tuple(
        (
            label,
            WORDS.number(row["people"]),
            WORDS.share(row["share_below"]),
            _shares(row["share_low"], row["share_high"]),
        )
        for label, row in zip(labels, values, strict=True)
    )
    bars = tuple(
        Bar(label, row["share_below"], WORDS.share(row["share_below"]))
        for label, row in zip(labels, values, strict=True)
    )
    description = "; ".join(
        f"{label}: {WORDS.share(row['share_below'])}" for label, row in zip(labels, values, strict=True)
    )
    headings = ("Floor", "People", "Under it", "95 %")
    return Figure("floors", "Share of workers under a floor", description, headings, cells, Bars(bars, 1.0)), values


def endings_figure(values: Values) -> Figure | None:
    """Return the unpaid endings and their cost."""
    if not values:
        return None
    cells = tuple(
        (
            f"{row['platform']}: {OF_ENDING[row['ending']]}",
            WORDS.number(row["people"]),
            _finely(row["share_of_tasks"]),
            _shares(row["people_share_low"], row["people_share_high"]),
            WORDS.hours(row["hours"]) if row["hours"] is not None else "no times known",
            "no pay known" if row["listed_usd"] is None else WORDS.usd(row["listed_usd"]),
        )
        for row in values
    )
    known = [
        (cell[0], row["share_of_tasks"])
        for cell, row in zip(cells, values, strict=True)
        if row["share_of_tasks"] is not None
    ]
    picture = Bars(tuple(Bar(label, part, _finely(part)) for label, part in known)) if known else None
    headings = ("Ending", "People", "Of a person’s tasks", "People who met it", "Hours lost", "Listed pay lost")
    description = "; ".join(f"{cell[0]}: {cell[2]} of a person’s tasks, {cell[4]}, {cell[5]}" for cell in cells) + "."
    return Figure("ends", "Tasks that ended unpaid", description, headings, cells, picture)


def pauses_figure(values: Values) -> Figure | None:
    """Return the minutes between tasks."""
    if not values:
        return None
    cells = tuple(
        (row["platform"], WORDS.number(row["people"]), WORDS.minutes(row["minutes_per_task_hour"])) for row in values
    )
    headings = ("Platform", "People", "Pauses of up to a minute, beside each hour of tasks")
    description = "; ".join(f"{cell[0]}: {cell[2]}" for cell in cells) + "."
    return Figure("pauses", "Time between one task and the next", description, headings, cells)


def concentration_figure(values: Values) -> Figure | None:
    """Return the shares of pay from the largest clients."""
    if not values:
        return None
    cells = tuple(
        (
            row["platform"],
            str(row["clients"]),
            WORDS.share(row["largest_share"]),
            WORDS.share(row["largest_fifth_share"]),
            f"{row['gini']:.2f}",
        )
        for row in values
    )
    headings = ("Platform", "Clients", "Pay from the largest", "From the largest fifth", "Gini")
    description = "; ".join(
        f"{cell[0]}: {cell[2]} of all pay from the largest of {cell[1]} clients, Gini {cell[4]}" for cell in cells
    )
    return Figure("concentration", "Pay from the largest clients", description + ".", headings, cells)


def countries_figure(values: Values) -> Figure | None:
    """Return the countries compared on the same tasks."""
    if not values:
        return None
    cells = tuple(
        (row["country"], WORDS.number(row["people"]), f"× {row['factor']:.2f}", f"{row['low']:.2f} – {row['high']:.2f}")
        for row in values
    )
    surest = sorted(values, key=lambda row: row["high"] / row["low"])[:MOST_DRAWN]
    drawn = tuple(
        Interval(row["country"], row["low"], row["high"], row["factor"], f"× {row['factor']:.2f}")
        for row in values
        if row in surest
    )
    note = f"Drawn are the {len(drawn)} with the narrowest intervals." if len(drawn) < len(values) else None
    description = "; ".join(f"{cell[0]}: {cell[2]}, between {cell[3]}" for cell in cells) + "."
    picture = Intervals(
        drawn, "An hour’s pay against the mean of all people on the same tasks", Mark(1.0, "the same"), "plain"
    )
    headings = ("Country", "People", "Of the mean hour on the same tasks", "95 %")
    return Figure("same-task", "An hour of the same task, by country", description, headings, cells, picture, note)


def _shares(low: float | None, high: float | None) -> str:
    return "too few people" if low is None else f"{WORDS.share(low)} – {WORDS.share(high)}"


def _finely(part: float | None) -> str:
    return "too few people" if part is None else f"{part * 100:.1f}%"
