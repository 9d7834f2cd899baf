"""Releases one after another, through a real database: made again to the byte, moved by three people at a time, and
without whoever left.
"""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from analytics.model.policy import CROWD
from analytics.release import repository
from api.errors import CannotRebuild
from api.publishing import publish as job
from api.publishing.publish import publish, release_day
from api.store import contributors, memories, observations
from api.store.contributors import NewContributor
from api.store.export import export
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

    async def work(self, person, client, instant, tasks=2, **more):
        number = await self.number(person)
        rows = [
            named(
                observed(
                    id=hour_id(instant.replace(minute=0)),
                    client={"id": client, "name": f"Client {client}"},
                    claimed_hour=instant.replace(minute=0).isoformat(),
                    **{
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
        await observations.name(self.db, {row.client for row in rows}, {row.task for row in rows})
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


@pytest.fixture
def releasing(pool, settings):
    async def one(day=0, **elsewhere):
        chosen = msgspec.structs.replace(settings, **elsewhere)
        return await publish(pool, chosen, NOW + timedelta(days=day), CROWD)

    return one


def bytes_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def clients(settings, manifest):
    return repository.table(settings.releases, manifest, "client_rates").collect()


async def three_releases(crowd, releasing):
    """Twelve people; a week later outcomes of four have changed; three weeks after that three have joined."""
    await crowd.join(*range(1, 13))
    rows = [row for person in range(1, 5) for row in await crowd.work(person, "c-1", NOW - timedelta(days=1))]
    made = [await releasing(0)]
    for row in rows:
        await crowd.revise(row, (NOW + timedelta(days=3)).date(), outcome=b"r", paid_micros=0)
    made.append(await releasing(7))
    await crowd.join(21, 22, 23, since=NOW + timedelta(days=1))
    made.append(await releasing(28))
    return made


async def test_any_past_release_is_made_again_byte_for_byte(crowd, releasing, settings, pool, tmp_path):
    made = await three_releases(crowd, releasing)
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


async def test_without_any_memory_the_whole_history_is_made_again_byte_for_byte(crowd, releasing, settings, tmp_path):
    made = await three_releases(crowd, releasing)
    await crowd.db.execute("DELETE FROM intake.memories")
    elsewhere = tmp_path / "elsewhere"
    assert [await releasing(day, data=elsewhere) for day in (0, 7, 28)] == made
    assert bytes_of(elsewhere / "releases") == bytes_of(settings.releases)


async def test_a_lost_memory_is_made_again_from_the_days_before(crowd, releasing, settings):
    await three_releases(crowd, releasing)
    kept = await crowd.db.fetch("SELECT release, content FROM intake.memories ORDER BY release")
    await crowd.db.execute("DELETE FROM intake.memories")
    await releasing(35)
    again = await crowd.db.fetch("SELECT release, content FROM intake.memories ORDER BY release LIMIT 3")
    assert again == kept


async def test_no_release_comes_to_stand_between_two(crowd, releasing):
    await three_releases(crowd, releasing)
    with pytest.raises(CannotRebuild, match="cannot be made again"):
        await releasing(3)


async def test_what_was_erased_cannot_be_published_again(crowd, releasing, settings):
    await three_releases(crowd, releasing)
    for person in (1, 2, 3, 4):
        await crowd.leave(person)
    before = bytes_of(settings.releases)
    with pytest.raises(CannotRebuild, match="erased"):
        await releasing(7)
    assert bytes_of(settings.releases) == before


async def test_one_more_person_moves_no_figure_and_three_do(crowd, releasing, settings):
    await crowd.join(*range(1, 11))
    first = clients(settings, await releasing(0)).drop("release")
    await crowd.join(40)
    assert clients(settings, await releasing(7)).drop("release").equals(first)
    await crowd.join(41, 42, 43, 44, 45, 46, 47, 48, 49)
    assert set(clients(settings, await releasing(14))["contributors"]) == {"20-49"}


@pytest.mark.parametrize("moment", ["before the release stands", "before it is remembered"])
async def test_a_crash_between_memory_and_release_is_put_right(crowd, releasing, settings, monkeypatch, moment):
    await crowd.join(*range(1, 11))
    first = await releasing(0)
    await crowd.join(*range(30, 36))

    def crash(*_):
        raise RuntimeError("power cut")

    async def later_crash(*_):
        crash()

    with monkeypatch.context() as patch:
        if moment == "before the release stands":
            patch.setattr(repository, "replace", crash)
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
    plain = clients(settings, await releasing(0))
    await crowd.db.execute("DELETE FROM intake.memories")
    await crowd.join(*range(31, 35), clients=("c-7", "c-8"))
    elsewhere = msgspec.structs.replace(settings, data=tmp_path / "elsewhere")
    after = clients(elsewhere, await releasing(0, data=elsewhere.data))
    assert after.equals(plain)


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
    assert clients(settings, gone).height == 0  # the parent's stands in: nobody can tell what one person took away


async def test_an_erasure_among_many_changes_is_out_at_the_next_release(crowd, releasing, settings, tmp_path):
    await crowd.join(*range(1, 12))
    await releasing(0)
    await crowd.leave(5)
    await crowd.join(51, 52, 53)
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
    columns = job.change_control.unpacked(content).members.columns
    assert columns == ["cell", "person", "data"]


async def test_a_release_of_shared_timings_is_of_a_day_that_is_over():
    noon = datetime(2026, 11, 23, 12, tzinfo=NOW.tzinfo)
    assert str(release_day(noon, CROWD).date()) == "2026-11-22"
