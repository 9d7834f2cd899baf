"""`intake.memories`: what releases said and who was in their figures. Private; written beside every release.

A memory is put before its release stands and becomes whole after: so there is never a release without one, and one
without a release is known for what a crash left.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from analytics.release.repository import ReleaseId
from api.store.database import Database

COPY_SECONDS = 600.0  # a million cells are some hundred megabytes
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
    """A memory on its way: of which release, of what content, and itself."""

    release: str
    content_sha256: str
    content: bytes


async def newest(db: Database, policy: str, day: date) -> bytes | None:
    """The memory of the newest release up to `day`."""
    found = await db.fetchval(NEWEST, policy, day, timeout=COPY_SECONDS)
    return None if found is None else bytes(found)


async def last_day(db: Database, policy: str) -> date | None:
    """The day of the newest release that is remembered."""
    found: date | None = await db.fetchval(LAST, policy)
    return found


async def same(db: Database, policy: str, day: date, content_sha256: str) -> str | None:
    """The id under which this very content was released on `day`."""
    found: str | None = await db.fetchval(SAME, policy, day, content_sha256)
    return found


async def known(db: Database) -> set[str]:
    """Ids of the releases that are remembered."""
    return {row["release"] for row in await db.fetch(KNOWN)}


async def put(db: Database, written: Written) -> None:
    """Keep a memory until its release stands."""
    of = ReleaseId.of(written.release)
    if of is None:
        raise ValueError(written.release)
    day = of.as_of
    values = (written.release, of.policy, day, of.sequence, written.content_sha256, written.content)
    await db.execute(PUT, *values, timeout=COPY_SECONDS)


async def keep(db: Database, release: str) -> None:
    """The release stands: its memory counts from now on."""
    await db.execute(KEEP, release)


async def unfinished(db: Database) -> dict[str, str]:
    """Memories whose release may not stand: content by release."""
    return {row["release"]: row["content_sha256"] for row in await db.fetch(OPEN)}


async def drop(db: Database, release: str) -> None:
    """Forget a memory whose release never stood."""
    await db.execute(DROP, release)


async def forget(db: Database, before: date) -> None:
    """Forget memories of releases from before that day."""
    await db.execute(FORGET, before)
