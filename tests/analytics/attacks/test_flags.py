"""Flags: liars who copy, who come together or who are far off everywhere have no vote; honest crowds keep theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from analytics.estimator.estimate import study
from analytics.estimator.screening import FAR, FLAGS, JOINT_ARRIVAL, flags, set_aside
from analytics.evaluation.liars import FIRST_LIAR, Attack, attacked
from analytics.evaluation.markets import SMALL_CROWD, rates_of
from analytics.model.policy import ARCHIVE, CROWD
from analytics.simulation.synthetic import AS_OF, made

HONEST, _ = made(replace(SMALL_CROWD, contributors=30, seed=6))
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
        contributor=pl.lit(FIRST_LIAR, pl.Int64), claimed_hour=pl.col("claimed_hour") + timedelta(hours=1)
    )
    rows = pl.concat([HONEST, copy])
    assert raised(rows).is_empty()
    cells = study(rows, as_of=AS_OF, policy=CROWD).client_cells.filter(pl.col("client_key") == client)
    parts = dict(cells.select("contributor", "voter_part").rows())
    assert (parts[person], parts[FIRST_LIAR]) == (0.5, 0.5)
    assert set(parts.values()) == {0.5, 1.0}


def test_few_or_all_alike_times_are_no_copies():
    alike = HONEST.with_columns(active_seconds=pl.lit(60.0))
    assert study(alike, as_of=AS_OF, policy=CROWD).client_cells["voter_part"].unique().to_list() == [1.0]


def test_somebody_far_off_at_three_clients_is_seen_and_at_two_is_not():
    person = HONEST.group_by("contributor").agg(pl.col("client_key").n_unique()).sort("client_key", "contributor")
    who = person["contributor"][-1]
    own = sorted(HONEST.filter(pl.col("contributor") == who)["client_key"].unique())

    def told(clients):
        is_lie = (pl.col("contributor") == who) & pl.col("client_key").is_in(clients)
        rows = HONEST.with_columns(active_seconds=pl.when(is_lie).then(14_000.0).otherwise("active_seconds"))
        return raised(rows).filter(pl.col("flag") == FAR)["contributor"].to_list()

    assert len(own) > 4
    assert told(own) == [who]
    assert told(own[:2]) == []


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_wave_of_liars_is_seen_and_nobody_else(direction):
    wave = attacked(HONEST, CLIENTS[:2], Attack(direction, 6, together=True))
    found = raised(wave)
    assert set(found["flag"]) == {JOINT_ARRIVAL}
    assert sorted(found["contributor"]) == [FIRST_LIAR + number for number in range(6)]


def test_people_who_come_together_and_do_not_lie_are_no_wave():
    young = HONEST.filter(pl.col("received_on") >= AS_OF.date() - timedelta(days=40))
    together = HONEST.join(
        young.select("contributor").unique().sort("contributor").head(150), on="contributor", how="anti"
    )
    late = HONEST.join(together.select("contributor").unique(), on="contributor", how="anti").with_columns(
        received_on=pl.lit(AS_OF.date() - timedelta(days=30)) + pl.duration(days=pl.col("claimed_hour").dt.day() % 10)
    )
    assert raised(pl.concat([together, late])).is_empty()


@pytest.mark.parametrize("share", [6, 9])
def test_liars_cannot_have_honest_people_flagged(share):
    rows = attacked(HONEST, CLIENTS[:12], Attack("up", share))
    honest = raised(rows).filter(pl.col("contributor") < FIRST_LIAR)
    assert honest.is_empty()


def test_who_is_set_aside_moves_nothing():
    wave = attacked(HONEST, CLIENTS[:2], Attack("up", 6, together=True))
    without = wave.filter(pl.col("contributor") < FIRST_LIAR)
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
