"""Attempts of exports as observations: within the contract's bounds, without who and when exactly."""

import math
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.importers.attempts import ATTEMPTS, Example
from analytics.importers.detect import FORMATS
from api.intake.contract import Observation
from api.packs import load as packs
from api.publishing.archive import LeftOut, Rules, archived, client_slug, pseudonym, record_id

KEY = b"k" * 32
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
START = datetime(2015, 5, 12, 21, 10, 7, tzinfo=UTC)
USUAL = {
    "platform": "mturk",
    "source": "Acme 2015",
    "file": "f.csv",
    "worker": "AWORKER",
    "assignment": "3ASSIGNMENT",
    "task_title": "Label a picture",
    "task_id": "3TYPE",
    "reward_micros": 100_000,
    "outcome": "approved",
    "accepted_at": START,
    "submitted_at": START + timedelta(seconds=60),
    "decided_at": START + timedelta(days=2),
    "limit_seconds": 3600.0,
    "units": 1,
    "rows": 1,
}


@pytest.fixture(scope="module")
def rules():
    return Rules(KEY, packs.load(), NOW)


def made(rules, *rows):
    return list(archived(pl.DataFrame([USUAL | row for row in rows], schema=ATTEMPTS), rules))


def test_an_approved_assignment_becomes_an_observation(rules):
    (one,) = made(rules, {})
    observation = one.observation
    assert msgspec.convert(msgspec.to_builtins(observation), Observation) == observation
    assert observation.claimed_hour == datetime(2015, 5, 12, 21, tzinfo=UTC)
    assert (observation.client.id, observation.client.name) == ("acme-2015", "Acme 2015")
    assert (observation.active_seconds, observation.open_seconds, observation.limit_seconds) == (60, 60, 3600)
    assert observation.reward == observation.paid
    assert (observation.revision, observation.outcome, observation.timer) == (4, "approved", "import")
    assert str(observation.decided_on) == "2015-05-14"


@pytest.mark.parametrize(
    ("row", "revision", "outcome", "paid"),
    [
        ({"outcome": "submitted", "decided_at": None}, 2, "submitted", None),
        ({"outcome": None, "decided_at": None}, 2, "submitted", None),
        ({"outcome": None, "decided_at": None, "reward_micros": None}, 1, "submitted", None),
        ({"outcome": "rejected"}, 4, "rejected", 0),
        ({"outcome": "approved", "reward_micros": 0}, 4, "approved", 0),
        ({"outcome": "rejected", "reward_micros": None}, 3, "rejected", None),
        ({"outcome": "approved", "is_partly_paid": True}, 4, "approved", None),
    ],
)
def test_outcome_and_pay_say_what_the_file_could_tell(rules, row, revision, outcome, paid):
    (one,) = made(rules, row)
    found = one.observation
    assert (found.revision, found.outcome, found.paid and found.paid.micros) == (revision, outcome, paid)


def test_overlapping_time_is_shared_between_all_sources(rules):
    ones = made(rules, {}, {"source": "other", "assignment": "3OTHER"})
    assert [one.observation.active_seconds for one in ones] == [30, 30]
    assert [one.observation.open_seconds for one in ones] == [60, 60]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"worker": None}, "no_worker"),
        ({"submitted_at": START + timedelta(hours=15)}, "active_seconds_out_of_bounds"),
        ({"reward_micros": 10_000_000_001 * 1000}, "reward_out_of_bounds"),
        ({"task_id": "x" * 81}, "task_out_of_bounds"),
        ({"platform": "unheard_of"}, "unknown_platform"),
        ({"task_title": "a\0b"}, "malformed"),
        ({"accepted_at": NOW + timedelta(days=9), "submitted_at": NOW + timedelta(days=9)}, "in_the_future"),
    ],
)
def test_what_does_not_fit_is_left_out_by_reason_and_its_neighbour_is_kept(rules, row, reason):
    bad, good = made(rules, {"rows": 3, "line": 7, **row}, {"assignment": "3GOOD", "worker": "AOTHER"})
    assert bad == LeftOut(reason, 3, Example("f.csv", 7, None, None))
    assert good.observation.outcome == "approved"


def test_a_time_limit_of_months_is_no_reason_to_lose_the_row(rules):
    (one,) = made(rules, {"limit_seconds": 1e8})
    assert one.observation.limit_seconds is None


def test_nothing_of_worker_assignment_or_exact_time_is_in_what_is_stored(rules):
    (one,) = made(rules, {})
    stored = msgspec.json.encode(one.observation).decode() + str(one.contributor)
    for secret in ("AWORKER", "3ASSIGNMENT", "21:10", ":07"):
        assert secret not in stored


@given(st.text(max_size=50), st.datetimes(datetime(2005, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001 - made UTC below
def test_an_id_has_the_layout_of_uuid_7_and_tells_the_hour_only(identity, moment):
    hour = moment.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
    made_id = record_id(KEY, identity, hour)
    assert made_id.version == 7
    assert UUID(str(made_id)) == made_id == record_id(KEY, identity, hour)
    assert datetime.fromtimestamp((made_id.int >> 80) / 1000, UTC) == hour


def test_another_database_knows_the_same_worker_by_another_number():
    assert pseudonym(KEY, "mturk", "A") == pseudonym(KEY, "mturk", "A")
    assert len({pseudonym(KEY, "mturk", "A"), pseudonym(b"x" * 32, "mturk", "A"), pseudonym(KEY, "appen", "A")}) == 3


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Acme, Inc. 2015", "acme-inc-2015"), ("Medellín", "medellin"), ("x" * 99, "x" * 80)],
)
def test_a_client_known_by_name_gets_an_id_that_fits_an_address(name, slug):
    assert client_slug(name) == slug


def test_two_names_in_another_script_are_two_clients():
    assert len({client_slug("標題"), client_slug("任務")}) == 2


def test_an_attempt_without_an_end_is_stored_for_its_outcome_and_has_no_time(rules):
    back, done = made(rules, {"outcome": "returned", "submitted_at": None, "rows": 3}, {"outcome": "returned"})
    assert (back.observation.outcome, back.rows) == ("returned", 3)
    assert math.isnan(back.observation.active_seconds)
    assert math.isnan(back.observation.open_seconds)
    assert (done.observation.outcome, done.observation.paid, done.observation.revision) == ("returned", None, 4)


def test_every_format_that_can_be_read_can_be_stored(rules):
    for known in FORMATS:
        (one,) = made(rules, {"platform": known.name})
        assert one.observation.platform == known.name
