"""`taskwage report` from the outside: a document of a release or of exports, its figures, and what it refuses."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from html.parser import HTMLParser
from typing import NamedTuple
from unittest.mock import patch

import pytest

from analytics.commands.main import main
from tests.api.http.pages.hand_made import DAYS, HOSTILE, four_releases
from tests.fixtures.exports import figure_eight, mturk

LITERATURE = ("platforms", "own_hours", "floors", "endings", "unpaid", "concentration", "countries", "method")


class Document(HTMLParser):
    """Tags and addresses of a document."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.attributes, self.ids = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.addresses += [value for name, value in attrs if name in ("href", "src", "action")]
        self.ids += [value for name, value in attrs if name == "id"]


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: bytes
    stderr: bytes


def report(*arguments):
    """`taskwage report` in this process: drawings are kept from one run to the next."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        patch.object(sys, "argv", ["taskwage", "report", *map(str, arguments)]),
    ):
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    for stream in (out, err):
        stream.flush()
    return Done(code, out.buffer.getvalue(), err.buffer.getvalue())


def told(*arguments):
    done = report(*arguments)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def sections(*arguments):
    document = json.loads(told(*arguments, "--json"))
    return document, {section["name"]: section for section in document["sections"]}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("some data")
    four_releases(folder / "releases")
    return folder


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    """Sixty people on six clients' batches, some refused; a report of another platform with two countries."""
    folder = tmp_path_factory.mktemp("ex ports")
    for lab in range(6):
        rows = [
            {
                "WorkerId": f"AWORKER{worker}",
                "AssignmentId": f"3A{lab}{worker}",
                "Title": "Task of " + HOSTILE.replace('"', '""'),
                "AcceptTime": f"Tue May {12 + lab} {8 + worker % 10:02}:10:00 PDT 2015",
                "SubmitTime": f"Tue May {12 + lab} {8 + worker % 10:02}:{11 + worker % 7}:00 PDT 2015",
                **(
                    {"AssignmentStatus": "Rejected", "RejectionTime": "Wed May 27 10:00:00 PDT 2015"}
                    if not worker % 6
                    else {}
                ),
            }
            for worker in range(60)
        ]
        (folder / f"mturk__lab{lab}__b.csv").write_bytes(mturk(rows))
    pages = [
        (
            f"{country}{n}",
            f"6/{1 + n % 20}/2015 10:00:00",
            f"6/{1 + n % 20}/2015 10:0{minutes}:30",
            {"_country": country},
        )
        for country, minutes in (("USA", 2), ("IND", 5))
        for n in range(15)
    ]
    (folder / "figure-eight__job__700001.csv").write_bytes(figure_eight(pages))
    return sorted(folder.iterdir())


def test_a_report_on_a_release_tells_every_table_of_the_literature_or_why_not(data):
    document, named = sections("--data", data)
    assert set(LITERATURE) < set(named)
    assert document["source"] == "release 2026-11-23"
    assert document["as_of"] == "2026-11-23"
    assert re.fullmatch("[0-9a-f]{64}", document["sha256"])
    assert named["own_hours"]["values"][0]["basis"] in ("tasks", "all_hours")
    assert {row["class"] for row in named["unpaid"]["values"]} >= {"search", "payment", "all"}
    assert "taskwage report FILES" in named["concentration"]["missing"]
    assert "taskwage report FILES" in named["same_task"]["missing"]


def test_a_report_is_one_file_without_scripts_or_other_addresses(data, exports):
    for text in (told("--data", data), told(*exports)):
        page = Document(text)
        assert "script" not in page.tags
        assert all(address.startswith("#") for address in page.addresses)
        assert not [name for name in page.attributes if name.startswith("on") or name == "style"]
        assert len(page.ids) == len(set(page.ids))
        assert page.tags.count("svg") >= 8
        assert not re.search(r"@import|url\(", text)


