"""Asked part by part, the same weeks are hidden as with everybody at hand."""

from __future__ import annotations

from functools import partial

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.disclosure.cell_ids import with_cells
from analytics.disclosure.secondary_suppression import Margin, cells_to_suppress
from analytics.estimator.parts import REDUCED, SOURCE, InMemory
from analytics.tables.week_cells import CLIENTS, HOUSES, KEYS, WHOLES
from analytics.tables.week_suppression import without_rests
from analytics.tables.work import WEEKS, Work, taken
from analytics.tables.work_facts import FACTS

FEWEST = 3
WORKED = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from([None, 739_000, 739_007]), st.integers(0, 7)), unique=True, max_size=70
)


def facts(worked):
    """Facts of people who worked for a client in a week, whatever they did there."""
    keys = pl.DataFrame(worked, schema=dict.fromkeys(("client_key", "week", "contributor"), pl.Int64), orient="row")
    others = {name: kind for name, kind in FACTS.items() if name not in keys.columns and name != "platform"}
    return keys.with_columns(
        pl.lit("here").alias("platform"), *(pl.lit(1).cast(kind).alias(name) for name, kind in others.items())
    ).select(*FACTS)


def in_two_parts(rows):
    parts = InMemory([partial(rows.filter, pl.col("client_key") % 2 == number) for number in (0, 1)])
    return Work(parts, parts.run(taken, SOURCE, WEEKS)[REDUCED])


def sizes(rows, table):
    """The cells of whole weeks, and how many people are in each."""
    whole = with_cells(rows.filter(pl.col("week").is_not_null()), table, KEYS[table])
    return whole.group_by("cell", *KEYS[table]).agg(people=pl.col("contributor").n_unique())


def margin(rows, table, wholes):
    of = with_cells(rows, table, wholes)["cell"]
    return Margin(with_cells(rows, table, KEYS[table]).select("contributor", part="cell").with_columns(whole=of))


def with_everybody(rows, told):
    """What stays, by the rule itself."""
    houses = told[HOUSES] - cells_to_suppress(
        [margin(rows, HOUSES, WHOLES[HOUSES])], pl.Series(sorted(told[HOUSES])), FEWEST
    )
    weeks = with_cells(rows, HOUSES, KEYS[HOUSES])["cell"]
    in_weeks = margin(rows, CLIENTS, WHOLES[CLIENTS]).people.with_columns(whole=weeks)
    both = [
        margin(rows, CLIENTS, WHOLES[CLIENTS]),
        Margin(in_weeks.filter(pl.col("whole").is_in(pl.Series(sorted(houses), dtype=pl.UInt64).implode()))),
    ]
    return {HOUSES: houses, CLIENTS: told[CLIENTS] - cells_to_suppress(both, pl.Series(sorted(told[CLIENTS])), FEWEST)}


@settings(max_examples=150, deadline=None)
@given(WORKED, st.integers(FEWEST, 5))
def test_part_by_part_the_same_weeks_are_hidden(worked, least):
    rows = facts(worked)
    cells = {table: sizes(rows, table) for table in KEYS}
    told = {table: frame.filter(pl.col("people") >= least) for table, frame in cells.items()}
    people = rows.select("platform", "week", "contributor").unique()
    clients = cells[CLIENTS].drop("cell")
    found = without_rests(in_two_parts(rows), people, clients, told, FEWEST)
    expected = with_everybody(rows, {table: set(frame["cell"]) for table, frame in told.items()})
    assert {table: set(frame["cell"]) for table, frame in found.items()} == expected
