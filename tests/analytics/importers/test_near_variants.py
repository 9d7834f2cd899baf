"""Files that are nearly the standard exports: other tools, spreadsheets, renamed columns, other locales.

The layouts are public: AWS CLI and API answers and the MTurk Command Line Tools (AWS documentation, 2018 to 2026), Turkle's
batch results (hltcoe/turkle), Label Studio's CSV and JSON exports and Ground Truth's worker responses (their
documentation), Prolific's statuses (its API reference). All rows are invented.
"""

import json

import pytest

from analytics.importers.detect import OLD_NAMES, platform_name, read
from analytics.importers.pay import pay_rule
from analytics.reporting.describe import by_source


@pytest.fixture
def file(tmp_path):
    def write(text, *pays, name="lab.csv", encoding="utf-8", source=None):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read(path, [pay_rule(pay) for pay in pays], source)

    return write


def figures(*readings):
    (described,) = by_source(readings)
    return described


AWS = "HITId,WorkerId,AssignmentId,AssignmentStatus,AcceptTime,SubmitTime,Reward\n"
START = {
    "with an offset": "2026-05-11T22:58:20+09:00",
    "in UTC": "2026-05-11T13:58:20Z",
    "as Python prints it": "2026-05-11 22:58:20.250000+09:00",
    "in seconds": "1778507900.25",
    "in milliseconds": "1778507900250",
}
END = {
    "with an offset": "2026-05-11T23:08:20+09:00",
    "in UTC": "2026-05-11T14:08:20Z",
    "as Python prints it": "2026-05-11 23:08:20.250000+09:00",
    "in seconds": "1778508500.25",
    "in milliseconds": "1778508500250",
}


@pytest.mark.parametrize("form", START)
def test_times_of_the_api_are_read_in_every_form_it_is_printed_in(file, form):
    reading = file(f"{AWS}h,w1,a1,Submitted,{START[form]},{END[form]},2.00\n")
    assert reading.left_out == {}
    assert reading.frame["accepted_at"].dt.strftime("%F %T").item() == "2026-05-11 13:58:20"
    assert figures(reading).ratio_usd_per_hour == pytest.approx(12.0)


def test_an_api_answer_in_json_is_read_as_it_comes(file):
    answer = {
        "NumResults": 1,
        "Assignments": [
            {
                "AssignmentId": "a1",
                "WorkerId": "w1",
                "HITId": "h1",
                "AssignmentStatus": "Approved",
                "AcceptTime": "2026-05-11T13:58:20Z",
                "SubmitTime": "2026-05-11T14:08:20Z",
                "ApprovalTime": "2026-05-12T14:08:20Z",
                "Answer": "<xml/>",
            }
        ],
    }
    reading = file(json.dumps(answer), "1.00/page", name="assignments.json")
    assert (reading.format, reading.left_out, reading.is_pay_used) == ("mturk", {}, True)
    assert figures(reading).ratio_usd_per_hour == pytest.approx(6.0)


def test_results_of_the_command_line_tools_are_read(file):
    header = ["hitid", "hittypeid", "title", "reward", "assignmentid", "workerid", "assignmentstatus"]
    header += [
        "assignmentaccepttime",
        "assignmentsubmittime",
        "assignmentapprovaltime",
        "assignmentrejecttime",
        "Answer.q",
    ]
    times = ["Mon Jun 01 10:00:00 PDT 2026", "Mon Jun 01 10:05:00 PDT 2026", "Mon Jun 01 12:00:00 PDT 2026", ""]
    row = ["h", "t", "Sort", "$0.50", "a1", "w1", "Approved", *times, "x"]
    text = "".join("\t".join(f'"{cell}"' for cell in cells) + "\n" for cells in (header, row))
    reading = file(text, name="batch.results")
    assert (reading.source, reading.left_out) == ("batch", {})
    assert figures(reading).ratio_usd_per_hour == pytest.approx(6.0)
    assert reading.frame["decided_at"].null_count() == 0


def test_pay_is_taken_for_a_file_that_states_none_and_not_for_one_that_does(file):
    bare = AWS.replace(",Reward", "")
    row = f"h,w1,a1,Approved,{START['in UTC']},{END['in UTC']}"
    assert figures(file(f"{bare}{row}\n", "1.00/page")).ratio_usd_per_hour == pytest.approx(6.0)
    stated = file(f"{AWS}{row},2.00\n", "1.00/page")
    assert (figures(stated).ratio_usd_per_hour, stated.is_pay_used) == (pytest.approx(12.0), False)


TURKLE = "HITId,AssignmentId,WorkerId,AcceptTime,SubmitTime,WorkTimeInSeconds,Turkle.Username\n"


