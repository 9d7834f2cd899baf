"""Each kind of knowledge has one place: SQL in the store, sites in packs, browser calls in one folder."""

from __future__ import annotations

import ast
import re
import tomllib

from house import ROOT, name_of, python_files, tracked, typescript_files

SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+(\.\w+)?\s+SET|CREATE\s+(TABLE|INDEX|SCHEMA)|COPY\s+\w+\.)",
    re.S,
)
SQL_PLACES = ("api/store/", "migrations/")
# slugs that code uses as ordinary words: our own site, what a line does, what two scripts do before they talk
ORDINARY_WORDS = {"practice", "connect", "handshake"}
FORMAT_PLACE = "analytics/importers/"  # readers of a platform's own export are named after it


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


def offenders(paths, finds):
    """One line a file in which `finds` finds something: its name and what was found."""
    return [f"{name_of(path)}: {found}" for path in paths if (found := finds(path))]


def test_sql_stands_only_in_the_store_and_the_migrations():
    outside = [path for path in python_files() if not name_of(path).startswith(SQL_PLACES)]
    assert offenders(outside, lambda path: [word for word in words(path) if SQL.search(word)]) == []


def test_no_platform_is_named_in_code():
    names = re.compile(rf"\b({'|'.join(slug for slug in slugs() if slug not in ORDINARY_WORDS)})\b", re.I)

    def named(path):
        text = "\n".join(words(path)) if path.suffix == ".py" else path.read_text()
        return sorted({match.lower() for match in names.findall(text)})

    files = [path for path in [*python_files(), *typescript_files()] if not name_of(path).startswith(FORMAT_PLACE)]
    assert offenders(files, named) == []


def test_only_the_platform_folder_touches_the_browser():
    raw = re.compile(r"\b(chrome|browser)\.(runtime|storage|alarms|permissions|scripting|tabs|action|i18n)\b")
    files = [path for path in typescript_files() if "src" in path.parts and path.parent.name != "platform"]
    assert offenders(files, lambda path: raw.findall(path.read_text())) == []


def test_the_extension_never_builds_markup_or_code_from_text():
    built = re.compile(r"\.innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(")
    files = tracked("extension", suffixes=(".ts", ".html"))
    assert offenders(files, lambda path: built.findall(path.read_text())) == []


def test_no_import_is_for_types_alone():
    """A type that two modules need is below both: a circle of types is a circle."""
    assert offenders(python_files(), lambda path: re.findall(r"^ *if TYPE_CHECKING\b", path.read_text(), re.M)) == []
