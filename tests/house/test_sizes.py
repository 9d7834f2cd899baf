"""A function is one thought, and a name says what it is."""

from __future__ import annotations

import ast

from house import name_of, python_files, typescript_files

LONGEST_FUNCTION = 60
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager"}


def functions(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_is_longer_than_one_thought():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in python_files()
        for node in functions(path)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_file_has_a_name_that_says_nothing():
    files = [*python_files(), *typescript_files()]
    assert [name_of(p) for p in files if FORBIDDEN_NAMES & {part.removesuffix(p.suffix) for part in p.parts[-4:]}] == []
