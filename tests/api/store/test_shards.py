"""Rows on several servers: each on its own, all seen from the coordinator, none twice, none refused for a neighbour."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from api.errors import BadSettings, CannotStart, DatabaseGone
from api.store import contributors, history, joining, layout, observations, partitions, shard, shards
from api.store.batcher import Batcher, Sending
from api.store.places import Place, Places
from api.store.routing import MOVING
from api.store.rows import named, overhead_row
from api.store.spread import PARTITION_OF_CLIENT, PARTITIONS
from tests.builders import observed, unpaid
from tests.cluster import TODAY, places

BELONGS = f"""
SELECT count(*) FROM intake.observations
WHERE NOT satisfies_hash_partition('intake.observations'::regclass, {PARTITIONS}, ({PARTITION_OF_CLIENT})::int, client_key)
"""


def rows(who, count, **changes):
    """So many attempts, each at a client of its own."""
    return [named(observed(client={"id": f"c-{uuid4()}", "name": None}, **changes), who, TODAY) for _ in range(count)]


@pytest.fixture
async def batcher(cluster):
    made = Batcher(cluster.pool, 10_000, cluster.routing)
    made.start()
    yield made
    await made.close()


async def test_every_row_goes_to_the_shard_that_has_its_partition(cluster, batcher):
    who = await cluster.enrol()
    stored = await batcher.store(Sending(who, rows(who, 100), [overhead_row(unpaid(), who, TODAY)]))
    assert stored == (["accepted"] * 100, ["accepted"])
    counts = [await cluster.rows(1), await cluster.rows(2)]
    assert sum(counts) == await cluster.rows() == 100
    assert min(counts) > 20
    for number in (1, 2):
        async with cluster.line(number) as db:
            assert await db.fetchval(BELONGS) == 0
            assert sorted(await layout.here(db)) == [
                one for one in range(16) if (await cluster.owners())[one] == number
            ]


async def test_the_partition_that_postgresql_tells_is_the_one_it_would_put_the_row_in(cluster, batcher):
    who = await cluster.enrol()
    sent = rows(who, 200)
    await batcher.store(Sending(who, sent, []))
    async with cluster.pool.acquire() as db:
        told = await cluster.routing._partitions_of(db, {item.row.client_key for item in sent})
    found = await cluster.pool.fetch("SELECT client_key, tableoid::regclass::text AS place FROM intake.observations")
    assert {row["client_key"]: row["place"] for row in found} == {
        key: f"intake.observations_p{number:02}" for key, number in told.items()
    }


async def test_the_same_batch_again_doubles_nothing_and_a_revision_is_an_update(cluster, batcher):
    who = await cluster.enrol()
    sent = rows(who, 30)
    await batcher.store(Sending(who, sent, []))
    assert set((await batcher.store(Sending(who, sent, []))).observations) == {"duplicate"}
    newer = [item._replace(row=item.row._replace(revision=2)) for item in sent]
    assert set((await batcher.store(Sending(who, newer, []))).observations) == {"updated"}
    assert set((await batcher.store(Sending(who, sent, []))).observations) == {"stale"}
    assert await cluster.rows() == 60


async def test_what_a_contributor_asks_is_answered_by_all_shards_and_erased_on_all(cluster, batcher):
    who, other = await cluster.enrol(), await cluster.enrol()
    await batcher.store(Sending(who, rows(who, 40), [overhead_row(unpaid(), who, TODAY)]))
    await batcher.store(Sending(other, rows(other, 10), []))
    async with cluster.pool.acquire() as db:
        counts = await observations.counts(db, who)
        assert (counts.observations, counts.clients, counts.active_days) == (40, 40, 1)
        own = await history.of(db, who)
        assert (len(own.observations), len(own.overheads)) == (40, 1)
        assert {row["title"] for row in own.observations} == {"Label 12 photos"}
        async with db.transaction():
            await contributors.erase(db, who)
            assert await observations.erase(db, who) == 40
    assert await cluster.rows() == 10
    assert await cluster.rows(1) + await cluster.rows(2) == 10


async def test_half_a_batch_is_receipted_and_sending_it_again_heals_it(cluster, batcher, monkeypatch):
    who = await cluster.enrol()
    sent = rows(who, 60)
    lost = cluster.routing.shards[0]

    async def gone(named):
        raise DatabaseGone

    with monkeypatch.context() as patch:
        patch.setattr(lost, "_stored", gone)
        first = await batcher.store(Sending(who, sent, []))
    assert set(first.observations) == {"accepted", None}
    assert await cluster.rows(1) == 0
    assert await cluster.rows(2) == first.observations.count("accepted")
    lost.is_up = True
    again = await batcher.store(Sending(who, sent, []))
    assert [{"accepted": "duplicate", None: "accepted"}[status] for status in first.observations] == again.observations
    assert await cluster.rows() == 60


async def test_an_answer_that_is_lost_after_the_commit_is_a_duplicate_when_sent_again(cluster, batcher, monkeypatch):
    who = await cluster.enrol()
    sent = rows(who, 40)
    unlucky = cluster.routing.shards[1]
    real = unlucky._stored

    async def stored_and_lost(named):
        await real(named)
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(unlucky, "_stored", stored_and_lost)
        first = await batcher.store(Sending(who, sent, []))
    assert None in first.observations
    assert await cluster.rows() == 40
    unlucky.is_up = True
    assert set((await batcher.store(Sending(who, sent, []))).observations) == {"duplicate"}
    assert await cluster.rows() == 40


async def test_a_shard_that_does_not_answer_is_left_alone_until_it_does(cluster, batcher, monkeypatch):
    monkeypatch.setattr(shard, "ASK_AGAIN_SECONDS", 0.02)
    away = cluster.routing.shards[0]
    asked = []

    async def no_pool():
        asked.append(1)
        raise ConnectionRefusedError

    who = await cluster.enrol()
    with monkeypatch.context() as patch:
        patch.setattr(away, "pool", no_pool)
        assert None in (await batcher.store(Sending(who, rows(who, 20), []))).observations
        tries = len(asked)
        assert not away.is_up
        assert None in (await batcher.store(Sending(who, rows(who, 20), []))).observations
        await asyncio.sleep(0.1)
        assert len(asked) > tries
    async with asyncio.timeout(10):
        while not away.is_up:
            await asyncio.sleep(0.01)
    assert None not in (await batcher.store(Sending(who, rows(who, 20), []))).observations


async def test_a_partition_on_its_way_is_for_later_and_its_neighbours_are_stored(cluster, batcher):
    who = await cluster.enrol()
    sent = rows(who, 80)
    async with cluster.pool.acquire() as db:
        told = await cluster.routing._partitions_of(db, {item.row.client_key for item in sent})
        await db.execute("SELECT pg_advisory_lock($1, 3)", MOVING)
        stored = await batcher.store(Sending(who, sent, []))
        await db.execute("SELECT pg_advisory_unlock($1, 3)", MOVING)
    assert [status is None for status in stored.observations] == [told[item.row.client_key] == 3 for item in sent]


async def test_a_poisoned_job_hurts_only_itself_on_shards_too(cluster, batcher):
    who = await cluster.enrol()
    good, (bad,) = rows(who, 20), rows(who, 1)
    bad = bad._replace(row=bad.row._replace(currency="TOO LONG"))
    answers = await asyncio.gather(
        batcher.store(Sending(who, good, [])), batcher.store(Sending(who, [bad], [])), return_exceptions=True
    )
    assert set(answers[0].observations) <= {"accepted", "duplicate"}
    assert isinstance(answers[1], asyncpg.StringDataRightTruncationError)
    assert await cluster.rows() == 20


async def test_a_shard_never_takes_rows_of_a_partition_that_is_not_its_own(cluster):
    who = await cluster.enrol()
    owners = await cluster.owners()
    async with cluster.pool.acquire() as db:
        sent = rows(who, 40)
        told = await cluster.routing._partitions_of(db, {item.row.client_key for item in sent})
    strangers = [item.row for item in sent if owners[told[item.row.client_key]] == 2]
    async with cluster.line(1) as db:
        with pytest.raises(asyncpg.CheckViolationError):
            await observations.store(db, strangers)


async def test_an_id_at_two_clients_is_never_receipted_for_a_row_that_is_not_there(pool, dsn):
    await contributors.enrol(pool, contributors.NewContributor(uuid4(), uuid4().bytes * 2, TODAY, None))
    who = await pool.fetchval("SELECT max(number) FROM intake.contributors")
    (first,), (second,) = rows(who, 1), rows(who, 1)
    second = second._replace(row=second.row._replace(id=first.row.id))
    async with pool.acquire() as db:
        assert await observations.store(db, [first.row]) == ["accepted"]
        with pytest.raises(asyncpg.UniqueViolationError):
            await observations.store(db, [second.row])
        assert await observations.store(db, [second.row], careful=True) == ["duplicate"]
        stranger = second.row._replace(contributor=who + 1)
        assert await observations.store(db, [stranger], careful=True) == ["not_yours"]
        both = rows(who, 1)[0].row
        assert await observations.store(db, [both, both._replace(client_key=1)], careful=True) == [
            "accepted",
            "duplicate",
        ]
    assert await pool.fetchval("SELECT count(*) FROM intake.observations") == 2


async def test_months_are_made_on_every_shard_and_none_on_the_coordinator(cluster):
    async with cluster.pool.acquire() as db:
        assert await partitions.roots(db) == []
    for number in (1, 2):
        async with cluster.line(number) as db:
            for root in await partitions.roots(db):
                assert len(await partitions.months(db, root)) == partitions.MONTHS_AHEAD + 1


async def test_a_new_login_is_taken_over_and_shows_nowhere(cluster):
    secret = "s'e\\cr@t:/?"
    async with cluster.pool.acquire() as db:
        before = (await shards.known(db))[1]
        place = Place(before.host, before.port, before.database, "postgres", secret, before.options)
        await shards.introduce(db, 1, place)
        assert (await shards.known(db))[1] == place
        assert Place.of(place.dsn) == place
        assert await db.fetchval("SELECT count(*) FROM intake.observations") == 0
    assert secret not in f"{place!r} {place} {Places((place,))!r}"


async def test_a_database_of_somebody_else_becomes_no_shard(cluster, new_shard):
    dsn = await asyncio.to_thread(new_shard)
    stranger = await asyncpg.connect(dsn)
    await shards.join(stranger, uuid4(), 5)
    await stranger.close()
    async with cluster.pool.acquire() as db:
        with pytest.raises(CannotStart, match="a shard of another"):
            await joining.enlisted(db, Place.of(dsn))
        with pytest.raises(CannotStart, match="a server of its own"):
            await joining.enlisted(db, Place.of(cluster.dsn))


async def test_rows_on_one_server_are_not_left_behind_by_setting_shard_urls(pool, dsn):
    await contributors.enrol(pool, contributors.NewContributor(uuid4(), uuid4().bytes * 2, TODAY, None))
    async with pool.acquire() as db:
        (one,) = rows(1, 1)
        await observations.name(db, [one.client], [one.task])
    with pytest.raises(CannotStart, match="taskwage shards add"):
        await joining.joined(dsn, places(["postgresql://nobody@127.0.0.1:1/nothing"]), TODAY)


@pytest.mark.parametrize(
    "url", ["", "http://x/y", "postgresql:///d", "postgresql://h", "postgresql://u:p@h:port/d", "nonsense"]
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url):
    with pytest.raises(BadSettings) as refused:
        Place.of(url)
    assert url == "" or url not in str(refused.value)
