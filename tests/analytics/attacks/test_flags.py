"""Screening: waves and accounts far off everywhere have no vote; honest people keep theirs, whatever others post."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from analytics.estimator.estimate import rates_of as rates
from analytics.estimator.screening import (
    FAR,
    FINDINGS,
    FLAGS,
    JOINT_ARRIVAL,
    LIMIT_PASSED,
    SPLIT_CLIENT,
    Screening,
    client_votes,
    flags,
    judged_votes,
    newly_set_aside,
    screened,
    set_aside,
)
from analytics.estimator.study import study
from analytics.evaluation.crowds import Crowd, honest
from analytics.evaluation.manipulation import absurd
from analytics.evaluation.markets import NO_VERDICTS, SMALL_CROWD, rates_of, screened_study
from analytics.evaluation.suspected_manipulation import FIRST_ACCOUNT, Attack, attacked
from analytics.model.policy import ARCHIVE, CROWD
from analytics.simulation.synthetic import AS_OF, made

HONEST, _ = made(replace(SMALL_CROWD, contributors=50, days=120, seed=6))
CLIENTS = sorted(HONEST["client_key"].unique())


def raised(rows, policy=CROWD):
    return flags(rows, as_of=AS_OF, policy=policy)


def lifted(count, *, clients, spreads):
    """HONEST with `count` known people whose work at `clients` pays e^spreads times as much."""
    people = sorted(HONEST["contributor"].unique())[:count]
    is_theirs = pl.col("contributor").is_in(people) & pl.col("client_key").is_in(clients)
    return HONEST.with_columns(
        active_seconds=pl.when(is_theirs).then(pl.col("active_seconds") / 2.718**spreads).otherwise("active_seconds")
    ), people


def test_an_honest_crowd_raises_no_flag():
    assert raised(HONEST).is_empty()
    assert raised(HONEST).schema == FLAGS


def test_copied_times_share_one_vote_and_silence_nobody():
    """Who copies could otherwise silence who is copied."""
    busy = (
        HONEST.group_by("contributor", "client_key").len().filter(pl.col("len") >= 10).sort("contributor", "client_key")
    )
    person, client = busy.row(0)[:2]
    copy = HONEST.filter(pl.col("contributor") == person).with_columns(
        contributor=pl.lit(FIRST_ACCOUNT, pl.Int64), claimed_hour=pl.col("claimed_hour") + timedelta(hours=1)
    )
    rows = pl.concat([HONEST, copy])
    assert raised(rows).is_empty()
    cells = study(rows, as_of=AS_OF, policy=CROWD).client_cells.filter(pl.col("client_key") == client)
    parts = dict(cells.select("contributor", "voter_part").rows())
    assert (parts[person], parts[FIRST_ACCOUNT]) == (0.5, 0.5)
    assert set(parts.values()) == {0.5, 1.0}


def test_few_or_all_alike_times_are_no_copies():
    alike = HONEST.with_columns(active_seconds=pl.lit(60.0))
    assert study(alike, as_of=AS_OF, policy=CROWD).client_cells["voter_part"].unique().to_list() == [1.0]


def test_who_is_far_off_at_three_clients_is_seen_and_at_two_is_not():
    rows = honest(Crowd(people=300, clients=40, visits=15, seed=3))
    visits = rows.group_by("contributor").agg(first=pl.col("received_on").min()).sort("first", "contributor")
    who = visits["contributor"][150]
    own = sorted(rows.filter(pl.col("contributor") == who)["client_key"].unique())

    def flagged(clients):
        is_false = (pl.col("contributor") == who) & pl.col("client_key").is_in(clients)
        changed = rows.with_columns(active_seconds=pl.when(is_false).then(1.0).otherwise("active_seconds"))
        return raised(changed).filter(pl.col("flag") == FAR)["contributor"].to_list()

    assert flagged(own) == [who]
    assert flagged(own[:4]) == [who]
    assert flagged(own[:2]) == []


def test_nobody_is_judged_by_those_who_came_with_them():
    """Fifteen accounts that came together cannot make the centre that judges anybody of their days."""
    rows = honest(Crowd(people=100, clients=40, visits=15, seed=4))
    votes = client_votes(study(rows, as_of=AS_OF, policy=CROWD))
    judged = judged_votes(votes).join(
        votes.select("client_key", "contributor", "vote", "scale"), on=["client_key", "contributor"]
    )
    assert judged.height > 200
    for row in judged.sample(40, seed=1).iter_rows(named=True):
        peers = votes.filter(
            pl.col("client_key") == row["client_key"], "is_grown", (pl.col("bin") - row["bin"]).abs() >= 7
        )
        assert peers.height >= 20
        assert ((peers["since"] - row["since"]).abs() > 30).all()
        middle = row["vote"] - row["distance"] * row["scale"]
        balance = ((peers["vote"] - middle) / row["scale"]).clip(-0.8, 0.8).sum()
        assert abs(balance) < 1e-6


@pytest.mark.parametrize("accounts", [10, 15])
def test_accounts_that_post_absurd_rows_everywhere_silence_nobody(accounts):
    """One absurd row at every small client once had 91 of 100 honest people set aside."""
    rows = honest(Crowd(100, 150, 12, zipf=0.8, seed=5))
    attack = absurd(rows, accounts, np.full(accounts, 20), seed=1)
    studied, aside = screened_study(pl.concat([rows, attack]))
    assert not [contributor for contributor in aside if contributor < FIRST_ACCOUNT]
    rate, honest_rate = (
        rates(one).cells.filter(pl.col("level") == "platform")["theta"][0] for one in (studied, screened_study(rows)[0])
    )
    assert abs(np.expm1(rate - honest_rate)) < 0.25


@pytest.mark.parametrize("visits", [25, 400])
def test_honest_people_with_many_clients_are_not_flagged_by_chance(visits):
    """Three far clients of 800 are chance: once 22 % of honest heavy workers were flagged."""
    assert raised(honest(Crowd(60, max(visits, 30), visits, noise="t5", seed=6))).is_empty()


def test_where_too_many_would_be_set_aside_nobody_is_and_the_operator_is_told():
    flags_of = pl.DataFrame({"contributor": range(1, 6), "flag": [FAR] * 5, "evidence": [""] * 5}, schema=FLAGS)
    found = Screening(flags_of, {"here": 200}, {number: {"here"} for number in range(1, 6)})
    aside, alarms = newly_set_aside(found, NO_VERDICTS, frozenset())
    assert (aside, alarms.schema) == (frozenset(), FINDINGS)
    assert alarms.select("finding", "platform", "client_key").rows() == [(LIMIT_PASSED, "here", None)]
    assert "5 of 200 voters, more than 4" in alarms["evidence"][0]
    aside, alarms = newly_set_aside(found, NO_VERDICTS, frozenset({1}))
    assert (aside, alarms.height) == ({1, 2, 3, 4, 5}, 0)  # four of 200 are the limit, and one is not new
    cleared = pl.DataFrame({"contributor": [2], "flag": [FAR], "verdict": ["cleared"]}, schema=NO_VERDICTS.schema)
    assert newly_set_aside(found, cleared, frozenset())[0] == {1, 3, 4, 5}
    confirmed = cleared.with_columns(verdict=pl.lit("confirmed"))
    assert newly_set_aside(found, confirmed, frozenset())[0] == {1, 2, 3, 4, 5}
    few = Screening(flags_of.head(1), {"here": 12}, {1: {"here"}})
    assert newly_set_aside(few, NO_VERDICTS, frozenset())[0] == {1}  # one always may be


def test_a_client_with_more_than_a_quarter_of_votes_far_on_one_side_is_a_finding():
    poorest = study(HONEST, as_of=AS_OF, policy=CROWD).client_level.summary.sort("centre")["client_key"][0]
    people = sorted(HONEST.filter(pl.col("client_key") == poorest)["contributor"].unique())
    is_theirs = pl.col("contributor").is_in(people[::3]) & (pl.col("client_key") == poorest)
    seconds = pl.when(is_theirs).then(pl.col("active_seconds") / 500).otherwise("active_seconds")
    findings = screened(study(HONEST.with_columns(active_seconds=seconds), as_of=AS_OF, policy=CROWD)).findings
    assert findings.schema == FINDINGS
    assert findings.select("finding", "client_key").rows() == [(SPLIT_CLIENT, poorest)]
    assert "of votes are more than 2.5 spreads above the centre" in findings["evidence"][0]
    assert screened(study(HONEST, as_of=AS_OF, policy=CROWD)).findings.is_empty()


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_wave_of_false_reports_is_seen_and_nobody_else(direction):
    wave = attacked(HONEST, CLIENTS[:2], Attack(direction, 6, together=True))
    found = raised(wave)
    assert set(found["flag"]) == {JOINT_ARRIVAL}
    assert sorted(found["contributor"]) == [FIRST_ACCOUNT + number for number in range(6)]


def test_people_who_come_together_and_do_not_lie_are_no_wave():
    young = HONEST.filter(pl.col("received_on") >= AS_OF.date() - timedelta(days=40))
    together = HONEST.join(
        young.select("contributor").unique().sort("contributor").head(150), on="contributor", how="anti"
    )
    late = HONEST.join(together.select("contributor").unique(), on="contributor", how="anti").with_columns(
        received_on=pl.lit(AS_OF.date() - timedelta(days=30)) + pl.duration(days=pl.col("claimed_hour").dt.day() % 10)
    )
    assert raised(pl.concat([together, late])).is_empty()


@pytest.mark.parametrize("share", [6, 9, 15])
def test_accounts_cannot_have_honest_people_flagged(share):
    rows = attacked(HONEST, CLIENTS[:12], Attack("up", share))
    honest = raised(rows).filter(pl.col("contributor") < FIRST_ACCOUNT)
    assert honest.is_empty()


def test_who_is_set_aside_moves_nothing():
    wave = attacked(HONEST, CLIENTS[:2], Attack("up", 6, together=True))
    without = wave.filter(pl.col("contributor") < FIRST_ACCOUNT)
    seen = rates_of(wave).cells.drop("platform").write_csv()
    assert seen == rates_of(without).cells.drop("platform").write_csv()


def test_an_export_s_workers_are_never_flagged():
    wave = attacked(HONEST, CLIENTS[:2], Attack("up", 6, together=True)).with_columns(
        origin=pl.lit("archive").cast(HONEST.schema["origin"])
    )
    assert raised(wave, ARCHIVE).is_empty()


def test_flags_do_not_hang_on_the_order_of_rows():
    wave = attacked(HONEST, CLIENTS[:2], Attack("down", 6, together=True))
    assert raised(wave).equals(raised(wave.sample(fraction=1.0, shuffle=True, seed=2)))


def test_a_person_s_word_stands_over_a_flag():
    now = pl.DataFrame(
        {"contributor": [1, 1, 2], "flag": [FAR, JOINT_ARRIVAL, FAR], "evidence": [""] * 3}, schema=FLAGS
    )
    schema = {"contributor": pl.Int64, "flag": pl.String, "verdict": pl.String}

    def decided(*rows):
        return pl.DataFrame(list(rows), schema=schema, orient="row")

    assert set_aside(now, decided()) == {1, 2}
    assert set_aside(now, decided((2, FAR, "cleared"))) == {1}
    assert set_aside(now, decided((1, FAR, "cleared"))) == {1, 2}  # the other flag stands
    assert set_aside(now.clear(), decided((3, FAR, "confirmed"))) == {3}
