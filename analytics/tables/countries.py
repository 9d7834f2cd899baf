"""Hourly pay by country, once a quarter and with noise: the tables of 50 people and more of step F.

Each contributor's typical hour counts once, within bounds. Laplace noise hides whether any one contributor is included.
A contributor counts on the platform of their longest work, in its row and in their country's. Each row has half of the
privacy budget, so the whole table costs a person epsilon = 1 a quarter.

A released table remains until its quarter is over, because a second one from changed rows would spend the budget again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from analytics.disclosure import rounding
from analytics.disclosure.borders import nominal, with_borders, words
from analytics.disclosure.cell_ids import with_cells
from analytics.disclosure.pseudonyms import Key, siphash
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.release_state import ReleaseState
from analytics.disclosure.thresholds import Z95, Disclosed
from analytics.estimator.groups import Floats
from analytics.model.encoding import schema
from analytics.model.identifiers import key
from analytics.model.policy import ARCHIVE, CROWD
from analytics.model.units import MICROS, SECONDS_PER_HOUR
from analytics.tables.dictionary.registry import COUNTRY_RATES

EPSILON = 1.0  # of the whole table, a person and quarter (step F)
ROWS_OF_A_PERSON = 2  # their platform's and their country's
FEWEST_CONTRIBUTORS = 50
LEAST_USD_PER_HOUR, MOST_USD_PER_HOUR = 0.25, 40.0  # a person's hour counts within these
SPREAD = 1.2  # of people's ln hour around their platform's: a constant, so that the interval tells nothing of them
WHOLE = ""  # means "all countries" where countries are marked
MONTHS = 3
NO_QUARTERS = (ARCHIVE.name,)  # an export is a photograph


def quarter_before(day: date) -> tuple[date, date]:
    """Return the first and last day of the last quarter that ended before `day`."""
    this = date(day.year, (day.month - 1) // MONTHS * MONTHS + 1, 1)
    last = this - timedelta(days=1)
    return date(last.year, last.month - MONTHS + 1, 1), last


def quarter_name(day: date) -> str:
    """Return `2026Q3`, the last quarter that ended before `day`."""
    first, _ = quarter_before(day)
    return f"{first.year}Q{(first.month - 1) // MONTHS + 1}"


def country_rates(hours: pl.DataFrame, countries: pl.DataFrame, day: date, secret: ReleaseSecret) -> pl.DataFrame:
    """Return the table of the last whole quarter before `day`, without its release.

    `hours` are those of `analytics.tables.work`; `countries` are the countries that contributors gave.
    """
    people = typical_hours(hours).join(countries, on="contributor", how="left", maintain_order="left")
    by_country = people.filter(pl.col("country").is_not_null())
    key_of_noise = secret.key("noise")
    cells = [summed(people.with_columns(country=pl.lit(WHOLE)), key_of_noise), summed(by_country, key_of_noise)]
    numbered = with_cells(pl.concat(cells), "country_rates", ("platform", "country"))
    bordered = with_borders(numbered, numbered["cell"], secret)
    enough = bordered.filter(pl.col("contributors") >= pl.col(f"border_{FEWEST_CONTRIBUTORS}")).sort(
        "platform", "country"
    )
    name = quarter_name(day)
    scale = (
        np.log(MOST_USD_PER_HOUR / LEAST_USD_PER_HOUR) * ROWS_OF_A_PERSON / EPSILON / enough["contributors"].to_numpy()
    )
    centre = pl.Series(enough["mean"].to_numpy() + scale * laplace(enough, name, key_of_noise))
    # The interval uses the noise and the least number of people, nothing about the people.
    reach = pl.Series(Z95 * np.sqrt(SPREAD**2 / enough["contributors"].to_numpy() + 2 * scale**2))
    return in_columns(enough.with_columns(centre=centre, reach=reach), name)


def in_columns(cells: pl.DataFrame, quarter: str) -> pl.DataFrame:
    """Return the rows of the table: figures on the grid, people as bands."""
    people = cells.with_columns(least=nominal(pl.col("contributors")))
    step = rounding.rate_step(pl.col("least"), CROWD)
    shown = rounding.rate(pl.col("centre"), step)
    rows = people.with_columns(
        quarter=pl.lit(quarter),
        level_used=pl.when(pl.col("country") == WHOLE).then(pl.lit("platform")).otherwise(pl.lit("country")),
        country=pl.when(pl.col("country") != WHOLE).then("country"),
        contributors_at_least=pl.col("least"),
        effective_usd_per_hour=shown,
        low_usd_per_hour=rounding.low_end(pl.col("centre") - pl.col("reach"), step, shown),
        high_usd_per_hour=rounding.high_end(pl.col("centre") + pl.col("reach"), step, shown),
        epsilon=pl.lit(EPSILON / ROWS_OF_A_PERSON),
        contributors=words(pl.col("least")),
    )
    return rows.select(pl.col(name).cast(kind) for name, kind in schema(COUNTRY_RATES).items() if name != "release")


def with_countries(
    disclosed: Disclosed, people: People, memories: tuple[ReleaseState | None, ReleaseState], secret: ReleaseSecret
) -> tuple[Disclosed, ReleaseState]:
    """Return the release and its state with the table of the last quarter.

    A table that was already released for that quarter stays; otherwise a new one is made from `people`.
    """
    before, after = memories
    day, quarter = disclosed.as_of, quarter_name(disclosed.as_of)
    if before is not None and before.is_current and before.quarter == quarter:
        table = before.countries
    elif disclosed.policy in NO_QUARTERS:
        table = None
    else:
        table = country_rates(people.hours, people.countries, day, secret)
    return replace(disclosed, countries=table), replace(after, quarter=quarter, countries=table)


@dataclass(frozen=True)
class People:
    """Hours of work by person (`hours` of `analytics.tables.work`), and the countries that contributors gave."""

    hours: pl.DataFrame
    countries: pl.DataFrame


def typical_hours(hours: pl.DataFrame) -> pl.DataFrame:
    """Return each contributor's platform of longest work in the quarter, and ln of hourly pay there, within bounds."""
    hour = (pl.col("credited") / MICROS / (pl.col("tasks_ms") / 1000) * SECONDS_PER_HOUR).clip(
        LEAST_USD_PER_HOUR, MOST_USD_PER_HOUR
    )
    return worked_longest(hours).select("platform", "contributor", log_hour=hour.log())


