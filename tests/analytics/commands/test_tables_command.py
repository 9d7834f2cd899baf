"""`taskwage tables`: the dictionary on standard output."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from analytics.commands.main import cli
from analytics.model.errors import BadQuery
from analytics.tables.dictionary.registry import TABLES


def tables(*arguments):
    return CliRunner().invoke(cli, ["tables", *arguments])


def test_machines_get_name_meaning_and_columns_with_type_unit_and_meaning():
    told = json.loads(tables("--json").output)
    assert [table["name"] for table in told] == list(TABLES)
    for table in told:
        assert {"name", "meaning", "disclosure", "key", "columns"} == set(table)
        for column in table["columns"]:
            assert {"name", "type", "unit", "meaning", "operators"} == set(column)


def test_people_get_every_column_with_its_unit():
    told = tables("client_weeks").output
    assert told.startswith("client_weeks\n")
    assert "effective_usd_per_hour (number, USD per hour)" in told
    assert "task_rates" not in told


def test_an_unknown_table_names_the_known_ones():
    failure = tables("wages").exception
    assert isinstance(failure, BadQuery)
    assert "client_rates" in str(failure)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_told_within_the_width_of_a_screen(name):
    assert max(map(len, tables(name).output.splitlines())) <= 110
