"""Time that no task pays for, by class: the table `overheads`.

For each person who shared unpaid time on a platform, the unpaid seconds of a class for each second of tasks in the last
90 days; the mean over people, each once. A person's own is held within bounds, so that one moves a mean by no more than
the step it is rounded to (step F).
"""

from __future__ import annotations

import polars as pl

from analytics.disclosure.cell_ids import asked_of, marked, with_cells
from analytics.disclosure.change_control import Memory, settled
from analytics.disclosure.thresholds import BANDS, ROUNDING, SHARE_STEPS, Z95, band, by_contributors, on_steps
from analytics.tables.release_context import Ground
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
MOST, MOST_OF_ALL = 1.0, 2.0  # unpaid seconds for a second of tasks that a person counts with
LEAST = tuple((least, float(least)) for least, _ in BANDS)
SPREAD = 0.3  # of people's own around their mean, for each such second: a constant, so that an interval tells nothing


def overheads(
    hours: pl.DataFrame, spent: pl.DataFrame, ground: Ground, before: Memory | None
) -> tuple[pl.DataFrame, Memory]:
    """The table without its release, and what is remembered of it; `hours` as `analytics.tables.work` has
    them, unpaid time in the shape SPENT.
    """
    own = own_overheads(hours, spent, ground)
    fresh = rounded(own, ground)
    inside = marked(
        own.filter(pl.col("cell").is_in(asked_of(fresh, before)["cell"].implode())), ("data",), ground.secret
    )
    told, memory = settled(fresh, inside, before, ground.day, ground.policy)
    return told.join(ground.told(("platform",)), on="platform", how="semi").drop("cell").sort(KEYS), memory


def own_overheads(hours: pl.DataFrame, spent: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """By platform, class and person: `ratio`, unpaid seconds for each second of tasks, and `data`, the seconds."""
    people = ["platform", "contributor"]
    worked = hours.group_by(people).agg(pl.col("worked").sum())
    since = (pl.lit(ground.day) - pl.col("day")).dt.total_days()
    shared = spent.filter(since.is_between(0, RECENT_DAYS - 1))
    milliseconds = [
        (pl.col(f"{name}_seconds").clip(0, None) * 1000).round().cast(pl.Int64).sum().alias(name) for name in CLASSES
    ]
    each = shared.group_by(people).agg(milliseconds).with_columns(pl.sum_horizontal(CLASSES).alias(ALL))
    long = each.unpivot(index=people, on=[*CLASSES, ALL], variable_name="class", value_name="data")
    ratio = pl.col("data") / pl.col("worked")
    told = long.join(worked.filter(pl.col("worked") > 0), on=people).with_columns(
        ratio=pl.min_horizontal(ratio, most())
    )
    return with_cells(told.sort(*KEYS, "contributor"), TABLE, KEYS)


def rounded(own: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """The rows that may be told now."""
    policy, people = ground.policy, pl.col("people")
    found = own.group_by("cell", *KEYS, maintain_order=True).agg(
        people=pl.len().cast(pl.Int64), mean=pl.col("ratio").mean()
    )
    enough = found.filter(people >= policy.band_contributors).join(
        ground.told(("platform",)), on="platform", how="semi", maintain_order="left"
    )
    step = by_contributors(SHARE_STEPS, people) * most()
    centre, reach = on_steps(pl.col("mean"), step), Z95 * SPREAD * most() / people.sqrt()
    low = (((centre - reach).clip(0, None) / step + ROUNDING).floor() * step).clip(0, None)
    high = ((centre + reach) / step - ROUNDING).ceil() * step
    return enough.select(
        "cell",
        *KEYS,
        level_used=pl.lit("platform"),
        contributors=band(people),
        contributors_at_least=by_contributors(LEAST, people).cast(pl.Int64),
        minutes_per_task_hour=pl.when(people >= policy.number_contributors).then((centre * MINUTES).round(1)),
        low_minutes=(low * MINUTES).round(1),
        high_minutes=(high * MINUTES).round(1),
    )


def most() -> pl.Expr:
    """What a person counts with at most in the row's class."""
    return pl.when(pl.col("class") == ALL).then(MOST_OF_ALL).otherwise(MOST)
