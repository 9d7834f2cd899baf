"""Times of new tasks, the lifetime of listings and the speed of their units: the table `supply`.

Its source are counts by extensions on open listings. Each person's own mean counts once, over the last 90 days. A
cell's people are those who watched in that hour of the week, or such a listing. Hours that subtraction from the hour of
all days would reveal are withheld (`analytics.disclosure.secondary_suppression`). Sizes of listings do not add up to
anything published.
"""

from __future__ import annotations

import polars as pl

from analytics.disclosure import rounding
from analytics.disclosure.borders import LEAST_NUMBER
from analytics.disclosure.cell_ids import cells_to_check, marked, with_cells
from analytics.disclosure.change_control import HELD_BACK, CellMembers, released_cells
from analytics.disclosure.pseudonyms import persons
from analytics.disclosure.release_state import ReleaseState
from analytics.disclosure.secondary_suppression import Margin, cells_to_suppress
from analytics.disclosure.thresholds import PEOPLE, STEP, Z95
from analytics.tables.release_context import ReleaseContext

HOURS = 24
LIVES = ("under_1_minute", "under_5_minutes", "under_15_minutes", "under_1_hour", "under_4_hours", "over_4_hours")
SIZES = ("1_to_5", "6_to_20", "21_to_100", "101_to_1000", "over_1000")  # of listings, by the units that are left
SIGHTINGS: dict[str, pl.DataType] = {
    "contributor": pl.Int64(),
    "platform": pl.String(),
    "day": pl.Date(),
    "watched_minutes": pl.List(pl.Int64()),  # by hour of the day (UTC)
    "appeared": pl.List(pl.Int64()),  # new listings, also by hour of the day
    "lives": pl.List(pl.Int64()),  # listings that came and went, by LIVES
    "units_minutes": pl.List(pl.Int64()),  # listings times minutes, by SIZES; null if not counted
    "units_gone": pl.List(pl.Int64()),  # units that went meanwhile, by SIZES
}
TABLE, KEYS = "supply", ("platform", "figure", "weekday", "hour", "life")
UNIT_KEYS = (*KEYS, "units_left")  # only for figures of units, so that the cells of other figures keep their numbers
DAYS = 90
LEAST_MINUTES = 15  # of watching in a cell before a person counts in it
LEAST_LISTINGS = 5  # that came and went before a person counts for lives
LEAST_LISTING_MINUTES = 30  # of watching listings of a size before a person counts for their units
MOST_PER_HOUR, LEAST_PER_HOUR = 200.0, 0.05  # bounds of a person's own mean
MOST_GONE_PER_HOUR = 2_000.0  # the same bound for units of one listing
SPREAD, UNITS_SPREAD = 1.0, 1.5  # of people's ln of these: constants, so that an interval tells nothing of them
ANY_DAY, ANY_HOUR = 0, -1


def supply(
    heard: pl.DataFrame, sightings: pl.DataFrame, context: ReleaseContext, before: ReleaseState | None
) -> tuple[pl.DataFrame, ReleaseState]:
    """Return the table without its release, and the state to remember.

    `heard` are the contributors that count (a column `contributor`); `sightings` have the shape SIGHTINGS.
    """
    since = (pl.lit(context.day) - pl.col("day")).dt.total_days()
    counted = sightings.filter(since.is_between(0, DAYS - 1)).join(heard, on="contributor", how="semi")
    own = own_of(counted)
    fresh = figures(own, context)
    inside = pl.concat([each.select("cell", "contributor", "data") for each in own]).unique(["cell", "contributor"])
    asked = inside.filter(pl.col("cell").is_in(cells_to_check(fresh, before)["cell"].implode()))

    def without(pairs: pl.DataFrame) -> pl.DataFrame:
        some = (
            each.join(pairs, on="cell", how="semi").join(pairs, on=["cell", "contributor"], how="anti") for each in own
        )
        return figures(tuple(some), context, HELD_BACK)

    everybody = pl.concat([each.select("cell", "contributor") for each in own_of(sightings)]).unique()
    there = persons(everybody, context.pseudonyms)
    members = CellMembers(marked(asked, ("data",), context.pseudonyms), there, without)
    shown, state = released_cells(fresh, members, before, context.rules)
    hidden = cells_to_suppress(margins(own[0]), shown["cell"], context.policy.band_contributors)
    return shaped(shown.filter(~pl.col("cell").is_in(sorted(hidden))), context), state


