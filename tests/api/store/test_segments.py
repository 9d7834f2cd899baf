"""Rows leave PostgreSQL once; with segments or without, the answer is the same to the byte."""

from __future__ import annotations

import hashlib
import pickle
from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import msgspec
import numpy as np
import polars as pl
import pytest
from obstore.store import MemoryStore

from api.errors import BadSettings, DamagedSegment
from api.store import contributors, exports, migrate, objects, observations, segments
from api.store.binary import Reader, layout
from api.store.bulk import BulkRow, load
from api.store.export import SEGMENTS, export
from api.store.rows import named
from api.store.spread import PARTITION_OF_CLIENT, PARTITIONS
from tests.builders import NOW, observed

TODAY = NOW.date()
DAYS = [TODAY - timedelta(days=back) for back in (3, 2, 1)]


@pytest.fixture
async def db(pool):
    async with pool.acquire() as connection:
        yield connection


def rows(worker, count, **changes):
    return [BulkRow(worker, observed(**changes)) for _ in range(count)]


def of_clients(worker, count):
    """One row of each of so many clients."""
    return [BulkRow(worker, observed(client={"id": f"c-{number}", "name": None})) for number in range(count)]


async def print_of(db, folder, day=TODAY, place=None):
    """A fingerprint of what an export holds, in the order in which it comes."""
    folder.mkdir(exist_ok=True)
    frame = (await export(db, folder, day, place)).observations
    return hashlib.sha256(frame.write_csv().encode()).hexdigest(), frame.height


async def left(db, folder, day=TODAY, place=None):
    """How many rows had to leave PostgreSQL."""
    place = place or objects.place_of(None, folder / SEGMENTS)
    now = await exports.begin(db, segments.written_by(place))
    async with db.transaction(isolation="repeatable_read", readonly=True):
        return (await segments.taken(db, place, folder, day, now)).left


def files(folder):
    return set((folder / SEGMENTS).rglob("*.parquet"))


async def test_partitions_are_numbered_as_postgresql_numbers_its_own(db):
    await db.execute("CREATE TABLE spread (client_key bigint) PARTITION BY HASH (client_key)")
    keys = [0, 1, -1, 2**63 - 1, -(2**63), *np.random.default_rng(1).integers(-(2**63), 2**63 - 1, 3000).tolist()]
    told = await db.fetch(
        f"""
        SELECT {PARTITION_OF_CLIENT} AS ours, theirs FROM unnest($1::bigint[]) AS keys (client_key)
        JOIN generate_series(0, {PARTITIONS - 1}) AS theirs
            ON satisfies_hash_partition('spread'::regclass, {PARTITIONS}, theirs, client_key)
        """,
        keys,
    )
    assert len(told) == len(keys)
    assert all(row["ours"] == row["theirs"] for row in told)
    assert {row["ours"] for row in told} == set(range(PARTITIONS))


async def test_a_day_leaves_once(db, tmp_path):
    for number, day in enumerate(DAYS, start=1):
        await load(db, rows(uuid4(), number), day)
    assert await left(db, tmp_path) == 6
    assert await left(db, tmp_path) == 0
    await load(db, rows(uuid4(), 5), TODAY)
    assert await left(db, tmp_path) == 5


async def test_of_a_day_that_changed_only_the_partition_that_did_leaves_anew(db, tmp_path):
    await load(db, of_clients(uuid4(), 200), DAYS[0])
    assert await left(db, tmp_path) == 200
    await load(db, rows(uuid4(), 1), DAYS[0])
    assert 1 < await left(db, tmp_path) < 60
    assert len(files(tmp_path)) == PARTITIONS


