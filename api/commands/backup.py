"""`taskwage backup FILE` and `taskwage restore FILE`: all data that cannot be regenerated, in one file.

A backup holds one instant of the database, which stays in use meanwhile, and every release. A restore fills an empty
database at the backup's schema and then migrates it to the newest. So it also moves data to another PostgreSQL.
"""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import asyncpg
import click
from obstore.store import ObjectStore

from api.commands.options import data_option
from api.errors import BadBackup
from api.runtime import backup_file
from api.runtime.backup_file import FORMAT, Head, Reading
from api.runtime.logs import tell
from api.runtime.server import database_of, stored
from api.runtime.settings import Settings
from api.store import copies, migrate, nature, objects, partitions, segments
from api.store.database import Database, Pool, translated
from api.store.export import SEGMENTS
from api.store.locks import READING
from api.store.past import files as past_files
from api.store.session import require_session

SHARE = "SELECT pg_advisory_xact_lock_shared($1)"
RESTORING = ".restoring"  # a folder next to the releases, until all of them are restored


async def backup(pool: Pool, settings: Settings, target: Path) -> Head:
    """Write everything stored and published to `target`.

    Raises:
        LostRows: A file of past days is missing or damaged.
        BadBackup: The file exists already or cannot be written.
        DatabaseGone: The database cannot be read.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.data) as spool:
        files: dict[str, Path] = {}
        with translated():
            async with pool.acquire() as db, db.transaction(isolation="repeatable_read", readonly=True):
                await db.execute(SHARE, READING)
                files |= await _past_days(db, settings, Path(spool))
                rows = {}
                for table in await copies.tables(db):
                    files[f"tables/{table.name}"] = path = Path(spool) / table.name
                    rows[table.name] = await copies.out(db, table, path)
                revision = await migrate.current(db) or ""
                months = [month.first for month in await partitions.months(db)]
        files |= _releases(settings.releases)
        parts = await asyncio.to_thread(lambda: {name: backup_file.part(path) for name, path in files.items()})
        head = Head(FORMAT, revision, settings.nature, months, rows, parts)
        await asyncio.to_thread(backup_file.write, target, head, files)
    tell("backed_up", revision=revision, rows=sum(rows.values()), parts=len(parts))
    return head


async def _past_days(db: Database, settings: Settings, spool: Path) -> dict[str, Path]:
    """Return a copy of every file of past days."""
    place = objects.place_of(settings.segments_url, settings.data / SEGMENTS)
    standing = await past_files.standing(db)
    (spool / past_files.FOLDER).mkdir()
    for file in standing:
        await asyncio.to_thread(past_files.copied, place, file, spool / file.name)
    return {file.name: spool / file.name for file in standing}


def _releases(root: Path) -> dict[str, Path]:
    """Return every file of every release, without unfinished files."""
    found = (path for path in sorted(root.rglob("*")) if path.is_file())
    named = {path.relative_to(root).as_posix(): path for path in found}
    return {f"releases/{name}": path for name, path in named.items() if not name.startswith(".")}


async def restore(dsn: str, settings: Settings, source: Path) -> Head:
    """Fill the empty database `dsn` and the empty folder of releases from the backup `source`; all or nothing.

    Raises:
        BadBackup: The file is not a backup or is damaged, or the target is not empty.
        WrongNature: The database holds the other kind of data.
        DatabaseGone: The database cannot be reached.
    """
    partial = settings.releases.with_name(settings.releases.name + RESTORING)
    await asyncio.to_thread(backup_file.verify, source)  # all of it, before anything changes
    if settings.releases.exists() and any(settings.releases.iterdir()):
        raise BadBackup(f"{settings.releases} holds releases: restore only where there are none")
    shutil.rmtree(partial, ignore_errors=True)
    place = objects.place_of(settings.segments_url, settings.data / SEGMENTS)
    if settings.segments_url is None:
        await asyncio.to_thread(segments.forget, place)  # left from earlier data
    try:
        with backup_file.opened(source) as (head, parts):
            await _prepare(dsn, head)
            with translated():
                db = await asyncpg.connect(dsn)
                try:
                    await _fill(db, head, parts, Target(partial, place, settings))
                finally:
                    await db.close()
        if partial.exists():
            shutil.rmtree(settings.releases, ignore_errors=True)
            partial.rename(settings.releases)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    await migrate.upgrade(dsn)
    tell("restored", revision=head.revision, rows=sum(head.rows.values()), parts=len(head.parts))
    return head


async def _prepare(dsn: str, head: Head) -> None:
    """Bring an empty database to the backup's own schema."""
    if head.revision not in migrate.known():
        raise BadBackup(f"the backup has schema {head.revision}, which only a later version knows")
    await require_session(dsn)
    with translated():
        db = await asyncpg.connect(dsn)
        try:
            there = await migrate.current(db)
            if there is not None and await copies.is_filled(db):
                raise BadBackup("this database holds rows: restore only into an empty one")
        finally:
            await db.close()
    if there is not None:
        await migrate.downgrade(dsn, "base")
    await migrate.upgrade(dsn, head.revision)


class Target(NamedTuple):
    """Where a backup goes besides the database."""

    releases: Path
    place: ObjectStore
    settings: Settings


async def _fill(db: Database, head: Head, parts: Iterator[Reading], target: Target) -> None:
    for month in head.months:
        await partitions.ahead(db, month)
    tables = {f"tables/{table.name}": table for table in await copies.tables(db)}
    if set(tables) != {name for name in head.parts if name.startswith("tables/")}:
        raise BadBackup("the backup's tables are not those of its schema")
    async with db.transaction():
        for part in parts:
            if part.name.startswith(past_files.FOLDER):
                await asyncio.to_thread(_put_past, part, target)
            elif part.name not in tables:
                await asyncio.to_thread(part.save, target.releases / part.name.removeprefix("releases/"))
            elif await copies.back(db, tables[part.name], part) != head.rows[tables[part.name].name]:
                raise BadBackup(f"the backup is damaged in {part.name}")
        await nature.claim(db, target.settings.nature)


def _put_past(part: Reading, target: Target) -> None:
    """Put a file of past days into its place, before the database that names it is filled."""
    content = io.BytesIO()
    while chunk := part.read():
        content.write(chunk)
    objects.put_safely(target.place, part.name, content.getvalue())


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def backup_command(file: Path, data: Path | None) -> None:
    """Write everything stored and published to FILE while the server runs.

    FILE is as private as the database. It still holds data that are erased later: keep it no longer than four weeks.
    """
    head = asyncio.run(_backup(Settings.from_env(os.environ, data=data), file))
    click.echo(f"{file}: {sum(head.rows.values()):,} rows of {len(head.rows)} tables, schema {head.revision}.")


async def _backup(settings: Settings, file: Path) -> Head:
    async with stored(settings) as (_, pool):
        return await backup(pool, settings, file)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
def restore_command(file: Path, data: Path | None) -> None:
    """Fill an empty database and an empty folder of releases from FILE, all or nothing."""
    settings = Settings.from_env(os.environ, data=data)
    with database_of(settings) as dsn:
        head = asyncio.run(restore(dsn, settings, file))
    click.echo(f"Restored {sum(head.rows.values()):,} rows and {settings.releases}; schema {migrate.newest()}.")
