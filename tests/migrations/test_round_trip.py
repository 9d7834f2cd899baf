"""Every step forward, back and forward again ends in the same schema, on an empty and on a filled database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import asyncpg

from api.store import migrate
from api.store.bulk import BulkRow, load
from tests.builders import NOW, observed

ROOT = Path(__file__).parents[2]
SHAPE = """
SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = 'intake' ORDER BY table_name, ordinal_position
"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'intake' ORDER BY indexdef"


async def shape(dsn):
    connection = await asyncpg.connect(dsn)
    found = [[tuple(row) for row in await connection.fetch(query)] for query in (SHAPE, INDEXES)]
    await connection.close()
    return found


async def test_up_down_up_ends_in_the_same_schema(empty_dsn):
    await migrate.upgrade(empty_dsn)
    first = await shape(empty_dsn)
    await migrate.downgrade(empty_dsn, "base")
    assert {row[0] for row in (await shape(empty_dsn))[0]} == {"alembic_version"}
    await migrate.upgrade(empty_dsn)
    assert await shape(empty_dsn) == first


async def test_each_step_can_be_undone_alone(empty_dsn):
    for number in range(1, int(migrate.newest()) + 1):
        before = await shape(empty_dsn)
        await migrate.upgrade(empty_dsn, f"{number:04}")
        await migrate.downgrade(empty_dsn, "-1")
        if number > 1:
            assert await shape(empty_dsn) == before
        await migrate.upgrade(empty_dsn, f"{number:04}")


def test_several_processes_may_migrate_at_once(empty_dsn):
    environment = {**os.environ, "DATABASE_URL": empty_dsn}
    command = [sys.executable, "-m", "api", "migrate"]
    started = [subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) for _ in range(3)]
    for process in started:
        told, _ = process.communicate(timeout=60)
        assert (process.returncode, told) == (0, f"The schema is at {migrate.newest()}.\n".encode())


async def test_a_row_takes_no_byte_for_padding(dsn):
    """Columns go from wide to narrow: putting them in another order could only make a row longer. Those that were added
    later stand behind the texts."""
    connection = await asyncpg.connect(dsn)
    await load(connection, [BulkRow(uuid4(), observed())], NOW.date())
    sizes = await connection.fetch(
        "SELECT attname, attlen, attalign FROM pg_attribute WHERE attrelid = 'intake.observations'::regclass"
        " AND attnum > 0 ORDER BY attnum"
    )
    await connection.close()
    sizes = sizes[: [row["attlen"] < 0 for row in sizes].index(True)]
    alignments = [{b"d": 8, b"i": 4, b"s": 2, b"c": 1}[row["attalign"]] for row in sizes if row["attlen"] > 0]
    fixed = [(row["attlen"], alignment) for row, alignment in zip(sizes, alignments, strict=False)]
    offset = 0
    for length, alignment in fixed:
        assert offset % alignment == 0
        offset += length


def test_steps_are_numbered_without_a_gap():
    names = sorted(path.name for path in (ROOT / "migrations" / "versions").glob("0*.py"))
    assert [re.match(r"\d{4}", name)[0] for name in names] == [f"{n:04}" for n in range(1, len(names) + 1)]
