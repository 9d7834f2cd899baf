"""`taskwage describe`: figures checked by hand, good neighbours of bad files, and honest nulls."""

import json
from dataclasses import fields

import pytest
from click.testing import CliRunner

from analytics.commands.main import cli, main
from analytics.reporting.describe import Description
from tests.fixtures.exports import figure_eight, mturk

PER_FILE_KEYS = ["file", *(field.name for field in fields(Description))]


def at(minute, second=0):
    return f"Tue May 12 14:{minute:02}:{second:02} PDT 2015"


BATCH = [  # one worker with two overlapping attempts, one rejected, one at the sandbox
    {"WorkerId": "A1", "AcceptTime": at(0), "SubmitTime": at(10)},
    {"WorkerId": "A1", "AcceptTime": at(5), "SubmitTime": at(15)},
    {"WorkerId": "A2", "AcceptTime": at(0), "SubmitTime": at(20), "AssignmentStatus": "Rejected"},
    {"WorkerId": "A3", "AcceptTime": at(0), "SubmitTime": at(1), "Reward": "$0.00"},
    {"WorkerId": "A4", "SubmitTime": ""},
]


@pytest.fixture
def run(tmp_path):
    def run(*arguments, code=0, **files):
        paths = []
        for name, data in files.items():
            (tmp_path / f"{name}.csv").write_bytes(data)
            paths.append(str(tmp_path / f"{name}.csv"))
        result = CliRunner().invoke(cli, ["describe", *arguments, *paths])
        assert result.exit_code == code, result.output
        return result

    return run


def test_a_source_is_described_by_figures_that_can_be_checked_by_hand(run):
    (source,) = json.loads(run("--json", mturk__acme__b1=mturk(BATCH)).stdout)["sources"]
    assert source["source"] == "acme"
    assert (source["rows_read"], source["rows_used"], source["workers"]) == (5, 4, 3)
    assert source["left_out"] == {"no_time": 1}
    assert source["notes"] == {"zero_reward": 1}
    assert source["median_seconds"] == 600
    assert source["median_usd_per_hour"] == pytest.approx(0.60)
    assert source["ratio_usd_per_hour"] == pytest.approx(0.30 / 40 * 60)
    assert source["paid_usd_per_hour"] == pytest.approx(0.20 / 40 * 60)
    assert source["union_usd_per_hour"] == pytest.approx(0.30 / 35 * 60, abs=1e-6)
    assert source["overlap_share"] == pytest.approx(1 / 3, abs=1e-6)
    assert source["rejected_share"] == 0.25
    assert source["undecided_share"] == 0


def test_per_file_gives_one_object_a_file_with_the_fields_of_a_source(run):
    late = mturk([{}, {}])
    early = mturk([{"AssignmentStatus": "Submitted"}])
    files = json.loads(run("--per-file", "--json", mturk__acme__early=early, mturk__acme__late=late).stdout)
    assert [list(file) for file in files] == [PER_FILE_KEYS, PER_FILE_KEYS]
    assert [(file["file"], file["rows_used"]) for file in files] == [
        ("mturk__acme__early.csv", 1),
        ("mturk__acme__late.csv", 2),
    ]
    (source,) = json.loads(run("--json", mturk__acme__early=early, mturk__acme__late=late).stdout)["sources"]
    assert (source["rows_read"], source["rows_used"], source["left_out"]) == (3, 2, {"duplicate": 1})


def test_what_a_file_cannot_tell_is_null(run):
    bare = b"AcceptTime,SubmitTime\nTue Apr 24 02:56:55 PDT 2012,Tue Apr 24 02:59:07 PDT 2012\n"
    (file,) = json.loads(run("--per-file", "--json", bare=bare).stdout)
    unknown = {key for key, value in file.items() if value is None}
    shares = {
        "overlap_share",
        "rejected_share",
        "undecided_share",
        "returned_share",
        "expired_share",
        "screened_out_share",
    }
    rates = {"median_usd_per_hour", "ratio_usd_per_hour", "paid_usd_per_hour", "union_usd_per_hour"}
    assert unknown == shares | rates | {"workers", "pages"}


def test_a_file_with_a_header_and_no_rows_is_described_and_ends_with_code_2(run):
    (file,) = json.loads(run("--per-file", "--json", code=2, empty=mturk([])).stdout)
    assert (file["rows_read"], file["rows_used"], file["median_usd_per_hour"]) == (0, 0, None)


