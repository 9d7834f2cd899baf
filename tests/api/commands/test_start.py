"""What a command imports: nothing but what it needs, because people wait for it."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from api.commands.main import cli

HEAVY = {"polars", "numpy", "litestar", "asyncpg", "uvloop", "cryptography", "analytics.estimator", "ssl"}


def imported_by(*arguments):
    code = (
        "import sys\nfrom api.commands.main import cli\n"
        f"cli.main({list(arguments)!r}, standalone_mode=False)\nprint('modules:', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.rpartition("modules:")[2].split())


def test_the_list_of_commands_imports_no_command():
    assert imported_by("--help") & HEAVY == set()


def test_a_query_imports_polars_alone():
    assert imported_by("query", "--help") & HEAVY == {"polars"}


@pytest.mark.parametrize("name", sorted(cli.lazy))
def test_every_command_of_the_list_is_there_and_named_so(name):
    command = cli.get_command(click.Context(cli), name)
    assert command.name == name
    assert command.help


def test_an_unknown_command_is_refused():
    assert cli.get_command(click.Context(cli), "unknown") is None