async def test_every_partition_holds_its_own_clients_in_order(db, tmp_path):
    await load(db, [*of_clients(uuid4(), 100), *of_clients(uuid4(), 100)], DAYS[0])
    parts = list((await export(db, tmp_path, TODAY)).partitions())
    assert len(parts) == PARTITIONS
    clients = [set(part["client_key"]) for part in parts]
    assert sum(map(len, clients)) == len(set.union(*clients)) == 100
    for part in parts:
        order = part.select("client_key", "contributor")
        assert order.equals(order.sort("client_key", "contributor"))


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
    worker = await db.fetchval("SELECT contributor FROM intake.observations WHERE received_on = $1 LIMIT 1", DAYS[0])
    await contributors.erase(db, worker)
    await observations.erase(db, worker)
    before = files(tmp_path)
    assert (await print_of(db, tmp_path))[1] == 4
    assert len(before - files(tmp_path)) == 1


@pytest.mark.parametrize("spoil", ["cut", "missing", "index", "other bytes"])
async def test_damaged_or_missing_segments_leave_anew(db, tmp_path, spoil):
    await load(db, rows(uuid4(), 3), DAYS[0])
    whole = await print_of(db, tmp_path)
    (file,) = files(tmp_path)
    if spoil == "cut":
        file.write_bytes(file.read_bytes()[:-9])
    elif spoil == "missing":
        file.unlink()
    elif spoil == "index":
        (tmp_path / SEGMENTS / segments.INDEX).write_bytes(b"{")
    else:
        file.write_bytes(bytes(file.stat().st_size))
    assert await print_of(db, tmp_path) == whole
    assert await left(db, tmp_path) == 0


async def test_a_segment_spoilt_between_export_and_reading_is_told_and_then_made_anew(db, tmp_path):
    await load(db, rows(uuid4(), 3), DAYS[0])
    whole = await print_of(db, tmp_path)
    exported = await export(db, tmp_path, TODAY)
    (file,) = files(tmp_path)
    file.write_bytes(b"PAR1")
    with pytest.raises(DamagedSegment):
        list(exported.partitions())
    assert files(tmp_path) == set()
    assert await print_of(db, tmp_path) == whole


async def test_a_restored_copy_of_the_folder_is_as_good(db, tmp_path):
    await load(db, rows(uuid4(), 3), DAYS[0])
    assert await left(db, tmp_path) == 3
    for file in files(tmp_path):
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)
    assert await left(db, tmp_path) == 0


async def test_a_bucket_serves_as_a_folder_does(db, tmp_path):
    place = MemoryStore()
    objects.put(place, "somebody/elses.parquet", b"not ours")
    await load(db, of_clients(uuid4(), 40), DAYS[0])
    told = await print_of(db, tmp_path, place=place)
    assert told == await print_of(db, tmp_path)
    assert await left(db, tmp_path, place=place) == 0
    for name in [name for name in objects.listed(place) if name.startswith("0")]:
        objects.delete(place, [name])
    assert await print_of(db, tmp_path, place=place) == told
    await db.execute("DELETE FROM intake.observations")
    assert (await print_of(db, tmp_path, place=place))[1] == 0
    assert set(objects.listed(place)) == {"index.json", "somebody/elses.parquet"}


async def test_a_partition_is_read_the_same_in_another_process(db, tmp_path):
    await load(db, of_clients(uuid4(), 100), DAYS[0])
    parts = (await export(db, tmp_path, TODAY)).parts
    again = pickle.loads(pickle.dumps(parts))
    assert pl.concat(part.read() for part in again).equals(pl.concat(part.read() for part in parts))


async def test_equal_rows_have_equal_prints_however_they_left(db, tmp_path):
    await load(db, of_clients(uuid4(), 100), DAYS[0])
    first = (await export(db, tmp_path, TODAY)).parts
    await load(db, rows(uuid4(), 1), TODAY)
    second = (await export(db, tmp_path, TODAY)).parts
    changed = [one.number for one, other in zip(first, second, strict=True) if one.print != other.print]
    assert len(changed) == 1
    assert [part.print for part in (await export(db, tmp_path, DAYS[0])).parts] == [part.print for part in first]


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


