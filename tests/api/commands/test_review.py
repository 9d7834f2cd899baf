"""`taskwage review`: what a person sees of flags, and what their word does."""

from __future__ import annotations

import asyncio
import json
from datetime import date

import asyncpg
import polars as pl
import pytest
from click.testing import CliRunner

from analytics.estimator.screening import FINDINGS, FLAGS, LIMIT_PASSED, SPLIT_CLIENT
from analytics.model.errors import BadInput
from api.commands.main import cli
from api.store import review

ENROL = """
INSERT INTO intake.contributors (number, id, enrolled_on, origin)
VALUES (7, gen_random_uuid(), '2026-11-16', 'c') RETURNING number
"""


@pytest.fixture
def flagged(dsn):
    """The number of a contributor with two flags."""

    async def make():
        db = await asyncpg.connect(dsn)
        number = await db.fetchval(ENROL)
        rows = [(number, "far_from_others", "3 clients"), (number, "same_times", "20 tasks")]
        await review.log(db, pl.DataFrame(rows, schema=FLAGS, orient="row"), frozenset(), date(2026, 11, 16))
        await db.close()
        return number

    return asyncio.run(make())


@pytest.fixture
def taskwage(dsn, tmp_path):
    def run(*arguments):
        settings = {"DATABASE_URL": dsn}
        return CliRunner().invoke(cli, ["review", *map(str, arguments), "--data", str(tmp_path)], env=settings)

    return run


def test_nothing_flagged_is_said_so(taskwage):
    assert taskwage("list").output == "No flags.\n"


def test_flags_are_listed_with_their_evidence(taskwage, flagged):
    lines = taskwage("list").output.splitlines()
    assert lines[0] == f"{flagged}  far_from_others  not reviewed  raised 2026-11-16: 3 clients"
    assert len(lines) == 2


def test_a_flag_is_cleared_and_confirmed_again(taskwage, flagged):
    assert taskwage("clear", flagged, "same_times").exit_code == 0
    assert [one["verdict"] for one in json.loads(taskwage("list", "--json").output)["flags"]] == [None, "cleared"]
    assert "far_from_others, same_times confirmed" in taskwage("confirm", flagged).output
    assert {one["verdict"] for one in json.loads(taskwage("list", "--json").output)["flags"]} == {"confirmed"}


def test_a_contributor_without_such_a_flag_is_named(taskwage, flagged):
    done = taskwage("clear", flagged, "joint_arrival")
    assert isinstance(done.exception, BadInput)
    assert str(flagged) in str(done.exception)


def test_split_clients_and_alarms_are_listed_without_a_person(taskwage, dsn):
    rows = [
        (LIMIT_PASSED, "practice", None, "suspected manipulation: 9 of 200 voters"),
        (SPLIT_CLIENT, "practice", 5, "suspected manipulation: 30% of votes"),
    ]

    async def make():
        db = await asyncpg.connect(dsn)
        await db.execute("INSERT INTO intake.clients (client_key, platform, client_id) VALUES (5, 'practice', 'c-5')")
        for day in (date(2026, 11, 9), date(2026, 11, 16)):
            await review.log_findings(db, pl.DataFrame(rows, schema=FINDINGS, orient="row"), day)
        await db.close()

    asyncio.run(make())
    assert taskwage("list").output.splitlines() == [
        "practice  limit_passed  raised 2026-11-09 to 2026-11-16: suspected manipulation: 9 of 200 voters",
        "practice c-5  split_client  raised 2026-11-09 to 2026-11-16: suspected manipulation: 30% of votes",
    ]
    findings = json.loads(taskwage("list", "--json").output)["findings"]
    assert [one["client_id"] for one in findings] == [None, "c-5"]
    assert all("contributor" not in one for one in findings)
