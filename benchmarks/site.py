"""A server for a measurement, started as a user would: `taskwage serve` in separate processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import asyncpg

from api.errors import CannotStart
from api.intake import enrolment
from api.intake.homes import with_home
from api.runtime.postgres.supervisor import postgres
from api.store import contributors, database
from api.store.contributors import NewContributor
from api.store.database import Pool

FREE = {  # a load generator is one network with few contributors, and must not be treated as a flood
    "TASKWAGE_POSTS_PER_MINUTE": "100000000",
    "TASKWAGE_ITEMS_PER_DAY": "1000000000",
    "TASKWAGE_NAMES_PER_DAY": "1000000000",
    "TASKWAGE_ASKS_PER_MINUTE": "100000000",
    "TASKWAGE_NATURE": "demo",
}


@dataclass(frozen=True)
class Site:
    """A running server, and access to its database."""

    url: str
    dsn: str
    pool: Pool
    process: subprocess.Popen[str]


async def enrolled(dsn: str, count: int, today: date, home: str | None = None) -> list[str]:
    """Enrol `count` new contributors of `home` without proof of work, and return their secrets."""
    made = [with_home(enrolment.new_secret(), home) for _ in range(count)]
    db = await asyncpg.connect(dsn)
    try:
        for secret in made:
            new = NewContributor(uuid.uuid4(), enrolment.secret_hash(secret), today, None)
            await contributors.enrol(db, new)
    finally:
        await db.close()
    return made


@asynccontextmanager
async def site(data: Path, workers: int, nature: str = "demo", prefix: Sequence[str] = ()) -> AsyncIterator[Site]:
    """Run a server on the folder `data`, with rows of this `nature`; `prefix` stands before its command."""
    command = [
        *prefix,
        sys.executable,
        "-m",
        "api",
        "serve",
        "--port",
        "0",
        "--workers",
        str(workers),
        "--data",
        str(data),
    ]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | FREE
    environment["TASKWAGE_NATURE"] = nature
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    try:
        line = await asyncio.to_thread(process.stdout.readline)
        words = line.split()
        if len(words) < 3:
            raise CannotStart("the measured server did not start; see its message above")
        with postgres(data / "postgres") as dsn:  # joins the server's instance
            pool = await database.connect(dsn, 3, 100)
            try:
                yield Site(words[2], dsn, pool, process)
            finally:
                await pool.close()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
