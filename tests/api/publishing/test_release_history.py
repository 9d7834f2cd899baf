"""Releases one after another, through a real database: made again to the byte, moved by three people at a time, and
without whoever left.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from analytics.disclosure import release_state
from analytics.model.policy import ARCHIVE, CROWD
from analytics.release import repository, writer
from api.errors import CannotRebuild
from api.publishing import publish as publishing
from api.publishing.publish import next_due, publish, release_day
from api.publishing.stages import PublishRequest
from api.runtime.settings import Settings
from api.store import contributors, database, memories, observations
from api.store.contributors import NewContributor
from api.store.export import export
from api.store.memories import NEWEST
from api.store.rows import named
from tests.builders import NOW, hour_id, observed

FIRST = NOW - timedelta(days=20)
CLIENTS = ("c-1", "c-2")


class Crowd:
    """People who are mature on NOW: tasks for two clients on each of five days, the first twenty days ago."""

    def __init__(self, db):
        self.db = db

    async def join(self, *people, clients=CLIENTS, since=FIRST, days=range(0, 20, 4)):
        for person in people:
            secret = hashlib.sha256(f"secret {person}".encode()).digest()
            await contributors.enrol(self.db, NewContributor(UUID(int=person), secret, FIRST.date(), None))
            for day in days:
                for client in clients:
                    await self.work(person, client, since + timedelta(days=day))

    async def work(self, person, client_id, instant, tasks=2, **more):
        number = await self.number(person)
        rows = [
            named(
                observed(
                    id=hour_id(instant.replace(minute=0)),
                    claimed_hour=instant.replace(minute=0).isoformat(),
                    **{
                        "client": {"id": client_id, "name": f"Client {client_id}"},
                        "active_seconds": 100.0 + 10 * person,
                        "open_seconds": 400.0,
                        "outcome": "paid",
                        "paid": {"micros": 350_000, "currency": "USD"},
                    }
                    | more,
                ),
                number,
                instant.date(),
            )
            for _ in range(tasks)
        ]
        await observations.keep_names(self.db, rows)
        await observations.store(self.db, [row.row for row in rows])
        return [row.row for row in rows]

    async def number(self, person):
        return await self.db.fetchval("SELECT number FROM intake.contributors WHERE id = $1", UUID(int=person))

    async def revise(self, row, day, **more):
        await observations.store(self.db, [row._replace(revision=row.revision + 1, received_on=day, **more)])

    async def leave(self, person):
        number = await self.number(person)
        async with self.db.transaction():
            await contributors.erase(self.db, number)
            await observations.erase(self.db, number)


@pytest.fixture
async def crowd(pool):
    async with pool.acquire() as db:
        yield Crowd(db)


def releasing_with(pool, settings):
    """Publishes a day's release; further arguments replace settings."""

    async def one(day=0, **elsewhere):
        chosen = msgspec.structs.replace(settings, **elsewhere)
        return await publish(pool, chosen, NOW + timedelta(days=day), CROWD)

    return one


@pytest.fixture
def releasing(pool, settings):
    return releasing_with(pool, settings)


def bytes_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def clients(settings, manifest):
    return repository.table(settings.releases, manifest, "client_rates").collect()


async def three_releases(crowd, releasing):
    """Fourteen people; a week later seven have joined; three weeks after that eight more."""
    await crowd.join(*range(1, 15))
    made = [await releasing(0)]
    await crowd.join(*range(21, 28), since=FIRST + timedelta(days=5))
    made.append(await releasing(7))
    await crowd.join(*range(31, 39), since=NOW + timedelta(days=1))
    made.append(await releasing(28))
    return made


@pytest.fixture(scope="module")
def three_once(prepare):
    """A database with the three releases, and their folder: five tests begin with a copy."""

    async def work(dsn, folder):
        pool = await database.connect(dsn, 8, 100)
        async with pool.acquire() as db:
            made = await three_releases(Crowd(db), releasing_with(pool, Settings(data=folder, database_url=dsn)))
        await pool.close()
        return made

    return prepare(work)


@pytest.fixture
def made(three_once):
    """The three releases, in the database and the folder of `settings`."""
    return three_once.value


@pytest.fixture
def dsn(request, dsn, tmp_path):
    if "made" not in request.fixturenames:
        yield dsn
        return
    with request.getfixturevalue("three_once").copied(tmp_path / "da ta") as copy:
        yield copy


async def test_any_past_release_is_made_again_byte_for_byte(made, crowd, releasing, settings, pool, tmp_path):
    assert len({manifest.content_sha256 for manifest in made}) == 3
    before = bytes_of(settings.releases)
    assert [await releasing(day) for day in (28, 0, 7)] == [made[2], made[0], made[1]]
    assert bytes_of(settings.releases) == before
    for lost in (made[0], made[2]):
        shutil.rmtree(settings.releases / lost.release)
        assert await releasing((lost.as_of - NOW.date()).days) == lost
    (settings.releases / made[1].release / "tables" / "client_rates.csv").write_text("damaged")
    assert await releasing(7) == made[1]
    assert bytes_of(settings.releases) == before


