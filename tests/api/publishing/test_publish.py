"""From stored rows to a release: twice the same, once at a time, and never half."""

from __future__ import annotations

import hashlib

import msgspec
import pytest
from msgspec import structs

from analytics.model.policy import ARCHIVE, CROWD
from api.errors import Busy
from api.intake.contract import Client
from api.publishing import local_engine, stages
from api.publishing.local_engine import Here
from api.publishing.publish import publish
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


def broken(*_, **__):
    raise RuntimeError("half way")


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
    with monkeypatch.context() as patch:
        patch.setattr(stages, "disclose", broken)
        with pytest.raises(RuntimeError):
            await publish(filled, settings, NOW, ARCHIVE)
    assert list(settings.releases.iterdir()) == []
    assert await publish(filled, settings, NOW, ARCHIVE)


async def test_an_empty_database_makes_an_honest_empty_release(pool, settings):
    made = await publish(pool, settings, NOW, CROWD)
    assert made.tables["platform_rates"].rows == 0
    assert "practice" in made.snapshots


IN_PARTS = Here(few_rows=0)


@pytest.fixture
async def many(pool):
    """Twelve people at each of thirty clients."""
    async with pool.acquire() as db:
        await load(db, [row for client in range(15) for row in elsewhere(client)], NOW.date())
    return pool


def elsewhere(client, people=12, seconds=240.0):
    """`crowd` at two further clients."""
    return [
        row._replace(
            observation=structs.replace(row.observation, client=Client(f"{row.observation.client.id}-{client}", ""))
        )
        for row in crowd(people, seconds)
    ]


async def test_rows_in_parts_give_the_bytes_of_rows_in_memory(many, settings, tmp_path):
    await publish(many, settings, NOW, ARCHIVE, IN_PARTS)
    elsewhere = msgspec.structs.replace(settings, data=tmp_path / "elsewhere")
    await publish(many, elsewhere, NOW, ARCHIVE)
    assert hashes(elsewhere.releases) == hashes(settings.releases)


async def test_files_between_steps_are_private_and_gone_at_the_end(many, settings, monkeypatch):
    seen = []
    made = local_engine.Spooled

    def spooled(sources, folder, threads):
        seen.append(folder.stat().st_mode & 0o777)
        return made(sources, folder, threads)

    monkeypatch.setattr(local_engine, "Spooled", spooled)
    await publish(many, settings, NOW, ARCHIVE, IN_PARTS)
    assert seen == [0o700]
    assert not settings.step_files.exists()


async def test_a_publish_that_breaks_leaves_no_files_between_steps(many, settings, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(stages, "disclose", broken)
        with pytest.raises(RuntimeError):
            await publish(many, settings, NOW, ARCHIVE, IN_PARTS)
    assert not settings.step_files.exists()
    settings.step_files.mkdir()
    (settings.step_files / "rows-00.arrow").write_bytes(b"cut sho")
    assert await publish(many, settings, NOW, ARCHIVE, IN_PARTS)