def test_turkle_is_another_platform_and_its_small_numbers_name_nothing_across_servers(file):
    one = file(f"{TURKLE}1,1,7,Mon Jun 01 10:00:00 UTC 2026,Mon Jun 01 10:10:00 UTC 2026,600,x\n", source="lab")
    other = file(f"{TURKLE}1,1,9,Mon Jun 01 10:00:00 EDT 2026,Mon Jun 01 10:10:00 EDT 2026,600,x\n", source="lab")
    described = figures(one, other)
    assert (described.platform, described.attempts, described.workers) == ("turkle", 2, 2)
    assert described.left_out == {}
    assert other.frame["accepted_at"].dt.hour().item() == 14


PAGES = "_unit_id;_created_at;_id;_started_at;answer\n"


def test_a_report_without_worker_ids_is_read_one_row_an_attempt(file):
    reading = file(f"{PAGES}1;6/1/2026 10:01:00;11;6/1/2026 10:00:00;a\n2;6/1/2026 10:03:00;12;6/1/2026 10:00:00;b\n")
    described = figures(reading)
    assert (described.median_seconds, described.attempts, described.workers, described.pages) == (120, 2, None, 2)
    assert (described.platform, described.median_of) == ("appen", "page")


@pytest.mark.parametrize(
    ("start", "end", "day"),
    [
        ("6/23/15 22:56", "6/23/15 22:58", "2015-06-23"),
        ("23/06/2015 22:56", "23/06/2015 22:58", "2015-06-23"),
        ("23.06.2015 22:56:10", "23.06.2015 22:58:10", "2015-06-23"),
        ("6/23/2015 10:56:10 PM", "6/23/2015 10:58:10 PM", "2015-06-23"),
        ("2015-06-23 22:56:10", "2015-06-23 22:58:10", "2015-06-23"),
    ],
)
def test_dates_as_spreadsheets_leave_them_are_read_and_one_row_shows_the_order_for_all(file, start, end, day):
    early = (start.replace("23", "02", 1).replace("22:56", "22:56"), end.replace("23", "02", 1))
    reading = file(f"{PAGES}1;{end};11;{start};a\n2;{early[1]};12;{early[0]};a\n")
    assert reading.left_out == {}
    assert reading.frame["accepted_at"].dt.strftime("%F").to_list() == [day, "2015-06-02"]
    assert figures(reading).median_seconds == 120


def test_a_day_that_may_be_a_month_is_refused_with_its_cell_where_no_row_decides(file):
    header = "Submission id,Participant id,Status,Started at,Completed at\n"
    reading = file(f"{header}s1,p1,APPROVED,03/04/2026 10:00,03/04/2026 10:10\n")
    assert reading.left_out == {"ambiguous_day": 1}
    example = reading.examples["ambiguous_day"]
    assert (example.line, example.column, example.cell) == (2, "Started at", "03/04/2026 10:00")
    decided = file(
        f"{header}s1,p1,APPROVED,03/04/2026 10:00,03/04/2026 10:10\ns2,p2,APPROVED,25/04/2026 9:00,25/04/2026 9:05\n"
    )
    assert decided.frame["accepted_at"].dt.strftime("%F").to_list() == ["2026-04-03", "2026-04-25"]


def test_a_file_of_both_day_orders_keeps_only_the_dates_that_show_theirs(file):
    rows = ["6/23/2015 10:00", "23/6/2015 10:00", "3/4/2015 10:00"]
    reading = file(PAGES + "".join(f"{n};{time};{n};{time};a\n" for n, time in enumerate(rows)))
    assert reading.left_out == {"unreadable_time": 1}
    assert reading.examples["unreadable_time"].cell == "3/4/2015 10:00"


TOLOKA = (
    "ASSIGNMENT:assignment_id\tASSIGNMENT:worker_id\tASSIGNMENT:status\tASSIGNMENT:started\tASSIGNMENT:submitted\t"
    "ASSIGNMENT:skipped\tASSIGNMENT:expired\tASSIGNMENT:reward\n"
)


def test_skipped_and_expired_suites_end_when_their_own_column_says(file):
    at = "2023-06-01T10:{:02}:00.000".format
    reading = file(
        f"{TOLOKA}a1\tw1\tAPPROVED\t{at(0)}\t{at(5)}\t\t\t0.50\n"
        f"a2\tw1\tSKIPPED\t{at(10)}\t\t{at(15)}\t\t0.50\n"
        f"a3\tw2\tEXPIRED\t{at(10)}\t\t\t{at(20)}\t0.50\n"
    )
    seconds = (reading.frame["submitted_at"] - reading.frame["accepted_at"]).dt.total_seconds().to_list()
    assert seconds == [300, 300, 600]
    assert reading.frame["outcome"].to_list() == ["approved", "returned", "expired"]
    assert reading.notes == {}