async def test_without_any_memory_the_whole_history_is_made_again_byte_for_byte(
    made, crowd, releasing, settings, tmp_path
):
    await crowd.db.execute("DELETE FROM intake.memories")
    elsewhere = tmp_path / "elsewhere"
    assert [await releasing(day, data=elsewhere) for day in (0, 7, 28)] == made
    assert bytes_of(elsewhere / "releases") == bytes_of(settings.releases)


async def test_a_lost_memory_is_made_again_from_the_days_before(made, crowd, releasing, settings):
    kept = await crowd.db.fetch("SELECT release, content FROM intake.memories ORDER BY release")
    await crowd.db.execute("DELETE FROM intake.memories")
    await releasing(35)
    again = await crowd.db.fetch("SELECT release, content FROM intake.memories ORDER BY release LIMIT 3")
    assert again == kept


async def test_no_release_comes_to_stand_between_two(made, crowd, releasing):
    with pytest.raises(CannotRebuild, match="cannot be rebuilt as it was"):
        await releasing(14)


async def test_shared_timings_are_published_once_a_week_and_archives_and_demos_at_any_time(crowd, releasing, settings):
    """Seven releases a week are seven times the questions."""
    await crowd.join(*range(1, 13))
    first = await releasing(0)
    await crowd.join(*range(31, 45))
    assert [await releasing(day) for day in range(1, 7)] == [first] * 6
    assert next_due(first) == (NOW + timedelta(days=7)).date()
    second = await releasing(7)
    assert second.as_of == next_due(first)
    demo = msgspec.structs.replace(settings, data=settings.data / "demo", nature="demo")
    order = PublishRequest(demo, NOW.date(), CROWD, None, {}, None, None)
    assert not order.is_weekly
    assert replace(order, settings=settings).is_weekly
    assert not replace(order, settings=settings, policy=ARCHIVE).is_weekly


async def test_a_damaged_release_of_the_week_is_made_again_and_no_second_one(crowd, releasing, settings):
    await crowd.join(*range(1, 13))
    first = await releasing(0)
    before = bytes_of(settings.releases)
    (settings.releases / first.release / "tables" / "client_rates.csv").write_text("damaged")
    assert await releasing(3) == first
    assert bytes_of(settings.releases) == before


async def test_a_database_that_lost_its_release_secret_refuses_to_publish(crowd, releasing, settings):
    await crowd.join(*range(1, 13))
    await releasing(0)
    await crowd.db.execute("DELETE FROM intake.keys WHERE name = 'release'")
    with pytest.raises(CannotRebuild, match="no release secret"):
        await releasing(7)
    await crowd.db.execute("DELETE FROM intake.memories")
    with pytest.raises(CannotRebuild, match="no release secret"):
        await releasing(7)
    assert await crowd.db.fetchval("SELECT count(*) FROM intake.keys WHERE name = 'release'") == 0


async def test_what_was_erased_cannot_be_published_again(made, crowd, releasing, settings):
    for person in range(1, 10):
        await crowd.leave(person)
    before = bytes_of(settings.releases)
    with pytest.raises(CannotRebuild, match="erased"):
        await releasing(7)
    assert bytes_of(settings.releases) == before


async def test_two_more_people_move_no_figure_and_seven_do(crowd, releasing, settings):
    await crowd.join(*range(1, 15))
    first = clients(settings, await releasing(0)).drop("release")
    await crowd.join(40, 41)
    assert clients(settings, await releasing(7)).drop("release").equals(first)
    await crowd.join(*range(42, 52))
    assert set(clients(settings, await releasing(14))["contributors"]) == {"20-49"}


@pytest.mark.parametrize("moment", ["before the release stands", "before it is remembered"])
async def test_a_crash_between_memory_and_release_is_put_right(crowd, releasing, settings, monkeypatch, moment):
    await crowd.join(*range(1, 15))
    first = await releasing(0)
    await crowd.join(*range(30, 40))

    def crash(*_):
        raise RuntimeError("power cut")

    async def later_crash(*_):
        crash()

    with monkeypatch.context() as patch:
        if moment == "before the release stands":
            patch.setattr(writer, "replace", crash)
        else:
            patch.setattr(memories, "keep", later_crash)
        with pytest.raises(RuntimeError):
            await releasing(7)
    served = repository.current(settings.releases)
    assert (served == first) == (moment == "before the release stands")
    again = await releasing(7)
    assert repository.current(settings.releases) == again
    assert len(list(settings.releases.iterdir())) == 2
    remembered = await crowd.db.fetch("SELECT release, is_whole FROM intake.memories ORDER BY release")
    assert [tuple(row) for row in remembered] == [(first.release, True), (again.release, True)]


