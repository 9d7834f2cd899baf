"""Rows leave PostgreSQL once and for good, and nobody can tell: two databases take the same series, one moves its days
out, and every receipt, copy, standing, export and erasure is the same."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from contextlib import AsyncExitStack
from datetime import UTC, datetime, time, timedelta
from itertools import count
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from obstore.store import LocalStore, MemoryStore

from api.errors import BadSettings, Busy, LostRows
from api.store import contributors, history, migrate, objects, observations, partitions, standing, words
from api.store.export import export
from api.store.past import files, moving
from api.store.rows import named
from tests.builders import NOW, hour_id, observed

FIRST = NOW.date()
LIVE = 7
ID_DAYS = (0, 0, 1, 12, 12, 35)  # after FIRST; a month ends among them
CLIENTS = [None, *({"id": f"c-{number}", "name": None} for number in range(3))]
PEOPLE = 3
_numbers = count(1)
KEEP = timedelta(days=60)
OPERATIONS = st.one_of(
    st.tuples(st.just("send"), st.integers(0, 2), st.integers(0, 5), st.integers(1, 5), st.integers(0, 3)),
    st.tuples(st.just("send"), st.integers(0, 2), st.integers(0, 5), st.integers(1, 5), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.sampled_from([1, 9, 30])),
    st.tuples(st.just("move"), st.sampled_from([1, 2, 60_000])),
    st.tuples(st.just("erase"), st.integers(0, 2)),
    st.tuples(st.just("look")),
    st.tuples(st.just("prune")),
)


class Base:
    """One database with its files."""

    def __init__(self, db, place, folder):
        self.db, self.place, self.folder = db, place, folder
        folder.mkdir(exist_ok=True)

    async def enrol(self, number):
        await self.db.execute(
            contributors.ENROL, number, UUID(int=number), number.to_bytes(32, "big"), FIRST, b"c", None
        )

    async def send(self, number, id_, revision, client, day):
        async with self.db.transaction():
            await contributors.hold(self.db, {number})
            item = named(attempt(id_, revision, client), number, day)
            await observations.keep_names(self.db, [item])
            return await observations.store(self.db, [item.row])

    async def move(self, today, **more):
        return await moving.move_out(await moving.begun(self.db, self.place, **more), today, LIVE)

    async def prune(self, day):
        mover = await moving.begun(self.db, self.place)
        gone = (await partitions.retire(self.db, day, await partitions.archive(self.db))).rows
        gone += await moving.retire(mover, day)
        await observations.retire_moved(self.db)
        await words.retire(self.db, day)
        return gone

    async def erase(self, number):
        async with self.db.transaction():
            await contributors.erase(self.db, number)
            records = await observations.erase(self.db, number)
            await words.erase(self.db, number)
            return records

    async def copy(self, number):
        out, table = io.BytesIO(), io.BytesIO()
        async with self.db.transaction(isolation="repeatable_read", readonly=True):
            source = history.Source(self.db, number, self.place)
            await history.write_json(source, UUID(int=number), out)
            await history.write_csv(source, table)
        return json.loads(out.getvalue())["observations"], table.getvalue()

    async def counts(self, number):
        return await standing.counts(self.db, number)

    async def exported(self, day):
        return (await export(self.db, self.folder, day, self.place)).observations

    async def rows(self):
        return await self.db.fetchval("SELECT count(*) FROM intake.observations")


def attempt(id_, revision, client):
    """An attempt whose values are of its revision; some of them no rate counts, and some are odd decimals."""
    return observed(
        id=str(id_),
        revision=revision,
        client=CLIENTS[client],
        task={"id": None, "title": f"A task of {client}"},
        active_seconds=0.1 * revision,
        limit_seconds=[None, 0.1, 60.0][revision % 3],
        reward=[None, {"micros": 5, "currency": "PHP"}][revision % 2],
        decided_on=[None, "2026-11-20"][revision % 2],
        timer=["focus", "import", "manual"][revision % 3],
        **({"pay_kind": "training", "cap_seconds": 9.5, "extension_version": "1.2.3"} if revision > 2 else {}),
    )


@pytest.fixture
async def twins(dsn, empty_dsn, tmp_path):
    """A database that moves its days out, and one that keeps them all."""
    await migrate.upgrade(empty_dsn)
    async with AsyncExitStack() as stack:
        bases = []
        for number, place in enumerate((dsn, empty_dsn)):
            db = await asyncpg.connect(place)
            stack.push_async_callback(db.close)
            bases.append(Base(db, MemoryStore(), tmp_path / str(number)))
        yield bases


async def look(one, other, people, today):
    """Compare everything that can be asked."""
    for number in people:
        assert await one.copy(number) == await other.copy(number)
        counted, expected = await one.counts(number), await other.counts(number)
        assert (counted.observations, counted.first_received_on) == (expected.observations, expected.first_received_on)
    for day in (today, today - timedelta(days=10)):
        assert (await one.exported(day)).equals(await other.exported(day))


@given(series=st.lists(OPERATIONS, max_size=25))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_any_series_is_the_same_with_past_days_in_files(twins, series):
    one, other = twins
    people = [next(_numbers) * 0x5851F42D4C957F2D % 2**63 for _ in range(PEOPLE)]
    ids = [UUID(hour_id(datetime.combine(FIRST + timedelta(days=day), time(9), UTC))) for day in ID_DAYS]
    for number in people:
        await one.enrol(number)
        await other.enrol(number)
    alive, today, model = set(people), FIRST, defaultdict(int)
    for name, *given_ in [*series, ("wait", 30), ("move", 2), ("look",)]:
        if name == "wait":
            today += timedelta(days=given_[0])
        elif name == "move":
            await one.move(today, file_rows=given_[0])
        elif name == "look":
            await look(one, other, people, today)
        elif name == "prune":
            assert await one.prune(today - KEEP) == await other.prune(today - KEEP)
            bound = partitions.lowest_id(today - KEEP)
            model = defaultdict(int, {key: last for key, last in model.items() if key[1] >= bound})
        elif name == "erase" and people[given_[0]] in alive:
            number = people[given_[0]]
            alive.remove(number)
            records = sum(person == number for person, _ in model)
            assert await one.erase(number) == await other.erase(number) == records
            model = defaultdict(int, {key: last for key, last in model.items() if key[0] != number})
            assert number not in (await one.exported(today))["contributor"]
        elif name == "send" and people[given_[0]] in alive:
            number, id_ = people[given_[0]], ids[given_[1]]
            if today < FIRST + timedelta(days=ID_DAYS[given_[1]]):
                continue
            status = await one.send(number, id_, *given_[2:], today)
            assert status == await other.send(number, id_, *given_[2:], today)
            last, revision = model[number, id_], given_[2]
            expected = "updated" if last else "accepted"
            assert status == [expected if revision > last else "duplicate" if revision == last else "stale"]
            model[number, id_] = max(last, revision)
    mine = [(number, UUID(row["id"]), row["revision"]) for number in people for row in (await one.copy(number))[0]]
    assert sorted(mine) == sorted((*key, last) for key, last in model.items() if last)


async def filled(*bases, people=5, days=30):
    """People with a few attempts a day, the same in each database; return their numbers and ids."""
    numbers = [1 << 40 | number for number in range(people)]
    ids = [UUID(hour_id(datetime.combine(FIRST + timedelta(days=day), time(9), UTC))) for day in range(days)]
    for base in bases:
        for number in numbers:
            await base.enrol(number)
        for day, id_ in enumerate(ids):
            for number in numbers:
                await base.send(number, id_, 1, (day + number) % 4, FIRST + timedelta(days=day))
    return numbers, ids


STEPS = ("named", "written", "deleted", "counted", "left", "manifest", "tidied")


class Crash(Exception):
    pass


@pytest.mark.parametrize("step", STEPS)
async def test_a_move_cut_short_at_any_step_loses_nothing_and_doubles_nothing(twins, dsn, step, tmp_path):
    one, other = twins
    people, ids = await filled(one, other, days=12)
    today = FIRST + timedelta(days=40)
    await one.move(FIRST + timedelta(days=12))
    for base in twins:
        await base.send(people[0], ids[0], 2, 3, today)
        await base.erase(people[1])

    crashed = await asyncpg.connect(dsn)

    def dies(done):
        if done == step:
            crashed.terminate()  # as the connection of a killed process
            raise Crash

    with pytest.raises((Crash, asyncpg.InterfaceError)):
        await Base(crashed, one.place, tmp_path / "crashed").move(today, file_rows=16, passed=dies)
    await look(one, other, people, today)
    await one.move(today, file_rows=16)
    await look(one, other, people, today)
    assert await one.rows() == 0
    counted = {file.name for file in await files.standing(one.db)}
    assert {name for name in objects.listed(one.place) if name.startswith("past/")} == counted


async def test_erased_rows_leave_the_files_with_the_next_publish(twins):
    one, other = twins
    people, _ = await filled(one, other, days=9)
    today = FIRST + timedelta(days=40)
    await one.move(today)
    for base in twins:
        await base.erase(people[0])
    await look(one, other, people, today)
    for file in await files.standing(one.db):
        assert people[0] not in files.read(one.place, file)["contributor"]
    for table in ("past_erased", "past_people", "moved_revisions"):
        column = "SELECT count(*) FROM intake." + table + " WHERE contributor = $1"
        assert await one.db.fetchval(column, people[0]) == 0


@pytest.mark.parametrize("spoil", ["missing", "cut short", "damaged"])
async def test_a_lost_file_is_named_and_nothing_is_published_or_moved(twins, tmp_path, spoil):
    one, _ = twins
    people, _ = await filled(one, days=8)
    one.place = LocalStore(tmp_path / "files", mkdir=True)
    today = FIRST + timedelta(days=40)
    await one.move(today)
    (file,) = (path for path in (tmp_path / "files" / "past").iterdir())
    whole = file.read_bytes()
    assert (await one.exported(today)).height == 40
    if spoil == "missing":
        file.unlink()
    else:
        file.write_bytes(whole[:-9] if spoil == "cut short" else bytes(len(whole)))
    with pytest.raises(LostRows, match=rf"is {spoil}: it is the only copy of 40 rows") as lost:
        await one.exported(today)  # though the segments of this publish are whole
    assert "\n" not in str(lost.value)
    with pytest.raises(LostRows):
        await one.copy(people[0])
    file.write_bytes(whole)  # as from a backup
    assert (await one.exported(today)).height == 40


async def test_a_foreign_file_is_logged_and_left_alone(twins, capsys):
    one, _ = twins
    await filled(one, days=9)
    objects.put(one.place, "past/another.parquet", b"not ours")
    await one.move(FIRST + timedelta(days=40))
    assert objects.got(one.place, "past/another.parquet") == b"not ours"


async def test_two_databases_on_one_place_are_refused_before_a_file_is_written(twins):
    one, other = twins
    await filled(one, other, days=9)
    today = FIRST + timedelta(days=40)
    await one.move(today)
    before = {name: objects.got(one.place, name) for name in objects.listed(one.place)}
    other.place = one.place
    for _ in range(2):
        with pytest.raises(BadSettings, match="belong to another database"):
            await other.move(today)
    assert {name: objects.got(one.place, name) for name in objects.listed(one.place)} == before


async def test_a_database_of_an_earlier_moment_is_refused_and_the_files_it_does_not_know_stay(twins):
    one, _ = twins
    await filled(one, days=9)
    number = await one.db.fetchval("SELECT number FROM intake.exports")
    await one.move(FIRST + timedelta(days=40))
    before = set(objects.listed(one.place))
    await one.db.execute("DELETE FROM intake.past_files")
    await one.db.execute("UPDATE intake.exports SET number = $1", number)
    with pytest.raises(BadSettings, match="restored to an earlier moment"):
        await one.move(FIRST + timedelta(days=40))
    assert set(objects.listed(one.place)) == before


async def test_what_comes_while_rows_leave_is_seen_and_the_move_is_tried_again(twins, dsn):
    one, other = twins
    people, ids = await filled(one, other, days=3)
    today = FIRST + timedelta(days=40)
    writer = Base(await asyncpg.connect(dsn), one.place, one.folder)
    waiting = []

    async def meanwhile():
        assert await writer.send(people[0], ids[0], 2, 3, today) == ["updated"]
        assert await writer.erase(people[1]) == 3

    mover = await moving.begun(one.db, one.place)
    taken = moving._taken

    async def taken_and_changed(*given_):
        found = await taken(*given_)
        if not waiting:
            waiting.append(True)
            await meanwhile()
        return found

    moving._taken = taken_and_changed
    try:
        await moving.move_out(mover, today, LIVE)
    finally:
        moving._taken = taken
    await other.send(people[0], ids[0], 2, 3, today)
    await other.erase(people[1])
    await look(one, other, people, today)
    await writer.db.close()


async def test_rows_that_change_at_every_try_stay_where_they_are(twins):
    one, _ = twins
    people, ids = await filled(one, days=2)
    mover = await moving.begun(one.db, one.place)
    taken, revision = moving._taken, iter(range(2, 100))

    async def taken_and_changed(*given_):
        found = await taken(*given_)
        await one.send(people[0], ids[0], next(revision), 1, FIRST)
        return found

    moving._taken = taken_and_changed
    try:
        with pytest.raises(Busy, match="keep changing"):
            await moving.move_out(mover, FIRST + timedelta(days=40), LIVE)
    finally:
        moving._taken = taken
    assert await files.standing(one.db) == []
    assert await one.rows() == 10 + moving.TRIES
