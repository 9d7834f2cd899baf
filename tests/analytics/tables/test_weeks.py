"""Weeks: only whole ones, each person once, the same whatever the order or split of rows, and moved by three people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from analytics.estimator.study import study
from analytics.model.policy import ARCHIVE, CROWD
from analytics.simulation.synthetic import AS_OF, Market, made
from analytics.tables.release_context import ReleaseContext
from analytics.tables.weeks import weeks
from analytics.tables.work import Work
from analytics.tables.work_facts import FACTS, KEYS, work_facts
from tests.secret import SECRET

DAY = date(2026, 11, 23)  # a Monday: the week of the 16th is over
ROWS = {
    "platform": pl.String, "client_key": pl.Int64, "contributor": pl.Int64, "outcome": pl.String, "submitted": pl.Boolean,
    "reward": pl.Float64, "credited": pl.Float64, "seconds": pl.Float64, "age_days": pl.Float64,
}  # fmt: skip


def work(people, client=1, age=3, usd=4.0, outcome="approved"):
    submitted = outcome in ("approved", "submitted", "rejected")
    paid = {"approved": usd, "submitted": None}.get(outcome, 0.0)
    rows = [("here", client, person, outcome, submitted, usd, paid, 3600.0, float(age)) for person in people]
    return pl.DataFrame(rows, schema=ROWS, orient="row")


def rates(*clients):
    levels = ["platform"] + ["client"] * len(clients)
    return pl.DataFrame({"level": levels, "platform": ["here"] * len(levels), "client_key": [None, *clients]},
                        schema={"level": pl.String, "platform": pl.String, "client_key": pl.Int64})  # fmt: skip


def told(rows, before=None, day=DAY, policy=CROWD):
    context = ReleaseContext(day, policy, SECRET, rates(1, 2, 3))
    tables, memories = weeks(Work.of(work_facts(rows, day, policy)), {"here": 0.95}, context, before or {})
    return tables["platform_weeks"], tables["client_weeks"], memories


def test_a_week_is_told_once_it_is_over():
    during = told(pl.concat([work(range(20), age=0), work(range(20), age=3)]))[0]
    assert during["week"].to_list() == ["2026-W47"]
    assert during["week_starts_on"].to_list() == [date(2026, 11, 16)]


def test_fourteen_people_have_a_number_nine_a_band_four_nothing():
    rows = pl.concat([work(range(14), 1), work(range(20, 29), 2), work(range(30, 34), 3), work(range(60), 4)])
    clients = told(rows)[1]
    assert clients.select("client_key", "contributors").rows() == [(1, "10-19"), (2, "5-9")]
    assert clients["effective_usd_per_hour"].is_null().to_list() == [False, True]
    assert clients["low_usd_per_hour"].is_null().any() is False


def test_an_hour_is_what_it_paid_with_returned_time_in_it():
    honest = told(work(range(60), usd=4.0))[0].row(0, named=True)
    tired = told(pl.concat([work(range(60), usd=4.0), work(range(60), outcome="returned")]))[0].row(0, named=True)
    assert honest["kept_share"] == 1.0
    assert tired["kept_share"] == pytest.approx(0.5, abs=0.1)
    assert tired["effective_usd_per_hour"] < 0.7 * honest["effective_usd_per_hour"]
    assert tired["task_usd_per_hour"] == honest["task_usd_per_hour"]


def test_one_person_s_thousand_tasks_count_as_one_vote():
    crowd = [work([person], usd=4.0) for person in range(60)]
    busy = told(pl.concat([*crowd, *(work([7], usd=40.0) for _ in range(1000))]))[0]
    assert busy["effective_usd_per_hour"][0] == pytest.approx(
        told(pl.concat(crowd))[0]["effective_usd_per_hour"][0], rel=0.06
    )


def test_any_order_and_any_split_by_client_gives_the_same_facts():
    random = np.random.default_rng(3)
    rows = pl.concat([work(random.integers(0, 40, 30), client, age, usd)
                      for client, age, usd in [(1, 3, 1.1), (2, 4, 0.7), (1, 12, 0.33), (3, 40, 9.9)]])  # fmt: skip
    whole = work_facts(rows, DAY, CROWD)
    assert whole.schema == FACTS
    assert work_facts(rows.sample(fraction=1.0, shuffle=True, seed=5), DAY, CROWD).equals(whole)
    parts = [work_facts(rows.filter(pl.col("client_key") == client), DAY, CROWD) for client in (1, 2, 3)]
    assert pl.concat(parts).sort(list(KEYS)).equals(whole)


def test_a_week_that_has_begun_to_decay_away_is_not_told():
    ages = [work_facts(work([1], age=age), DAY, CROWD)["week"].item() is not None for age in (5, 260, 269, 300)]
    assert ages == [True, True, False, False]
    assert work_facts(work([1], age=3000), DAY, ARCHIVE)["week"].item() is not None


def test_a_week_moves_by_seven_people_and_not_by_two():
    first = pl.concat([work(range(20), usd=4.0), work(range(60), 4)])
    _, before, memory = told(first)
    two = pl.concat([first, work([30, 31], usd=90.0)])
    assert told(two, memory)[1].equals(before)
    seven = pl.concat([first, work(range(30, 37), usd=90.0)])
    assert not told(seven, memory)[1].equals(before)
    assert told(first, memory)[1].equals(before)


def test_a_week_does_not_grow_old():
    rows, later = pl.concat([work(range(20)), work(range(60), 4)]), DAY + timedelta(days=105)
    _, before, memory = told(rows)
    assert told(rows.with_columns(pl.col("age_days") + 105), memory, later)[1].equals(before)


def of_client(memory):
    """The state's cell of client 1, and how many people its figures count."""
    cells = memory["client_weeks"].cells.filter(pl.col("client_key") == 1)
    inside = memory["client_weeks"].members.filter(pl.col("cell") == cells["cell"][0], "is_in")
    return cells.row(0, named=True), inside.height