async def test_people_who_are_not_mature_alter_no_byte(crowd, releasing, settings, tmp_path):
    await crowd.join(*range(1, 13))
    plain = await releasing(0)
    await crowd.db.execute("DELETE FROM intake.memories")
    await crowd.join(*range(31, 41), clients=("c-7", "c-8"), days=[18])  # ten newcomers, for whom it is too early
    for person in range(31, 35):
        await crowd.work(person, "c-1", NOW - timedelta(days=2))
    elsewhere = tmp_path / "elsewhere"
    with_newcomers = await releasing(0, data=elsewhere)
    assert with_newcomers == plain
    assert bytes_of(elsewhere / "releases") == bytes_of(settings.releases)


async def test_a_client_of_four_people_alters_no_other_client_s_byte(crowd, releasing, settings, tmp_path):
    await crowd.join(*range(1, 13))
    # the platform has a number of its own, wherever its secret border is: a client without a paid share takes the platform's
    await crowd.join(*range(13, 28), clients=("c-3", "c-4"))
    plain = clients(settings, await releasing(0))
    await crowd.db.execute("DELETE FROM intake.memories")
    await crowd.join(*range(31, 35), clients=("c-7", "c-8"))
    elsewhere = msgspec.structs.replace(settings, data=tmp_path / "elsewhere")
    after = clients(elsewhere, await releasing(0, data=elsewhere.data))
    assert after.to_dicts() == plain.to_dicts()


async def test_after_an_erasure_everything_is_as_if_they_had_never_been_here(crowd, releasing, settings, tmp_path):
    """Raw rows and the estimate at once; the releases by day 28."""
    await crowd.join(*range(1, 12))
    before = await export(crowd.db, tmp_path, NOW.date())
    first = await releasing(0)
    await crowd.join(99)
    await crowd.leave(99)
    after = await export(crowd.db, tmp_path, NOW.date())
    assert after.observations.equals(before.observations)
    await crowd.leave(5)
    for week in (1, 2, 3):
        assert clients(settings, await releasing(7 * week)).height == clients(settings, first).height == 2
    gone = await releasing(28)
    assert (
        clients(settings, gone).height == 2
    )  # made without two more people, so that nobody can tell what one took away
    state = release_state.unpacked(bytes(await crowd.db.fetchval(NEWEST, "crowd", gone.as_of)))
    assert state.members.filter("is_held").height >= 2
    assert state.cells.filter("is_shown")["released_on"].max() == gone.as_of


async def test_an_erasure_among_many_changes_is_out_at_the_next_release(crowd, releasing, settings, tmp_path):
    await crowd.join(*range(1, 12))
    await releasing(0)
    await crowd.leave(5)
    await crowd.join(*range(51, 59))
    with_history = clients(settings, await releasing(7))
    await crowd.db.execute("DELETE FROM intake.memories")
    elsewhere = msgspec.structs.replace(settings, data=tmp_path / "elsewhere")
    without = clients(elsewhere, await releasing(7, data=elsewhere.data))
    assert with_history.equals(without)


async def test_a_memory_names_nobody(crowd, releasing):
    await crowd.join(*range(1, 11))
    await releasing(0)
    content = bytes(await crowd.db.fetchval("SELECT content FROM intake.memories"))
    for person in range(1, 11):
        number = await crowd.number(person)
        assert UUID(int=person).bytes not in content
        assert f'"contributor":{number}'.encode() not in content
    columns = release_state.unpacked(content).members.columns
    assert columns == list(release_state.STATE_MEMBERS)


async def test_a_release_of_shared_timings_is_of_a_day_that_is_over():
    noon = datetime(2026, 11, 23, 12, tzinfo=NOW.tzinfo)
    assert str(release_day(noon, CROWD).date()) == "2026-11-22"


async def test_a_publish_reads_the_files_of_no_release_that_it_remembers(crowd, releasing, settings, monkeypatch):
    """Every release was hashed at every publish: the cost grew with their number."""
    await crowd.join(*range(1, 15))
    first, second = await releasing(), await releasing(7)
    hashed, damage = [], repository.damage
    monkeypatch.setattr(repository, "damage", lambda folder: hashed.append(folder.name) or damage(folder))
    third = await releasing(14)
    assert first.release not in hashed
    assert second.release not in hashed
    assert third.release not in (first.release, second.release)


async def test_releases_from_before_memories_are_kept_are_not_made_again(crowd, pool, settings, monkeypatch):
    """A release whose memory was deleted by age was drafted again at every publish from then on."""
    early = NOW - timedelta(days=450)
    old = await publish(pool, settings, early, ARCHIVE)
    await crowd.join(*range(1, 6))
    await publish(pool, settings, NOW, ARCHIVE)  # deletes the memory of the old one
    assert old.release not in await memories.known(crowd.db)
    drafted, draft = [], publishing._draft

    async def recorded(db, order):
        drafted.append(order.day)
        return await draft(db, order)

    monkeypatch.setattr(publishing, "_draft", recorded)
    await publish(pool, settings, NOW + timedelta(days=1), ARCHIVE)
    assert drafted == [(NOW + timedelta(days=1)).date()]
