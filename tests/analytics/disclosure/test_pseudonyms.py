"""Keyed marks: the published test vectors of SipHash, and what changes a mark and what does not."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from analytics.disclosure.pseudonyms import Key, cell_ids, members, remaining_members, siphash
from analytics.estimator.admission import admit
from analytics.estimator.study import study
from analytics.model.policy import ARCHIVE
from analytics.simulation.synthetic import AS_OF, Market, made

KEY = Key.of(bytes(range(16)))
DAY = AS_OF.date()
ROWS, _ = made(Market(clients=3, contributors=6, seed=4))


@pytest.mark.parametrize(("length", "expected"), [
    (8, "6224939a79f5f593"),
    (16, "db9bc2577fcc2a3f"),
    (24, "94af49f6c650adb8"),
])  # fmt: skip
def test_siphash_is_that_of_its_authors(length, expected):
    message = bytes(range(length))
    words = [np.array([int.from_bytes(message[at : at + 8], "little")], np.uint64) for at in range(0, length, 8)]
    assert int(siphash(KEY, *words)[0]).to_bytes(8, "little").hex() == expected


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="at least 16"):
        Key.of(b"short")


def admitted(rows=ROWS, day=DAY):
    return admit(rows, day, ARCHIVE).rows


def every_cell(rows):
    levels = [
        rows.select("platform", *keys).unique().with_columns(level=pl.lit(level))
        for level, keys in (("platform", []), ("client", ["client_key"]), ("task", ["client_key", "task_key"]))
    ]
    shape = {"level": pl.String, "platform": pl.String, "client_key": pl.Int64, "task_key": pl.Int64}
    return cell_ids(pl.concat([pl.DataFrame(schema=shape), *levels], how="diagonal_relaxed"))


def marked(rows=ROWS, day=DAY, secret=KEY):
    counted = admitted(rows, day)
    return members(counted, day, secret, every_cell(counted), ARCHIVE)


def test_everybody_is_once_in_each_of_their_cells():
    found, rows = marked(), admitted()
    people = rows.select("contributor").n_unique()
    pairs = rows.select("client_key", "contributor").n_unique()
    assert found.height == people + 2 * pairs  # of this market, a client posts one group of tasks
    assert found.select("cell", "person").n_unique() == found.height
    assert found["person"].n_unique() == found.height  # another mark in every cell


def test_growing_older_changes_no_mark():
    assert marked(day=DAY + timedelta(days=9)).equals(marked())


def test_another_secret_marks_everybody_otherwise():
    other = marked(secret=Key.of(bytes(16)))
    assert not set(other["person"]) & set(marked()["person"])


@pytest.mark.parametrize("change", [
    {"outcome": "rejected"},
    {"paid_micros": 1},
    {"active_seconds": 77.0},
    {"reward_micros": 5},
])  # fmt: skip
def test_a_revised_row_changes_its_person_s_data_and_nobody_else_s(change):
    before = marked()
    changes = [
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(value, ROWS.schema[name])).otherwise(pl.col(name)).alias(name)
        for name, value in change.items()
    ]
    after = marked(ROWS.with_columns(changes))
    both = before.join(after, on=["cell", "person"], suffix="_after")
    assert both.height == before.height == after.height
    assert both.filter(pl.col("data") != pl.col("data_after")).height == 3  # in the task, its client and the platform


def test_the_order_of_rows_changes_nothing():
    assert marked(ROWS.sample(fraction=1.0, shuffle=True, seed=1)).equals(marked())


def test_only_wanted_cells_are_marked():
    some = every_cell(admitted()).head(2)
    counted = admitted()
    assert set(members(counted, DAY, KEY, some, ARCHIVE)["cell"]) == set(some)


def test_everybody_with_a_row_remains_even_if_set_aside_and_nobody_else():
    """Others look like people who erased their data, whose cells must be drawn again."""
    person = ROWS["contributor"].unique().sort()[0]
    counted = admitted()
    cells = every_cell(counted)
    owners = pl.concat(
        [counted.select("client_key").unique(), pl.DataFrame({"client_key": [None]}, {"client_key": pl.Int64})]
    )
    wanted = owners.join(cells.to_frame(), how="cross")

    def remaining(rows, aside):
        found = remaining_members(study(rows, as_of=AS_OF, policy=ARCHIVE, set_aside=aside), KEY, wanted, cells)
        return set(found.unique().rows())

    everybody = set(marked().select("cell", "person").rows())
    assert remaining(ROWS, frozenset({person})) == everybody
    others = ROWS.filter(pl.col("contributor") != person)
    assert remaining(others, frozenset()) == set(marked(others).select("cell", "person").rows()) != everybody
