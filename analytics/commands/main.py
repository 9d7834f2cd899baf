"""The command line of the analyst: the click group `cli`, and the exit codes of every command.

`python -m analytics` runs it alone. The server adds its commands to the same group and runs it as `taskwage`.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from analytics.commands.full_disk import LINE, is_full_disk
from analytics.commands.lazy_group import LazyCommand, LazyGroup
from analytics.model.errors import AnalyticsError

BAD_INPUT_EXIT = 2
INTERRUPTED_EXIT = 130  # the shell's code for a program that Ctrl-C ended
COMMANDS = {
    "describe": LazyCommand("analytics.commands.describe:describe", "Describe an hour of the work in exported files."),
    "evaluate": LazyCommand("analytics.commands.evaluate:evaluate", "Check the estimator against known truth."),
    "query": LazyCommand("analytics.commands.query:query", "Print rows of a published table."),
    "report": LazyCommand("analytics.commands.report:report", "Write a report to cite, from a release or from files."),
    "tables": LazyCommand("analytics.commands.tables:tables", "Print the columns of the published tables."),
}


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="taskwage", prog_name="taskwage")
def cli() -> None:
    """Show the real pay for an hour of microtask work."""


cli.lazy.update(COMMANDS)


def main(group: click.Group = cli, failures: tuple[type[Exception], ...] = ()) -> NoReturn:
    """Run `group` and end the process.

    An AnalyticsError, one of `failures` or a full disk prints one line on stderr and ends with code 2. A reader that
    went away (`| head`) ends the process without a message, Ctrl-C with code 130. Any other error is a bug and keeps its
    traceback.
    """
    expected: tuple[type[Exception], ...] = (AnalyticsError, *failures)
    try:
        code = group.main(prog_name="taskwage", standalone_mode=False)
    except click.ClickException as refusal:
        refusal.show()
        sys.exit(refusal.exit_code)
    except click.Abort:
        click.echo("taskwage: interrupted", err=True)
        sys.exit(INTERRUPTED_EXIT)
    except Exception as failure:
        is_full = is_full_disk(failure)
        if not is_full and not isinstance(failure, expected):
            raise
        click.echo(f"taskwage: {LINE if is_full else failure}", err=True)
        sys.exit(BAD_INPUT_EXIT)
    sys.exit(code if isinstance(code, int) else 0)
