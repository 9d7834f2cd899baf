"""When there is work: each person's own mean once, hours and lives with enough people only, nothing by subtraction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from analytics.model.policy import CROWD
from analytics.tables.release_context import ReleaseContext
from analytics.tables.supply import DAYS, HOURS, LIVES, SIGHTINGS, SIZES, supply
from tests.secret import SECRET

DAY = date(2026, 11, 23)
MONDAY = date(2026, 11, 16)
RATES = pl.DataFrame({"level": ["platform"], "platform": ["here"]})


def seen(people, day=MONDAY, hours=(3,), new=6, minutes=30, lives=(0, 2, 2, 4, 2, 0), units=None):
    watched = [minutes if hour in hours else 0 for hour in range(HOURS)]
    appeared = [new if hour in hours else 0 for hour in range(HOURS)]
    listings, gone = (None, None) if units is None else ([60] * len(SIZES), list(units))
    rows = [(person, "here", day, watched, appeared, list(lives), listings, gone) for person in people]
    return pl.DataFrame(rows, schema=SIGHTINGS, orient="row")


def told(sightings, before=None, heard=range(100), rates=RATES):
    people = pl.DataFrame({"contributor": list(heard)}, schema={"contributor": pl.Int64})
    return supply(people, sightings, ReleaseContext(DAY, CROWD, SECRET, rates), before)


def hour(table, weekday, at):
    same = pl.col("weekday").eq_missing(weekday) & pl.col("hour").eq_missing(at) & (pl.col("figure") == "new_listings")
    return table.filter(same).to_dicts()


def test_new_listings_by_hour_of_the_week_of_the_day_and_altogether():
    table, _ = told(pl.concat([seen(range(60)), seen(range(60), MONDAY + timedelta(days=1))]))
    for weekday, at in ((1, 3), (2, 3), (None, 3), (None, None)):
        (row,) = hour(table, weekday, at)
        assert row["new_listings_per_hour"] == pytest.approx(12.0, rel=0.11)
        assert row["low_per_hour"] < 12 < row["high_per_hour"]
    assert hour(table, 3, 3) == []


def test_how_long_listings_stay_is_a_share_of_those_seen_to_come_and_go():
    table, _ = told(seen(range(60)))
    lives = dict(table.filter(pl.col("figure") == "listing_life").select("life", "life_share").rows())
    assert [lives[life] for life in LIVES] == [0.0, 0.2, 0.2, 0.4, 0.2, 0.0]


def gone(table):
    return table.filter(pl.col("figure") == "units_gone")


def test_units_that_go_in_an_hour_by_how_many_are_left():
    table, _ = told(seen(range(60), units=(2, 9, 30, 120, 800)))
    found = dict(gone(table).select("units_left", "units_gone_per_hour").rows())
    assert list(found) == sorted(SIZES)
    for size, expected in zip(SIZES, (2, 9, 30, 120, 800), strict=True):
        assert found[size] == pytest.approx(expected, rel=0.11)
    for row in gone(table).to_dicts():
        assert row["low_per_hour"] <= row["units_gone_per_hour"] <= row["high_per_hour"]
        assert (row["weekday"], row["hour"], row["life"], row["new_listings_per_hour"]) == (None, None, None, None)


def test_senders_that_count_no_units_tell_of_all_else():
    old, new = seen(range(30)), seen(range(30, 40), units=(1, 1, 1, 1, 1))
    table, _ = told(pl.concat([old, new]))
    assert set(gone(table)["contributors"]) <= {"5-9", "10-19"}
    assert hour(table, 1, 3)[0]["contributors"] == "20-49"
    assert gone(told(old)[0]).is_empty()


@pytest.mark.parametrize(("people", "rows", "has_number"), [(4, 0, False), (9, 5, False), (14, 5, True)])
def test_units_need_five_to_nine_people_and_numbers_ten_to_fourteen(people, rows, has_number):
    units = gone(told(seen(range(people), units=(4, 4, 4, 4, 4)))[0])
    assert units.height == rows
    assert all((number is not None) is has_number for number in units["units_gone_per_hour"])


def test_one_person_s_flood_moves_the_units_of_many_by_little():
    calm, flood = seen(range(59), units=(6, 6, 6, 6, 6)), seen([59], units=(1_000_000,) * 5)
    for row in gone(told(pl.concat([calm, flood]))[0]).to_dicts():
        assert row["units_gone_per_hour"] < 6 + 2_000 / 50


def test_units_stand_until_enough_people_came():
    table, state = told(seen(range(30), units=(4, 4, 4, 4, 4)))
    for people, is_same in ((2, True), (7, False)):
        came = seen(range(30, 30 + people), units=(900, 900, 900, 900, 900))
        changed = pl.concat([seen(range(30), units=(4, 4, 4, 4, 4)), came])
        assert gone(told(changed, state)[0]).equals(gone(table)) is is_same


def test_what_was_remembered_before_units_were_counted_still_stands():
    """A memory of an older version has neither the column of sizes nor that of units."""
    table, memory = told(seen(range(20)))
    older = replace(memory, cells=memory.cells.drop("units_left", "units_gone_per_hour"))
    two = pl.concat([seen(range(20), units=(4, 4, 4, 4, 4)), seen([20, 21], new=900, units=(4, 4, 4, 4, 4))])
    later, _ = told(two, older)
    assert later.filter(pl.col("figure") != "units_gone").equals(table)
    assert gone(later).height == len(SIZES)


@pytest.mark.parametrize(("people", "rows", "has_number"), [(4, 0, False), (9, 3, False), (14, 9, True)])
def test_rows_need_five_to_nine_people_and_numbers_ten_to_fourteen(people, rows, has_number):
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


def test_rows_stand_until_enough_people_came():
    table, state = told(seen(range(30)))
    two = pl.concat([seen(range(30)), seen([30, 31], new=900)])
    assert told(two, state)[0].equals(table)
    seven = pl.concat([seen(range(30)), seen(range(30, 37), new=900)])
    assert not told(seven, state)[0].equals(table)