def test_a_week_of_a_person_who_erased_is_drawn_again_without_two_more_by_day_28():
    rows = pl.concat([work(range(13), usd=4.0), work(range(13, 20), usd=400.0), work(range(60), 4)])
    _, before, memory = told(rows)
    without = rows.filter(pl.col("contributor") != 7)
    for days, people in ((7, 20), (21, 20), (28, 17)):
        aged = without.with_columns(pl.col("age_days") + days)
        _, now, memory = told(aged, memory, DAY + timedelta(days=days))
        assert now.select("client_key", "week", "contributors").equals(
            before.select("client_key", "week", "contributors")
        )
        assert now["effective_usd_per_hour"].is_null().sum() == 0
        cell, counted = of_client(memory)
        assert counted == people
    assert cell["released_on"] == DAY + timedelta(days=28)


def test_people_set_aside_leave_their_week_as_others_do_and_are_not_taken_for_erased():
    rows, _ = made(Market(clients=2, contributors=40, days=60, seed=9))
    rows = rows.with_columns(origin=pl.lit("archive").cast(rows.schema["origin"]))
    policy = replace(ARCHIVE, is_guarded=True)
    cells = rates().head(1).with_columns(platform=pl.lit(rows["platform"].cast(pl.String)[0]))
    clients = cells.with_columns(level=pl.lit("client")).drop("client_key")
    cells = pl.concat([cells, clients.join(pl.DataFrame({"client_key": rows["client_key"].unique()}), how="cross")
                       .select(cells.columns)])  # fmt: skip
    context = ReleaseContext(AS_OF.date(), policy, SECRET, cells)

    def state(observations, aside, before):
        studied = study(observations, as_of=AS_OF, policy=policy, set_aside=aside)
        later = replace(context, day=AS_OF.date() + timedelta(days=7)) if before else context
        return weeks(Work.of_study(studied), {}, later, before)[1]

    person = rows["contributor"].unique().sort()[0]
    first = state(rows, frozenset(), {})
    aside = state(rows, frozenset({person}), first)
    gone = state(rows.filter(pl.col("contributor") != person), frozenset(), first)
    for table in ("client_weeks", "platform_weeks"):
        assert aside[table].cells["absent_since"].is_not_null().sum() == 0
        assert gone[table].cells["absent_since"].is_not_null().sum() > 0


def test_the_last_small_client_does_not_show_by_subtraction():
    """A platform's week of client 1 with twelve people and of client 3 with three others: client 1 stays silent."""
    clients = told(pl.concat([work(range(12), 1), work(range(20, 23), 3), work(range(40), 4, age=30)]))[1]
    assert clients.filter(pl.col("week") == "2026-W47").is_empty()
    alone = told(pl.concat([work(range(12), 1), work(range(12), 1, age=30), work(range(60, 70), 1, age=0)]))[1]
    assert "2026-W47" in alone["week"].to_list()


def test_no_rates_no_weeks():
    context = ReleaseContext(DAY, CROWD, SECRET, rates()[:0])
    tables, _ = weeks(Work.of(work_facts(work(range(60)), DAY, CROWD)), {}, context, {})
    assert all(table.is_empty() for table in tables.values())
    assert replace(context, rates=rates(1)).published(("platform",)).height == 1


def test_one_platform_s_weeks_do_not_hang_on_another_s():
    here, there = work(range(30), 1), work(range(10, 50), 2, usd=9.0).with_columns(platform=pl.lit("there"))
    both = pl.concat([rates(1), rates(2).with_columns(platform=pl.lit("there"))])
    context = ReleaseContext(DAY, CROWD, SECRET, both)

    def tables(rows):
        return weeks(Work.of(work_facts(rows, DAY, CROWD)), {"here": 0.95, "there": 0.8}, context, {})[0]

    alone, together = tables(here), tables(pl.concat([there, here]))
    assert together["client_weeks"].height == 2
    for name in ("platform_weeks", "client_weeks"):
        assert together[name].filter(pl.col("platform") == "here").equals(alone[name])
