"""Unpaid time by class: people with five, numbers with ten, one person within bounds."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from analytics.model.policy import CROWD
from analytics.tables.overheads import CLASSES, SPENT, overheads
from analytics.tables.release_context import ReleaseContext
from analytics.tables.work import hours_of
from analytics.tables.work_facts import work_facts
from tests.secret import SECRET

DAY = date(2026, 11, 23)
ROWS = {
    "platform": pl.String,
    "contributor": pl.Int64,
    "client_key": pl.Int64,
    "outcome": pl.String,
    "submitted": pl.Boolean,
    "reward": pl.Float64,
    "credited": pl.Float64,
    "seconds": pl.Float64,
    "age_days": pl.Float64,
}
RATES = pl.DataFrame({"level": ["platform"], "platform": ["here"], "client_key": [None]},
                     schema={"level": pl.String, "platform": pl.String, "client_key": pl.Int64})  # fmt: skip


def worked(people, seconds=3600.0, age=5.0):
    return pl.DataFrame(
        [("here", person, 1, "approved", True, 4.0, 4.0, seconds, age) for person in people], schema=ROWS, orient="row"
    )


def spent(people, age=5, **seconds):
    day = DAY - timedelta(days=age)
    rows = [(person, "here", day, *(float(seconds.get(name, 0)) for name in CLASSES)) for person in people]
    return pl.DataFrame(rows, schema=SPENT, orient="row")


def told(rows, unpaid, before=None, rates=RATES):
    context = ReleaseContext(DAY, CROWD, SECRET, rates)
    return overheads(hours_of(work_facts(rows, DAY, CROWD)), unpaid, context, before)


def minutes(table):
    return dict(table.select("class", "minutes_per_task_hour").rows())


def test_minutes_for_each_hour_of_tasks_by_class_and_all_together():
    table, _ = told(worked(range(60)), spent(range(60), search=720, payment=360))
    found = minutes(table)
    assert (found["search"], found["payment"], found["watch"], found["all"]) == (12.0, 6.0, 0.0, 18.0)
    row = table.filter(pl.col("class") == "search").row(0, named=True)
    assert row["low_minutes"] < 12.0 < row["high_minutes"]
    assert (row["contributors"], row["contributors_at_least"], row["level_used"]) == ("50-99", 50, "platform")


@pytest.mark.parametrize(("people", "rows", "has_number"), [(4, 0, False), (9, 8, False), (14, 8, True)])
def test_rows_need_five_to_nine_people_and_numbers_ten_to_fourteen(people, rows, has_number):
    table, _ = told(worked(range(60)), spent(range(people), search=720))
    assert table.height == rows
    if rows:
        assert (minutes(table)["search"] is not None) is has_number
        assert table["low_minutes"].null_count() == 0


def test_who_shares_no_work_there_says_nothing():
    table, _ = told(worked(range(10, 25)), spent(range(70), search=720))
    assert set(table["contributors"]) == {"10-19"}


def test_one_person_moves_a_mean_by_a_step_at_most():
    usual, _ = told(worked(range(60)), spent(range(60), search=720))
    with_one, _ = told(worked(range(60)), pl.concat([spent(range(59), search=720), spent([59], search=9_000_000)]))
    assert minutes(with_one)["search"] - minutes(usual)["search"] <= 3.0


def test_what_is_older_than_ninety_days_does_not_count():
    table, _ = told(worked(range(60)), pl.concat([spent(range(60), search=720), spent(range(60), age=95, search=3600)]))
    assert minutes(table)["search"] == 12.0


def test_a_row_stands_until_enough_people_came():
    table, state = told(worked(range(30)), spent(range(14), search=720))
    two = pl.concat([spent(range(14), search=720), spent([14, 15], search=3600)])
    assert told(worked(range(30)), two, state)[0].equals(table)
    seven = pl.concat([spent(range(14), search=720), spent(range(14, 21), search=3600)])
    assert minutes(told(worked(range(30)), seven, state)[0])["search"] > minutes(table)["search"]


def test_a_person_who_erases_takes_no_row_away():
    _, state = told(worked(range(60)), spent(range(60), search=720))
    rest = spent(range(1, 60), search=720)
    for days in (7, 14, 21, 28):
        context = ReleaseContext(DAY + timedelta(days=days), CROWD, SECRET, RATES)
        hours = hours_of(work_facts(worked(range(1, 60)), DAY, CROWD))
        table, state = overheads(hours, rest, context, state)
        assert table.height == len(CLASSES) + 1


def test_a_platform_without_rates_has_no_row():
    assert told(worked(range(60)), spent(range(60), search=720), rates=RATES[:0])[0].is_empty()
