"""Held-out prediction on any rows, and the table that a release carries of its own rows."""

from __future__ import annotations

from dataclasses import replace
from math import log

import polars as pl
import pytest

from analytics.estimator import estimate
from analytics.estimator.own_factor import own_factor
from analytics.estimator.ranges import predict
from analytics.evaluation import EVALUATION, of_release
from analytics.evaluation.held_out import FOLDS, IS_TASK, own_factors, predicted, tasks_of, with_folds
from analytics.evaluation.own_rows import MOST_ROWS, sampled
from analytics.model.policy import ARCHIVE, CROWD
from analytics.simulation.synthetic import AS_OF, Market, made

ROWS, _ = made(Market(clients=60, contributors=12, pool=6, seed=12))


def test_a_known_market_is_predicted_better_than_by_its_median():
    told = predicted(ROWS, ARCHIVE, "rows")
    assert told.tasks > 1_000
    assert told.gain > 2
    assert 74 <= told.in_range <= 86


def test_new_people_are_predicted_from_the_same_clients():
    told = predicted(ROWS, ARCHIVE, "people")
    assert told.by_client == 100
    assert 74 <= told.in_range <= 86


def test_folds_do_not_hang_on_the_order_of_rows():
    again = predicted(ROWS.sample(fraction=1.0, shuffle=True, seed=3), ARCHIVE, "rows")
    assert again == predicted(ROWS, ARCHIVE, "rows")


def test_a_person_is_left_out_whole():
    folds = with_folds(ROWS, "people").group_by("contributor").agg(pl.col("fold").n_unique())
    assert folds["fold"].unique().to_list() == [1]
    assert with_folds(ROWS, "people")["fold"].n_unique() == FOLDS


def test_too_few_tasks_predict_nothing():
    assert predicted(ROWS.head(20), ARCHIVE, "rows") is None


def test_the_table_of_a_release_is_whole_percent_and_says_what_was_asked():
    table = of_release(ROWS, estimate(ROWS, as_of=AS_OF, policy=ARCHIVE), ARCHIVE)
    assert table.schema == EVALUATION
    assert {"12.rows.within", "12.people.in_range", "own.client.number", "own.interval"} <= set(table["figure"])
    assert (table["measured"] == table["measured"].round()).all()
    parts = table.filter(pl.col("figure").str.starts_with("own.client."))["measured"].sum()
    assert parts == pytest.approx(100, abs=1)


def test_a_release_of_few_people_says_nothing_of_itself():
    few = ROWS.filter(pl.col("contributor") < 40)
    assert of_release(few, estimate(few, as_of=AS_OF, policy=ARCHIVE), ARCHIVE).is_empty()


def test_rows_of_another_policy_are_not_looked_at():
    assert of_release(ROWS, estimate(ROWS, as_of=AS_OF, policy=CROWD), CROWD).is_empty()


def test_a_large_release_is_held_against_whole_clients_of_it():
    rows, _ = made(replace(Market(), clients=700, contributors=30, seed=2))
    part = sampled(rows)
    assert MOST_ROWS <= part.height < rows.height
    sizes = rows.group_by("client_key").len().join(part.group_by("client_key").len(), on="client_key")
    assert (sizes["len"] == sizes["len_right"]).all()


def test_own_factors_on_columns_are_those_of_one_person():
    rates = estimate(ROWS, as_of=AS_OF, policy=ARCHIVE)
    tasks = tasks_of(ROWS.filter(IS_TASK))
    trained = pl.concat([tasks, predict(rates, tasks)], how="horizontal")
    persons, at_title = own_factors(trained, rates)
    s_b, sigma = rates.components.select("client_s_b", "sigma_e").row(0)
    for who in persons["contributor"][:5]:
        own = trained.filter(pl.col("contributor") == who)
        deviations = {}
        for title, actual, guess in own.select("task_key", "actual", "next_task_usd_per_hour").rows():
            deviations.setdefault(str(title), []).append(log(actual / guess))
        expected = own_factor(deviations, s_b, sigma)
        assert persons.filter(pl.col("contributor") == who)["anywhere"][0] == pytest.approx(expected.anywhere)
        titles = at_title.filter(pl.col("contributor") == who)
        assert {str(t): v for t, v in titles.select("task_key", "at_title").rows()} == pytest.approx(expected.by_title)


def test_the_own_factor_predicts_better_than_none():
    found = predicted(ROWS, ARCHIVE, "rows")
    assert found.own_factor_two > found.factor_two
