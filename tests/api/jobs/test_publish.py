"""From stored rows to a release: twice the same, once at a time, and never half."""

from __future__ import annotations

import hashlib

import msgspec
import pytest

from analytics.policy import ARCHIVE, CROWD
from api.errors import Busy
from api.jobs import draft
from api.jobs.publish import publish
from api.store.bulk import load
from api.store.locks import PUBLISHING, alone
from tests.builders import NOW, crowd


@pytest.fixture
async def filled(pool):
    async with pool.acquire() as db:
        await load(db, crowd(12), NOW.date())
    return pool


def hashes(folder):
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


async def test_publishing_twice_changes_nothing(filled, settings):
    first = await publish(filled, settings, NOW, ARCHIVE)
    before = hashes(settings.releases)
    again = await publish(filled, settings, NOW, ARCHIVE)
    assert (again, hashes(settings.releases)) == (first, before)
    assert first.tables["client_rates"].rows == 2


async def test_the_same_rows_make_the_same_bytes_elsewhere(filled, settings, tmp_path):
    await publish(filled, settings, NOW, ARCHIVE)
    elsewhere = msgspec.structs.replace(settings, data=tmp_path / "elsewhere")
    await publish(filled, elsewhere, NOW, ARCHIVE)
    assert hashes(elsewhere.releases) == hashes(settings.releases)


async def test_archives_and_shared_timings_are_published_apart(filled, settings):
    crowd_release = await publish(filled, settings, NOW, CROWD)
    assert crowd_release.release == "2026-11-23"
    assert crowd_release.tables["client_rates"].rows == 0
    archive = await publish(filled, settings, NOW, ARCHIVE)
    assert archive.release == "2026-11-23-archive"


async def test_one_publishes_at_a_time(filled, settings):
    async with filled.acquire() as db, alone(db, PUBLISHING):
        with pytest.raises(Busy):
            await publish(filled, settings, NOW, ARCHIVE)
    assert (await publish(filled, settings, NOW, ARCHIVE)).release == "2026-11-23-archive"


async def test_a_publication_that_breaks_leaves_nothing_and_no_lock(filled, settings, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("half way")

    with monkeypatch.context() as patch:
        patch.setattr(draft, "disclose", broken)
        with pytest.raises(RuntimeError):
            await publish(filled, settings, NOW, ARCHIVE)
    assert list(settings.releases.iterdir()) == []
    assert await publish(filled, settings, NOW, ARCHIVE)


async def test_an_empty_database_makes_an_honest_empty_release(pool, settings):
    made = await publish(pool, settings, NOW, CROWD)
    assert made.tables["platform_rates"].rows == 0
    assert "practice" in made.snapshots
