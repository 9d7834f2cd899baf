"""Toloka pool results: the tasks of a suite are one attempt; without a submit time there is no rate."""

from datetime import UTC, datetime

import pytest

from analytics.importers.attempts import ATTEMPTS
from analytics.importers.detect import read
from analytics.importers.pay import pay_rule
from analytics.reporting.describe import by_source
from tests.fixtures.exports import TOLOKA_FULL_HEADER, toloka

FIRST = ("t1", "a1", "w1", "APPROVED", "2024-02-04T19:13:23.631")
SAME_SUITE = ("t2", "a1", "w1", "APPROVED", "2024-02-04T19:13:23.631")
RAN_OUT = ("t1", "a2", "w2", "EXPIRED", "2024-02-04T19:20:00")


@pytest.fixture
def export(tmp_path):
    def write(rows, *pays, **layout):
        path = tmp_path / "toloka__acme-2024.tsv"
        path.write_bytes(toloka(rows, **layout))
        return read(path, [pay_rule(pay) for pay in pays])

    return write


def test_the_tasks_of_a_suite_are_one_attempt(export):
    reading = export([FIRST, SAME_SUITE, RAN_OUT])
    assert dict(reading.frame.schema) == ATTEMPTS
    assert reading.frame.select("assignment", "units", "rows", "outcome").rows() == [
        ("a1", 2, 2, "approved"),
        ("a2", 1, 1, "expired"),
    ]
    assert reading.frame["accepted_at"][0] == datetime(2024, 2, 4, 19, 13, 23, 631000, UTC)
    assert reading.notes == {"no_end": 3, "no_reward": 3}


def test_without_a_submit_time_there_is_no_rate_whatever_was_paid(export):
    (told,) = by_source([export([FIRST, SAME_SUITE, RAN_OUT], "0.05/unit")])
    assert (told.rows_read, told.rows_used, told.attempts, told.workers) == (3, 3, 2, 2)
    assert (told.median_seconds, told.ratio_usd_per_hour, told.union_usd_per_hour, told.overlap_share) == (None,) * 4
    assert told.expired_share == 0.5


def test_a_full_export_tells_time_and_reward(export):
    paid = (*FIRST, "2024-02-04T19:23:23.631", "2024-02-05T08:00:00", "0.10")
    also = (*SAME_SUITE, *paid[5:])
    odd = ("t9", "a9", "w9", "APPROVED", "2024-02-04T19:13:23", "2024-02-04T19:13:24", "", "much")
    reading = export([paid, also, odd], header=TOLOKA_FULL_HEADER)
    assert reading.frame.select("reward_micros", "units").rows() == [(100_000, 2)]
    assert reading.frame["decided_at"][0] == datetime(2024, 2, 5, 8, tzinfo=UTC)
    assert reading.left_out == {"unreadable_reward": 1}
    (told,) = by_source([reading])
    assert told.ratio_usd_per_hour == pytest.approx(0.60)
