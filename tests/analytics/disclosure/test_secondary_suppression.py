"""Nothing shows by subtraction: after the published parts are taken from a whole, nobody or five people are left."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analytics.disclosure.secondary_suppression import Margin, cells_to_suppress

FEWEST = 5
CELLS = st.lists(st.tuples(st.integers(1, 3), st.integers(10, 16), st.integers(0, 14)), max_size=80)


def margin(cells):
    return Margin(
        pl.DataFrame(cells, schema={"whole": pl.Int64, "part": pl.Int64, "contributor": pl.Int64}, orient="row")
    )


def rest(cells, whole, shown):
    return {person for of, part, person in cells if of == whole and part not in shown}


def enough(cells):
    people = {}
    for _, part, person in cells:
        people.setdefault(part, set()).add(person)
    return {part for part, of in people.items() if len(of) >= FEWEST}


@given(CELLS)
def test_the_rest_of_every_whole_is_nobody_or_enough(cells):
    shown = enough(cells)
    left = shown - cells_to_suppress([margin(cells)], pl.Series(sorted(shown), dtype=pl.Int64), FEWEST)
    for whole in {of for of, _, _ in cells}:
        if any(part in left for of, part, _ in cells if of == whole):
            assert not 0 < len(rest(cells, whole, left)) < FEWEST


@given(CELLS, CELLS)
def test_two_margins_of_the_same_parts_hold_together(first, second):
    shown = enough(first) & enough(second)
    left = shown - cells_to_suppress([margin(first), margin(second)], pl.Series(sorted(shown), dtype=pl.Int64), FEWEST)
    for cells in (first, second):
        for whole in {of for of, part, _ in cells if part in left}:
            assert not 0 < len(rest(cells, whole, left)) < FEWEST


def test_only_the_smallest_part_goes_where_that_is_enough():
    large, small, hidden = ([(1, part, person) for person in people] for part, people in
                            ((10, range(20)), (11, range(20, 27)), (12, range(30, 32))))  # fmt: skip
    assert cells_to_suppress([margin(large + small + hidden)], pl.Series([10, 11]), FEWEST) == {11}


def test_a_whole_without_a_rest_keeps_its_parts():
    cells = [(1, part, person) for part in (10, 11) for person in range(9)]
    assert cells_to_suppress([margin(cells)], pl.Series([10, 11]), FEWEST) == set()
