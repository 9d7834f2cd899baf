"""Weeks that would show others by subtraction: from their platform's week, or from the whole that the rates tell.

Which are hidden is what `disclosure.secondary_suppression.withheld` would say of everybody at once. Here each part is
asked for the weeks of its own clients and for a few people of those that are not shown, so that nobody holds all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import polars as pl

from analytics.disclosure.cell_ids import with_cells
from analytics.disclosure.pseudonyms import WANTED
from analytics.disclosure.secondary_suppression import Margin, smallest, withheld
from analytics.tables.week_cells import CLIENTS, HOUSES, KEYS, WHOLES
from analytics.tables.work import Work

RESTS: dict[str, pl.DataType] = {
    "client_key": pl.Int64(),
    "cell": pl.UInt64(),
    "whole": pl.UInt64(),
    "contributor": pl.Int64(),
}


def without_rests(
    work: Work, people: pl.DataFrame, clients: pl.DataFrame, told: Mapping[str, pl.DataFrame], fewest: int
) -> dict[str, pl.DataFrame]:
    """What is told, but the weeks that would show others by subtraction: of a platform's weeks from its whole, given
    what `people` did there in which week; of a client's from its whole and from the platform's week.
    """
    houses = told[HOUSES].filter(~pl.col("cell").is_in(sorted(hidden_houses(people, told[HOUSES]["cell"], fewest))))
    sizes = in_houses(with_cells(clients, CLIENTS, KEYS[CLIENTS]), houses)
    asking = partial(rests, houses=houses.select("platform", "cell"), fewest=fewest)
    shown = told[CLIENTS]
    left = work.each(partial(asking, shown=shown.select(*WANTED)))
    while True:
        hidden = to_hide(left, sizes.join(shown, on="cell", how="semi"), fewest)
        if hidden.is_empty():
            return {HOUSES: houses, CLIENTS: shown}
        gone = pl.col("cell").is_in(hidden.implode())
        again, shown = shown.filter(gone).select("client_key").unique(), shown.filter(~gone)
        theirs = shown.join(again, on="client_key", how="semi").select(*WANTED)
        anew = work.each(partial(rests_again, clients=again, asking=partial(asking, shown=theirs)))
        left = pl.concat([left.join(again, on="client_key", how="anti"), anew])


def rests_again(
    weeks: pl.DataFrame, clients: pl.DataFrame, asking: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """The same of some clients only."""
    return asking(weeks.filter(pl.col("client_key").is_in(clients["client_key"].implode())))


def hidden_houses(people: pl.DataFrame, shown: pl.Series, fewest: int) -> set[int]:
    """Of the platforms' weeks that are to be told, those that must not be."""
    wholes = with_cells(people, HOUSES, WHOLES[HOUSES]).rename({"cell": "whole"})
    margin = Margin(with_cells(wholes, HOUSES, KEYS[HOUSES]).select("whole", "contributor", part="cell"))
    return withheld([margin], shown, fewest)


def in_houses(cells: pl.DataFrame, houses: pl.DataFrame) -> pl.DataFrame:
    """Clients' weeks with the platform's week that each is a part of (`whole`), of those that are among `houses`."""
    wholes = with_cells(cells.select("platform", "week"), HOUSES, KEYS[HOUSES])["cell"]
    return cells.with_columns(whole=wholes).filter(pl.col("whole").is_in(houses["cell"].implode()))


def rests(weeks: pl.DataFrame, shown: pl.DataFrame, houses: pl.DataFrame, fewest: int) -> pl.DataFrame:
    """By client: the week (`cell`) that must be hidden because too few people are left beside the weeks that are
    `shown`; and people of its weeks that are not shown, by the platform's week (`whole`), no more than `fewest`.
    """
    wholes = with_cells(weeks, CLIENTS, WHOLES[CLIENTS]).rename({"cell": "client"})
    people = with_cells(wholes, CLIENTS, KEYS[CLIENTS])
    margin = Margin(people.select("contributor", whole="client", part="cell"))
    hidden = smallest(margin, set(shown["cell"]), fewest)
    lone = people.filter(pl.col("cell").is_in(hidden)).select("client_key", "cell").unique()
    quiet = in_houses(people.filter(~pl.col("cell").is_in(shown["cell"].implode())), houses)
    some = quiet.select("client_key", "whole", "contributor").group_by("client_key", "whole").head(fewest)
    return pl.concat([pl.DataFrame(schema=RESTS), lone, some], how="diagonal").select(*RESTS)


def to_hide(told: pl.DataFrame, sizes: pl.DataFrame, fewest: int) -> pl.Series:
    """The weeks of clients to hide, given what parts told of rests, and how many people are in the shown weeks of
    clients: the smallest of each platform's week whose rest is too small.
    """
    rest = told.filter(pl.col("whole").is_not_null()).group_by("whole").agg(rest=pl.col("contributor").n_unique())
    wholes = rest.filter(pl.col("rest") < fewest)
    least = sizes.join(wholes, on="whole", how="semi").sort("whole", "people", "cell").group_by("whole").first()
    return pl.concat([told["cell"].drop_nulls(), least["cell"]]).unique()
