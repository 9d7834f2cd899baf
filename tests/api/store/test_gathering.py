"""Few files, and none rewritten often; every day in one of them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from api.store.gathering import MOST_ROWS, MUCH, gathered
from api.store.records import Facts

FIRST = date(2026, 1, 1)
SIZES = st.lists(st.integers(1, 2 * MOST_ROWS), max_size=60)


class File:
    def __init__(self, days):
        self.days = days


def told(sizes, number=3):
    return [Facts(number, FIRST + timedelta(days=day), rows, "7") for day, rows in enumerate(sizes)]


@given(SIZES, st.integers(0, 60))
def test_every_day_is_in_one_file_whatever_stood_before(sizes, known):
    facts = told(sizes)
    today = FIRST + timedelta(days=len(sizes))
    standing = [File(batch.days) for batch in gathered([], facts[:known], today)]
    batches = list(gathered(standing, facts[known:], today))
    assert sorted(day for batch in batches for day in batch.days) == facts
    for batch in batches:
        assert batch.rows <= MOST_ROWS or len(batch.days) == 1
        assert list(batch.days) == sorted(batch.days, key=lambda one: one.day)
    for elder, younger in pairwise(batches):
        assert elder.rows > MUCH * younger.rows or elder.rows + younger.rows > MOST_ROWS


def test_a_year_of_small_days_is_few_files_and_few_rewritings():
    standing, written = [], 0
    for day, facts in enumerate(told([100] * 365)):
        batches = list(gathered(standing, [facts], FIRST + timedelta(days=day + 1)))
        written += sum(batch.rows for batch in batches if batch.fresh or len(batch.kept) > 1)
        standing = [File(batch.days) for batch in batches]
    assert len(standing) <= 10
    assert written <= 365 * 100 * 10


def test_a_day_that_is_not_over_lies_alone():
    facts = told([10, 10, 10])
    batches = list(gathered([], facts, facts[-1].day))
    assert [len(batch.days) for batch in batches] == [2, 1]


def test_partitions_never_share_a_file():
    batches = list(gathered([], [*told([5, 5], 1), *told([5, 5], 2)], date(2027, 1, 1)))
    assert [{facts.number for facts in batch.days} for batch in batches] == [{1}, {2}]
