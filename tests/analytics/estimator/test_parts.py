"""In any number of parts, in memory or in a folder, one after another or side by side: the same rates."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
import pytest
from attempts import attempt, frame
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimator.estimate import rates_of
from analytics.estimator.parts import InMemory, Spooled
from analytics.estimator.screening import raised
from analytics.estimator.study import arrivals_of
from analytics.model.policy import ARCHIVE, CROWD
from analytics.simulation.synthetic import AS_OF, Market, made

DAY = AS_OF.date()


def market(policy, seed=3):
    fields = {"origin": "crowd", "days": 60} if policy is CROWD else {}
    return made(Market(clients=45, contributors=9, unsubmitted=0.1, rejected=0.02, seed=seed, **fields))[0]


def cut(rows, count):
    return [partial(rows.filter, pl.col("client_key").hash(5) % count == number) for number in range(count)]


def said(studied):
    rates = rates_of(studied)
    return rates.cells.write_csv() + rates.components.write_csv() + str(rates.left_out) + raised(studied).write_csv()


@pytest.mark.parametrize("policy", [ARCHIVE, CROWD], ids=lambda policy: policy.name)
def test_any_number_of_parts_gives_the_same_bytes(policy, tmp_path):
    rows = market(policy)
    alone = arrivals_of(InMemory(cut(rows, 1)), DAY, policy)
    whole, few = said(alone.study()), said(alone.study({1, 2, 3}))
    assert whole != few
    for parts in (InMemory(cut(rows, 3)), Spooled(cut(rows, 7), tmp_path), Spooled(cut(rows, 16), tmp_path, 2)):
        arrivals = arrivals_of(parts, DAY, policy)
        assert said(arrivals.study()) == whole
        assert said(arrivals.study({1, 2, 3})) == few  # again from what was kept


def test_a_part_without_a_row_says_nothing(tmp_path):
    rows = market(ARCHIVE)
    parts = Spooled([*cut(rows, 2), rows.clear], tmp_path)
    assert said(arrivals_of(parts, DAY, ARCHIVE).study()) == said(
        arrivals_of(InMemory(cut(rows, 1)), DAY, ARCHIVE).study()
    )


def test_a_day_of_fourteen_hours_is_the_same_day_at_however_many_clients():
    """Sixteen hours at eight clients: no part sees more than two of them."""
    rows = frame(
        attempt(client, 1, seconds=3600.0, days_ago=1, usd=10.0 + number) for client in range(8) for number in range(2)
    )
    for count in (1, 3, 8):
        found = arrivals_of(InMemory(cut(rows, count)), AS_OF.date(), ARCHIVE).study().admitted.rows
        assert found["seconds"].sum() == pytest.approx(14 * 3600)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 9), st.integers(0, 10_000))
def test_however_clients_are_spread_over_parts_the_admitted_rows_are_the_same(count, seed):
    rows = market(CROWD, seed=seed % 3)
    clients = rows["client_key"].unique().sort()
    place = pl.DataFrame({"client_key": clients, "part": np.random.default_rng(seed).integers(0, count, len(clients))})
    placed = rows.join(place, on="client_key", maintain_order="left")
    parts = [partial(placed.filter(pl.col("part") == number).drop, "part") for number in range(count)]
    found, whole = (arrivals_of(InMemory(one), DAY, CROWD).study().rows for one in (parts, cut(rows, 1)))
    assert found.sort("client_key", maintain_order=True).equals(whole)
