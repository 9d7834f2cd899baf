"""Imports by staging: once is enough, and what was imported leaves as the frame the estimator reads."""

from __future__ import annotations

from uuid import UUID, uuid4

import polars as pl

from analytics.model.observations import PAID_TIME, RAW
from api.store.bulk import BulkCounts, BulkRow, load
from api.store.export import export
from tests.builders import NOW, observed

TODAY = NOW.date()


def rows(count, worker):
    return [
        BulkRow(worker, observed(task={"id": None, "title": f"Task {'abc'[n % 3]}"}, outcome="approved"))
        for n in range(count)
    ]


async def test_the_same_file_again_adds_nothing(pool):
    found = rows(30, uuid4())
    async with pool.acquire() as db:
        assert await load(db, found, TODAY) == BulkCounts(30, 30, 0)
        assert await load(db, found, TODAY) == BulkCounts(30, 0, 30)
        assert await load(db, [*found[:5], *rows(2, uuid4())], TODAY) == BulkCounts(7, 2, 5)
        assert await db.fetchval("SELECT count(*) FROM intake.contributors WHERE secret_hash IS NULL") == 2


async def test_nothing_is_a_load_too(pool):
    async with pool.acquire() as db:
        assert await load(db, [], TODAY) == BulkCounts(0, 0, 0)


async def test_raw_rows_leave_in_the_estimators_shape(pool, tmp_path):
    worker = UUID(int=5)
    kept = observed(
        paid={"micros": 120_000, "currency": "USD"},
        outcome="paid",
        decided_on="2026-11-22",
        active_seconds=0.1,
        estimate_seconds=120.5,
    )
    async with pool.acquire() as db:
        await load(db, [BulkRow(worker, kept), *rows(3, uuid4())], TODAY)
        exported = await export(db, tmp_path, TODAY)
    frame = exported.observations
    assert dict(frame.schema) == RAW | PAID_TIME
    (row,) = frame.filter(pl.col("outcome") == "paid").to_dicts()
    assert row["platform"] == "practice"
    assert (row["origin"], row["country"], row["reward_per"], row["units"]) == ("archive", None, "task", 1)
    assert (row["reward_micros"], row["paid_micros"], row["currency"]) == (350_000, 120_000, "USD")
    assert (row["active_seconds"], row["estimate_seconds"], row["limit_seconds"]) == (0.1, 120.5, 3600.0)
    assert row["claimed_hour"] == kept.claimed_hour
    assert (row["decided_on"], row["received_on"]) == (kept.decided_on, TODAY)
    # the folded forms: a spelling is published only as five counted people sent it
    assert sorted(exported.around.tasks["title"]) == ["label 0 photos", "task a", "task b", "task c"]
    assert exported.around.clients["client_name"].to_list() == [None]  # a ruling of the operator, if there is one
    assert [left.name for left in tmp_path.iterdir()] == ["segments"]


async def test_only_the_highest_revision_leaves(pool, tmp_path):
    worker = uuid4()
    first = observed()
    later = [observed(id=str(first.id), revision=n, outcome=outcome) for n, outcome in ((3, "paid"), (2, "rejected"))]
    async with pool.acquire() as db:
        for item in (first, *later):
            await load(db, [BulkRow(worker, item)], TODAY)
        exported = await export(db, tmp_path, TODAY)
    assert exported.observations["outcome"].to_list() == ["paid"]


async def test_an_empty_database_leaves_as_an_empty_frame(pool, tmp_path):
    async with pool.acquire() as db:
        exported = await export(db, tmp_path, TODAY)
    assert exported.observations.is_empty()
    assert dict(exported.observations.schema) == RAW | PAID_TIME


async def test_texts_that_look_like_csv_survive(pool, tmp_path):
    title = 'a "quoted", line\nand another; NULL'
    async with pool.acquire() as db:
        await load(db, [BulkRow(uuid4(), observed(task={"id": "", "title": title} | {"id": None}))], TODAY)
        exported = await export(db, tmp_path, TODAY)
        spelled = await db.fetchval("SELECT title FROM intake.words")
    assert spelled == title
    assert exported.around.tasks["title"].to_list() == ['a "quoted", line and another; null']
    assert exported.around.tasks["task_id"].to_list() == [None]
