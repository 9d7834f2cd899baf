"""The server's commands, added to the analyst's: serve, migrate, publish, packs, generate and more."""

from __future__ import annotations

import logging
from typing import NoReturn

from analytics.commands.lazy_group import LazyCommand
from analytics.commands.main import cli
from analytics.commands.main import main as run
from api.errors import TaskwageError
from api.runtime.allocator import collect_rarely

COMMANDS = {
    "backup": LazyCommand("api.commands.backup:backup_command", "Write everything stored and published to one file."),
    "demo": LazyCommand("api.commands.demo.command:demo", "Fill a database with simulated contributors and serve it."),
    "export": LazyCommand("api.commands.homes:export_command", "Write a home's rows to the bucket of all homes."),
    "generate": LazyCommand("api.commands.generate:generate", "Write the extension's generated files."),
    "import": LazyCommand("api.commands.import_files:import_files", "Store the attempts in exported files."),
    "migrate": LazyCommand("api.commands.migrate:migrate", "Bring the database to the newest schema."),
    "names": LazyCommand("api.commands.names:names", "List, correct or hide published names and titles."),
    "note": LazyCommand("api.commands.notes:note", "List, add or withdraw notes on figures."),
    "packs": LazyCommand("api.commands.packs:packs", "Show, check and update descriptions of platforms."),
    "prune": LazyCommand("api.commands.prune:prune_command", "Delete data whose retention period is over."),
    "publish": LazyCommand("api.commands.publish:publish", "Publish all stored data as a release."),
    "restore": LazyCommand("api.commands.backup:restore_command", "Fill an empty database from a backup."),
    "review": LazyCommand("api.commands.review:review", "Review flagged contributors."),
    "serve": LazyCommand("api.commands.serve:serve", "Serve the API, the explorer and the practice platform."),
    "simulate": LazyCommand("api.commands.simulate:simulate", "Invent workers, clients, tasks and observations."),
}
cli.lazy.update(COMMANDS)


def main() -> NoReturn:
    """Run the console script `taskwage`."""
    collect_rarely()
    logging.getLogger("asyncpg").addHandler(logging.NullHandler())  # its failures reach the command as exceptions
    run(cli, (TaskwageError,))
