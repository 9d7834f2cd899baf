"""Every statement of the store, parsed by PostgreSQL's own parser: where it touches raw rows, it is about one client's
rows, grouped by client, or row by row. Such SQL gives the same answer on shards, and runs unchanged on Citus.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest
from pglast import ast as sql
from pglast import parse_sql
from pglast.visitors import Visitor

import api.store

KEY = "client_key"
SPREAD = ("observations", "clients", "tasks")
AGGREGATES = {"count", "sum", "min", "max", "avg", "array_agg", "string_agg", "percentile_cont", "bool_or", "bool_and"}
A_WORD = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|TRUNCATE|COPY|VACUUM)\b", re.I)
# What the gaps of statements that name one server's own tables stand for.
GAPS = {
    "name": "observations_p03_2026_11", "root": "observations_p03", "table": "observations_p03", "part": "tasks_p03",
    "whole": "tasks", "columns": "a", "day": "received_on", "first": "0", "last": "1", "identity": "number", "mode": "SHARE",
    "server": "taskwage_shard_1", "number": "3", "options": "", "key": "id", "months": "",
}  # fmt: skip
# Run on one server at a time, by whoever tends it; the result is never taken for that of all.
TENDING = {
    "api.store.measured": "a bench, which counts what it wrote",
    "api.store.filled": "a bench, which fills one server",
    "api.store.copies": "a backup copies whole tables, row by row",
}


def statements() -> list[tuple[str, str, str]]:
    """Every constant of the store that is SQL: its module, its name, its text."""
    found = []
    for info in pkgutil.iter_modules(api.store.__path__, "api.store."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            texts = value if isinstance(value, tuple) else (value,)
            own = name.isupper() and name in assigned(module)
            found += [(info.name, name, text) for text in texts if own and isinstance(text, str) and A_WORD.match(text)]
    return found


def assigned(module: Any) -> set[str]:
    """The names that a module's own lines give a value."""
    given = [node for node in ast.parse(Path(module.__file__).read_text()).body if isinstance(node, ast.Assign)]
    return {target.id for node in given for target in node.targets if isinstance(target, ast.Name)}


def filled(text: str) -> str:
    """The statement with its gaps filled."""
    return re.sub(r"\{(\w+)\}", lambda gap: GAPS.get(gap[1], gap[0]), text)


class Facts(Visitor):
    """What one statement does with raw rows."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: set[str] = set()
        self.keyed = self.grouped = self.folds = False

    def visit_RangeVar(self, ancestors, node):  # noqa: N802 - the parser's name
        self.tables.add(node.relname)

    def visit_FuncCall(self, ancestors, node):  # noqa: N802
        self.folds |= node.funcname[-1].sval in AGGREGATES or node.over is not None

    def visit_A_Expr(self, ancestors, node):  # noqa: N802
        if node.name[-1].sval == "=":
            self.keyed |= KEY in (last(node.lexpr), last(node.rexpr))

    def visit_JoinExpr(self, ancestors, node):  # noqa: N802
        self.keyed |= any(column.sval == KEY for column in node.usingClause or ())

    def visit_InsertStmt(self, ancestors, node):  # noqa: N802
        if node.relation.relname in SPREAD:
            self.keyed |= node.cols is None or any(column.name == KEY for column in node.cols)

    def visit_SelectStmt(self, ancestors, node):  # noqa: N802
        self.grouped |= any(KEY in columns_in(term) for term in node.groupClause or ())
        self.folds |= bool(node.groupClause or node.distinctClause or node.limitCount)


class Columns(Visitor):
    """The columns that an expression is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str | None] = set()

    def visit_ColumnRef(self, ancestors, node):  # noqa: N802
        self.found.add(last(node))


def columns_in(term: Any) -> set[str | None]:
    columns = Columns()
    columns(term)
    return columns.found


def last(node: Any) -> str | None:
    """The name of a column."""
    if isinstance(node, sql.ColumnRef) and isinstance(node.fields[-1], sql.String):
        return node.fields[-1].sval
    return None


def facts_of(text: str) -> Facts:
    found = Facts()
    found(parse_sql(filled(text)))
    return found


def is_sound(text: str) -> bool:
    """Whether it may run on rows that are spread."""
    facts = facts_of(text)
    return not facts.tables & set(SPREAD) or facts.keyed or facts.grouped or not facts.folds


KNOWN = statements()


def test_the_statements_are_found():
    names = {f"{module}.{name}" for module, name, _ in KNOWN}
    assert len(names) > 60
    assert {"api.store.observations.KEPT", "api.store.observations.COUNTS", "api.store.records.ROWS"} <= names


@pytest.mark.parametrize(("module", "name", "text"), KNOWN, ids=[f"{m.rpartition('.')[2]}.{n}" for m, n, _ in KNOWN])
def test_a_statement_on_raw_rows_is_keyed_or_grouped_by_client_or_row_by_row(module, name, text):
    facts = facts_of(text)
    assert facts.tables or not A_WORD.match(text) or "SELECT" in text.upper()
    if module not in TENDING:
        assert is_sound(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT count(*) FROM intake.observations WHERE contributor = $1",
        "SELECT contributor, count(*) FROM intake.observations GROUP BY contributor",
        "SELECT DISTINCT contributor FROM intake.observations",
        "SELECT * FROM intake.observations ORDER BY id LIMIT 5",
        "INSERT INTO intake.tasks (task_key) SELECT max(task_key) FROM intake.tasks",
        "SELECT row_number() OVER (ORDER BY id) FROM intake.observations",
        "DELETE FROM intake.observations WHERE id IN (SELECT max(id) FROM intake.observations)",
    ],
)
def test_the_check_refuses_what_would_give_other_answers_on_shards(text):
    assert not is_sound(text)
