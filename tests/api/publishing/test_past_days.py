"""A release of days that are in files only is the release of the same days in the database, to the byte."""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta

import msgspec

from analytics.model.policy import ARCHIVE, CROWD
from api.commands.backup import backup, restore
from api.commands.prune import PastDays, prune
from api.publishing.publish import publish
from api.store import database, objects, segments
from api.store.bulk import load
from api.store.export import SEGMENTS
from api.store.past import files
from tests.builders import NOW, crowd, observation, overhead


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


async def test_a_release_from_files_is_the_same_to_the_byte(site, tmp_path, empty_dsn):
    """Published with all rows in the database; then moved out; then published again from the files alone, also from a
    backup that was restored elsewhere."""
    async with site.pool.acquire() as db:
        await load(db, crowd(14), NOW.date())
    who = await site.enrol(country="PH")
    first = observation(task={"id": None, "title": "A title"})
    await site.share(who, first, observation(), overheads=[overhead()])
    await site.share(who, first | {"revision": 2, "client": {"id": "c-9", "name": None}, "outcome": "approved"})
    for policy in (CROWD, ARCHIVE):
        await publish(site.pool, site.settings, NOW, policy)
    before = hashes(site.settings.releases)

    place = objects.place_of(None, site.settings.data / SEGMENTS)
    moved = await prune(site.pool, NOW + timedelta(days=60), past_days=PastDays(place, 45))
    assert moved.moved == len(crowd(14)) + 3
    assert await site.pool.fetchval("SELECT count(*) FROM intake.observations") == 0

    async def published_again(pool, settings):
        shutil.rmtree(settings.releases)
        segments.forget(objects.place_of(None, settings.data / SEGMENTS))
        for policy in (CROWD, ARCHIVE):
            await publish(pool, settings, NOW, policy)
        assert hashes(settings.releases) == before

    await published_again(site.pool, site.settings)
    head = await backup(site.pool, site.settings, tmp_path / "all.backup")
    async with site.pool.acquire() as db:
        assert {file.name for file in await files.standing(db)} == {name for name in head.parts if "past/" in name}
    elsewhere = msgspec.structs.replace(site.settings, data=tmp_path / "elsewhere", database_url=empty_dsn)
    await restore(empty_dsn, elsewhere, tmp_path / "all.backup")
    pool = await database.connect(empty_dsn, 3, 0)
    await published_again(pool, elsewhere)
    await pool.close()


async def test_a_restore_deletes_no_file_that_it_does_not_know(site, tmp_path, empty_dsn):
    """An older backup is restored into the folder of a database that is lost: its past days stay where they are."""
    await backup(site.pool, site.settings, tmp_path / "older.backup")
    await site.share(await site.enrol(), observation())
    place = objects.place_of(None, site.settings.data / SEGMENTS)
    await prune(site.pool, NOW + timedelta(days=60), past_days=PastDays(place, 45))
    there = {name for name in objects.listed(place) if name.startswith("past")}
    shutil.rmtree(site.settings.releases, ignore_errors=True)
    again = msgspec.structs.replace(site.settings, database_url=empty_dsn)
    await restore(empty_dsn, again, tmp_path / "older.backup")
    assert {name for name in objects.listed(place) if name.startswith("past")} == there
