"""From stored rows to a release: twice the same, once at a time, and never half."""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta

import msgspec
import polars as pl
import pytest
from msgspec import structs

from analytics.policy import ARCHIVE, CROWD
from api.contract import Client
from api.errors import Busy
from api.jobs import draft, engines
from api.jobs.engines import Here
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
        patch.setattr(draft, "disclose", broken)
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


@pytest.mark.parametrize("policy", [ARCHIVE, CROWD], ids=lambda policy: policy.name)
async def test_a_publish_that_goes_on_from_another_gives_the_bytes_of_one_from_the_beginning(
    many, settings, policy, monkeypatch
):
    await publish(many, settings, NOW, policy, IN_PARTS)
    assert (settings.data / "workings" / policy.name / "2026-11-23").stat().st_mode & 0o777 == 0o700
    async with many.acquire() as db:
        await load(db, elsewhere(3, people=9, seconds=300.0), NOW.date())
    with monkeypatch.context() as patch:
        patch.setattr(engines, "Recorded", None)  # nothing begins anew
        resumed = await publish(many, settings, NOW, policy, IN_PARTS)
        before = hashes(settings.releases)
    shutil.rmtree(settings.data / "workings")
    assert await publish(many, settings, NOW, policy, IN_PARTS) == resumed
    assert hashes(settings.releases) == before
    releases = 2 if policy is ARCHIVE else 1  # of shared timings nobody is mature
    assert len(list(settings.releases.iterdir())) == releases


async def test_workings_of_a_publish_that_broke_are_not_used(many, settings, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(draft, "evaluated", broken)
        with pytest.raises(RuntimeError):
            await publish(many, settings, NOW, ARCHIVE, IN_PARTS)
    assert any((settings.data / "workings").rglob("*.arrow"))
    with monkeypatch.context() as patch:
        patch.setattr(engines, "Resumed", None)  # nothing goes on from there
        assert await publish(many, settings, NOW, ARCHIVE, IN_PARTS)


async def test_where_all_clients_changed_a_publish_begins_anew(many, settings):
    await publish(many, settings, NOW, ARCHIVE, IN_PARTS)
    async with many.acquire() as db:
        await load(db, [row for client in range(15) for row in elsewhere(client, people=9, seconds=900.0)], NOW.date())
    made = await publish(many, settings, NOW, ARCHIVE, IN_PARTS)
    assert made.release == "2026-11-23-archive.2"
    shutil.rmtree(settings.data / "workings")
    assert await publish(many, settings, NOW, ARCHIVE, IN_PARTS) == made


async def test_the_next_day_begins_anew_and_an_erased_person_is_in_no_workings(many, settings):
    await publish(many, settings, NOW, ARCHIVE, IN_PARTS)
    async with many.acquire() as db:
        number = await db.fetchval("SELECT min(number) FROM intake.contributors")
        await db.execute("DELETE FROM intake.observations WHERE contributor = $1", number)
    await publish(many, settings, NOW + timedelta(days=1), ARCHIVE, IN_PARTS)
    assert [path.name for path in (settings.data / "workings" / "archive").iterdir()] == ["2026-11-24"]
    kept = [pl.read_ipc(path) for path in (settings.data / "workings").rglob("rows-*.arrow")]
    assert kept
    assert not any((rows["contributor"] == number).any() for rows in kept)


async def test_many_rows_of_new_clients_are_not_read_at_once(many, settings, monkeypatch):
    await publish(many, settings, NOW, ARCHIVE, IN_PARTS)
    async with many.acquire() as db:
        await load(db, [row for client in range(20, 28) for row in elsewhere(client)], NOW.date())
    with monkeypatch.context() as patch:
        patch.setattr(engines, "Resumed", None)  # nothing goes on from there
        assert await publish(many, settings, NOW, ARCHIVE, IN_PARTS)


async def test_without_room_for_workings_there_is_a_release_and_no_workings(many, settings, monkeypatch):
    write = pl.DataFrame.write_ipc

    def full(frame, path):
        if path.name.endswith("-visits.arrow"):
            raise OSError(28, "No space left on device")
        write(frame, path)

    with monkeypatch.context() as patch:
        patch.setattr(pl.DataFrame, "write_ipc", full)
        made = await publish(many, settings, NOW, ARCHIVE, IN_PARTS)
    assert not any((settings.data / "workings").rglob("*.arrow"))
    assert await publish(many, settings, NOW, ARCHIVE, IN_PARTS) == made
    assert any((settings.data / "workings").rglob("head.json"))