def test_the_command_itself_gives_those_bytes(data):
    command = [sys.executable, "-m", "analytics", "report", "--data", str(data), "--platform", "practice"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout.decode() == told("--data", data, "--platform", "practice")


@pytest.mark.parametrize("scope", [[], ["--platform", "practice"], ["--client", "c-1"], ["--country", "KE"]])
def test_the_same_release_and_scope_give_the_same_bytes(data, scope):
    assert told("--data", data, *scope) == told("--data", data, *scope)


def test_a_report_can_be_cited_and_says_under_which_licence(data):
    text = told("--data", data)
    assert "How to cite this" in text
    assert "release 2026-11-23" in text
    assert "ODbL-1.0" in text
    assert "23 November 2026" in text
    assert "Simulated data." in text


def test_a_report_on_a_client_holds_what_it_objected_and_nothing_told_of_platforms_only(data):
    document, named = sections("--data", data, "--client", "c-1")
    assert document["scope"] == "client c-1"
    assert "for one client it would reveal too much" in named["own_hours"]["missing"]
    text = told("--data", data, "--client", "aa00000000c1")
    assert "We object." in text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_a_client_with_an_interval_only_is_told_with_its_interval_only(data):
    _, named = sections("--data", data, "--client", "aa00000000c5")
    (row,) = [row for row in named["client"]["values"] if "low_usd_per_hour" in row]
    assert row["effective_usd_per_hour"] is None
    assert row["low_usd_per_hour"] > 0


def test_a_country_stands_by_itself(data):
    _, named = sections("--data", data, "--country", "KE")
    assert [row["country"] for row in named["countries"]["values"]] == ["KE"]
    _, named = sections("--data", data, "--country", "FR")
    assert named["countries"]["missing"].startswith("Too few people")


def test_a_period_keeps_its_weeks(data):
    _, named = sections("--data", data, "--from", "2026-10-01", "--to", "2026-10-20")
    days = [date.fromisoformat(row["week_starts_on"]) for row in named["weeks"]["values"]]
    assert days
    assert all(date(2026, 10, 1) <= day <= date(2026, 10, 20) for day in days)
    _, named = sections("--data", data, "--from", "2020-01-01", "--to", "2020-02-01")
    assert named["weeks"]["missing"].startswith("Too few people")


def test_an_earlier_release_or_a_folder_of_one_can_be_asked_for(data):
    by_id = told("--data", data, "--release", "2026-11-02")
    by_folder = told("--release", data / "releases" / "2026-11-02")
    assert by_id == by_folder
    assert "2 November 2026" in by_id


def test_a_report_on_exports_tells_hours_floors_refusals_clients_and_countries(exports):
    document, named = sections(*exports)
    assert document["policy"] == "archive"
    (by_task, tasks, every, total) = named["own_hours"]["values"]
    assert total["basis"] == "pay_over_time"
    assert (by_task["basis"], tasks["basis"], every["basis"]) == ("by_task", "tasks", "all_hours")
    assert every["people"] == 60
    assert every["median"] <= tasks["median"]
    assert named["floors"]["values"][0]["share_below"] is not None
    (refused,) = named["endings"]["values"]
    assert (refused["ending"], refused["share_of_tasks"]) == ("rejected", pytest.approx(1 / 6, abs=0.01))
    assert refused["hours"] > 0
    assert [row["client_name"] for row in named["clients"]["values"]].count("lab0") == 1
    assert named["concentration"]["values"][0]["clients"] == 6
    first, second = named["countries"]["values"]
    assert (first["country"], second["country"]) == ("USA", "IND")
    assert first["factor"] > second["factor"]


def test_a_report_on_exports_is_the_same_wherever_the_files_lie(exports, tmp_path):
    moved = [shutil.copy(path, tmp_path) for path in exports]
    assert told(*exports) == told(*reversed(moved))


def test_what_a_task_is_called_never_becomes_markup(exports):
    text = told(*exports)
    assert "<script>alert" not in text
    assert "evil.example" not in " ".join(Document(text).addresses)


def test_exports_can_be_cut_by_client_and_period_and_floor(exports):
    document, named = sections(*exports, "--client", "lab1", "--floor", "3.5")
    assert document["scope"] == "client lab1"
    assert {row["floor_usd_per_hour"] for row in named["floors"]["values"]} == {3.5}
    assert named["concentration"]["missing"].startswith("Fewer than five clients")
    document, named = sections(*exports, "--from", "2015-06-01")
    assert named["own_hours"]["missing"].startswith("Fewer than ten people")
    assert named["rows"]["values"][0]["attempts"] == 30


@pytest.fixture(scope="module")
def two_clients(tmp_path_factory):
    """Invented: the same thirty people work for two clients at the same time, one pays five times as much. A file of the
    other has a row without an end, a rejected row and a second download.
    """
    folder = tmp_path_factory.mktemp("two clients")
    for lab, reward in (("one", "$0.10"), ("two", "$0.50")):
        rows = [
            {
                "WorkerId": f"AWORKER{worker}",
                "AssignmentId": f"3A{lab}{worker}",
                "Reward": reward,
                "AcceptTime": f"Tue May 12 {8 + worker % 10:02}:10:00 PDT 2015",
                "SubmitTime": f"Tue May 12 {8 + worker % 10:02}:{11 + worker % 7}:00 PDT 2015",
            }
            for worker in range(30)
        ]
        if lab == "two":
            rows[0] |= {"AssignmentStatus": "Rejected", "RejectionTime": "Wed May 13 10:00:00 PDT 2015"}
            rows.append(rows[1] | {"AssignmentId": "3NOEND", "SubmitTime": ""})
            (folder / "mturk__two__again.csv").write_bytes(mturk(rows))
        (folder / f"mturk__{lab}__b.csv").write_bytes(mturk(rows))
    return sorted(folder.iterdir())


@pytest.mark.parametrize("client", ["one", "two"])
def test_a_report_on_one_client_is_the_report_on_its_files_alone(two_clients, client):
    alone = [path for path in two_clients if f"__{client}__" in path.name]
    scope = ("--client", client, "--floor", "5")
    assert sections(*two_clients, *scope)[0] == sections(*alone, *scope)[0]
    assert told(*two_clients, *scope) == told(*alone, *scope)


def test_a_report_on_one_client_counts_and_cites_its_own_files(two_clients):
    document, named = sections(*two_clients, "--client", "one")
    assert document["source"] == "1 files"
    read = named["rows"]["values"][0]
    assert (read["files"], read["rows_read"], read["left_out"]) == (1, 30, {})
    assert "Only work for one is counted here." in told(*two_clients, "--client", "one")


def test_a_client_that_no_file_has_is_refused_with_the_sources_there_are(two_clients):
    done = report(*two_clients, "--client", "three")
    assert done.returncode == 2
    assert b"sources: one, two" in done.stderr


def test_a_report_names_the_platforms_where_spreads_are_not_measured(two_clients):
    assert "in use are: split spread of tasks" in told(*two_clients, "--client", "one")


def test_every_row_about_a_client_of_a_release_is_that_clients_row(data):
    _, named = sections("--data", data, "--client", "c-1")
    rows = [row for part in named.values() for row in part["values"]]
    assert rows
    assert {row["client_key"] for row in rows} == {"aa00000000c1"}


def test_a_handful_of_people_is_told_as_too_few(tmp_path):
    path = tmp_path / "mturk__lab__b.csv"
    path.write_bytes(mturk([{}, {}, {}]))
    _, named = sections(path)
    for name in ("platforms", "own_hours", "floors", "unpaid", "clients"):
        assert named[name]["missing"].startswith(("Too few people", "Fewer than ten people")), name
    text = told(path)
    assert "AWORKER0" not in text


def test_pay_given_by_hand_makes_hours_of_exports_that_state_none(exports):
    _, named = sections(exports[0], "--pay", "figure-eight*=0.10/page")
    assert named["platforms"]["values"][0]["effective_usd_per_hour"] is None  # nothing is decided: no paid share


def test_a_report_is_written_where_it_is_told(data, tmp_path):
    path = tmp_path / "my report.html"
    done = report("--data", data, "--out", path)
    assert done.returncode == 0
    assert done.stdout == b""
    assert path.read_text() == told("--data", data)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--release", "1999-01-01"], "no release"),
        (["--platform", "nowhere"], "no platform 'nowhere' in 2026-11-23; platforms: practice"),
        (["--client", "nobody"], "no published client 'nobody'"),
        (["--client", "c-1", "--country", "KE"], "never shown"),
        (["--from", "2026-02-01", "--to", "2026-01-01"], "is after"),
        (["--from", "yesterday"], "yesterday"),
        (["--floor", "-1"], "--floor"),
        (["--pay", "x=1/page"], "--pay is for FILES"),
        (["no such file.csv"], "no such file.csv"),
        (["--out", "/nowhere/at/all.html"], "cannot be written"),
    ],
)
def test_bad_input_is_one_clear_line_and_code_2(data, arguments, words):
    done = report("--data", data, *arguments)
    assert done.returncode == 2
    lines = done.stderr.decode().strip().splitlines()
    assert words in lines[-1] or words in lines[0]
    assert "Traceback" not in done.stderr.decode()


