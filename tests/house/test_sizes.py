"""A file is one noun, a function one thought: too long means that a name is missing."""

from __future__ import annotations

import ast
from statistics import median

import pytest
from house import name_of, python_files, typescript_files

LONGEST_FILE = 300
LONGEST_FUNCTION = 60
MOST_PARAMETERS = 6
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager"}


@pytest.mark.parametrize("path", [*python_files(), *typescript_files()], ids=name_of)
def test_no_file_is_longer_than_the_cap(path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_no_function_is_longer_or_wider_than_the_cap(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            parameters = len(node.args.args) + len(node.args.kwonlyargs) + len(node.args.posonlyargs)
            is_command = any("command" in ast.dump(decorator) for decorator in node.decorator_list)
            assert lines <= LONGEST_FUNCTION, f"{node.name}: {lines} lines"
            assert is_command or parameters <= MOST_PARAMETERS + 1, f"{node.name}: {parameters} parameters"


@pytest.mark.parametrize("files", [python_files(), typescript_files()], ids=["python", "typescript"])
def test_the_usual_file_is_short(files):
    assert median(len(path.read_text().splitlines()) for path in files) <= 130


@pytest.mark.parametrize("path", [*python_files(), *typescript_files()], ids=name_of)
def test_no_file_has_a_name_that_says_nothing(path):
    assert not FORBIDDEN_NAMES & {part.removesuffix(path.suffix) for part in path.parts[-4:]}