async def everything_in(place):
    return {name: objects.got(place, name) for name in objects.listed(place)}


async def test_two_databases_on_one_prefix_are_refused_and_neither_loses_a_file(db, tmp_path, empty_dsn):
    await load(db, rows(uuid4(), 3), DAYS[0])
    place = MemoryStore()
    await left(db, tmp_path, place=place)
    before = await everything_in(place)
    await migrate.upgrade(empty_dsn)
    other = await asyncpg.connect(empty_dsn)
    await load(other, rows(uuid4(), 5), DAYS[0])
    with pytest.raises(BadSettings, match="belong to another database"):
        await left(other, tmp_path, place=place)
    await other.close()
    assert await everything_in(place) == before


async def test_a_database_restored_to_an_earlier_moment_is_refused_and_the_rows_it_lost_stay(db, tmp_path):
    await load(db, rows(uuid4(), 3), DAYS[0])
    place = MemoryStore()
    await left(db, tmp_path, place=place)
    backup = await db.fetchval("SELECT number FROM intake.exports")
    await load(db, rows(uuid4(), 40), DAYS[1])
    await left(db, tmp_path, place=place)
    before = await everything_in(place)
    await db.execute("DELETE FROM intake.observations WHERE received_on = $1", DAYS[1])
    await db.execute("UPDATE intake.exports SET number = $1", backup)
    for _ in range(3):  # night after night: trying again does not wear the refusal out
        with pytest.raises(BadSettings, match="restored to an earlier moment, and the segments hold rows that it lost"):
            await left(db, tmp_path, place=place)
    assert await everything_in(place) == before


async def test_an_export_that_was_numbered_and_never_written_is_no_alarm(db, tmp_path):
    await load(db, rows(uuid4(), 3), DAYS[0])
    assert await left(db, tmp_path) == 3
    await exports.begin(db, None)
    assert await left(db, tmp_path) == 0


FAULTS = {
    "an end that nobody saw": {"outcome": "abandoned"},
    "half the time as the only answer": {"timer": "manual"},
    "hours of open time": {"active_seconds": 14_400.0, "open_seconds": 14_400.0},
    "pay taken for none while pending": {"paid": {"micros": 0, "currency": "USD"}, "outcome": "approved"},
}


@pytest.mark.parametrize("changes", FAULTS.values(), ids=FAULTS.keys())
async def test_a_row_that_a_fault_of_an_early_extension_may_have_touched_counts_once_it_is_revised(
    db, tmp_path, changes
):
    worker, early = uuid4(), observed(**changes)
    await load(db, [BulkRow(worker, early), *rows(uuid4(), 2)], DAYS[0])
    assert await db.fetchval("SELECT count(*) FROM intake.observations") == 3
    assert (await print_of(db, tmp_path / "before"))[1] == 2
    looked_at = msgspec.structs.replace(early, revision=2, extension_version="0.2.0")
    await load(db, [BulkRow(worker, looked_at)], DAYS[1])
    assert (await print_of(db, tmp_path / "after"))[1] == 3


async def test_an_earlier_revision_that_no_fault_touched_counts_while_a_later_one_is_held(db, tmp_path):
    worker, clean = uuid4(), observed()
    await load(db, [BulkRow(worker, clean), *rows(uuid4(), 2)], DAYS[0])
    before = await print_of(db, tmp_path / "before")
    halved = msgspec.structs.replace(clean, revision=2, timer="manual", active_seconds=clean.active_seconds / 2)
    await load(db, [BulkRow(worker, halved)], DAYS[1])
    assert await db.fetchval("SELECT count(*) FROM intake.observations") == 4  # the later one stays stored
    assert await print_of(db, tmp_path / "held") == before
    looked_at = msgspec.structs.replace(halved, revision=3, extension_version="0.2.0")
    await load(db, [BulkRow(worker, looked_at)], DAYS[2])
    assert await print_of(db, tmp_path / "after") != before