def test_files_and_a_release_together_are_refused(data, exports):
    done = report("--data", data, "--release", "2026-11-23", exports[0])
    assert done.returncode == 2
    assert "not both" in done.stderr.decode()


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_reported(exports, tmp_path):
    bad = tmp_path / "odd.csv"
    bad.write_text("a,b\n1,2\n")
    done = report(exports[1], bad)
    assert done.returncode == 2
    assert b"odd.csv" in done.stderr
    assert done.stdout.startswith(b"<!doctype html>")
    assert report(bad).stdout == b""


def test_a_damaged_release_is_not_reported_on(data, tmp_path):
    folder = tmp_path / "2026-11-23"
    shutil.copytree(data / "releases" / DAYS[-1].isoformat(), folder)
    (folder / "tables" / "outcomes.parquet").write_bytes(b"")
    done = report("--release", folder)
    assert done.returncode == 2
    assert b"is damaged" in done.stderr


# The layout of a Prolific researcher's export as its help pages describe it (seen November 2026); rows are invented.
PROLIFIC = (
    "Submission id,Participant id,Status,Started at,Completed at,Reviewed at,Archived at,Time taken,Completion code,"
    "Total approvals"
)


def test_people_of_one_s_own_files_are_counted_exactly_and_unknown_kept_time_is_not_called_one(tmp_path):
    """Half of the work was returned without a time: kept time is not known, and there is a task rate only."""
    at = "2026-06-01T10:{:02}:00.000000Z"
    done = [f"s{n},p{n},APPROVED,{at.format(0)},{at.format(5)},{at.format(9)},,300,X,1" for n in range(60)]
    back = [f"r{n},q{n},RETURNED,{at.format(0)},,,,,,1" for n in range(60)]
    path = tmp_path / "export.csv"
    path.write_text("\n".join([PROLIFIC, *done, *back]) + "\n")
    _, named = sections(path, "--pay", "1.00/page")
    (row,) = named["platforms"]["values"]
    assert row["contributors"] == "60"
    assert (row["task_usd_per_hour"], row["kept_share"], row["effective_usd_per_hour"]) == (12.0, None, None)
    (returned,) = named["endings"]["values"]
    assert (returned["ending"], returned["people"], returned["share_of_tasks"]) == ("returned", 120, 0.5)
