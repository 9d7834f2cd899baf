"""One record is (contributor, id): whatever comes in whatever order, its highest revision counts, once, everywhere."""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.store import contributors, history, migrate, observations, standing
from api.store.batcher import Batcher, Sending
from api.store.contributors import NewContributor
from api.store.export import export
from api.store.moved_records import Revision, by_partition, halves
from api.store.rows import named
from tests.builders import HOUR, NOW, hour_id, observation, observed

FIRST = NOW.date()
CLIENTS = [None, *({"id": f"c-{number}", "name": None} for number in range(6))]
SENT = st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(1, 6), st.integers(0, 6), st.integers(0, 2))


async def enrolled(pool, country=None):
    return await contributors.enrol(pool, NewContributor(uuid4(), uuid4().bytes * 2, FIRST, country))


def item(id_, revision, client):
    """An attempt whose active seconds tell its revision, under a title of its client."""
    words = {"client": CLIENTS[client], "task": {"id": None, "title": f"A task of {client}"}}
    return observed(id=str(id_), revision=revision, active_seconds=float(revision), **words)


@given(sent=st.lists(SENT, max_size=24), cuts=st.sets(st.integers(1, 23)))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_series_of_revisions_ends_as_the_model_says(pool, sent, cuts):
    """Two people who share ids; clients that change and hide; re-sends; batches cut anywhere, over three days."""
    people, ids = [await enrolled(pool) for _ in range(2)], [UUID(hour_id()) for _ in range(4)]
    sent = sorted(sent, key=lambda one: one[4])  # by day of arrival
    model = Model()
    batcher = Batcher(pool, 1000)
    batcher.start()
    batch = []
    for at, (person, id_, revision, client, day) in enumerate(sent):
        batch.append((people[person], ids[id_], revision, client, FIRST + timedelta(days=day)))
        last = at + 1 == len(sent)
        if last or at in cuts or sent[at + 1][4] != day:
            for contributor in people:
                own = [one for one in batch if one[0] == contributor]
                if not own:
                    continue
                rows = [named(item(*one[1:4]), contributor, one[4]) for one in own]
                stored = await batcher.store(Sending(contributor, rows, []))
                assert stored.observations == [model.take(*one) for one in own]
            batch = []
    await batcher.close()
    await matches(pool, people, model)


async def matches(pool, people, model):
    """Exports of every day, own copies, standings and erasures are what the model says."""
    async with pool.acquire() as db:
        with tempfile.TemporaryDirectory() as folder:
            for day in (FIRST + timedelta(days=days) for days in range(3)):
                rows = (await export(db, Path(folder), day)).observations.filter(pl.col("contributor").is_in(people))
                found = sorted(rows.select("contributor", "client_key", "active_seconds", "received_on").rows())
                assert found == model.known_on(day)
        for person in people:
            mine = model.of(person)
            copy = io.BytesIO()
            async with db.transaction():
                await history.write_json(history.Source(db, person), uuid4(), copy)
            own = json.loads(copy.getvalue())["observations"]
            assert {UUID(row["id"]): row["revision"] for row in own} == {id_: last[0] for id_, last in mine.items()}
            assert len(own) == len(mine)
            counts = await standing.counts(db, person)
            assert (counts.observations, counts.clients) == (len(mine), len({last[1] for last in mine.values()}))
        for person in people:
            assert await observations.erase(db, person) == len(model.of(person))
        left = "SELECT count(*) FROM intake.moved_records WHERE contributor = ANY($1::bigint[])"
        assert await db.fetchval(left, people) == 0


class Model:
    """What is kept, in the plainest way: every revision that was stored, by record."""

    def __init__(self):
        self.kept = defaultdict(list)  # (contributor, id) -> [(revision, client key, day)]

    def take(self, contributor, id_, revision, client, day):
        parts = self.kept[contributor, id_]
        highest = max((part[0] for part in parts), default=None)
        status = (
            "accepted" if highest is None
            else "updated" if revision > highest
            else "duplicate" if revision == highest
            else "stale"
        )  # fmt: skip
        if status in ("accepted", "updated"):
            parts.append((revision, named(item(id_, revision, client), contributor, day).row.client_key, day))
        return status

    def known_on(self, day):
        found = []
        for (contributor, _), parts in self.kept.items():
            known = [part for part in parts if part[2] <= day]
            if known:
                revision, client_key, _ = max(known)
                found.append((contributor, client_key, float(revision), min(part[2] for part in known)))
        return sorted(found)

    def of(self, contributor):
        return {id_: max(parts)[:2] for (person, id_), parts in self.kept.items() if person == contributor and parts}


