"""Unpaid time by class: the table `overheads`.

A person's ratio is the unpaid seconds of a class for each second of tasks in the last 90 days. The figure is the mean
over people who shared unpaid time on a platform, each once. A ratio is kept within bounds, so that one person moves a
mean by no more than its rounding step (step F).
"""

from __future__ import annotations

import polars as pl

from analytics.disclosure.borders import LEAST_NUMBER
from analytics.disclosure.cell_ids import cells_to_check, marked, with_cells
from analytics.disclosure.change_control import HELD_BACK, CellMembers, released_cells
from analytics.disclosure.pseudonyms import persons
from analytics.disclosure.release_state import ReleaseState
from analytics.disclosure.rounding import ROUNDING
from analytics.disclosure.thresholds import PEOPLE, Z95
from analytics.tables.release_context import ReleaseContext
from analytics.tables.work_facts import RECENT_DAYS

CLASSES = ("search", "watch", "preview", "qualification", "messages", "payment", "learning")
SPENT: dict[str, pl.DataType] = {
    "contributor": pl.Int64(),
    "platform": pl.String(),
    "day": pl.Date(),
    **{f"{name}_seconds": pl.Float64() for name in CLASSES},
}
ALL = "all"
TABLE, KEYS = "overheads", ("platform", "class")
MINUTES = 60
MOST, MOST_OF_ALL = 1.0, 2.0  # upper bounds of a person's unpaid seconds for a second of tasks
SHARE_STEP = 0.05  # of an hour of tasks: 3 minutes
SPREAD = 0.3  # of people's own around their mean, for each such second: a constant, so that an interval tells nothing


def overheads(
    hours: pl.DataFrame, spent: pl.DataFrame, context: ReleaseContext, before: ReleaseState | None
) -> tuple[pl.DataFrame, ReleaseState]:
    """Return the table without its release, and the state to remember.

    `hours` are those of `analytics.tables.work`; unpaid time has the shape SPENT.
    """
    own = own_overheads(hours, spent, context)
    fresh = rounded(own, context)
    asked = own.filter(pl.col("cell").is_in(cells_to_check(fresh, before)["cell"].implode()))

    def without(pairs: pl.DataFrame) -> pl.DataFrame:
        some = own.join(pairs, on="cell", how="semi").join(pairs, on=["cell", "contributor"], how="anti")
        return rounded(some, context, HELD_BACK)

    members = CellMembers(
        marked(asked, ("data",), context.pseudonyms), persons(everybody(spent), context.pseudonyms), without
    )
    shown, state = released_cells(fresh, members, before, context.rules)
    return shown.join(context.published(("platform",)), on="platform", how="semi").drop("cell").sort(KEYS), state


def everybody(spent: pl.DataFrame) -> pl.DataFrame:
    """Return every cell and contributor with any unpaid time, counted or not."""
    people = spent.select("platform", "contributor").unique()
    classes = pl.DataFrame({"class": [*CLASSES, ALL]})
    return with_cells(people.join(classes, how="cross"), TABLE, KEYS)


def own_overheads(hours: pl.DataFrame, spent: pl.DataFrame, context: ReleaseContext) -> pl.DataFrame:
    """Return `ratio` (unpaid seconds for each second of tasks) and `data` (the seconds) by platform, class, person."""
    people = ["platform", "contributor"]
    worked = hours.group_by(people).agg(pl.col("worked").sum())
    since = (pl.lit(context.day) - pl.col("day")).dt.total_days()
    shared = spent.filter(since.is_between(0, RECENT_DAYS - 1))
    milliseconds = [
        (pl.col(f"{name}_seconds").clip(0, None) * 1000).round().cast(pl.Int64).sum().alias(name) for name in CLASSES
    ]
    each = shared.group_by(people).agg(milliseconds).with_columns(pl.sum_horizontal(CLASSES).alias(ALL))
    long = each.unpivot(index=people, on=[*CLASSES, ALL], variable_name="class", value_name="data")
    ratio = pl.col("data") / pl.col("worked")
    ratios = long.join(worked.filter(pl.col("worked") > 0), on=people).with_columns(
        ratio=pl.min_horizontal(ratio, most())
    )
    return with_cells(ratios.sort(*KEYS, "contributor"), TABLE, KEYS)


def rounded(own: pl.DataFrame, context: ReleaseContext, held: int = 0) -> pl.DataFrame:
    """Return the rows that may be published now; `held` people were left out of each cell by draw but count for its
    band.
    """
    found = own.group_by("cell", *KEYS, maintain_order=True).agg(
        people=pl.len().cast(pl.Int64) + held, mean=pl.col("ratio").mean()
    )
    enough = context.with_bands(found, found["cell"]).join(
        context.published(("platform",)), on="platform", how="semi", maintain_order="left"
    )
    step = SHARE_STEP * most()
    centre = (pl.col("mean") / step + 0.5 + ROUNDING).floor() * step
    reach = Z95 * SPREAD * most() / pl.col("people").sqrt()
    low = (((pl.col("mean") - reach).clip(0, None) / step + ROUNDING).floor() * step).clip(0, None)
    high = ((pl.col("mean") + reach) / step - ROUNDING).ceil() * step
    return enough.select(
        "cell",
        *KEYS,
        "contributors",
        "contributors_at_least",
        level_used=pl.lit("platform"),
        minutes_per_task_hour=pl.when(pl.col(PEOPLE) >= LEAST_NUMBER).then((centre * MINUTES).round(1)),
        low_minutes=(low * MINUTES).round(1),
        high_minutes=(high * MINUTES).round(1),
    )


def most() -> pl.Expr:
    """Return the upper bound of a person's ratio in the row's class."""
    return pl.when(pl.col("class") == ALL).then(MOST_OF_ALL).otherwise(MOST)
