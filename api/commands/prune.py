"""`taskwage prune`: delete data whose retention period is over. Run it daily; repeating it changes nothing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import asyncpg
import click
from obstore.store import ObjectStore

from api.commands.options import data_option
from api.errors import Busy
from api.intake.contract import MAX_AGE_DAYS
from api.runtime.clock import SystemClock
from api.runtime.logs import tell
from api.runtime.server import stored
from api.runtime.settings import Settings
from api.store import (
    contributors,
    enrolments,
    objects,
    observations,
    overheads,
    partitions,
    sightings,
    weekly_reports,
    words,
)
from api.store.database import Pool, translated
from api.store.export import SEGMENTS
from api.store.locks import PUBLISHING, alone
from api.store.past import moving
from api.store.past.moving import Mover


@dataclass(frozen=True)
class Pruned:
    """Counts of deleted rows."""

    kept_from: str
    months: int
    observations: int
    overheads: int
    moved: int  # observations that left PostgreSQL for files of past days


class PastDays(NamedTuple):
    """Where past days are kept as files, and how many days PostgreSQL keeps."""

    place: ObjectStore
    live_days: int


async def prune(pool: Pool, now: datetime, step_files: Path | None = None, past_days: PastDays | None = None) -> Pruned:
    """Delete raw rows past their retention, used proofs of work, salts and counts of earlier days.

    Observations older than the live days move to files, if `past_days` says where. The `step_files` of a crashed
    publish are deleted too.

    Raises:
        LostRows: A file of past days is missing or damaged; nothing was deleted or moved.
        BadSettings: The place of files is another database's, or this database was restored to an earlier moment.
        Busy: Another process publishes, or reads rows to be deleted.
        DatabaseGone: The database cannot be reached.
    """
    keep_from = partitions.too_old(now.date(), MAX_AGE_DAYS)
    with translated():
        async with pool.acquire() as db, alone(db, PUBLISHING):
            mover = None if past_days is None else await moving.begun(db, past_days.place)
            try:
                retired = await partitions.retire(db, keep_from, await partitions.archive(db))
            except asyncpg.LockNotAvailableError:
                raise Busy("another process reads the rows to be deleted: try again later") from None
            past = 0 if mover is None else await moving.retire(mover, keep_from)
            days = await overheads.retire(db, keep_from)
            await sightings.retire(db, keep_from)
            await weekly_reports.retire(db, keep_from)
            await observations.retire_moved(db)
            await words.retire(db, keep_from)
            await contributors.forget_challenges(db, now)
            await enrolments.forget(db, now)
            moved = await _moved(mover, now, past_days)
            if step_files is not None:
                await asyncio.to_thread(shutil.rmtree, step_files, ignore_errors=True)
    pruned = Pruned(keep_from.isoformat(), len(retired.months), retired.rows + past, days, moved)
    tell("pruned", **asdict(pruned))
    return pruned


async def _moved(mover: Mover | None, now: datetime, past_days: PastDays | None) -> int:
    if mover is None or past_days is None:
        return 0
    await moving.purge(mover)
    moved = await moving.move_out(mover, now.date(), past_days.live_days)
    await partitions.shrink(mover.db, partitions.too_old(now.date(), past_days.live_days))
    return moved.rows


@click.command("prune")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def prune_command(as_json: bool, data: Path | None) -> None:
    """Delete shared rows older than 400 days, and records that are needed for hours only.

    Observations older than TASKWAGE_LIVE_DAYS move from PostgreSQL to files beside the segments.

    Rows imported from exports stay, and so does every release.
    """
    pruned = asyncio.run(_prune(Settings.from_env(os.environ, data=data)))
    words = f"{pruned.observations:,} observations and {pruned.overheads:,} days of unpaid time"
    click.echo(
        json.dumps(asdict(pruned))
        if as_json
        else f"Deleted {words} from before {pruned.kept_from}; moved {pruned.moved:,} to files."
    )


async def _prune(settings: Settings) -> Pruned:
    async with stored(settings) as (_, pool):
        place = objects.place_of(settings.segments_url, settings.data / SEGMENTS)
        past_days = PastDays(place, settings.live_days)
        return await prune(pool, SystemClock().now(), settings.step_files, past_days)
