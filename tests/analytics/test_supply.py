"""When there is work: each person's own mean once, hours and lives with enough people only, nothing by subtraction."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from analytics.ground import Ground
from analytics.marks import Key
from analytics.policy import CROWD
from analytics.supply import DAYS, HOURS, LIVES, SIGHTINGS, supply

DAY = date(2026, 11, 23)
MONDAY = date(2026, 11, 16)
RATES = pl.DataFrame({"level": ["platform"], "platform": ["here"]})


def seen(people, day=MONDAY, hours=(3,), new=6, minutes=30, lives=(0, 2, 2, 4, 2, 0)):
    watched = [minutes if hour in hours else 0 for hour in range(HOURS)]
    appeared = [new if hour in hours else 0 for hour in range(HOURS)]
    rows = [(person, "here", day, watched, appeared, list(lives)) for person in people]
    return pl.DataFrame(rows, schema=SIGHTINGS, orient="row")


def told(sightings, before=None, heard=range(100), rates=RATES):
    people = pl.DataFrame({"contributor": list(heard)}, schema={"contributor": pl.Int64})
    return supply(people, sightings, Ground(DAY, CROWD, Key.of(bytes(range(16))), rates), before)


def hour(table, weekday, at):
    same = pl.col("weekday").eq_missing(weekday) & pl.col("hour").eq_missing(at) & (pl.col("figure") == "new_listings")
    return table.filter(same).to_dicts()


def test_new_listings_by_hour_of_the_week_of_the_day_and_altogether():
    table, _ = told(pl.concat([seen(range(60)), seen(range(60), MONDAY + timedelta(days=1))]))
    for weekday, at in ((1, 3), (2, 3), (None, 3), (None, None)):
        (row,) = hour(table, weekday, at)
        assert row["new_listings_per_hour"] == pytest.approx(12.0, rel=0.03)
        assert row["low_per_hour"] < 12 < row["high_per_hour"]
    assert hour(table, 3, 3) == []


def test_how_long_listings_stay_is_a_share_of_those_seen_to_come_and_go():
    table, _ = told(seen(range(60)))
    lives = dict(table.filter(pl.col("figure") == "listing_life").select("life", "life_share").rows())
    assert [lives[life] for life in LIVES] == [0.0, 0.2, 0.2, 0.4, 0.2, 0.0]


@pytest.mark.parametrize(("people", "rows", "has_number"), [(4, 0, False), (5, 3, False), (10, 9, True)])
def test_rows_need_five_people_and_numbers_ten(people, rows, has_number):
    table, _ = told(seen(range(people)))
    assert table.height == rows
    if rows:
        assert (hour(table, 1, 3)[0]["new_listings_per_hour"] is not None) is has_number


def test_a_single_watcher_s_hour_does_not_show_by_subtraction():
    """Ten people watch at three, two of them at four too: the hour of all days holds only what ten saw."""
    table, _ = told(pl.concat([seen(range(10)), seen([0, 1], MONDAY + timedelta(days=1))]))
    assert hour(table, None, 3) != []
    assert hour(table, 1, 3) == []  # taken from the hour of all days it would leave two people's Tuesday


def test_an_hour_watched_for_a_moment_tells_nothing():
    assert hour(told(seen(range(60), minutes=14))[0], 1, 3) == []


def test_who_does_not_count_and_what_is_old_is_not_there():
    assert told(seen(range(60)), heard=[])[0].is_empty()
    assert told(seen(range(60), DAY - timedelta(days=DAYS)))[0].is_empty()
    assert told(seen(range(60)), rates=RATES[:0])[0].is_empty()


def test_rows_stand_until_three_people_s_counts_changed():
    table, memory = told(seen(range(20)))
    two = pl.concat([seen(range(18)), seen([18, 19], new=900)])
    assert told(two, memory)[0].equals(table)
    three = pl.concat([seen(range(17)), seen([17, 18, 19], new=900)])
    assert not told(three, memory)[0].equals(table)
