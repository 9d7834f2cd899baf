"""Migrate a database to the newest schema, or back: alembic steps over asyncpg."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from api.errors import CannotMigrate, CannotStart
from api.store.database import Database, translated

PATIENCE = "SET lock_timeout = '5s'"  # as in migrations/env.py: a longer wait would block the site behind it
TIMED_OUT = {  # by SQLSTATE
    "55P03": "another process kept a table locked; nothing was changed: try again at a quiet time",
    "57014": "a step exceeded its time limit and was undone",
}
VERSION = "SELECT version_num FROM intake.alembic_version"


def steps() -> Config:
    """Return alembic's configuration for the folder `migrations`, wherever it is installed."""
    spec = find_spec("migrations")
    if spec is None or spec.origin is None:
        raise CannotStart("the folder migrations is missing")
    config = Config()
    config.set_main_option("script_location", str(Path(spec.origin).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    """Return the number of the last step."""
    return ScriptDirectory.from_config(steps()).get_current_head() or ""


def known() -> set[str]:
    """Return the numbers of all steps."""
    return {step.revision for step in ScriptDirectory.from_config(steps()).walk_revisions()}


async def current(db: Database) -> str | None:
    """Return the step of the database, or None if it was never migrated."""
    try:
        number = await db.fetchval(VERSION)
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        return None
    return str(number) if number is not None else None


async def upgrade(dsn: str, revision: str = "head") -> None:
    """Run every step up to `revision`; completed steps are skipped.

    Raises:
        DatabaseGone: The server does not exist or refuses the connection.
        CannotMigrate: A table stayed locked, or a step refused or took too long; that step was undone.
    """
    if revision == "head" and await _is_ahead(dsn):
        return
    await _run(dsn, lambda config: command.upgrade(config, revision))


async def _is_ahead(dsn: str) -> bool:
    """Return True if a later version migrated this database; it removes nothing that this version uses."""
    with translated():
        db = await asyncpg.connect(dsn)
        try:
            await db.execute(PATIENCE)
            return (await current(db) or "") > newest()
        except asyncpg.LockNotAvailableError:
            raise CannotMigrate(TIMED_OUT["55P03"]) from None
        finally:
            await db.close()


async def downgrade(dsn: str, revision: str) -> None:
    """Undo every step after `revision` ("base": all)."""
    await _run(dsn, lambda config: command.downgrade(config, revision))


async def _run(dsn: str, act: Callable[[Config], None]) -> None:
    config = steps()

    def migrate(connection: Connection) -> None:
        config.attributes["connection"] = connection
        act(config)

    engine = create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, async_creator=lambda: asyncpg.connect(dsn)
    )
    try:
        with translated():
            async with engine.connect() as connection:
                await connection.run_sync(migrate)
    except CommandError as refused:
        raise CannotMigrate(str(refused)) from None
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in TIMED_OUT:
            raise
        raise CannotMigrate(TIMED_OUT[error.orig.sqlstate]) from None  # type: ignore[union-attr]  # just looked
    finally:
        await engine.dispose()
