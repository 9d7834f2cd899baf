"""The query grammar of HTTP and the command line: `column__op=value`, sort, limit, after.

A query is checked against the published dictionary before any data is read. An error message names the valid choices.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import msgspec
import polars as pl

from analytics.model.encoding import Format, encode, encode_rows
from analytics.model.errors import BadQuery
from analytics.tables.dictionary.registry import Column, Operator, Table

MOST_ROWS = 10_000  # rows of one page: a larger answer is a bulk file of the release
MOST_CONDITIONS = 20
MOST_SECONDS = 10.0  # of one answer over HTTP; a page of the largest table takes a tenth of a second
MOST_DIGITS = 18  # of a whole number: more does not fit 64 bits

Value = str | int | float | date | bool | tuple[str | int | float | date, ...]


@dataclass(frozen=True)
class Condition:
    column: Column
    operator: Operator
    value: Value


@dataclass(frozen=True)
class Query:
    """A query of one table: conditions that must all hold, the sort order, and a page.

    The page has `limit` rows (None: all) after a token.
    """

    table: Table
    conditions: tuple[Condition, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()  # column, descending
    limit: int | None = None
    after: str | None = None
    columns: tuple[str, ...] = ()  # empty: all of them


@dataclass(frozen=True)
class Page:
    """One page of an answer. `truncated` means that more rows follow the token `after`."""

    table: str
    release: str
    frame: pl.DataFrame
    truncated: bool
    after: str | None

    def encode(self, form: Format) -> bytes:
        """Return the page as bytes; JSON also holds table, release, truncated and after."""
        if form != "json":
            return encode(self.frame, form)
        envelope = {
            "table": self.table,
            "release": self.release,
            "truncated": self.truncated,
            "after": self.after,
        }
        return encode_rows(self.frame, envelope)


def parse(table: Table, parameters: Iterable[tuple[str, str]], most_rows: int | None = MOST_ROWS) -> Query:
    """Return the query in `parameters`: `column__op=value` (or `column=value`), `sort`, `limit`, `after`, `columns`.

    Raises:
        BadQuery: a parameter does not fit the grammar or the table.
    """
    conditions: list[Condition] = []
    sort: tuple[tuple[str, bool], ...] = ()
    columns: tuple[str, ...] = ()
    limit, after = most_rows, None
    for name, value in parameters:
        if name == "sort":
            sort = parse_sort(table, value)
        elif name == "limit":
            limit = parse_limit(value, most_rows)
        elif name == "after":
            after = value
        elif name == "columns":
            columns = parse_columns(table, value)
        else:
            conditions.append(parse_condition(table, name, value))
    if len(conditions) > MOST_CONDITIONS:
        raise BadQuery(f"too many conditions: {len(conditions)}; at most {MOST_CONDITIONS}")
    return Query(table, tuple(conditions), sort, limit, after, columns)


def parse_sort(table: Table, text: str) -> tuple[tuple[str, bool], ...]:
    """Parse a sort order: `-effective_usd_per_hour,platform` is descending by the first, ascending by the second."""
    parts = [(part.removeprefix("-"), part.startswith("-")) for part in text.split(",") if part]
    return tuple((column_named(table, name).name, descending) for name, descending in parts)


def parse_columns(table: Table, text: str) -> tuple[str, ...]:
    """Return the columns that `platform,effective_usd_per_hour` names, in that order and each once."""
    names = tuple(dict.fromkeys(column_named(table, part).name for part in text.split(",") if part))
    if not names:
        raise BadQuery(f"columns={text!r} names none; columns: {', '.join(c.name for c in table.columns)}")
    return names


def parse_limit(text: str, most_rows: int | None) -> int:
    limit = int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0
    if limit < 1 or (most_rows is not None and limit > most_rows):
        raise BadQuery(f"limit {text!r} is not a whole number from 1" + (f" to {most_rows}" if most_rows else ""))
    return limit


def parse_condition(table: Table, name: str, text: str) -> Condition:
    stem, _, operator = name.partition("__")
    column = column_named(table, stem)
    chosen = next((known for known in column.filters if known == (operator or "eq")), None)
    if chosen is None:
        raise BadQuery(f"no operator {operator!r} for {column.name}; operators: {', '.join(column.filters)}")
    if chosen == "null":
        if text not in ("true", "false"):
            raise BadQuery(f"{name}={text!r}: null takes true or false")
        return Condition(column, chosen, text == "true")
    try:
        if chosen == "in":
            return Condition(column, chosen, tuple(parse_value_of(column.type, part) for part in text.split(",")))
        return Condition(column, chosen, parse_value_of(column.type, text))
    except ValueError:
        raise BadQuery(f"{name}={text!r}: {column.name} is of type {column.type}") from None


def column_named(table: Table, name: str) -> Column:
    column = table.column(name)
    if column is None:
        raise BadQuery(f"no column {name!r} in {table.name}; columns: {', '.join(c.name for c in table.columns)}")
    return column


def parse_value_of(kind: str, text: str) -> str | int | float | date:
    """Return `text` as a value of a column type. Raises ValueError."""
    if kind == "integer":
        if len(text) > MOST_DIGITS:
            raise ValueError(text)
        return int(text)
    if kind == "number":
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        return number
    return date.fromisoformat(text) if kind == "date" else text


def run(query: Query, frame: pl.LazyFrame, release: str) -> Page:
    """Return a page of `frame`, the query's table of `release`. The order is always the same; nulls are last.

    Raises:
        BadQuery: the token belongs to another query or release.
    """
    return page_of(query, plan(query, frame, release).collect(), release)


def plan(query: Query, frame: pl.LazyFrame, release: str) -> pl.LazyFrame:
    """Return the plan of a page: its rows, and one more if more exist.

    Raises:
        BadQuery: the token belongs to another query or release.
    """
    start = offset_of(query, release)
    names = [name for name, _ in query.sort] + [key for key in query.table.key if key not in dict(query.sort)]
    descending = [down for _, down in query.sort] + [False] * (len(names) - len(query.sort))
    found = frame.filter(*(expression(condition) for condition in query.conditions)).sort(
        names, descending=descending, nulls_last=True, maintain_order=True
    )
    return found.slice(start) if query.limit is None else found.slice(start, query.limit + 1)


def page_of(query: Query, rows: pl.DataFrame, release: str) -> Page:
    """Return the page of the collected `rows` of a plan."""
    if query.columns:
        rows = rows.select(query.columns)
    if query.limit is None:
        return Page(query.table.name, release, rows, truncated=False, after=None)
    truncated = rows.height > query.limit
    after = token_of(query, release, offset_of(query, release) + query.limit) if truncated else None
    return Page(query.table.name, release, rows.head(query.limit), truncated, after)


def expression(condition: Condition) -> pl.Expr:
    column, value = pl.col(condition.column.name), condition.value
    if isinstance(value, bool):
        return column.is_null() == value
    if isinstance(value, tuple):
        return column.is_in(list(value))
    if condition.operator == "contains":
        return column.str.to_lowercase().str.contains(str(value).lower(), literal=True)
    compare = {
        "eq": column.eq,
        "ne": column.ne,
        "lt": column.lt,
        "le": column.le,
        "gt": column.gt,
        "ge": column.ge,
    }
    return compare[condition.operator](pl.lit(value))


def fingerprint(query: Query, release: str) -> str:
    asked = (
        query.table.name,
        release,
        [(c.column.name, c.operator, c.value) for c in query.conditions],
        query.sort,
    )
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:12]


def token_of(query: Query, release: str, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{fingerprint(query, release)}:{offset}".encode()).decode().rstrip("=")


def offset_of(query: Query, release: str) -> int:
    """Return the number of rows before the token; 0 without one."""
    if query.after is None:
        return 0
    try:
        padded = query.after + "=" * (-len(query.after) % 4)
        mark, _, offset = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").partition(":")
    except ValueError:  # binascii.Error and UnicodeError are its children
        mark, offset = "", ""
    if mark != fingerprint(query, release) or not offset.isdecimal() or len(offset) > MOST_DIGITS:
        raise BadQuery("after: this token is not of this query and release; start again without it")
    return int(offset)
