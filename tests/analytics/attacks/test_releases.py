"""What a release lets slip: the n-1 attack, people who mature late, a join between two releases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl

from analytics.disclosure import change_control
from analytics.disclosure.pseudonyms import members
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.thresholds import Draws, disclose
from analytics.estimator.estimate import rates_of
from analytics.estimator.study import study
from analytics.evaluation.differencing import published, theta_of
from analytics.evaluation.markets import SMALL_CROWD
from analytics.evaluation.suspected_manipulation import FIRST_ACCOUNT, Attack, attacked
from analytics.model.policy import CROWD
from analytics.simulation.synthetic import AS_OF, made
from tests.secret import SECRET

ROWS, _ = made(replace(SMALL_CROWD, contributors=12, seed=8))
BY_PEOPLE = ROWS.group_by("client_key").agg(pl.col("contributor").n_unique()).sort("contributor", "client_key")
QUIET, *_, BUSY = BY_PEOPLE["client_key"]


def told(rows, day=AS_OF):
    return disclose(rates_of(study(rows, as_of=day, policy=CROWD)), CROWD, Draws(SECRET))


def of_client(disclosed, client=BUSY):
    return disclosed.cells.filter(pl.col("client_key") == client, pl.col("level") == "client")


def test_four_own_accounts_do_not_tell_whether_a_fifth_person_is_there():
    """A client posts one private study and has four accounts of its own there: with the victim it may or may not have a
    row, as a secret draws; and where it has one, it has no number.
    """
    there = ROWS.filter(pl.col("contributor").is_in(ROWS.filter(pl.col("client_key") == BUSY)["contributor"].implode()))
    victim = there.group_by("contributor").len().sort("len", "contributor")["contributor"][-1]
    victim_only = ROWS.filter((pl.col("client_key") != BUSY) | (pl.col("contributor") == victim))
    with_accounts = attacked(victim_only, [BUSY, QUIET], Attack("up", 4, replace=False))
    rates = rates_of(study(with_accounts, as_of=AS_OF, policy=CROWD))
    rows = [of_client(disclose(rates, CROWD, Draws(ReleaseSecret(bytes([seed]) * 32)))) for seed in range(60)]
    shown = [row.row(0, named=True) for row in rows if row.height]
    assert 3 <= len(shown) <= 24  # about one secret in five
    for row in shown:
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
    kept = None
    shown = []
    for rows, day in ((before, AS_OF), (ROWS, week)):
        fresh = told(rows, day)
        counted = study(rows, as_of=day, policy=CROWD).admitted.rows
        wanted = change_control.candidates(fresh, kept)["cell"]
        inside = members(counted, day.date(), SECRET.key("pseudonyms"), wanted, CROWD)
        rules = change_control.ChangeRules(day.date(), CROWD, SECRET)
        told_now, kept = change_control.apply_change_threshold(
            fresh, change_control.CellMembers.of(inside), kept, rules
        )
        shown.append(of_client(told_now))
    assert shown[0].height == 1
    assert shown[0].equals(shown[1])


def test_figures_of_a_cell_say_no_more_together_than_its_rounded_rate():
    random = np.random.default_rng(3)
    others = 1.3 + 1.2 * random.standard_normal((1, 1, 19))
    pays = np.linspace(-3, 6, 500)[None, :, None]
    votes = np.concatenate([np.repeat(others, 500, axis=1), pays], axis=2)
    figures = published(theta_of(votes, 1.2), 20, np.full((1, 1), 0.3))[0]
    assert len(np.unique(figures, axis=0)) == len(np.unique(figures[:, 0]))
