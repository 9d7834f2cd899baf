"""`taskwage import` into a real PostgreSQL: every attempt once, no row lost in silence, nobody known."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from analytics.importers.attempts import merge
from analytics.importers.detect import read
from analytics.importers.pay import pay_rule
from api.commands.import_files import import_attempts, import_files
from api.runtime.clock import SettableClock
from api.runtime.server import stored
from api.runtime.settings import Settings
from tests.fixtures.exports import figure_eight, mturk, prolific

CLOCK = SettableClock(datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
UNDECIDED = {"AssignmentStatus": "Submitted", "ApprovalTime": ""}
LATEST = """
SELECT DISTINCT ON (o.id) w.client_name, c.platform, t.title, o.* FROM intake.observations o
JOIN intake.clients c USING (client_key) JOIN intake.tasks t USING (client_key, task_key)
JOIN intake.words w ON (w.task_key, w.contributor) = (o.task_key, o.contributor)
ORDER BY o.id, o.revision DESC
"""


@pytest.fixture
def files(tmp_path):
    def write(**contents):
        paths = [tmp_path / f"{name}.csv" for name in contents]
        for path, data in zip(paths, contents.values(), strict=True):
            path.write_bytes(data)
        return paths

    return write


@pytest.fixture
async def pool(tmp_path):
    async with stored(Settings(data=tmp_path / "da ta")) as (_, pool):
        yield pool


async def importing(pool, paths, *pays):
    rules = [pay_rule(pay) for pay in pays]
    return await import_attempts(pool, merge([read(path, rules) for path in paths]), CLOCK)


async def test_importing_twice_changes_nothing_and_a_later_download_settles(pool, files):
    early = files(mturk__acme__early=mturk([UNDECIDED, UNDECIDED, {"WorkerId": ""}]))
    late = files(mturk__acme__late=mturk([{}, UNDECIDED, {}]))
    first = await importing(pool, early)
    assert (first.rows_read, first.rows_used, first.left_out) == (3, 2, {"no_worker": 1})
    assert (first.stored, first.known, first.clients, first.contributors) == (2, 0, 1, 2)
    again = await importing(pool, early)
    assert (again.stored, again.known) == (0, 2)
    later = await importing(pool, late)
    assert (later.stored, later.known) == (2, 1)  # one settled, one new
    await importing(pool, early)
    rows = await pool.fetch(LATEST)
    assert sorted(row["revision"] for row in rows) == [2, 4, 4]
    assert {row["client_name"] for row in rows} == {"acme"}
    assert {str(row["received_on"]) for row in rows} == {"2026-11-23"}


async def test_pages_are_stored_with_the_pay_told_from_outside(pool, files):
    page = ("11", "6/23/2015 22:53:20", "6/23/2015 22:56:40")
    paths = files(
        **{
            "figure-eight__acme__job-746647": figure_eight([page] * 5),
            "figure-eight__acme__job-746297": figure_eight([page] * 5),
        }
    )
    done = await importing(pool, paths, "*746647*=1.00/page")
    assert (done.rows_read, done.rows_used, done.stored) == (10, 10, 2)
    rows = {row["title"]: row for row in await pool.fetch(LATEST)}
    assert rows["746647"]["reward_micros"] == 1_000_000
    assert rows["746297"]["reward_micros"] is None
    assert {row["units"] for row in rows.values()} == {5}
    assert {row["active_seconds"] for row in rows.values()} == {100}  # two pages in the same 200 seconds
    assert len({row["task_key"] for row in rows.values()}) == 2


async def test_no_worker_no_assignment_and_no_exact_time_reaches_a_table(pool, files):
    await importing(pool, files(mturk__acme=mturk([{}, {"WorkerId": "ASECRETWORKER"}])))
    for table in ("contributors", "observations", "clients", "tasks"):
        text = str([tuple(row) for row in await pool.fetch(f"SELECT * FROM intake.{table}")])
        assert "ASECRETWORKER" not in text
        assert "3ASSIGNMENT" not in text
        assert "datetime.datetime(2015, 5, 12, 21, 1" not in text


async def test_progress_is_told_of_every_row(pool, files):
    told = []
    readings = [read(path) for path in files(mturk__acme=mturk([{}, {}, {"SubmitTime": ""}]))]
    await import_attempts(pool, merge(readings), CLOCK, told.append)
    assert sum(told) == 3


def test_a_bad_file_is_named_and_its_neighbour_stored(tmp_path, files):
    paths = files(good=mturk([{}, {"WorkerId": ""}]), bad=b"name,amount\n1,2\n")
    arguments = [*map(str, paths), "--data", str(tmp_path / "da ta"), "--client", "Acme & Sons"]
    result = CliRunner().invoke(import_files, [*arguments, "--json"])
    assert result.exit_code == 2, result.output
    document = json.loads(result.stdout)
    assert (document["stored"], document["left_out"], list(document["refused"])) == (
        1,
        {"no_worker": 1},
        ["bad.csv"],
    )
    assert result.stderr.startswith("taskwage: bad.csv: ")
    again = CliRunner().invoke(import_files, [*arguments[:1], *arguments[2:]])
    assert again.exit_code == 0, again.output
    assert "0 attempts stored, 1 were there already" in again.stdout
    assert "1 no_worker (good.csv line 3)" in again.stdout


async def test_pay_that_comes_with_a_second_import_is_taken(pool, files):
    page = ("11", "6/23/2015 22:53:20", "6/23/2015 22:56:40")
    paths = files(job_700001=figure_eight([page]))
    first = await importing(pool, paths)
    assert (first.stored, first.clients_without_pay) == (1, ["job_700001"])
    second = await importing(pool, paths, "0.50/page")
    assert (second.stored, second.clients_without_pay) == (1, [])
    third = await importing(pool, paths)
    assert (third.stored, third.known) == (0, 1)
    (row,) = await pool.fetch(LATEST)
    assert row["reward_micros"] == 500_000


async def test_a_returned_submission_is_stored_for_its_outcome_without_a_time(pool, files):
    start, end = "2020-09-13 09:30:00", "2020-09-13 09:40:00"
    rows = [("s1", "w1", "APPROVED", start, end), ("s2", "w2", "RETURNED", start, "")]
    done = await importing(pool, files(lab=prolific(rows)), "1/page")
    assert (done.rows_used, done.stored, done.untimed, done.left_out) == (2, 2, 1, {})
    seconds = [row["active_seconds"] for row in await pool.fetch(LATEST)]
    assert sorted(map(str, seconds)) == ["600.0", "nan"]


def test_an_import_of_which_nothing_is_used_ends_with_code_2(tmp_path, files):
    paths = files(lab=mturk([{"WorkerId": ""}]))
    result = CliRunner().invoke(import_files, [*map(str, paths), "--data", str(tmp_path / "data")])
    assert result.exit_code == 2
    assert "nothing was imported" in result.stderr


def test_with_nothing_to_read_no_database_is_started(tmp_path):
    result = CliRunner().invoke(import_files, [str(tmp_path / "absent.csv"), "--data", str(tmp_path / "data")])
    assert result.exit_code == 2
    assert not (tmp_path / "data").exists()
