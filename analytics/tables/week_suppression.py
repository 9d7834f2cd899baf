"""Suppression of weeks that subtraction would reveal: from their platform's week, or from the whole among the rates.

The hidden weeks are those that `disclosure.secondary_suppression.cells_to_suppress` would return for all people at once. Here
each part returns the weeks of its own clients, and a few people of the unpublished ones, so that no process holds all
people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import polars as pl

from analytics.disclosure.cell_ids import with_cells
from analytics.disclosure.pseudonyms import WANTED
from analytics.disclosure.secondary_suppression import Margin, cells_to_suppress, smallest
from analytics.tables.week_cells import CLIENTS, HOUSES, KEYS, WHOLES
from analytics.tables.work import Work

RESTS: dict[str, pl.DataType] = {
    "client_key": pl.Int64(),
    "cell": pl.UInt64(),
    "whole": pl.UInt64(),
    "contributor": pl.Int64(),
}


def without_rests(
    work: Work, people: pl.DataFrame, clients: pl.DataFrame, candidates: Mapping[str, pl.DataFrame], fewest: int
) -> dict[str, pl.DataFrame]:
    """Return the publishable weeks, without those that subtraction would reveal.

    A platform's week could be revealed by its whole, given the work of `people` there by week. A client's week could be
    revealed by its whole and by the platform's week.
    """
    platform_weeks = candidates[HOUSES].filter(
        ~pl.col("cell").is_in(sorted(hidden_houses(people, candidates[HOUSES]["cell"], fewest)))
    )
    sizes = in_platform_weeks(with_cells(clients, CLIENTS, KEYS[CLIENTS]), platform_weeks)
    asking = partial(residuals, platform_weeks=platform_weeks.select("platform", "cell"), fewest=fewest)
    shown = candidates[CLIENTS]
    left = work.each(partial(asking, shown=shown.select(*WANTED)))
    while True:
        hidden = to_hide(left, sizes.join(shown, on="cell", how="semi"), fewest)
        if hidden.is_empty():
            return {HOUSES: platform_weeks, CLIENTS: shown}
        gone = pl.col("cell").is_in(hidden.implode())
        again, shown = shown.filter(gone).select("client_key").unique(), shown.filter(~gone)
        theirs = shown.join(again, on="client_key", how="semi").select(*WANTED)
        repeated = work.each(partial(rests_again, clients=again, asking=partial(asking, shown=theirs)))
        left = pl.concat([left.join(again, on="client_key", how="anti"), repeated])


def rests_again(
    weeks: pl.DataFrame, clients: pl.DataFrame, asking: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """Repeat the suppression for some clients only."""
    return asking(weeks.filter(pl.col("client_key").is_in(clients["client_key"].implode())))


def hidden_houses(people: pl.DataFrame, shown: pl.Series, fewest: int) -> set[int]:
    """Return the platforms' weeks, among those to publish, that must be hidden."""
    wholes = with_cells(people, HOUSES, WHOLES[HOUSES]).rename({"cell": "whole"})
    margin = Margin(with_cells(wholes, HOUSES, KEYS[HOUSES]).select("whole", "contributor", part="cell"))
    return cells_to_suppress([margin], shown, fewest)


def in_platform_weeks(cells: pl.DataFrame, platform_weeks: pl.DataFrame) -> pl.DataFrame:
    """Return clients' weeks with the platform's week they belong to (`whole`), for those among `platform_weeks`."""
    wholes = with_cells(cells.select("platform", "week"), HOUSES, KEYS[HOUSES])["cell"]
    return cells.with_columns(whole=wholes).filter(pl.col("whole").is_in(platform_weeks["cell"].implode()))


def residuals(weeks: pl.DataFrame, shown: pl.DataFrame, platform_weeks: pl.DataFrame, fewest: int) -> pl.DataFrame:
    """Return the weeks to hide and some people of unpublished weeks, by client.

    A week (`cell`) is hidden if too few people are left outside the weeks that are `shown`. The people are those of
    unpublished weeks, by the platform's week (`whole`), at most `fewest`.
    """
    wholes = with_cells(weeks, CLIENTS, WHOLES[CLIENTS]).rename({"cell": "client"})
    people = with_cells(wholes, CLIENTS, KEYS[CLIENTS])
    margin = Margin(people.select("contributor", whole="client", part="cell"))
    hidden = smallest(margin, set(shown["cell"]), fewest)
    lone = people.filter(pl.col("cell").is_in(hidden)).select("client_key", "cell").unique()
    quiet = in_platform_weeks(people.filter(~pl.col("cell").is_in(shown["cell"].implode())), platform_weeks)
    some = quiet.select("client_key", "whole", "contributor").group_by("client_key", "whole").head(fewest)
    return pl.concat([pl.DataFrame(schema=RESTS), lone, some], how="diagonal").select(*RESTS)


def to_hide(residuals: pl.DataFrame, sizes: pl.DataFrame, fewest: int) -> pl.Series:
    """Return the weeks of clients to hide, given the parts' residuals and the number of people in the shown weeks.

    For each platform's week with a residual that is too small, it is the smallest week of a client.
    """
    rest = residuals.filter(pl.col("whole").is_not_null()).group_by("whole").agg(rest=pl.col("contributor").n_unique())
    wholes = rest.filter(pl.col("rest") < fewest)
    least = sizes.join(wholes, on="whole", how="semi").sort("whole", "people", "cell").group_by("whole").first()
    return pl.concat([residuals["cell"].drop_nulls(), least["cell"]]).unique()
