"""`taskwage prune`: delete data whose retention period is over. Run it daily; repeating it changes nothing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
import click

from api.commands.options import data_option
from api.errors import Busy
from api.intake.contract import MAX_AGE_DAYS
from api.runtime.clock import SystemClock
from api.runtime.logs import tell
from api.runtime.server import stored
from api.runtime.settings import Settings
from api.store import contributors, enrolments, observations, overheads, partitions, sightings, weekly_reports, words
from api.store.database import Pool, translated
from api.store.locks import PUBLISHING, alone


@dataclass(frozen=True)
class Pruned:
    """Counts of deleted rows."""

    kept_from: str
    months: int
    observations: int
    overheads: int


async def prune(pool: Pool, now: datetime, step_files: Path | None = None) -> Pruned:
    """Delete raw rows past their retention, used proofs of work, salts and counts of earlier days.

    The `step_files` of a crashed publish are deleted too.

    Raises:
        Busy: Another process publishes, or reads rows to be deleted.
        DatabaseGone: The database cannot be reached.
    """
    keep_from = partitions.too_old(now.date(), MAX_AGE_DAYS)
    with translated():
        async with pool.acquire() as db, alone(db, PUBLISHING):
            try:
                retired = await partitions.retire(db, keep_from, await partitions.archive(db))
            except asyncpg.LockNotAvailableError:
                raise Busy("another process reads the rows to be deleted: try again later") from None
            days = await overheads.retire(db, keep_from)
            await sightings.retire(db, keep_from)
            await weekly_reports.retire(db, keep_from)
            await observations.retire_moved(db)
            await words.retire(db, keep_from)
            await contributors.forget_challenges(db, now)
            await enrolments.forget(db, now)
            if step_files is not None:
                await asyncio.to_thread(shutil.rmtree, step_files, ignore_errors=True)
    pruned = Pruned(keep_from.isoformat(), len(retired.months), retired.rows, days)
    tell("pruned", **asdict(pruned))
    return pruned


@click.command("prune")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def prune_command(as_json: bool, data: Path | None) -> None:
    """Delete shared rows older than 400 days, and records that are needed for hours only.

    Rows imported from exports stay, and so does every release.
    """
    pruned = asyncio.run(_prune(Settings.from_env(os.environ, data=data)))
    words = f"{pruned.observations:,} observations and {pruned.overheads:,} days of unpaid time"
    click.echo(json.dumps(asdict(pruned)) if as_json else f"Deleted {words} from before {pruned.kept_from}.")


async def _prune(settings: Settings) -> Pruned:
    async with stored(settings) as (_, pool):
        return await prune(pool, SystemClock().now(), settings.step_files)
