"""Each kind of knowledge has one place: SQL in the store, sites in packs, browser calls in one folder."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest
from house import ROOT, name_of, python_files, tracked, typescript_files

SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+(\.\w+)?\s+SET|CREATE\s+(TABLE|INDEX|SCHEMA)|COPY\s+\w+\.)",
    re.S,
)
SQL_PLACES = ("api/store/", "migrations/")
ORDINARY_WORDS = {"practice", "connect"}  # slugs that code says for other reasons: a page of ours, and what a line does
FORMAT_PLACE = "analytics/imports/"  # readers of a platform's own export are named after it


def slugs() -> list[str]:
    return [tomllib.loads(path.read_text())["slug"] for path in sorted((ROOT / "api/platforms").glob("*.toml"))]


def words(path):
    """String literals and names in a Python file, docstrings left out."""
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_sql_stands_only_in_the_store_and_the_migrations(path):
    if name_of(path).startswith(SQL_PLACES):
        return
    assert [word for word in words(path) if SQL.search(word)] == []


@pytest.mark.parametrize("path", [*python_files(), *typescript_files()], ids=name_of)
def test_no_platform_is_named_in_code(path):
    if name_of(path).startswith(FORMAT_PLACE):
        return
    text = "\n".join(words(path)) if path.suffix == ".py" else path.read_text()
    named = [slug for slug in slugs() if slug not in ORDINARY_WORDS and re.search(rf"\b{slug}\b", text, re.I)]
    assert named == []


@pytest.mark.parametrize("path", [p for p in typescript_files() if "src" in p.parts], ids=name_of)
def test_only_the_platform_folder_touches_the_browser(path):
    if path.parent.name == "platform":
        return
    assert not re.search(
        r"\b(chrome|browser)\.(runtime|storage|alarms|permissions|scripting|tabs|action|i18n)\b",
        path.read_text(),
    )


@pytest.mark.parametrize("path", tracked("extension", suffixes=(".ts", ".html")), ids=name_of)
def test_the_extension_never_builds_markup_or_code_from_text(path):
    assert not re.search(
        r"\.innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(", path.read_text()
    )