@pytest.mark.parametrize(
    ("cells", "micros"),
    [
        (["0,005", "0,05"], [5_000, 50_000]),
        (["1,5", "1,200"], [1_500_000, 1_200_000]),
        (["0.50", "1,200"], [500_000, 1_200_000_000]),
        (["1.200,50", "1.200"], [1_200_500_000, 1_200_000_000]),
        (["$1,200.50", "$ 3"], [1_200_500_000, 3_000_000]),
        (["1\u202f200,50 $", "0,5 USD"], [1_200_500_000, 500_000]),
    ],
)
def test_the_decimal_mark_is_decided_by_the_whole_column(file, cells, micros):
    rows = "".join(
        f"a{n}\tw{n}\tAPPROVED\t2023-06-01T10:00:00\t2023-06-01T10:05:00\t\t\t{cell}\n" for n, cell in enumerate(cells)
    )
    reading = file(TOLOKA + rows)
    assert (reading.left_out, reading.frame["reward_micros"].to_list()) == ({}, micros)


def test_an_amount_that_may_be_a_thousand_times_another_is_refused_with_its_cell(file):
    row = "a1\tw1\tAPPROVED\t2023-06-01T10:00:00\t2023-06-01T10:05:00\t\t\t1,200\n"
    reading = file(TOLOKA + row)
    assert reading.left_out == {"ambiguous_reward": 1}
    assert reading.examples["ambiguous_reward"].words() == "lab.csv line 2, ASSIGNMENT:reward: 1,200"


PROLIFIC = "Submission id,{},Status,Started at,Completed at,Time taken\n"


@pytest.mark.parametrize("name", ["Participant id", "PROLIFIC_PID", "Participant.id", "participant_id", "prolific_id"])
def test_the_id_column_of_prolific_may_have_another_name(file, name):
    row = "s{0},p{0},APPROVED,2026-06-01T10:00:00Z,2026-06-01T10:10:00Z,600\n"
    reading = file(PROLIFIC.format(name) + row.format(1) + row.format(2))
    assert reading.frame["worker"].to_list() == ["p1", "p2"]


def test_every_official_status_is_known_and_another_is_named(file):
    words = ["APPROVED", "PARTIALLY APPROVED", "REJECTED", "RETURNED", "TIMED-OUT", "AWAITING REVIEW", "SCREENED OUT"]
    words += ["UNKNOWN", "ACTIVE", "RESERVED", "MISLAID"]
    rows = [f"s{n},p{n},{word},2026-06-01T10:00:00Z,2026-06-01T10:10:00Z,600\n" for n, word in enumerate(words)]
    reading = file(PROLIFIC.format("Participant id") + "".join(rows))
    assert reading.left_out == {"unfinished": 2, "unknown_status": 1}
    assert reading.unknown_words == {"MISLAID": 1}
    assert reading.examples["unknown_status"].words() == "lab.csv line 12, Status: MISLAID"
    outcomes = reading.frame["outcome"].to_list()
    assert outcomes == ["approved", "approved", "rejected", "returned", "expired", "submitted", "screened_out", None]
    assert reading.frame["is_partly_paid"].to_list() == [False, True, *[False] * 6]


MTURK = "HITId{0}AssignmentId{0}WorkerId{0}AssignmentStatus{0}AcceptTime{0}SubmitTime{0}Reward{0}Answer.x\n"
ROW = "h{0}a{1}{0}w{1}{0}Approved{0}Mon Jun 01 10:00:00 PDT 2026{0}Mon Jun 01 10:10:00 PDT 2026{0}$1.00{0}"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_line_that_names_the_separator_is_no_header(file, delimiter):
    reading = file(f"sep={delimiter}\n" + MTURK.format(delimiter) + ROW.format(delimiter, 1) + "x\n")
    assert (reading.left_out, reading.rows_read) == ({}, 1)
    assert figures(reading).ratio_usd_per_hour == pytest.approx(6.0)
    assert reading.frame["line"].item() == 3


def test_quotes_that_a_backslash_escapes_are_read(file):
    rows = ROW.format(",", 1) + '"she said \\"no, never\\", \\"\\""\n' + ROW.format(",", 2) + '"x"\n'
    reading = file(MTURK.format(",") + rows)
    assert (reading.rows_read, reading.frame["assignment"].to_list()) == (2, ["a1", "a2"])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252"])
def test_every_encoding_of_a_spreadsheet_gives_the_same_rows(file, encoding):
    reading = file(MTURK.format("\t") + ROW.format("\t", 1) + "café\n", encoding=encoding)
    assert (reading.rows_read, reading.frame["worker"].to_list()) == (1, ["w1"])


def test_columns_that_r_renamed_are_found(file):
    header = "X_unit_id,X_created_at,X_id,X_started_at,X_worker_id,worker_id\n"
    text = f"{header}1,6/23/2015 10:01:00,1,6/23/2015 10:00:00,w7,data\n"
    reading = file(text)
    assert (reading.format, reading.frame["worker"].to_list()) == ("appen", ["w7"])