def worked_longest(hours: pl.DataFrame) -> pl.DataFrame:
    """Return each contributor's work on the platform of longest work in the published time.

    The columns are whole `credited` micros and `tasks_ms`, and the listed amounts `owed` and `decided`. `hours` include
    expected pay (`analytics.tables.work.with_expected_pay`).
    """
    worked = hours.group_by("platform", "contributor").agg(pl.col("credited", "owed", "decided", "tasks_ms").sum())
    return (
        worked.filter(pl.col("tasks_ms") > 0)
        .sort("contributor", "tasks_ms", "platform", descending=[False, True, False])
        .unique("contributor", keep="first", maintain_order=True)
    )


def summed(people: pl.DataFrame, secret: Key) -> pl.DataFrame:
    """Return the count, the mean of ln hours and a mark of the exact data, by platform and country."""
    data = siphash(
        secret, people["contributor"].to_numpy().view(np.uint64), people["log_hour"].to_numpy().view(np.uint64)
    )
    return (
        people.with_columns(data=pl.Series(data, dtype=pl.UInt64))
        .sort("platform", "country", "contributor")
        .group_by("platform", "country", maintain_order=True)
        .agg(contributors=pl.len().cast(pl.Int64), mean=pl.col("log_hour").mean(), data=pl.col("data").sum())
    )


def laplace(cells: pl.DataFrame, quarter: str, secret: Key) -> Floats:
    """Return Laplace noise of scale 1 for each cell, from the secret, the quarter, the cell and its data.

    The same rows give the same bytes again, and other rows give other noise.
    """
    names = [cells["platform"], cells["country"], pl.Series([quarter] * cells.height, dtype=pl.String)]
    words = [np.array([key(text) for text in column], np.int64).view(np.uint64) for column in names]
    bits = siphash(secret, *words, np.ascontiguousarray(cells["data"].to_numpy()))
    even = (bits >> np.uint64(11)).astype(np.float64) / (1 << 53) + 2.0**-54 - 0.5  # within (-0.5, 0.5)
    noise: Floats = -np.sign(even) * np.log1p(-2 * np.abs(even))
    return noise
