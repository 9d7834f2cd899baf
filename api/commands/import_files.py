"""`taskwage import FILES...`: exports into the store, every attempt once, everything left out counted.

`analytics` reads the files and shares time between attempts; `api.publishing.archive` makes the rows. This module
orders the steps.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from math import isfinite
from pathlib import Path

import click

from analytics.commands.describe import (
    REFUSED_EXIT,
    PayOption,
    left_out_words,
    listed,
    read_all,
    unknown_words_line,
)
from analytics.importers.attempts import Example, Merged, merge
from analytics.importers.pay import PayRule
from api.commands.options import data_option
from api.packs import load as packs
from api.publishing.archive import Archived, LeftOut, Rules, archived
from api.runtime.clock import Clock, SystemClock
from api.runtime.server import stored
from api.runtime.settings import Settings
from api.store import bulk, keys
from api.store.database import Pool, translated

KEY = "import"  # name of the database's secret for pseudonyms and ids


@dataclass(frozen=True)
class Imported:
    """Counts of one import: `rows_read` = `rows_used` + all of `left_out`.

    The used rows are `stored` + `known` attempts.
    """

    files: int
    rows_read: int
    rows_used: int
    left_out: dict[str, int]
    notes: dict[str, int]
    clients: int
    contributors: int
    stored: int
    known: int  # stored by an earlier import
    untimed: int  # attempts without an end: counted among outcomes, but in no rate
    clients_without_pay: list[str]
    examples: dict[str, Example] = field(default_factory=dict)
    unknown_words: dict[str, int] = field(default_factory=dict)


async def import_attempts(
    pool: Pool,
    merged: Merged,
    clock: Clock,
    progress: Callable[[int], None] = lambda _: None,
) -> Imported:
    """Store the attempts of one run; repeating it changes nothing. `progress` is called with rows done.

    Raises:
        DatabaseGone: The database was lost; the rows that `progress` was called with are stored.
    """
    now = clock.now()
    with translated():
        async with pool.acquire() as db:
            rules = Rules(await keys.secret(db, KEY), packs.load(), now)
    made = list(archived(merged.frame, rules))
    fit = [one for one in made if isinstance(one, Archived)]
    left = Counter(merged.left_out)
    examples = dict(merged.examples)
    for one in made:
        if isinstance(one, LeftOut):
            left[one.reason] += one.rows
            examples.setdefault(one.reason, one.example)
    progress(left.total())
    accepted = await _load(pool, fit, now.date(), progress)
    return Imported(
        files=len(merged.files),
        rows_read=merged.rows_read,
        rows_used=sum(one.rows for one in fit),
        left_out=dict(sorted(left.items())),
        notes=merged.notes,
        clients=len({(one.observation.platform, one.observation.client) for one in fit}),
        contributors=len({one.contributor for one in fit}),
        stored=accepted,
        known=len(fit) - accepted,
        untimed=sum(not isfinite(one.observation.open_seconds) for one in fit),
        clients_without_pay=unpaid_clients(fit),
        examples=examples,
        unknown_words=merged.unknown_words,
    )


def unpaid_clients(fit: list[Archived]) -> list[str]:
    """Return the names of clients without any rewarded attempt."""
    rewarded: dict[str, bool] = {}
    for one in fit:
        client = one.observation.client
        name = "-" if client is None or client.name is None else client.name
        rewarded[name] = rewarded.get(name, False) or one.observation.reward is not None
    return sorted(name for name, is_rewarded in rewarded.items() if not is_rewarded)


async def _load(pool: Pool, fit: list[Archived], received_on: date, progress: Callable[[int], None]) -> int:
    """Store `fit` and return the number of new attempts."""
    rows = [bulk.BulkRow(one.contributor, one.observation) for one in fit]
    with translated():
        counts = await bulk.load_all(pool, rows, received_on, progress)
    return counts.accepted


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--client", help="One name for the client, instead of those in the file names.")
@click.option(
    "--pay",
    "pays",
    type=PayOption(),
    multiple=True,
    help="Pay for files that state none; the last match counts.",
)
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def import_files(
    ctx: click.Context,
    files: tuple[Path, ...],
    client: str | None,
    pays: tuple[PayRule, ...],
    data: Path | None,
    as_json: bool,
) -> None:
    """Store the attempts in FILES, which `taskwage describe` reads. Importing twice changes nothing.

    Time of overlapping attempts is shared over all FILES of one run, so import files that belong together in one run.
    No worker id and no exact time is stored. A file that cannot be read is named and the others are imported; the exit
    code is then 2. It is also 2 if no row could be used.
    """
    settings = Settings.from_env(os.environ, data=data)
    readings, refused = read_all(files, pays, client)
    is_used = False
    if readings:
        imported = asyncio.run(_run(settings, merge(readings)))
        is_used = imported.rows_used > 0
        click.echo(json.dumps({**asdict(imported), "refused": refused}, indent=1) if as_json else words(imported))
        if not is_used:
            click.echo("taskwage: nothing was imported: no row of these files could be used", err=True)
    ctx.exit(REFUSED_EXIT if refused or not is_used else 0)


async def _run(settings: Settings, merged: Merged) -> Imported:
    async with stored(settings) as (_, pool):
        with _bar(merged.rows_read) as progress:
            return await import_attempts(pool, merged, SystemClock(), progress)


@contextmanager
def _bar(rows: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal, nothing in a log."""
    with click.progressbar(length=rows, label="rows", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield bar.update


def words(imported: Imported) -> str:
    """Return the counts in words."""
    left = [f"  {left_out_words({reason: rows}, imported.examples)}" for reason, rows in imported.left_out.items()]
    notes = [f"  {rows:,} {oddity}" for oddity, rows in imported.notes.items()]
    lines = [f"{imported.rows_read:,} rows read from {imported.files:,} files, {imported.rows_used:,} used"]
    lines += ["left out:", *left] if left else []
    lines += [unknown_words_line(imported.unknown_words)] if imported.unknown_words else []
    lines += ["noted:", *notes] if notes else []
    lines += [
        f"{imported.clients:,} clients, {imported.contributors:,} contributors",
        f"{imported.stored:,} attempts stored, {imported.known:,} were there already",
    ]
    if imported.untimed:
        lines.append(f"{imported.untimed:,} attempts have no end: they count among outcomes, in no rate")
    if imported.clients_without_pay:
        clients = listed(imported.clients_without_pay)
        lines.append(f"no pay is known for {clients}; import again with --pay AMOUNT/page or --pay AMOUNT/unit")
    return "\n".join(lines)