def test_pay_from_outside_gives_pages_a_rate(run):
    report = figure_eight([("1", "6/23/2015 10:00:00", "6/23/2015 10:10:00")] * 5)
    (without,) = json.loads(run("--per-file", "--json", job=report).stdout)
    (paid,) = json.loads(run("--per-file", "--json", "--pay", "job*=0.50/page", job=report).stdout)
    assert (without["platform"], without["rows_used"], without["ratio_usd_per_hour"]) == (
        "appen",
        5,
        None,
    )
    assert paid["ratio_usd_per_hour"] == paid["median_usd_per_hour"] == pytest.approx(3.0)


def test_a_bad_file_is_named_and_its_good_neighbours_are_described(run):
    result = run("--json", good=mturk([{}]), bad=b"name,amount\n1,2\n", torn=mturk([{}])[:-40], code=2)
    document = json.loads(result.stdout)
    assert [source["source"] for source in document["sources"]] == ["good"]
    assert set(document["refused"]) == {"bad.csv", "torn.csv"}
    assert [line.split(":")[1].strip() for line in result.stderr.splitlines()] == ["bad.csv", "torn.csv"]


def test_the_table_counts_out_loud(run):
    text = run(mturk__acme__b1=mturk(BATCH)).stdout
    assert "acme: left out: 1 no_time (mturk__acme__b1.csv line 6, SubmitTime: empty)" in text
    assert "acme: noted: 1 zero_reward" in text


def test_one_name_can_stand_for_all_files(run):
    document = json.loads(run("--json", "--source", "mine", a=mturk([{}]), b=mturk([{"AssignmentId": "x"}])).stdout)
    assert [(source["source"], source["files"]) for source in document["sources"]] == [("mine", 2)]


def test_pay_that_fits_no_file_is_said(run):
    assert "fits no file" in run("--pay", "jbo*=1/page", job=mturk([{}])).stderr


def test_what_was_left_out_is_shown_with_its_cell_and_unknown_words_are_named(run):
    rows = [{}, {"AssignmentStatus": "Mislaid"}, {"AssignmentStatus": "Mislaid"}, {"Reward": "much"}]
    result = run(mturk__acme__b1=mturk(rows))
    assert "2 unknown_status (mturk__acme__b1.csv line 3, AssignmentStatus: Mislaid)" in result.stdout
    assert "1 unreadable_reward (mturk__acme__b1.csv line 5, Reward: much)" in result.stdout
    assert "acme: statuses not known: 'Mislaid' (2)" in result.stdout


def test_a_file_of_which_nothing_can_be_used_is_named_and_ends_with_code_2(run):
    result = run(code=2, lab=mturk([{"AcceptTime": "soon"}]))
    assert "lab.csv: none of its 1 rows could be used: 1 unreadable_time" in result.stderr
    assert run(lab=mturk([{"AcceptTime": "soon"}]), good=mturk([{}])).exit_code == 0


def test_attempts_pages_and_what_the_median_is_of_are_columns(run):
    report = figure_eight([("1", "6/23/2015 10:00:00", "6/23/2015 10:10:00")] * 5)
    heading, pages, single = run(job=report, zbatch=mturk([{}])).stdout.splitlines()[:3]
    columns = heading.split("  ")
    assert [name.strip() for name in columns if name.strip()][:7] == [
        "read", "used", "attempts", "pages", "workers", "median s", "of a",
    ]  # fmt: skip
    assert pages.split()[:8] == ["job", "5", "5", "1", "1", "1", "600", "page"]
    assert single.split()[:8] == ["zbatch", "1", "1", "1", "-", "1", "60", "assignment"]


def test_pay_that_is_not_used_is_said(run):
    stated = run("--pay", "1/page", lab=mturk([{}])).stderr
    assert "--pay *: not used for lab.csv, which state their pay" in stated
    report = figure_eight([("1", "6/23/2015 10:00:00", "6/23/2015 10:10:00")])
    assert run("--pay", "1/page", job=report).stderr == ""
    assert "later --pay options fit" in run("--pay", "j*=1/page", "--pay", "2/page", job=report).stderr


def test_no_worker_of_a_file_is_ever_printed(run):
    for options in ([], ["--json"], ["--per-file"], ["--per-file", "--json"]):
        assert "A1" not in run(*options, mturk__acme__b1=mturk(BATCH)).output


@pytest.mark.parametrize(
    "arguments", [["describe"], ["describe", "--pay", "x", "f"], ["nonsense"], ["describe", "/nowhere.csv"]]
)
def test_bad_input_ends_with_code_2(monkeypatch, capsys, arguments):
    monkeypatch.setattr("sys.argv", ["taskwage", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "Traceback" not in capsys.readouterr().err
