"""The published dictionary is whole and says its units."""

from __future__ import annotations

import subprocess
import sys

import pytest

from analytics.tables.dictionary.registry import AXES_NEVER_TOGETHER, MOST_AXES, TABLES, USD_PER_HOUR, described

COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_row_says_its_release_and_its_key_is_among_its_columns(table):
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert "release" in names
    assert set(table.key) <= set(names)
    assert table.meaning.endswith(".")
    assert table.disclosure.endswith(".")


INTERVALS = (
    {"low_usd_per_hour", "high_usd_per_hour"},
    {"paid_share_low", "paid_share_high"},
    {"low_minutes", "high_minutes"},
    {"low_per_hour", "high_per_hour"},
)


@pytest.mark.parametrize("name", [name for name in TABLES if name not in ("releases", "evaluation", "notes")])
def test_every_row_of_figures_says_level_people_and_interval(name):
    names = {column.name for column in TABLES[name].columns}
    assert {"level_used", "contributors", "contributors_at_least"} <= names
    assert any(interval <= names for interval in INTERVALS)


def test_the_tables_of_the_contract_are_all_there():
    assert {
        "platform_rates", "client_rates", "task_rates", "platform_weeks", "client_weeks", "country_rates", "outcomes",
        "overheads", "releases",
    } <= set(TABLES)  # fmt: skip


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_table_is_told_with_what_filters_it(table):
    told = described(table)
    assert (told["name"], told["meaning"], told["disclosure"]) == (table.name, table.meaning, table.disclosure)
    assert [column["name"] for column in told["columns"]] == [column.name for column in table.columns]
    assert all({"type", "unit", "meaning", "operators"} <= set(column) for column in told["columns"])


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda part: part.name)
def test_every_column_has_a_meaning_and_a_number_a_unit(table, column):
    assert column.meaning.endswith(".")
    assert (column.unit == USD_PER_HOUR) == column.name.endswith("_usd_per_hour")
    assert column.type in ("text", "date") or column.unit


def test_the_dictionary_is_read_without_a_dataframe_library():
    code = (
        "import sys; import analytics.tables.dictionary.registry; "
        "sys.exit('polars' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_cross_table_has_two_axes_at_most_and_never_client_by_country(table):
    assert len(set(table.axes)) == len(table.axes) <= MOST_AXES
    assert not any(together <= set(table.axes) for together in AXES_NEVER_TOGETHER)
    names = {column.name for column in table.columns}
    assert ("country" in names, "client_key" in names) == ("country" in table.axes, "client" in table.axes)
