"""A click group that imports a command's module only when the command runs, so that `--help` answers at once."""

from __future__ import annotations

import gc
from functools import cached_property
from importlib import import_module
from typing import NamedTuple

import click


class LazyCommand(NamedTuple):
    """Where a command is, `module:attribute`, and its line in the list of commands."""

    place: str
    summary: str

    def load(self) -> click.Command:
        """Import the command."""
        module, _, attribute = self.place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        gc.freeze()  # imported objects live as long as the process: searches for garbage may skip them
        return command


class LazyGroup(click.Group):
    """A group whose commands are imported one at a time."""

    @cached_property
    def lazy(self) -> dict[str, LazyCommand]:
        return {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        return self.lazy[cmd_name].load() if cmd_name in self.lazy else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.lazy[name].summary) for name in self.list_commands(ctx)])
