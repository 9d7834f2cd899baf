"""How alembic runs our steps: over the connection it is given, else over asyncpg to DATABASE_URL.

A step waits at most five seconds for a lock and runs at most ten minutes, so that it never queues the whole
site behind it; an advisory lock lets one process migrate while the others wait.
"""

from __future__ import annotations

import asyncio
import os

import asyncpg
from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

SCHEMA = "intake"
PREPARE = (
    "SET lock_timeout = '5s'",
    "SET statement_timeout = '10min'",
    f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",  # alembic's own table lives in it too
)
LOCK = "SELECT pg_advisory_lock(7204001)"
UNLOCK = "SELECT pg_advisory_unlock(7204001)"


def run(connection: Connection) -> None:
    """Bring the database to the revision asked for, alone."""
    connection.execute(text("SET statement_timeout = '2min'"))
    connection.execute(text(LOCK))
    try:
        for statement in PREPARE:
            connection.execute(text(statement))
        connection.commit()
        context.configure(connection=connection, version_table_schema=SCHEMA, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text(UNLOCK))
        connection.commit()


async def run_alone(dsn: str) -> None:
    """Run from alembic's own command line."""
    engine = create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, async_creator=lambda: asyncpg.connect(dsn)
    )
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(run_alone(os.environ["DATABASE_URL"]))
else:
    run(given)
