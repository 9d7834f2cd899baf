"""A shard is added while people share: every row is there once, before, between and after, and a crash costs nothing."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from click.testing import CliRunner

from api.cli import cli
from api.errors import BadBackup
from api.jobs import shards as job
from api.jobs.backup import backup, restore
from api.jobs.prune import prune
from api.settings import Settings
from api.store import contributors, copying, database, layout, observations
from api.store.batcher import Batcher, Sending
from api.store.contributors import NewContributor
from api.store.places import Place
from api.store.routing import Routing
from api.store.rows import named
from tests.builders import NOW, hour_id, observed
from tests.cluster import TODAY

CONTENT = "SELECT id, revision, client_key, contributor, active_seconds FROM intake.observations ORDER BY id, revision"


def rows(who, count, hour=None):
    changes = {"id": hour_id(hour)} if hour else {}
    return [
        named(observed(client={"id": f"c-{uuid4()}", "name": None}, **(changes or {})), who, TODAY)
        for _ in range(count)
    ]


async def fill(pool, count=200):
    """A contributor with rows of two months and names; their number."""
    await contributors.enrol(pool, NewContributor(uuid4(), uuid4().bytes * 2, TODAY, None))
    who = await pool.fetchval("SELECT max(number) FROM intake.contributors")
    routing = Routing(pool)
    await routing.refresh()
    batcher = Batcher(pool, 10_000, routing)
    batcher.start()
    sent = [
        row for at in range(count // 2) for row in (*rows(who, 1), *rows(who, 1, NOW - timedelta(days=20 + at % 9)))
    ]
    stored = await batcher.store(Sending(who, sent, []))
    assert set(stored.observations) == {"accepted"}
    await batcher.close()
    await routing.close()
    return who


async def content(pool):
    return [tuple(row) for row in await pool.fetch(CONTENT)]


async def added(pool, dsn):
    return await job.add(pool, Place.of(dsn), TODAY, lambda _: None)


def spread_over(owners):
    return sorted(Counter(owners.values()).values())


async def test_the_only_server_hands_everything_to_its_first_shard(pool, new_shard):
    who = await fill(pool)
    before = await content(pool)
    unaware = Batcher(pool, 10_000)  # of a server that has not looked yet which shards there are
    unaware.start()
    (moved,) = await added(pool, await asyncio.to_thread(new_shard))
    assert (moved.partition, moved.rows) == (None, 200)
    assert await content(pool) == before
    async with pool.acquire() as db:
        assert (await observations.counts(db, who)).clients == 200
    late = rows(who, 30)
    assert set((await unaware.store(Sending(who, late, []))).observations) == {"accepted"}
    assert set((await unaware.store(Sending(who, late, []))).observations) == {"duplicate"}
    await unaware.close()
    await fill(pool)
    assert len(await content(pool)) == 430


async def test_a_third_shard_takes_its_share_and_every_row_stays(cluster, new_shard):
    await fill(cluster.pool, 400)
    before = await content(cluster.pool)
    moved = await added(cluster.pool, await asyncio.to_thread(new_shard))
    assert spread_over(await cluster.owners()) == [5, 5, 6]
    assert {one.partition for one in moved} == {p for p, shard in (await cluster.owners()).items() if shard == 3}
    assert await content(cluster.pool) == before
    for number in (1, 2):
        async with cluster.line(number) as db:
            assert await layout.here(db) == sorted(p for p, s in (await cluster.owners()).items() if s == number)
    assert await added(cluster.pool, (await job.listed(cluster.pool))[2].place and await place_of(cluster, 3)) == []


async def place_of(cluster, number):
    async with cluster.pool.acquire() as db:
        return (await job.shards.known(db))[number].dsn


async def test_people_share_while_partitions_move_and_nothing_is_lost_or_doubled(cluster, new_shard):
    who = await fill(cluster.pool, 100)
    batcher = Batcher(cluster.pool, 10_000, cluster.routing)
    batcher.start()
    waiting, receipted, is_over = rows(who, 50), [], False

    async def share():
        nonlocal waiting
        while waiting or not is_over:
            if not is_over:
                waiting += rows(who, 20)
            stored = await batcher.store(Sending(who, waiting, []))
            pairs = list(zip(waiting, stored.observations, strict=True))
            receipted.extend(item for item, status in pairs if status is not None)
            waiting = [item for item, status in pairs if status is None]
            await asyncio.sleep(0.005)

    sharing = asyncio.create_task(share())
    await added(cluster.pool, await asyncio.to_thread(new_shard))
    is_over = True
    await sharing
    await batcher.close()
    found = [row[0] for row in await content(cluster.pool)]
    assert len(found) == len(set(found)) == len(receipted) + 100
    assert {item.row.id for item in receipted} <= set(found)


POINTS = {
    "while rows are copied": (copying, "_copy", 3),
    "before the switch": (layout, "hand_over", 1),
    "after the switch, before the old rows are gone": (layout, "drop", 2),
}


@pytest.mark.parametrize("point", POINTS)
async def test_an_add_that_died_half_way_is_finished_by_running_it_again(cluster, new_shard, monkeypatch, point):
    await fill(cluster.pool, 200)
    before = await content(cluster.pool)
    place = await asyncio.to_thread(new_shard)
    module, name, after = POINTS[point]
    real, calls = getattr(module, name), []

    async def dies(*arguments):
        calls.append(1)
        if len(calls) > after:
            raise RuntimeError("killed")
        return await real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, dies)
        with pytest.raises((RuntimeError, ExceptionGroup)):
            await added(cluster.pool, place)
    assert await content(cluster.pool) == before
    await fill(cluster.pool, 40)
    between = await content(cluster.pool)
    await added(cluster.pool, place)
    assert await content(cluster.pool) == between
    assert spread_over(await cluster.owners()) == [5, 5, 6]
    owners = await cluster.owners()
    for number in (1, 2):
        async with cluster.line(number) as db:
            assert await layout.here(db) == sorted(p for p, shard in owners.items() if shard == number)


async def test_what_was_erased_while_a_copy_lay_about_comes_back_from_nowhere(cluster, new_shard, monkeypatch):
    who = await fill(cluster.pool, 100)
    place = await asyncio.to_thread(new_shard)

    async def dies(*arguments):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(layout, "hand_over", dies)
        with pytest.raises(RuntimeError):
            await added(cluster.pool, place)
    async with cluster.pool.acquire() as db, db.transaction():
        await contributors.erase(db, who)
        await observations.erase(db, who)
    await prune(cluster.pool, NOW)
    db = await asyncpg.connect(place)
    assert await layout.here(db) == []
    await db.close()
    await added(cluster.pool, place)
    assert await content(cluster.pool) == []


async def test_a_copy_that_is_not_the_same_is_never_switched_to(cluster, new_shard, monkeypatch):
    await fill(cluster.pool, 50)
    before = await cluster.owners()

    async def never(here, there):
        return None

    monkeypatch.setattr("api.store.moves.proved", never)
    with pytest.raises(job.moves.NotTheSame):
        await added(cluster.pool, await asyncio.to_thread(new_shard))
    assert await cluster.owners() == before


async def test_a_backup_of_shards_fills_a_single_server_with_the_same_rows(cluster, empty_dsn, tmp_path):
    await fill(cluster.pool, 60)
    await backup(cluster.pool, Settings(data=tmp_path / "here"), tmp_path / "all")
    there = Settings(data=tmp_path / "there", database_url=empty_dsn)
    head = await restore(empty_dsn, there, tmp_path / "all")
    assert head.months
    pool = await database.connect(empty_dsn, 3, 0)
    assert await content(pool) == await content(cluster.pool)
    await pool.close()
    with pytest.raises(BadBackup):
        await restore(cluster.dsn, Settings(data=tmp_path / "other"), tmp_path / "all")


def test_shares_are_even_and_a_shard_that_has_its_own_gets_nothing():
    owners = dict.fromkeys(range(16), 1)
    for number in (2, 3, 4, 5):
        for partition in job.share(owners, number):
            owners[partition] = number
        assert max(Counter(owners.values()).values()) - min(Counter(owners.values()).values()) <= 1
        assert job.share(owners, number) == []


def test_list_names_places_and_no_password(cluster, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", cluster.dsn)
    listed = json.loads(CliRunner().invoke(cli, ["shards", "list", "--json", "--data", str(tmp_path)]).stdout)
    assert [(one["shard"], len(one["partitions"]), one["answers"]) for one in listed] == [(1, 8, True), (2, 8, True)]
    told = CliRunner().invoke(cli, ["shards", "list", "--data", str(tmp_path)]).stdout
    assert "postgres@" not in told
    assert told.count("8 of 16 partitions") == 2


def test_shard_urls_and_migrate_make_a_cluster_and_add_makes_it_larger(dsn, new_shard, tmp_path, monkeypatch):
    def run(*words):
        done = CliRunner().invoke(cli, [*words, "--data", str(tmp_path)])
        assert done.exit_code == 0, done.output
        return done.stdout

    def shards():
        return [len(one["partitions"]) for one in json.loads(run("shards", "list", "--json"))]

    monkeypatch.setenv("DATABASE_URL", dsn)
    assert run("shards", "list") == "One server has everything.\n"
    monkeypatch.setenv("SHARD_URLS", f"{new_shard()},{new_shard()}")
    run("migrate")
    assert shards() == [8, 8]
    third = new_shard()
    assert run("shards", "add", third).count("the same count and hash on both") == 5
    assert sorted(shards()) == [5, 5, 6]
    assert "has its share already" in run("shards", "add", third)
    assert CliRunner().invoke(cli, ["shards", "add", "nowhere"]).exception is not None
