"""Shared time: never more than the clock, and the same as counting seconds one by one."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.importers.apportion import active_seconds, shares, union_seconds

START = datetime(2017, 10, 2, 12, tzinfo=UTC)
attempts_of_few = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 60), st.integers(0, 40)), max_size=25)


def frame(rows):
    """Attempts of (worker, start, length) in seconds."""
    return pl.DataFrame(
        {
            "platform": ["p"] * len(rows),
            "worker": [worker for worker, _, _ in rows],
            "accepted_at": [START + timedelta(seconds=start) for _, start, _ in rows],
            "submitted_at": [START + timedelta(seconds=start + length) for _, start, length in rows],
        },
        schema={
            "platform": pl.String,
            "worker": pl.String,
            "accepted_at": pl.Datetime("us", "UTC"),
            "submitted_at": pl.Datetime("us", "UTC"),
        },
    )


def second_by_second(rows):
    """The definition, slowly: each second of the clock is shared by the attempts open in it."""
    shared = [0.0] * len(rows)
    for second in range(101):
        for worker in "AB":
            open_now = [
                n for n, (who, start, length) in enumerate(rows) if who == worker and start <= second < start + length
            ]
            for n in open_now:
                shared[n] += 1 / len(open_now)
    return shared


@given(attempts_of_few)
def test_shares_equal_counting_second_by_second(rows):
    assert active_seconds(frame(rows)).to_list() == pytest.approx(second_by_second(rows), abs=1e-6)


@given(attempts_of_few)
def test_shares_of_a_worker_add_up_to_the_time_anything_was_open(rows):
    attempts = frame(rows)
    shared = active_seconds(attempts)
    union = union_seconds(attempts)["union_seconds"].sum()
    clock = (attempts["submitted_at"] - attempts["accepted_at"]).dt.total_seconds()
    assert shared.sum() == pytest.approx(union, abs=1e-6)
    assert all(0 <= part <= whole + 1e-6 for part, whole in zip(shared, clock, strict=True))


@given(attempts_of_few, st.integers(0, 30))
def test_filling_pauses_never_shortens_a_spell(rows, gap):
    attempts = frame(rows)
    assert union_seconds(attempts, gap)["union_seconds"].sum() >= union_seconds(attempts)["union_seconds"].sum()


def test_two_tasks_at_once_get_half_of_the_time_each():
    assert active_seconds(frame([("A", 0, 100), ("A", 0, 100), ("B", 0, 100)])).to_list() == [50, 50, 100]


def test_pauses_up_to_the_gap_are_part_of_the_spell():
    attempts = frame([("A", 0, 10), ("A", 50, 10), ("A", 200, 10)])
    lengths = [union_seconds(attempts, gap)["union_seconds"].to_list() for gap in (0, 60, 300)]
    assert lengths == [[30.0], [70.0], [210.0]]


def test_a_row_without_a_worker_shares_with_nobody():
    attempts = frame([(None, 0, 100), (None, 0, 100)])
    assert active_seconds(attempts).to_list() == [100, 100]
    assert union_seconds(attempts)["union_seconds"].sum() == 200


def test_the_same_name_on_two_platforms_is_two_people():
    attempts = frame([("A", 0, 100), ("A", 0, 100)]).with_columns(platform=pl.Series(["p", "q"]))
    assert active_seconds(attempts).to_list() == [100, 100]


def test_many_rows_lose_no_time_to_rounding():
    random = np.random.default_rng(7)
    person = random.integers(0, 500, 100_000)
    start = random.integers(0, 10**14, 100_000)  # three years, in microseconds
    end = start + random.integers(0, 4 * 3_600 * 10**6, 100_000)
    attempts = pl.DataFrame({"platform": "p", "worker": person.astype(str), "accepted_at": start, "submitted_at": end})
    union = union_seconds(attempts.with_columns(pl.col("accepted_at", "submitted_at").cast(pl.Datetime("us", "UTC"))))
    assert shares(person, start, end).sum() == pytest.approx(union["union_seconds"].sum(), rel=1e-9)
