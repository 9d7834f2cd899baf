"""`taskwage query` from the outside: the same answers as the grammar, on standard output, in every form."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from datetime import date

import polars as pl
import pytest

from analytics.commands.query import is_url, parameters
from analytics.disclosure.thresholds import Names, disclose
from analytics.estimator import estimate
from analytics.model.encoding import from_csv
from analytics.model.policy import ARCHIVE
from analytics.release import writer
from analytics.release.builder import PublicationMetadata
from analytics.simulation.synthetic import AS_OF, Market, made
from analytics.tables.dictionary.registry import TABLES


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("some data")
    rows, _ = made(Market(clients=8, contributors=12))
    names = Names(
        pl.DataFrame({"client_key": [1], "platform": ["x"], "client_id": ["A"], "client_name": ["B"]}),
        pl.DataFrame({"task_key": [1], "client_key": [1], "title": ["T"], "task_id": ["I"]}),
        frozenset(),
    )
    told = disclose(estimate(rows, as_of=AS_OF, policy=ARCHIVE), ARCHIVE)
    writer.publish(folder / "releases", told, names, PublicationMetadata("real", {"USD": 1.0}))
    return folder


def query(*arguments):
    command = [sys.executable, "-m", "analytics", "query", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False)


def test_csv_is_the_default_and_json_says_the_release(data):
    csv = query("client_rates", "--data", data)
    assert (csv.returncode, csv.stderr) == (0, b"")
    frame = from_csv(csv.stdout, TABLES["client_rates"])
    answer = json.loads(query("client_rates", "--data", data, "--format", "json").stdout)
    assert answer["rows"] == frame.to_dicts()
    assert (answer["table"], answer["release"], answer["truncated"]) == ("client_rates", "2026-11-23-archive", False)


def test_parquet_and_arrow_are_written_as_they_are(data):
    frame = from_csv(query("task_rates", "--data", data).stdout, TABLES["task_rates"])
    assert pl.read_parquet(query("task_rates", "--data", data, "--format", "parquet").stdout).equals(frame)
    arrow = query("task_rates", "--data", data, "--format", "arrow").stdout
    assert pl.read_ipc_stream(io.BytesIO(arrow)).equals(frame)


def test_conditions_sort_and_limit_are_the_grammar_s(data):
    asked = query(
        "client_rates", "contributors_at_least__ge=10", "--sort=-effective_usd_per_hour", "--limit", 3, "--data", data
    )
    rates = from_csv(asked.stdout, TABLES["client_rates"])["effective_usd_per_hour"]
    assert rates.len() == 3
    assert rates.is_sorted(descending=True)


def test_a_release_is_named_by_id_or_by_its_folder_wherever_that_is(data, tmp_path):
    by_id = query("client_rates", "--data", data, "--release", "2026-11-23-archive")
    shutil.copytree(data / "releases" / "2026-11-23-archive", tmp_path / "copy")
    by_folder = query("client_rates", "--release", tmp_path / "copy")
    assert by_id.stdout == by_folder.stdout == query("client_rates", "--data", data).stdout != b""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["wages"], "tables: platform_rates"),
        (["client_rates", "price=3"], "columns: release"),
        (["client_rates", "cheap"], "COLUMN__OP=VALUE"),
        (["client_rates", "limit=3"], "COLUMN__OP=VALUE"),
        (["client_rates", "--limit", "many"], "whole number"),
        (["client_rates", "--release", "2020-01-01"], "the newest are: 2026-11-23-archive"),
    ],
)
def test_bad_input_is_one_line_and_code_two(data, arguments, words):
    done = query(*arguments, "--data", data)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1
    assert words in done.stderr.decode()


def test_an_empty_folder_has_no_release(tmp_path):
    done = query("client_rates", "--data", tmp_path)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)


def test_the_days_of_a_release_are_days(data):
    rows = from_csv(query("releases", "--data", data, "as_of__le=2026-11-23").stdout, TABLES["releases"])
    assert rows["as_of"].to_list() == [date(2026, 11, 23)]


def test_old_names_of_a_platform_are_understood():
    conditions = ("platform__in=crowdflower,figure-eight,elsewhere", "client_name=figure-eight")
    (_, names), (_, client) = parameters(conditions, {})
    one, same, other = names.split(",")
    assert one == same
    assert (other, client) == ("elsewhere", "figure-eight")
    assert one not in ("crowdflower", "figure-eight")


def test_only_the_web_is_a_url():
    assert [is_url(text) for text in ("https://a.example", "http://a", "file:///etc/passwd", "2026-11-16", "C:\\x")] == [
        True, True, False, False, False,
    ]  # fmt: skip
