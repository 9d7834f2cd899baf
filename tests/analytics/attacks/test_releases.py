"""What a release lets slip: the n-1 attack, people who mature late, a join between two releases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl

from analytics.disclosure import change_control
from analytics.disclosure.pseudonyms import Key, members
from analytics.disclosure.thresholds import disclose
from analytics.estimator.estimate import rates_of, study
from analytics.evaluation.differencing import released
from analytics.evaluation.markets import SMALL_CROWD
from analytics.evaluation.suspected_manipulation import FIRST_ACCOUNT, Attack, attacked
from analytics.model.policy import CROWD
from analytics.simulation.synthetic import AS_OF, made

ROWS, _ = made(replace(SMALL_CROWD, contributors=12, seed=8))
BY_PEOPLE = ROWS.group_by("client_key").agg(pl.col("contributor").n_unique()).sort("contributor", "client_key")
QUIET, *_, BUSY = BY_PEOPLE["client_key"]


def told(rows, day=AS_OF):
    return disclose(rates_of(study(rows, as_of=day, policy=CROWD)), CROWD)


def of_client(disclosed, client=BUSY):
    return disclosed.cells.filter(pl.col("client_key") == client, pl.col("level") == "client")


def test_four_sybils_and_a_victim_make_a_band_and_no_number():
    there = ROWS.filter(pl.col("contributor").is_in(ROWS.filter(pl.col("client_key") == BUSY)["contributor"].implode()))
    victim = there.group_by("contributor").len().sort("len", "contributor")["contributor"][-1]
    victim_only = ROWS.filter((pl.col("client_key") != BUSY) | (pl.col("contributor") == victim))
    assert of_client(told(victim_only)).is_empty()
    row = of_client(told(attacked(victim_only, [BUSY, QUIET], Attack("up", 4, replace=False)))).row(0, named=True)
    assert (row["contributors"], row["effective_usd_per_hour"], row["task_usd_per_hour"]) == ("5-9", None, None)
    assert row["high_usd_per_hour"] / row["low_usd_per_hour"] > 4


def test_sybils_count_only_after_fourteen_days():
    lied = attacked(ROWS, sorted(ROWS["client_key"].unique())[:2], Attack("up", 6, replace=False))
    is_account = pl.col("contributor") >= FIRST_ACCOUNT

    def arrived(days_ago):
        late = pl.lit(AS_OF.date() - timedelta(days=days_ago)) + pl.duration(days=pl.col("claimed_hour").dt.day() % 5)
        return lied.with_columns(received_on=pl.when(is_account).then(late).otherwise("received_on"))

    honest = told(ROWS).cells.write_csv()
    assert told(arrived(13)).cells.write_csv() == honest
    assert told(arrived(20)).cells.write_csv() != honest


def test_one_person_s_join_shows_in_no_figure_of_the_next_release():
    person = ROWS.filter(pl.col("client_key") == BUSY)["contributor"].min()
    before = ROWS.filter((pl.col("client_key") != BUSY) | (pl.col("contributor") != person))
    week = AS_OF + timedelta(days=7)
    secret = Key(1, 2)
    kept = None
    shown = []
    for rows, day in ((before, AS_OF), (ROWS, week)):
        fresh = told(rows, day)
        counted = study(rows, as_of=day, policy=CROWD).admitted.rows
        inside = members(counted, day.date(), secret, change_control.candidates(fresh, kept)["cell"])
        published, kept = change_control.settle(fresh, inside, kept, CROWD)
        shown.append(of_client(published))
    assert shown[0].height == 1
    assert shown[0].equals(shown[1])


def test_figures_of_a_cell_say_no_more_together_than_its_rounded_rate():
    random = np.random.default_rng(3)
    others = 1.3 + 1.2 * random.standard_normal((1, 19))
    pays = np.linspace(-3, 6, 500)[None, :]
    figures = released(others, pays, 1.2)[0]
    assert len(np.unique(figures, axis=0)) == len(np.unique(figures[:, 0]))
