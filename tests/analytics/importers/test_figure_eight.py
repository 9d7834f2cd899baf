"""Figure Eight full reports: judgments become pages, pay comes from outside."""

from datetime import UTC, datetime

import pytest

from analytics.importers.attempts import ATTEMPTS, merge
from analytics.importers.detect import read
from analytics.importers.figure_eight import job_of
from analytics.importers.pay import Pay, pay_for, pay_rule
from analytics.model.errors import BadInput
from tests.fixtures.exports import figure_eight

PAGE = ("11", "6/23/2015 22:53:20", "6/23/2015 22:56:48")
OTHER = ("12", "6/23/2015 22:53:20", "6/23/2015 22:56:48")
LATER = ("11", "12/3/2015 00:00:01", "12/3/2015 0:01:01")


@pytest.fixture
def report(tmp_path):
    def write(rows, *pays, name="figure-eight__acme__job-746647.csv", **layout):
        path = tmp_path / name
        path.write_bytes(figure_eight(rows, **layout))
        return read(path, [pay_rule(pay) for pay in pays])

    return write


def test_the_units_of_a_page_are_one_attempt(report):
    reading = report([PAGE, OTHER, PAGE, LATER, PAGE])
    assert dict(reading.frame.schema) == ATTEMPTS
    assert reading.frame.select("worker", "units", "rows").rows() == [
        ("11", 3, 3),
        ("12", 1, 1),
        ("11", 1, 1),
    ]
    assert reading.frame["accepted_at"][0] == datetime(2015, 6, 23, 22, 53, 20, tzinfo=UTC)
    assert set(reading.frame["task_title"]) == {"746647"}
    assert reading.frame["outcome"].null_count() == 3


@pytest.mark.parametrize(
    ("pays", "rewards"),
    [
        ((), [None, None]),
        (("0.50/page",), [500_000, 500_000]),
        (("$0.05/unit",), [150_000, 50_000]),
        (("0.05/unit", "*746647*=1.00/page"), [1_000_000, 1_000_000]),
        (("*746647*=1.00/page", "other*=3/unit"), [1_000_000, 1_000_000]),
    ],
)
def test_pay_is_given_from_outside(report, pays, rewards):
    assert report([PAGE, PAGE, PAGE, LATER], *pays).frame["reward_micros"].to_list() == rewards


@pytest.mark.parametrize("text", ["", "0.05", "0.05/hour", "x/page", "-1/page", "*=/unit", "/page"])
def test_a_pay_that_says_nothing_is_refused(text):
    with pytest.raises(BadInput):
        pay_rule(text)


def test_the_last_pay_that_fits_wins():
    rules = [pay_rule("*=1/page"), pay_rule("b=c*=2/unit")]
    assert pay_for("b=c.csv", rules) == Pay(2_000_000, "unit")
    assert pay_for("other.csv", rules) == Pay(1_000_000, "page")
    assert pay_for("other.csv", rules[1:]) is None


def test_tainted_rows_and_test_questions_stay_in_and_are_counted(report):
    rows = [(*PAGE, {"_tainted": word}) for word in ("true", "TRUE", "True", "false", "FALSE", "")]
    reading = report([*rows, (*PAGE, {"_golden": "true"})], "1/page")
    assert reading.notes == {"tainted": 3, "test_question": 1}
    assert merge([reading]).rows_used == 7


def test_the_layout_of_2014_has_no_tainted_column(report):
    header = ["_unit_id", "_created_at", "_id", "_started_at", "_channel", "_worker_id", "_country"]
    assert report([PAGE, PAGE], header=header).frame["units"].to_list() == [2]


def test_tabs_are_read_as_well(report):
    reading = report([PAGE, LATER], name="figure-eight__acme__job-716713.tsv", delimiter="\t")
    assert reading.frame.height == 2


def test_rows_that_cannot_be_used_are_counted_by_reason(report):
    reading = report(
        [
            PAGE,
            ("11", "", PAGE[2]),
            ("11", "2015-06-23", PAGE[2]),
            ("11", PAGE[2], PAGE[1]),
            (*LATER, {"_id": "0"}),
        ]
    )
    assert reading.left_out == {"no_time": 1, "unreadable_time": 1, "ends_before_start": 1, "duplicate": 1}
    assert reading.rows_read == 5
    assert reading.frame.height == 1


def test_rows_without_a_worker_are_pages_of_their_own(report):
    reading = report([("", *PAGE[1:]), ("", *PAGE[1:])])
    assert reading.frame["units"].to_list() == [1, 1]


def test_a_job_downloaded_twice_counts_once_with_its_fuller_pages(report):
    whole = report([PAGE, PAGE, LATER])
    trusted_only = report([PAGE])
    for readings in ([whole, trusted_only], [trusted_only, whole]):
        merged = merge(readings)
        assert merged.frame.select("units").sum().item() == 3
        assert merged.left_out == {"duplicate": 1}


@pytest.mark.parametrize(
    ("file", "job"),
    [
        ("figure-eight__acme__job-746647.csv", "746647"),
        ("figure-eight__acme__f842111.csv.gz", "842111"),
        ("figure-eight__acme__relex-example.csv", "relex-example"),
        ("job_716713_full.tsv", "716713"),
    ],
)
def test_the_job_is_told_by_the_name_of_the_file(file, job):
    assert job_of(file) == job
