"""`taskwage evaluate` by its face: what it refuses, and what it prints of somebody's files."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from analytics.commands import evaluate as command
from analytics.commands.main import cli
from analytics.evaluation.figure import Bound, checked, compared
from analytics.model.errors import BadInput

HEADER = "AssignmentId,WorkerId,Title,Reward,AssignmentStatus,AcceptTime,SubmitTime"


def batch(folder, people=12, tasks=12):
    lines = [HEADER]
    for person in range(people):
        for task in range(tasks):
            minute = (7 * person + task) % 40
            start = f"Mon Nov {task + 1:02d} 10:{minute:02d}:00 PST 2021"
            end = f"Mon Nov {task + 1:02d} 10:{minute + 1 + (person + task) % 9:02d}:30 PST 2021"
            lines.append(f"A{person}T{task},W{person},Label {task % 3},$0.20,Approved,{start},{end}")
    path = folder / "mturk__lab__one.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def run(*arguments):
    return CliRunner().invoke(cli, ["evaluate", *map(str, arguments)])


def test_files_are_predicted_and_told_one_object_a_figure(tmp_path):
    done = run("--rows", "--json", batch(tmp_path))
    figures = {figure["id"]: figure for figure in json.loads(done.stdout)}
    assert figures["12.rows.within"].keys() >= {"id", "name", "threshold", "measured", "passed"}
    assert "144 tasks of 12 people" in figures["12.rows.within"]["name"]
    assert len(done.stdout.splitlines()) == len(figures) + 2


def test_a_file_that_cannot_be_read_is_named_and_the_others_count(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    done = run("--rows", batch(tmp_path), bad)
    assert done.exit_code == 2
    assert "bad.csv" in done.stderr
    assert "12.rows.within" in done.stdout


@pytest.mark.parametrize("arguments", [["--rows"], ["some.csv"]])
def test_files_and_rows_belong_together(arguments):
    assert isinstance(run(*arguments).exception, BadInput)


@pytest.mark.parametrize(("measured", "code"), [(0.5, 0), (2.0, 1)])
def test_the_code_tells_whether_every_threshold_is_met(monkeypatch, measured, code):
    figures = [checked("1", "one", Bound(0, 1), measured, "because"), compared("2", "two", 1.0)]
    monkeypatch.setattr(command, "of_markets", lambda *, full, seed_sets: figures)
    assert run().exit_code == code


def without_pay(folder):
    """A Prolific export states no pay (invented rows in its layout)."""
    header = (
        "Submission id,Participant id,Status,Started at,Completed at,Reviewed at,Archived at,Time taken,Completion code"
    )
    lines = [header]
    for person in range(12):
        start = f"2026-06-{person + 1:02d}T10:00:00.000000Z,2026-06-{person + 1:02d}T10:05:00.000000Z"
        lines.append(f"{person:024x},{person + 4096:024x},APPROVED,{start},,,300,AAAA0000")
    path = folder / "prolific__lab__study.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_rows_without_pay_ask_for_pay(tmp_path):
    failed = run("--rows", without_pay(tmp_path)).exception
    assert isinstance(failed, BadInput)
    assert "give --pay" in str(failed)


def test_figures_do_not_move_with_the_order_of_files_or_with_files_that_say_no_pay(tmp_path):
    lines = batch(tmp_path).read_text().splitlines()
    half = len(lines) // 2
    one, other = tmp_path / "mturk__lab__one.csv", tmp_path / "mturk__lab2__two.csv"
    one.write_text("\n".join(lines[:half]) + "\n")
    other.write_text("\n".join([HEADER, *lines[half:]]) + "\n")
    found = run("--rows", "--json", one, other).stdout
    assert run("--rows", "--json", other, one).stdout == found
    assert run("--rows", "--json", without_pay(tmp_path), other, one).stdout == found
