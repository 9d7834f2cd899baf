"""Prolific exports: old and new header; a returned submission has an outcome and no time."""

from datetime import UTC, datetime

import pytest

from analytics.importers.attempts import ATTEMPTS
from analytics.importers.detect import read
from analytics.importers.pay import pay_rule
from analytics.reporting.describe import by_source
from tests.fixtures.exports import PROLIFIC_NEW_HEADER, prolific

START, END, REVIEWED = "2020-09-13 09:30:00.250000", "2020-09-13 09:40:00.250000", "2020-09-15 20:27:14"
DONE = ("s1", "w1", "APPROVED", START, END, "600", "2", REVIEWED, "C0DE")
WHOLE_SECONDS = ("s2", "w2", "REJECTED", "2020-09-13 10:00:00", "2020-09-13 10:20:00", "1200", "0", REVIEWED, "NOCODE")
BACK = ("s3", "w3", "RETURNED", "2020-09-13 09:33:47.365000", "", "1065651.37", "5")
OUT = ("s4", "w4", "TIMED-OUT", "2020-09-13 09:33:47.365000", "", "4839076.1", "5")
WAITING = ("s5", "w5", "AWAITING REVIEW", "2020-09-13 09:30:00.0", "2020-09-13 09:35:00.0", "300")


@pytest.fixture
def export(tmp_path):
    def write(rows, *pays, **layout):
        path = tmp_path / "prolific__acme-2020.csv"
        path.write_bytes(prolific(rows, **layout))
        return read(path, [pay_rule(pay) for pay in pays])

    return write


def test_submissions_become_attempts_with_their_outcomes(export):
    reading = export([DONE, WHOLE_SECONDS, BACK, OUT, WAITING])
    assert dict(reading.frame.schema) == ATTEMPTS
    assert reading.frame["outcome"].to_list() == ["approved", "rejected", "returned", "expired", "submitted"]
    assert reading.frame["accepted_at"][0] == datetime(2020, 9, 13, 9, 30, 0, 250000, UTC)
    assert reading.frame["submitted_at"][1] == datetime(2020, 9, 13, 10, 20, tzinfo=UTC)
    assert reading.frame["decided_at"].is_null().to_list() == [False, False, True, True, True]
    assert (reading.rows_read, reading.left_out) == (5, {})
    assert reading.notes == {"no_end": 2, "no_code": 2, "no_reward": 5}


def test_a_returned_submission_counts_among_outcomes_and_in_no_rate(export):
    (told,) = by_source([export([DONE, WHOLE_SECONDS, BACK, OUT, WAITING], "1.00/page")])
    assert (told.rows_used, told.workers) == (5, 5)
    assert told.median_seconds == 600  # of 600, 1200 and 300: nothing is made up for those without an end
    assert told.ratio_usd_per_hour == pytest.approx(3 / (2100 / 3600))
    assert (told.rejected_share, told.undecided_share) == (0.2, 0.2)
    assert (told.returned_share, told.expired_share) == (0.2, 0.2)


def test_the_header_of_today_is_read_too(export):
    row = ("s1", "p1", "TIMED OUT", "2024-02-04T19:13:23.631000Z", "", "", "", "")
    screened = ("s2", "p2", "SCREENED_OUT", "2024-02-04T19:13:23Z", "2024-02-04T19:14:23Z", "", "60", "X")
    reading = export([row, screened], header=PROLIFIC_NEW_HEADER)
    assert reading.frame["outcome"].to_list() == ["expired", "screened_out"]
    assert reading.frame["accepted_at"][0] == datetime(2024, 2, 4, 19, 13, 23, 631000, UTC)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((*DONE[:3], "", *DONE[4:]), "no_time"),
        ((*DONE[:3], "yesterday", *DONE[4:]), "unreadable_time"),
        ((*DONE[:4], "soon", *DONE[5:]), "unreadable_time"),
        ((*DONE[:4], "2020-09-13 09:00:00", *DONE[5:]), "ends_before_start"),
        ((*DONE[:2], "ACTIVE", *DONE[3:]), "unfinished"),
        ((*DONE[:2], "LOST", *DONE[3:]), "unknown_status"),
    ],
)
def test_a_row_that_tells_nothing_is_left_out_by_its_reason(export, row, reason):
    reading = export([DONE, row])
    assert (reading.frame.height, reading.left_out) == (1, {reason: 1})
