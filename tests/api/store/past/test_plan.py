"""Which days leave together: every waiting day once, no two files of one row, none across a month."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.store.past.plan import File, Move, Waiting, moves

FIRST = date(2026, 9, 20)
TODAY = date(2026, 12, 31)
FILE_ROWS = 100
WAITING = st.dictionaries(st.integers(0, 40), st.integers(1, 350), max_size=15)


def day(number):
    return FIRST + timedelta(days=number)


def waiting(rows, oldest=TODAY):
    return {day(number): Waiting(count, oldest) for number, count in rows.items()}


def file(number, span, rows=100, bucket=0, buckets=1):
    return File(number, day(span[0]), day(span[1]), bucket, buckets, rows, rows * 40, f"past/{number}", "", "")


def carried_out(files, rows):
    """The files after all moves of so many rows, as if each had been written."""
    standing = {one.number: one for one in files}
    for move in list(moves(list(files), waiting(rows), TODAY, FILE_ROWS)):
        held = sum(standing.pop(one.number).rows for one in move.replaced)
        fresh = sum(count for number, count in rows.items() if move.first_day <= day(number) <= move.last_day)
        for bucket in move.numbers:
            number = max(standing, default=0) + 1
            count = held + fresh // move.buckets
            standing[number] = File(number, move.first_day, move.last_day, bucket, move.buckets, count, 1, "", "", "")
    return list(standing.values())


@given(series=st.lists(WAITING, max_size=4))
def test_every_day_has_one_file_for_each_bucket_whatever_left_before(series):
    files, seen = [], set()
    for rows in series:
        files = carried_out(files, rows)
        seen |= set(rows)
        for number in seen:
            covering = [one for one in files if one.first_day <= day(number) <= one.last_day]
            assert sorted(one.bucket for one in covering) == list(range(covering[0].buckets))
            assert len({(one.first_day, one.last_day) for one in covering}) == 1
        assert all(
            (one.first_day.year, one.first_day.month) == (one.last_day.year, one.last_day.month) for one in files
        )


def test_small_days_of_a_month_share_a_file_and_a_large_one_is_cut():
    assert list(moves([], waiting({0: 40, 1: 40, 2: 40, 3: 350}), TODAY, FILE_ROWS)) == [
        Move(day(0), day(1), 1, (0,)),
        Move(day(2), day(2), 1, (0,)),
        Move(day(3), day(3), 4, (0, 1, 2, 3)),
    ]


def test_a_new_day_joins_the_file_before_it_while_there_is_room():
    small, full = file(1, (0, 1), rows=30), file(1, (0, 1), rows=90)
    assert list(moves([small], waiting({2: 20}), TODAY, FILE_ROWS)) == [Move(day(0), day(2), 1, (0,), (small,))]
    assert list(moves([full], waiting({2: 20}), TODAY, FILE_ROWS)) == [Move(day(2), day(2), 1, (0,))]


def test_late_rows_wait_until_they_are_a_twentieth_or_a_month_old():
    held = file(1, (0, 1), rows=100)
    assert list(moves([held], waiting({1: 4}), TODAY, FILE_ROWS)) == []
    assert list(moves([held], waiting({1: 5}), TODAY, FILE_ROWS)) == [Move.of(held)]
    old = waiting({1: 1}, TODAY - timedelta(days=30))
    assert list(moves([held], old, TODAY, FILE_ROWS)) == [Move.of(held)]


def test_buckets_that_a_crash_left_in_the_database_leave_later():
    written = [file(number, (3, 3), bucket=number, buckets=4) for number in (0, 1)]
    found = list(moves(written, waiting({3: 200}), TODAY, FILE_ROWS))
    assert found == [*map(Move.of, written), Move(day(3), day(3), 4, (2, 3))]