def own_of(sightings: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return people's own arrivals, lives and units."""
    return own_arrivals(sightings), own_lives(sightings), own_units(sightings)


def figures(own: tuple[pl.DataFrame, ...], context: ReleaseContext, held: int = 0) -> pl.DataFrame:
    """Return the rows that may be published now, from people's own arrivals, lives and units.

    `held` people were left out of each cell by draw but count for its band.
    """
    arrivals, lives, units = own
    rows = [
        rounded_paces(means(arrivals, context, held), "new_listings_per_hour", SPREAD),
        rounded_lives(means(lives, context, held)),
        rounded_paces(means(units, context, held), "units_gone_per_hour", UNITS_SPREAD),
    ]
    return pl.concat(rows, how="diagonal").join(
        context.published(("platform",)), on="platform", how="semi", maintain_order="left"
    )


def own_arrivals(sightings: pl.DataFrame) -> pl.DataFrame:
    """Return `own`, new listings in an hour of watching, by platform, hour of the week and person.

    The hour of all days and all hours together are included.
    """
    hours = sightings.select(
        "platform",
        "contributor",
        pl.col("day").dt.weekday().cast(pl.Int64).alias("weekday"),
        pl.lit(list(range(HOURS))).alias("hour"),
        "watched_minutes",
        "appeared",
    ).explode("hour", "watched_minutes", "appeared")
    any_day = hours.with_columns(weekday=pl.lit(ANY_DAY, pl.Int64))
    every = pl.concat([hours, any_day, any_day.with_columns(hour=pl.lit(ANY_HOUR, pl.Int64))])
    keys = ["platform", "weekday", "hour", "contributor"]
    each = every.group_by(keys).agg(minutes=pl.col("watched_minutes").sum(), listings=pl.col("appeared").sum())
    own = (pl.col("listings") / pl.col("minutes") * 60).clip(0, MOST_PER_HOUR)
    watched = each.filter(pl.col("minutes") >= LEAST_MINUTES).with_columns(
        own=own, data=pl.col("minutes") * 100_000 + pl.col("listings"), figure=pl.lit("new_listings"),
        life=pl.lit(None, pl.String),
    )  # fmt: skip
    return with_cells(watched.sort(keys), TABLE, KEYS)


def own_lives(sightings: pl.DataFrame) -> pl.DataFrame:
    """Return `own`, the share of listings that lived so long, by platform, length of life and person."""
    each = (
        sightings.select("platform", "contributor", "lives", life=pl.lit(list(LIVES)))
        .explode("lives", "life")
        .group_by("platform", "life", "contributor")
        .agg(data=pl.col("lives").sum())
        .with_columns(all=pl.col("data").sum().over("platform", "contributor"))
    )
    shares = each.filter(pl.col("all") >= LEAST_LISTINGS).with_columns(
        own=pl.col("data") / pl.col("all"),
        figure=pl.lit("listing_life"),
        weekday=pl.lit(ANY_DAY, pl.Int64),
        hour=pl.lit(ANY_HOUR, pl.Int64),
    )
    return with_cells(shares.sort("platform", "life", "contributor"), TABLE, KEYS)


def own_units(sightings: pl.DataFrame) -> pl.DataFrame:
    """Return `own`, units that go from one listing in an hour, by platform, size of listings and person."""
    keys = ["platform", "units_left", "contributor"]
    each = (
        sightings.drop_nulls(["units_minutes", "units_gone"])
        .select("platform", "contributor", "units_minutes", "units_gone", units_left=pl.lit(list(SIZES)))
        .explode("units_minutes", "units_gone", "units_left")
        .group_by(keys)
        .agg(minutes=pl.col("units_minutes").sum(), gone=pl.col("units_gone").sum())
    )
    watched = each.filter(pl.col("minutes") >= LEAST_LISTING_MINUTES).with_columns(
        own=(pl.col("gone") / pl.col("minutes") * 60).clip(0, MOST_GONE_PER_HOUR),
        data=pl.col("minutes") * 100_000_000 + pl.col("gone"),
        figure=pl.lit("units_gone"),
        weekday=pl.lit(ANY_DAY, pl.Int64),
        hour=pl.lit(ANY_HOUR, pl.Int64),
        life=pl.lit(None, pl.String),
    )
    return with_cells(watched.sort(keys), TABLE, UNIT_KEYS)


def means(own: pl.DataFrame, context: ReleaseContext, held: int) -> pl.DataFrame:
    """Return the mean over the people of each cell that has enough."""
    keys = [name for name in UNIT_KEYS if name in own.columns]
    found = own.group_by("cell", *keys, maintain_order=True).agg(
        people=pl.len().cast(pl.Int64) + held, mean=pl.col("own").mean()
    )
    return context.with_bands(found, found["cell"]).with_columns(level_used=pl.lit("platform"))


SHOWN = ("cell", *UNIT_KEYS, "level_used", "contributors", "contributors_at_least")


def rounded_paces(cells: pl.DataFrame, name: str, spread: float) -> pl.DataFrame:
    """Return counts in an hour, as the column `name`, with their interval."""
    centre = pl.col("mean").clip(LEAST_PER_HOUR, None).log()
    reach, step = Z95 * spread / pl.col("people").sqrt(), pl.col(STEP)
    number = pl.when(pl.col(PEOPLE) >= LEAST_NUMBER).then(rounding.rate(centre, step))
    return cells.select(
        *(key for key in SHOWN if key in cells.columns),
        number.alias(name),
        low_per_hour=rounding.low_end(centre - reach, step, number),
        high_per_hour=rounding.high_end(centre + reach, step, number),
    )


def rounded_lives(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.filter(pl.col(PEOPLE) >= LEAST_NUMBER).select(
        *(key for key in SHOWN if key in cells.columns), life_share=rounding.share(pl.col("mean"))
    )


def margins(arrivals: pl.DataFrame) -> list[Margin]:
    """Return the margins: seven hours of the week make the hour of all days; twenty-four of these make all hours."""
    days = arrivals.filter(pl.col("weekday") != ANY_DAY)
    hours = arrivals.filter(pl.col("weekday") == ANY_DAY, pl.col("hour") != ANY_HOUR)
    of_hour = days.select("platform", "figure", "life", "contributor", "hour", weekday=pl.lit(ANY_DAY), part="cell")
    of_all = hours.select(
        "platform", "figure", "life", "contributor", weekday=pl.lit(ANY_DAY), hour=pl.lit(ANY_HOUR), part="cell"
    )
    return [Margin(with_cells(frame, TABLE, KEYS).rename({"cell": "whole"})) for frame in (of_hour, of_all)]


def shaped(cells: pl.DataFrame, context: ReleaseContext) -> pl.DataFrame:
    """Return rows with their published days and hours, where null means all."""
    whole = cells.join(context.published(("platform",)), on="platform", how="semi", maintain_order="left").drop("cell")
    return whole.with_columns(
        weekday=pl.when(pl.col("weekday") != ANY_DAY).then("weekday"),
        hour=pl.when(pl.col("hour") != ANY_HOUR).then("hour"),
    ).sort(UNIT_KEYS, nulls_last=True)
