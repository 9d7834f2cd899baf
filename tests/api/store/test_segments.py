"""Rows leave PostgreSQL once; with segments or without, the answer is the same to the byte."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from uuid import uuid4

import numpy as np
import pytest

from api.store import contributors, observations, segments
from api.store.binary import Reader, layout
from api.store.bulk import BulkRow, load
from api.store.export import SEGMENTS, export
from api.store.rows import named
from tests.builders import NOW, observed

TODAY = NOW.date()
DAYS = [TODAY - timedelta(days=back) for back in (3, 2, 1)]


@pytest.fixture
async def db(pool):
    async with pool.acquire() as connection:
        yield connection


def rows(worker, count, **changes):
    return [BulkRow(worker, observed(**changes)) for _ in range(count)]


async def print_of(db, folder, day=TODAY):
    """A fingerprint of what an export holds, whatever the order of its rows."""
    folder.mkdir(exist_ok=True)
    exported = await export(db, folder, day)
    frame = exported.observations.sort(exported.observations.columns)
    return hashlib.sha256(frame.write_csv().encode()).hexdigest(), frame.height


async def left(db, folder, day=TODAY):
    """How many rows had to leave PostgreSQL."""
    async with db.transaction(isolation="repeatable_read", readonly=True):
        return (await segments.latest(db, folder / SEGMENTS, day)).left


async def test_a_day_leaves_once(db, tmp_path):
    for number, day in enumerate(DAYS, start=1):
        await load(db, rows(uuid4(), number), day)
    assert await left(db, tmp_path) == 6
    assert await left(db, tmp_path) == 0
    await load(db, rows(uuid4(), 5), TODAY)
    assert await left(db, tmp_path) == 5


async def test_segments_change_no_byte_of_the_answer(db, tmp_path):
    first = observed(estimate_seconds=0.1, reward={"micros": 5, "currency": "PHP"}, outcome="submitted")
    await load(db, [BulkRow(uuid4(), first), *rows(uuid4(), 20, reward=None, client=None)], DAYS[0])
    kept = await print_of(db, tmp_path / "kept")
    worker = await db.fetchval("SELECT contributor FROM intake.observations WHERE id = $1", first.id)
    later = observed(
        id=str(first.id), revision=2, outcome="paid", decided_on="2026-11-22", reward={"micros": 5, "currency": "PHP"}
    )
    async with db.transaction():
        assert await observations.store(db, [named(later, worker, DAYS[2]).row]) == ["updated"]
    now = await print_of(db, tmp_path / "kept")
    assert now == await print_of(db, tmp_path / "new")
    assert now != kept
    assert (now[1], kept[1]) == (21, 21)
    assert await print_of(db, tmp_path / "kept", DAYS[1]) == kept
    (row,) = (await export(db, tmp_path / "kept", TODAY)).observations.filter(outcome="paid").to_dicts()
    assert (row["received_on"], row["currency"], row["decided_on"]) == (DAYS[0], "PHP", date(2026, 11, 22))


async def test_the_erased_are_gone_from_the_segments_too(db, tmp_path):
    await load(db, rows(uuid4(), 3), DAYS[0])
    await load(db, rows(uuid4(), 4), DAYS[1])
    await print_of(db, tmp_path)
    worker = await db.fetchval("SELECT min(contributor) FROM intake.observations")
    await contributors.erase(db, worker)
    await observations.erase(db, worker)
    before = set((tmp_path / SEGMENTS).iterdir())
    assert (await print_of(db, tmp_path))[1] == 4
    assert len(before - set((tmp_path / SEGMENTS).iterdir())) == 1


async def test_damaged_or_missing_segments_leave_anew(db, tmp_path):
    await load(db, rows(uuid4(), 3), DAYS[0])
    whole = await print_of(db, tmp_path)
    folder = tmp_path / SEGMENTS
    for spoil in ("cut", "missing", "index"):
        (file,) = folder.glob("*.parquet")
        if spoil == "cut":
            file.write_bytes(file.read_bytes()[:-9])
        elif spoil == "missing":
            file.unlink()
        else:
            (folder / segments.INDEX).write_bytes(b"{")
        assert await print_of(db, tmp_path) == whole


def test_a_stream_that_is_no_table_of_fixed_width_is_not_read():
    record = layout({"number": [("number", ">i4")]})
    row = np.array([(1, 4, 7)], record).tobytes()
    got = []
    for broken in (b"", row[:-1], row + b"\0", b"\0" * 19 + row):
        reader = Reader(record, 10, got.append)
        reader._held += broken
        reader._to_skip = 0
        with pytest.raises(ValueError, match="fixed width"):
            reader.close()
    assert got == []


async def test_a_stream_may_come_in_any_pieces():
    record = layout({"number": [("number", ">i4")]})
    stream = b"\0" * 19 + np.array([(1, 4, number) for number in range(7)], record).tobytes() + b"\xff\xff"
    for size in (1, 3, 19, 1000):
        got = []
        reader = Reader(record, 3, lambda block, got=got: got.extend(block["number"].tolist()))
        for at in range(0, len(stream), size):
            await reader.take(stream[at : at + size])
        reader.close()
        assert got == list(range(7))
