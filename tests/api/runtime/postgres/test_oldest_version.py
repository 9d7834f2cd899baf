"""The product on the oldest PostgreSQL that is promised, as an ordinary owner, and across to the embedded one and back."""

from __future__ import annotations

import io
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from analytics.model.policy import ARCHIVE
from api.commands.backup import backup, restore
from api.commands.prune import PastDays, prune
from api.publishing.publish import publish
from api.store import copies, database, migrate, objects
from api.store.bulk import load
from api.store.export import SEGMENTS
from tests.builders import NOW, crowd, observation, overhead

OLDEST = 15
PEOPLE = 12


async def rows_of(dsn):
    """Every row of every table, as text, sorted."""
    db = await asyncpg.connect(dsn)
    found = {}
    for table in await copies.tables(db):
        out = io.BytesIO()
        await db.copy_from_query(f'SELECT * FROM intake."{table.name}"', output=out)
        found[table.name] = sorted(out.getvalue().splitlines())
    await db.close()
    return found


async def version_of(dsn):
    db = await asyncpg.connect(dsn)
    number = await db.fetchval("SELECT current_setting('server_version_num')::int / 10000")
    is_superuser = await db.fetchval("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    await db.close()
    return number, is_superuser


@pytest.fixture
def settings(settings, oldest_dsn):
    return msgspec.structs.replace(settings, database_url=oldest_dsn)


async def test_the_oldest_version_serves_publishes_and_moves_to_the_embedded_one_and_back(
    site, settings, tmp_path, empty_dsn, another_oldest_dsn, oldest_postgres
):
    assert await version_of(settings.database_url) == (int(oldest_postgres.parent.name), False)
    async with site.pool.acquire() as db:
        await load(db, crowd(PEOPLE), NOW.date())
    who = await site.enrol(country="PH")
    item = observation()
    assert [one["status"] for one in await site.share(who, item, overheads=[overhead()])] == ["accepted"] * 2
    assert (await site.share(who, item | {"revision": 2, "outcome": "approved"}))[0]["status"] == "updated"
    manifest = await publish(site.pool, settings, NOW, ARCHIVE)
    assert manifest.tables["client_rates"].rows
    assert (await site.http.get("/readyz")).json()["reasons"] == []
    past_days = PastDays(objects.place_of(None, settings.data / SEGMENTS), 45)
    pruned = await prune(site.pool, NOW + timedelta(days=60), past_days=past_days)
    assert (pruned.observations, pruned.moved) == (0, len(crowd(PEOPLE)) + 2)
    assert (await site.share(who, item | {"revision": 2, "outcome": "approved"}))[0]["status"] == "duplicate"
    before = await rows_of(settings.database_url)

    embedded = msgspec.structs.replace(settings, data=tmp_path / "embedded", database_url=empty_dsn)
    await backup(site.pool, settings, tmp_path / "oldest.backup")
    await restore(empty_dsn, embedded, tmp_path / "oldest.backup")
    assert (await version_of(empty_dsn))[0] > OLDEST
    assert await rows_of(empty_dsn) == before

    pool = await database.connect(empty_dsn, 3, 0)
    await backup(pool, embedded, tmp_path / "embedded.backup")
    assert (await publish(pool, embedded, NOW, ARCHIVE)).content_sha256 == manifest.content_sha256
    await pool.close()
    back = msgspec.structs.replace(settings, data=tmp_path / "back", database_url=another_oldest_dsn)
    await restore(back.database_url, back, tmp_path / "embedded.backup")
    assert await rows_of(back.database_url) == before


async def test_every_step_goes_back_and_forth_on_the_oldest_version(oldest_dsn):
    await migrate.upgrade(oldest_dsn)
    await migrate.downgrade(oldest_dsn, "base")
    await migrate.upgrade(oldest_dsn)
    db = await asyncpg.connect(oldest_dsn)
    assert await migrate.current(db) == migrate.newest()
    await db.close()
