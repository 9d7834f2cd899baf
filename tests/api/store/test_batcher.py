"""Many requests, few transactions: nothing lost, nobody told too early, a poisoned job hurts only itself."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from api.errors import DatabaseGone, Shedding, UnknownSecret
from api.store import contributors
from api.store.batcher import Batcher, Sending
from api.store.contributors import NewContributor
from api.store.rows import named
from tests.builders import NOW, observed

TODAY = NOW.date()


@pytest.fixture
async def who(pool):
    await contributors.enrol(pool, NewContributor(uuid4(), uuid4().bytes * 2, TODAY, None))
    return await pool.fetchval("SELECT max(number) FROM intake.contributors")


@pytest.fixture
async def batcher(pool):
    made = Batcher(pool, 1000)
    made.start()
    yield made
    await made.close()


def sending(who, count=1, **changes):
    return Sending(who, [named(observed(**changes), who, TODAY) for _ in range(count)], [])


async def count(pool):
    return await pool.fetchval("SELECT count(*) FROM intake.observations")


async def test_what_waits_is_stored_together(pool, who, monkeypatch):
    transactions = []
    real = contributors.hold

    async def counted(db, numbers):
        transactions.append(len(numbers))
        return await real(db, numbers)

    monkeypatch.setattr(contributors, "hold", counted)
    batcher = Batcher(pool, 10_000)
    waiting = [asyncio.create_task(batcher.store(sending(who, 5))) for _ in range(100)]
    await asyncio.sleep(0)
    batcher.start()
    stored = await asyncio.gather(*waiting)
    await batcher.close()
    assert all(each.observations == ["accepted"] * 5 for each in stored)
    assert await count(pool) == 500
    assert len(transactions) <= 3


async def test_closing_stores_all_that_waits_and_lets_nothing_more_in(pool, who):
    batcher = Batcher(pool, 1000)
    waiting = asyncio.create_task(batcher.store(sending(who, 3)))
    await asyncio.sleep(0)
    batcher.start()
    await batcher.close()
    assert (await waiting).observations == ["accepted"] * 3
    with pytest.raises(Shedding):
        await batcher.store(sending(who))


async def test_a_full_queue_turns_away_and_empties_again(pool, who):
    batcher = Batcher(pool, 10)
    waiting = asyncio.create_task(batcher.store(sending(who, 8)))
    await asyncio.sleep(0)
    with pytest.raises(Shedding):
        await batcher.store(sending(who, 3))
    batcher.start()
    await waiting
    assert batcher.waiting_rows == 0
    assert (await batcher.store(sending(who, 3))).observations == ["accepted"] * 3
    await batcher.close()


async def test_a_poisoned_job_hurts_only_itself(batcher, pool, who):
    good, bad = sending(who, 2), sending(who, 1)
    poisoned = bad.observations[0]
    bad = Sending(who, [poisoned._replace(row=poisoned.row._replace(currency="TOO LONG"))], [])
    answers = await asyncio.gather(
        *(batcher.store(each) for each in (good, bad, sending(who, 2))), return_exceptions=True
    )
    assert [type(answer).__name__ for answer in answers] == ["Stored", "StringDataRightTruncationError", "Stored"]
    assert await count(pool) == 4


async def test_a_caller_that_went_away_is_stored_all_the_same(batcher, pool, who):
    asked = asyncio.create_task(batcher.store(sending(who)))
    await asyncio.sleep(0)
    asked.cancel()
    assert (await batcher.store(sending(who))).observations == ["accepted"]
    assert await count(pool) == 2


async def test_the_erased_are_told_and_their_neighbours_are_stored(batcher, pool, who):
    answers = await asyncio.gather(
        batcher.store(sending(who)), batcher.store(sending(who + 1000)), return_exceptions=True
    )
    assert answers[0].observations == ["accepted"]
    assert isinstance(answers[1], UnknownSecret)
    assert await count(pool) == 1


async def test_a_database_that_went_away_is_said_and_comes_back(batcher, pool, who, monkeypatch):
    async def gone(db, numbers):
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(contributors, "hold", gone)
        with pytest.raises(DatabaseGone):
            await batcher.store(sending(who))
    assert (await batcher.store(sending(who))).observations == ["accepted"]


async def test_two_batchers_on_one_database_store_each_item_once(pool, who):
    batchers = [Batcher(pool, 10_000) for _ in range(2)]
    shared = [sending(who, 10, client={"id": f"c-{n}", "name": None}) for n in range(20)]
    for batcher in batchers:
        batcher.start()
    answers = await asyncio.gather(*(batcher.store(each) for each in shared for batcher in batchers))
    for batcher in batchers:
        await batcher.close()
    statuses = [status for answer in answers for status in answer.observations]
    assert sorted(set(statuses)) == ["accepted", "duplicate"]
    assert statuses.count("accepted") == await count(pool) == 200