def test_missing_values_of_r_pandas_and_sql_are_blank(file):
    rows = [ROW.format(",", n).replace("$1.00", word) + "x\n" for n, word in enumerate(["NA", "nan", "NULL", "None"])]
    reading = file(MTURK.format(",") + "".join(rows), "1.00/page")
    assert reading.left_out == {}
    assert reading.frame["reward_micros"].to_list() == [1_000_000] * 4


def test_annotations_of_label_studio_take_their_lead_time(file):
    header = "annotation_id,annotator,created_at,id,label,lead_time,updated_at\n"
    csv = f"{header}5,2,2026-06-01T10:00:30.5Z,1,cat,30.5,2026-06-01T11:00:00Z\n"
    reading = file(csv, "0.10/page")
    assert (reading.format, reading.left_out) == ("label_studio", {})
    assert reading.frame["accepted_at"].dt.strftime("%T").item() == "10:00:00"
    assert figures(reading).ratio_usd_per_hour == pytest.approx(0.10 * 3600 / 30.5)
    note = {
        "id": 5,
        "completed_by": {"id": 2, "email": "x@example.org"},
        "created_at": "2026-06-01T10:00:30Z",
        "lead_time": 30,
    }
    tasks = [
        {"id": 1, "data": {"text": "x"}, "annotations": [note, {**note, "completed_by": 3, "was_cancelled": True}]}
    ]
    nested = file(json.dumps(tasks), name="export.json")
    assert nested.frame.select("worker", "outcome").rows() == [("2", None), ("3", "returned")]
    assert "example.org" not in str(nested.frame.rows())


def test_worker_responses_of_ground_truth_are_read(file):
    answer = {
        "acceptanceTime": "2026-06-01T10:00:00.000Z",
        "submissionTime": "2026-06-01T10:00:40.000Z",
        "timeSpentInSeconds": 38.2,
        "workerId": "private.us-east-1.w1",
        "answerContent": {"annotatedResult": {"label": "cat"}},
    }
    reading = file(json.dumps({"answers": [answer]}), name="2026-06-01.json")
    assert (reading.format, reading.left_out) == ("ground_truth", {})
    assert figures(reading).median_seconds == 40


LEDGER = (
    "\ufeffid,day,platform,client_id,client_name,task_id,title,outcome,claimed_at,ended_at,end_imputed,counted_seconds,"
    "measured_seconds,corrected_seconds,estimate_seconds,limit_seconds,listed,listed_currency,paid,paid_currency,bonus,"
    "other_paid,decided_on\r\n"
)


def test_the_table_of_a_worker_s_own_ledger_is_described(file):
    times = "2026-06-01T1{0}:00:00.000Z,2026-06-01T1{0}:30:00.000Z,no,{3},900"
    row = f"i{{0}},2026-06-01,lab,,Lab,,{{1}},{{2}},{times},,,,{{4}},{{5}},,,,,\r\n"
    rows = [
        row.format(1, "Sort", "paid", 900, "1.5", "USD"),
        row.format(2, "'=SUM(1)", "rejected", 900, "1.5", "USD"),
        row.format(3, "Pounds", "submitted", 900, "1.5", "GBP"),
        row.format(4, "No time", "approved", 0, "1.5", "USD"),
    ]
    reading = file(LEDGER + "".join(rows))
    assert (reading.format, reading.left_out) == ("ledger", {})
    assert reading.notes == {"no_reward": 1, "other_currency": 1, "no_end": 1}
    assert reading.frame["task_title"].to_list() == ["Sort", "=SUM(1)", "Pounds", "No time"]
    described = figures(reading)
    assert (described.ratio_usd_per_hour, described.paid_usd_per_hour) == (pytest.approx(6.0), pytest.approx(3.0))
    assert (described.attempts, described.workers, described.median_of) == (4, None, "task")


@pytest.mark.parametrize(("old", "name"), [("figure-eight", "appen"), ("CrowdFlower", "appen"), ("appen", "appen")])
def test_old_names_of_a_platform_mean_its_one_name(old, name):
    assert platform_name(old) == name
    assert not set(OLD_NAMES) & set(OLD_NAMES.values())


def test_a_worker_s_own_history_is_named_as_such(file):
    with pytest.raises(Exception, match="own Prolific history"):
        file("Study,Reward,Bonus,Started At,Completed At,Completion Code,Status\nx,1,0,,,,\n")


def test_an_example_is_one_printable_line(file):
    reading = file(MTURK.format(",") + ROW.format(",", 1).replace("$1.00", '"much\n\x1b[31m' + "x" * 99 + '"') + "x\n")
    words = reading.examples["unreadable_reward"].words()
    assert words.isprintable()
    assert len(words) < 100
