"""MTurk batch results in all the shapes they were downloaded or re-saved in."""

from datetime import UTC, datetime

import pytest

from analytics.importers.attempts import ATTEMPTS, merge
from analytics.importers.detect import read
from tests.fixtures.exports import MTURK_HEADER, mturk


@pytest.fixture
def batch(tmp_path):
    def write(rows, name="mturk__acme__b1.csv", **layout):
        path = tmp_path / name
        path.write_bytes(mturk(rows, **layout))
        return read(path)

    return write


def test_an_untouched_export_becomes_attempts(batch):
    reading = batch([{}, {"AssignmentStatus": "Submitted", "ApprovalTime": ""}])
    assert reading.format == "mturk"
    assert reading.source == "acme"
    assert (reading.rows_read, reading.left_out, reading.notes) == (2, {}, {})
    assert dict(reading.frame.schema) == ATTEMPTS
    first, second = reading.frame.rows(named=True)
    assert first == {
        "platform": "mturk",
        "source": "acme",
        "file": "mturk__acme__b1.csv",
        "worker": "AWORKER0",
        "assignment": "3ASSIGNMENT0",
        "task_title": "Label a picture, please",
        "task_id": "3TYPE",
        "reward_micros": 100_000,
        "outcome": "approved",
        "accepted_at": datetime(2015, 5, 12, 21, 10, tzinfo=UTC),
        "submitted_at": datetime(2015, 5, 12, 21, 11, tzinfo=UTC),
        "decided_at": datetime(2015, 5, 13, 17, tzinfo=UTC),
        "limit_seconds": 3600.0,
        "units": 1,
        "country": None,
        "is_partly_paid": None,
        "rows": 1,
        "line": 2,
    }
    assert (second["outcome"], second["decided_at"]) == ("submitted", None)


@pytest.mark.parametrize(
    "layout",
    [
        {"quoted": False, "short": 0},
        {"end": "\r\n"},
        {"end": "\r", "quoted": False},
        {"mark": "\ufeff", "short": 0},
        {"header": ["", *MTURK_HEADER], "short": 0, "quoted": False},
        {"header": [name.replace("HITs", "Hits") for name in MTURK_HEADER]},
    ],
    ids=["re-saved", "CRLF", "CR", "BOM", "index column", "other spelling"],
)
def test_the_layout_changes_nothing(batch, layout):
    usual = batch([{}, {"Reward": "$0.15"}])
    other = batch([{}, {"Reward": "$0.15"}], **layout)
    assert other.frame.equals(usual.frame)


def test_a_batch_may_mix_winter_and_summer_time(batch):
    row = {"AcceptTime": "Sun Mar 08 01:59:00 PST 2015", "SubmitTime": "Sun Mar 08 03:01:00 PDT 2015"}
    (attempt,) = batch([row]).frame.rows(named=True)
    assert (attempt["submitted_at"] - attempt["accepted_at"]).total_seconds() == 120


def test_both_forms_of_time_share_a_column(batch):
    decided = batch([{}, {"ApprovalTime": "2015-05-13 17:00:00 UTC"}]).frame["decided_at"]
    assert decided[0] == decided[1] == datetime(2015, 5, 13, 17, tzinfo=UTC)


def test_a_wrong_weekday_does_not_hide_the_time(batch):
    assert batch([{"AcceptTime": "Mon May 12 14:10:00 PDT 2015"}]).left_out == {}


def test_a_reward_may_end_in_a_blank_be_zero_or_be_absent(batch):
    reading = batch([{"Reward": "$0.20 "}, {"Reward": "$0.00"}, {"Reward": ""}])
    assert reading.frame["reward_micros"].to_list() == [200_000, 0, None]
    assert reading.notes == {"zero_reward": 1, "no_reward": 1}


def test_the_header_of_2012_is_understood(batch, tmp_path):
    path = tmp_path / "old.csv"
    path.write_text(
        "HitId,HitTitle,Annotation,AssignmentId,WorkerId,Status,AcceptTime,SubmitTime\r"
        "3H,True or false?, ,3A,AW,Approved,Sat Apr 21 20:07:14 PDT 2012,Sat Apr 21 20:09:37 PDT 2012\r",
        newline="",
    )
    (attempt,) = read(path).frame.rows(named=True)
    assert (attempt["worker"], attempt["outcome"], attempt["task_title"]) == (
        "AW",
        "approved",
        "True or false?",
    )
    assert attempt["reward_micros"] is None


def test_two_times_are_enough(tmp_path):
    path = tmp_path / "bare.csv"
    path.write_bytes(b"AcceptTime,SubmitTime\rTue Apr 24 02:56:55 PDT 2012,Tue Apr 24 02:59:07 PDT 2012\r" * 1)
    reading = read(path)
    assert reading.notes == {"no_worker": 1, "no_reward": 1, "no_status": 1}
    assert reading.frame["outcome"].to_list() == [None]


def test_rows_that_cannot_be_used_are_counted_by_reason(batch):
    reading = batch(
        [
            {},
            {"SubmitTime": ""},
            {"AcceptTime": "yesterday"},
            {"SubmitTime": "Tue May 12 14:09:00 PDT 2015"},
            {"AssignmentStatus": "Forgotten"},
            {"Reward": "-$0.10"},
            {"Reward": "a coffee"},
        ]
    )
    assert reading.frame.height == 1
    assert reading.rows_read == 7
    assert reading.left_out == {
        "no_time": 1,
        "unreadable_time": 1,
        "ends_before_start": 1,
        "unknown_status": 1,
        "unreadable_reward": 2,
    }


def test_a_rejection_taken_back_is_an_approval(batch):
    reading = batch([{"RejectionTime": "Wed May 13 09:00:00 PDT 2015"}])
    assert reading.frame["outcome"].to_list() == ["approved"]
    assert reading.notes == {"rejection_reversed": 1}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_downloads_of_a_batch_the_later_status_wins(batch, order):
    early = batch(
        [
            {"AssignmentStatus": "Submitted", "ApprovalTime": ""},
            {"AssignmentStatus": "Rejected", "RejectionTime": "Tue May 12 20:00:00 PDT 2015"},
        ],
        name="early.csv",
    )
    late = batch([{}, {"RejectionTime": "Tue May 12 20:00:00 PDT 2015"}, {}], name="late.csv")
    merged = merge([early, late][::order])
    assert sorted(merged.frame.select("assignment", "outcome").rows()) == [
        ("3ASSIGNMENT0", "approved"),
        ("3ASSIGNMENT1", "approved"),
        ("3ASSIGNMENT2", "approved"),
    ]
    assert merged.left_out == {"duplicate": 2}
    assert merged.rows_read == merged.rows_used + 2


def test_rows_without_any_id_are_never_taken_for_each_other(batch):
    reading = batch([{"AssignmentId": "", "WorkerId": ""}] * 2)
    assert merge([reading]).rows_used == 2


def test_rows_without_assignment_are_told_apart_by_worker_and_times(batch):
    row = {"AssignmentId": "", "WorkerId": "AW"}
    other = row | {"SubmitTime": "Tue May 12 14:12:00 PDT 2015"}
    assert merge([batch([row, row, other])]).left_out == {"duplicate": 1}
