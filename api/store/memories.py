"""`intake.memories`: the published values of releases, and the contributors behind them. Private; written with each
release.

A memory is put before its release is written and marked whole afterwards. So every release has a memory, and a memory
without a release shows an interrupted publish.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from analytics.release.repository import ReleaseId
from api.store.database import Database

COPY_SECONDS = 600.0  # a million cells take some hundred megabytes
NEWEST = """
SELECT content FROM intake.memories WHERE policy = $1 AND as_of <= $2 AND is_whole
ORDER BY as_of DESC, sequence DESC LIMIT 1
"""
LAST = "SELECT max(as_of) FROM intake.memories WHERE policy = $1 AND is_whole"
KNOWN = "SELECT release FROM intake.memories WHERE is_whole"
SAME = """
SELECT release FROM intake.memories WHERE policy = $1 AND as_of = $2 AND content_sha256 = $3 AND is_whole
ORDER BY sequence DESC LIMIT 1
"""
PUT = """
INSERT INTO intake.memories (release, policy, as_of, sequence, is_whole, content_sha256, content)
VALUES ($1, $2, $3, $4, false, $5, $6)
ON CONFLICT (release) DO UPDATE SET content_sha256 = excluded.content_sha256, content = excluded.content
"""
KEEP = "UPDATE intake.memories SET is_whole = true WHERE release = $1"
OPEN = "SELECT release, content_sha256 FROM intake.memories WHERE NOT is_whole"
DROP = "DELETE FROM intake.memories WHERE release = $1"
FORGET = "DELETE FROM intake.memories WHERE as_of < $1"


class Written(NamedTuple):
    """A memory to store: its release, the content's hash, and the memory itself."""

    release: str
    content_sha256: str
    content: bytes


async def newest(db: Database, policy: str, day: date) -> bytes | None:
    """Return the memory of the newest release up to `day`, or None."""
    found = await db.fetchval(NEWEST, policy, day, timeout=COPY_SECONDS)
    return None if found is None else bytes(found)


async def last_day(db: Database, policy: str) -> date | None:
    """Return the day of the newest release that has a memory, or None."""
    found: date | None = await db.fetchval(LAST, policy)
    return found


async def same(db: Database, policy: str, day: date, content_sha256: str) -> str | None:
    """Return the id under which the same content was released on `day`, or None."""
    found: str | None = await db.fetchval(SAME, policy, day, content_sha256)
    return found


async def known(db: Database) -> set[str]:
    """Return the ids of the releases that have a memory."""
    return {row["release"] for row in await db.fetch(KNOWN)}


async def put(db: Database, written: Written) -> None:
    """Store a memory that counts once its release is written."""
    of = ReleaseId.of(written.release)
    if of is None:
        raise ValueError(written.release)
    day = of.as_of
    values = (written.release, of.policy, day, of.sequence, written.content_sha256, written.content)
    await db.execute(PUT, *values, timeout=COPY_SECONDS)


async def keep(db: Database, release: str) -> None:
    """Mark a memory as whole: its release is written."""
    await db.execute(KEEP, release)


async def unfinished(db: Database) -> dict[str, str]:
    """Return memories whose release may be missing: content hash by release."""
    return {row["release"]: row["content_sha256"] for row in await db.fetch(OPEN)}


async def drop(db: Database, release: str) -> None:
    """Delete a memory whose release was never written."""
    await db.execute(DROP, release)


async def forget(db: Database, before: date) -> None:
    """Delete memories of releases before the day `before`."""
    await db.execute(FORGET, before)
