"""A figure taken apart: the parts it is made of, whose people, and words that accuse nobody."""

from __future__ import annotations

import math

import polars as pl
import pytest

from analytics.disclosure.thresholds import Names, disclose
from analytics.estimator import Rates, estimate
from analytics.model.policy import ARCHIVE
from analytics.release import repository, writer
from analytics.release.builder import PublicationMetadata
from analytics.release.explain import Asked, explain
from analytics.simulation.synthetic import AS_OF, PLATFORM, Market, made
from analytics.tables.dictionary.registry import TABLES

CLIENT, HIDDEN = "asked", "c0ffee000000"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Six clients of twelve people; one of them, told by the platform's own id, of seven."""
    rows, _ = made(Market(clients=6, contributors=12, unsubmitted=0.13, rejected=0.05))
    rates = estimate(rows, as_of=AS_OF, policy=ARCHIVE)
    few = rates.cells["client_key"].drop_nulls().unique().sort()[0]
    people = pl.when(pl.col("client_key") == few).then(7).otherwise("contributors").cast(pl.UInt32)
    cells = rates.cells.with_columns(contributors=people)
    told = disclose(Rates(rates.as_of, rates.policy, cells, rates.components, {}), ARCHIVE)
    clients = cells.select("client_key", "platform").drop_nulls().unique("client_key").sort("client_key")
    named = clients.with_columns(client_id=pl.format("{}{}", pl.lit(CLIENT), pl.int_range(pl.len())), client_name=None)
    tasks = pl.DataFrame(
        schema={"task_key": pl.Int64, "client_key": pl.Int64, "title": pl.String, "task_id": pl.String}
    )
    root = tmp_path_factory.mktemp("releases")
    manifest = writer.publish(root, told, Names(named, tasks, frozenset()), PublicationMetadata("demo", {"USD": 1.0}))
    return root, manifest


def of(published, **asked):
    return explain(*published, Asked(PLATFORM, **asked))


def test_a_client_s_figure_is_the_product_of_its_parts_within_their_rounding(published):
    table = (
        repository.table(*published, "client_rates").filter(pl.col("effective_usd_per_hour").is_not_null()).collect()
    )
    for row in table.iter_rows(named=True):
        found = of(published, client=row["client_key"])
        parts = found.parts
        product = parts.task_usd_per_hour * parts.paid_share * parts.kept_share
        assert abs(math.log(product / found.effective_usd_per_hour)) < 1.5 * math.log(1.2)
        assert (found.level_used, found.contributors) == ("client", row["contributors"])
        assert found.low_usd_per_hour <= found.effective_usd_per_hour <= found.high_usd_per_hour
        assert (found.release, found.estimator_version) == (published[1].release, published[1].estimator_version)


def test_a_client_is_asked_for_by_its_key_or_by_the_platform_s_own_id(published):
    row = (
        repository.table(*published, "client_rates")
        .filter(pl.col("client_id") == f"{CLIENT}3")
        .collect()
        .row(0, named=True)
    )
    assert of(published, client=f"{CLIENT}3") == of(published, client=row["client_key"])


def test_a_task_s_own_figure_comes_first_and_then_its_client_s(published):
    task = repository.table(*published, "task_rates").collect().row(2, named=True)
    assert of(published, client=task["client_key"], task=task["task_key"]).level_used == "task"
    assert of(published, client=task["client_key"], task=HIDDEN).level_used == "client"


def test_few_people_have_a_band_and_no_number(published):
    found = of(published, client=f"{CLIENT}0")
    assert (found.effective_usd_per_hour, found.contributors) == (None, "5-9")
    assert found.parts.task_usd_per_hour is None
    assert found.text.startswith("5-9 people worked here: too few for a figure. The typical person earned between $")


def test_a_client_without_a_figure_and_one_that_never_was_are_told_alike(published):
    found = of(published, client=HIDDEN)
    assert found.level_used == "platform"
    assert found.text.startswith("No figure of its own: The typical person earned about $")
    assert found == of(published, client="nobody at all")


def test_words_say_what_people_earned_and_never_what_somebody_pays(published):
    for asked in ({}, {"client": f"{CLIENT}0"}, {"client": f"{CLIENT}4"}, {"client": HIDDEN}):
        text = of(published, **asked).text
        assert " people" in text
        assert "95 % sure" in text
        assert "method version" in text
        assert "pays" not in text
        assert CLIENT not in text


def test_of_a_platform_nobody_told_of_there_is_nothing(published):
    found = explain(*published, Asked("silent", "x"))
    assert (found.level_used, found.effective_usd_per_hour, found.parts.paid_share) == ("none", None, None)


def test_what_is_explained_stands_in_the_tables():
    columns = {column.name for column in TABLES["client_rates"].columns}
    assert {"task_usd_per_hour", "paid_share", "kept_share", "low_usd_per_hour", "contributors"} <= columns
