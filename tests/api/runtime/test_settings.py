"""Settings come from one place, are checked once, and say which variable is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import get_type_hints

import pytest

from api.errors import BadSettings
from api.runtime.settings import OTHER_NAMES, PREFIX, Settings


def test_nothing_set_is_a_whole_configuration():
    assert Settings.from_env({}) == Settings()


def test_the_environment_is_read_and_the_command_line_wins():
    environ = {"TASKWAGE_PORT": "99", "TASKWAGE_DATA": "/a b", "DATABASE_URL": "postgresql://x", "PORT": "1"}
    found = Settings.from_env(environ, port=7, host=None)
    assert (found.port, found.data, found.database_url) == (7, Path("/a b"), "postgresql://x")


def test_an_empty_variable_is_not_set():
    assert Settings.from_env({"DATABASE_URL": ""}).database_url is None


@pytest.mark.parametrize(("name", "value"), [
    ("TASKWAGE_PORT", "many"),
    ("TASKWAGE_PORT", "70000"),
    ("TASKWAGE_NATURE", "fake"),
    ("TASKWAGE_DIFFICULTY_BITS", "-1"),
    ("TASKWAGE_QUEUE_ROWS", "0"),
])  # fmt: skip
def test_a_wrong_value_is_named(name, value):
    with pytest.raises(BadSettings, match=f"^{name}: "):
        Settings.from_env({name: value})


@pytest.mark.parametrize("home", ["Manila", "releases", "1st", "a" * 31, "a/b", ".."])
def test_a_home_has_a_name_that_fits_a_secret_and_a_folder(home):
    with pytest.raises(BadSettings, match="TASKWAGE_HOME"):
        Settings.from_env({"TASKWAGE_HOME": home, "SEGMENTS_URL": "s3://bucket"})


def test_a_home_shares_a_bucket():
    settings = Settings.from_env({"SEGMENTS_URL": "s3://bucket/rows/"}, home="manila")
    assert (settings.segments_url, settings.bucket_url) == ("s3://bucket/rows/manila", "s3://bucket/rows")
    with pytest.raises(BadSettings, match="SEGMENTS_URL"):
        Settings.from_env({}, home="manila")


@pytest.mark.parametrize("field", Settings.__struct_fields__)
def test_every_setting_says_what_it_is_for(field):
    (meta,) = get_type_hints(Settings, include_extras=True)[field].__metadata__
    assert meta.description.endswith(".")
    assert OTHER_NAMES.get(field, PREFIX + field.upper()).isupper()


@pytest.mark.parametrize(
    "url", ["postgresql://user:hunter2/x@h/db", "mysql://h/db", "postgresql://h:hunter2/db", "hunter2"]
)
def test_an_address_of_a_database_that_cannot_be_read_is_one_line_without_a_part_of_it(url):
    with pytest.raises(BadSettings, match="DATABASE_URL") as refused:
        Settings.from_env({"DATABASE_URL": url})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql://h/db", "postgresql://u:p%2F@h:5432,[::1]:5433/db", "postgresql://postgres@/postgres?host=/tmp/x"],
)
def test_an_address_of_a_database_that_can_be_read_is_taken(url):
    assert Settings.from_env({"DATABASE_URL": url}).database_url == url