async def test_forty_attempts_that_change_their_client_are_forty_records(site):
    who = await site.enrol()
    items = [observation(client={"id": f"a-{number}", "name": None}) for number in range(40)]
    await site.share(who, *items)
    await site.share(who, *(one | {"revision": 2, "client": {"id": "b", "name": None}} for one in items))
    own = (await site.http.get("/v1/contributors/me/export", headers=who)).json()["observations"]
    assert len(own) == 40
    assert {row["client_id"] for row in own} == {"b"}
    standing = (await site.http.get("/v1/contributors/me", headers=who)).json()
    assert (standing["observations"], standing["clients"]) == (40, 1)
    assert (await site.http.delete("/v1/contributors/me", headers=who)).json()["observations"] == 40


async def test_the_same_id_of_another_contributor_is_another_record(site):
    mine, yours = await site.enrol(), await site.enrol()
    one = observation()
    receipts = await site.share(mine, one) + await site.share(yours, one, one | {"revision": 2, "outcome": "rejected"})
    assert [receipt["status"] for receipt in receipts] == ["accepted", "accepted", "updated"]
    (own,) = (await site.http.get("/v1/contributors/me/export", headers=mine)).json()["observations"]
    assert own["outcome"] == "submitted"


async def test_revisions_at_two_clients_that_race_are_one_record(pool):
    """Twelve batchers, as of twelve processes, store one revision each of the same records at the same moment."""
    person = await enrolled(pool)
    ids = [UUID(hour_id()) for _ in range(5)]
    batchers = [Batcher(pool, 1000) for _ in range(12)]
    for batcher in batchers:
        batcher.start()
    await asyncio.gather(*(
        batcher.store(Sending(person, [named(item(id_, number + 1, number % 6), person, FIRST) for id_ in ids], []))
        for number, batcher in enumerate(batchers)
    ))  # fmt: skip
    for batcher in batchers:
        await batcher.close()
    async with pool.acquire() as db:
        with tempfile.TemporaryDirectory() as folder:
            rows = (await export(db, Path(folder), FIRST)).observations
    assert rows["active_seconds"].to_list() == [12.0] * 5


async def test_numbers_of_contributors_are_random_and_large(pool):
    numbers = [await enrolled(pool) for _ in range(20)]
    assert len({number >> 43 for number in numbers}) > 10
    assert all(0 <= number < 2**63 for number in numbers)
    assert numbers != sorted(numbers)


async def test_records_that_changed_their_client_before_the_step_are_found_by_it(pool, dsn):
    await enrolled(pool)
    id_ = UUID(hour_id())
    await pool.close()
    await migrate.downgrade(dsn, "0016")
    db = await asyncpg.connect(dsn)
    person = await db.fetchval("SELECT number FROM intake.contributors")  # small again
    for revision, client in ((1, 1), (2, 2), (3, 3)):
        one = named(item(id_, revision, client), person, FIRST)
        await observations.name(db, [one.client], [one.task])
        await observations.copy(db, [one.row])
    await db.close()
    await migrate.upgrade(dsn)
    db = await asyncpg.connect(dsn)
    with tempfile.TemporaryDirectory() as folder:
        rows = (await export(db, Path(folder), FIRST)).observations
    assert rows["active_seconds"].to_list() == [3.0]
    await db.close()


def test_a_record_counts_at_its_last_client_and_from_its_first_day():
    id_ = UUID(hour_id(HOUR))
    parts = [Revision(7, id_, 1, 11, 100, 0), Revision(7, id_, 2, 22, 105, 3), Revision(7, id_, 3, 11, 109, 0)]
    told = by_partition(parts)
    assert told[0] == ((7, *halves(id_), 11, 100, True),)
    assert told[3] == ((7, *halves(id_), 22, 100, False),)


@pytest.mark.parametrize("text", ["00000000-0000-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"])
def test_an_id_is_halved_as_rows_hold_it(text):
    high, low = halves(UUID(text))
    assert (high & (2**64 - 1)) << 64 | (low & (2**64 - 1)) == UUID(text).int
