"""The published tables, declared once for the API, the command line and the documentation.

Only the standard library and msgspec are imported, so that the dictionary can be read without a dataframe library.
"""

from __future__ import annotations

from typing import Any

from analytics.model.errors import BadQuery
from analytics.model.table import (
    AXES_NEVER_TOGETHER,
    MOST_AXES,
    OPERATORS,
    Axis,
    Column,
    ColumnType,
    Operator,
    Table,
)
from analytics.tables.dictionary.about import NOTES, RELEASES
from analytics.tables.dictionary.columns import PEOPLE, SHARE, USD_PER_HOUR
from analytics.tables.dictionary.context import SUPPLY
from analytics.tables.dictionary.people import WORKER_RATES
from analytics.tables.dictionary.rates import CLIENT_RATES, COUNTRY_RATES, PLATFORM_RATES, TASK_RATES
from analytics.tables.dictionary.weeks import CLIENT_WEEKS, PLATFORM_WEEKS
from analytics.tables.dictionary.work import OUTCOMES, OVERHEADS

__all__ = [
    "AXES_NEVER_TOGETHER", "CLIENT_RATES", "CLIENT_WEEKS", "COUNTRY_RATES", "MOST_AXES", "NOTES",
    "OPERATORS", "OUTCOMES", "OVERHEADS", "PEOPLE", "PLATFORM_RATES", "PLATFORM_WEEKS", "RELEASES", "SHARE", "SUPPLY",
    "TABLES", "TASK_RATES", "USD_PER_HOUR", "WORKER_RATES", "Axis", "Column", "ColumnType", "Operator", "Table",
    "described", "table_named",
]  # fmt: skip

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        PLATFORM_RATES,
        CLIENT_RATES,
        TASK_RATES,
        PLATFORM_WEEKS,
        CLIENT_WEEKS,
        COUNTRY_RATES,
        OUTCOMES,
        OVERHEADS,
        WORKER_RATES,
        SUPPLY,
        NOTES,
        RELEASES,
    )
}


def described(table: Table) -> dict[str, Any]:
    """Return the description of a table for the API and the command line.

    It has name, meaning, disclosure and key, and for each column type, unit, meaning and filter operators.
    """
    columns = [
        {
            "name": column.name,
            "type": column.type,
            "unit": column.unit,
            "meaning": column.meaning,
            "operators": column.filters,
        }
        for column in table.columns
    ]
    return {
        "name": table.name,
        "meaning": table.meaning,
        "disclosure": table.disclosure,
        "key": table.key,
        "columns": columns,
    }


def table_named(name: str) -> Table:
    """Return the published table `name`.

    Raises:
        BadQuery: there is none; the text lists the tables.
    """
    if name not in TABLES:
        raise BadQuery(f"no table {name!r}; tables: {', '.join(TABLES)}")
    return TABLES[name]
