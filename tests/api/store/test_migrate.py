"""Steps on a database in use: rows survive the way back and forth, and a locked table stops nobody for long."""

from __future__ import annotations

import asyncpg
import pytest

from api.errors import CannotMigrate
from api.store import copies, migrate
from tests.builders import observation, overhead

FIRST_WHOLE = "0005"  # every table of raw rows is there; what came later may be taken back without losing a row
LATER_COLUMNS = {"observations": {"cap_seconds", "paid_seconds", "pay_kind", "extension_version"}}
KEPT = ("clients", "contributors", "keys", "nature", "observations", "overheads", "tasks")


async def rows_of(dsn):
    """Every raw row in the columns that were there from the first, as text, sorted."""
    db = await asyncpg.connect(dsn)
    known = {table.name for table in await copies.tables(db)}
    found = {}
    people = {row["number"]: str(row["id"]) for row in await db.fetch("SELECT number, id FROM intake.contributors")}
    for name in (table for table in KEPT if table in known):
        later = LATER_COLUMNS.get(name, set())
        rows = [dict(row) for row in await db.fetch(f"SELECT * FROM intake.{name}")]
        rows = [{key: row[key] for key in row if key not in later} for row in rows]
        for row in rows:  # numbers may change, and nobody's rows become another's
            row |= {key: people[row[key]] for key in ("contributor", "number") if key in row}
        found[name] = sorted(map(str, rows))
    await db.close()
    return found


async def test_rows_survive_every_later_step_back_and_forth(site):
    dsn = site.settings.database_url
    for _ in range(3):
        who = await site.enrol(country="PH")
        items = [observation() for _ in range(5)]
        await site.share(who, *items, items[0] | {"revision": 2, "outcome": "approved"}, overheads=[overhead()])
    before = await rows_of(dsn)
    assert len(before["observations"]) == 18
    await site.pool.expire_connections()
    await migrate.downgrade(dsn, FIRST_WHOLE)
    assert await rows_of(dsn) == before
    await migrate.upgrade(dsn)
    assert await rows_of(dsn) == before
    assert (await site.share(await site.enrol(), observation()))[0]["status"] == "accepted"


async def test_a_step_waits_five_seconds_for_a_lock_and_then_leaves_everything_as_it_was(dsn):
    """Longer, and every request behind it would wait as well."""
    await migrate.downgrade(dsn, FIRST_WHOLE)
    db = await asyncpg.connect(dsn)
    async with db.transaction():
        await db.execute("LOCK TABLE intake.alembic_version IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(CannotMigrate, match="nothing was changed"):
            await migrate.upgrade(dsn)
    assert await migrate.current(db) == FIRST_WHOLE
    await db.close()
    await migrate.upgrade(dsn)


async def test_a_reader_sees_how_large_things_are_and_no_private_table(site):
    await site.share(await site.enrol(), observation())
    db = await asyncpg.connect(site.settings.database_url)
    await db.execute("ANALYZE")
    await db.execute("SET ROLE taskwage_reader")
    volumes = {row["table_name"]: row["row_estimate"] for row in await db.fetch("SELECT * FROM published.volume")}
    assert volumes["observations"] == 1
    assert "keys" in volumes
    for name in volumes:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.fetch(f"SELECT * FROM intake.{name}")
    for statement in (
        "CREATE TABLE published.x (a int)",
        "CREATE TABLE public.x (a int)",
        "DROP VIEW published.volume",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await db.execute(statement)
    await db.close()


async def test_without_the_right_to_make_a_role_the_schema_is_made_all_the_same(empty_dsn):
    admin = await asyncpg.connect(empty_dsn)
    name = empty_dsn.partition("?")[0].rpartition("/")[2]
    await admin.execute("ALTER ROLE taskwage_reader RENAME TO taskwage_reader_aside")
    try:
        await admin.execute(f"CREATE ROLE modest LOGIN NOCREATEROLE; GRANT CREATE ON DATABASE {name} TO modest")
        await migrate.upgrade(empty_dsn.replace("//postgres@", "//modest@"))
        assert await admin.fetchval("SELECT count(*) FROM published.volume") > 5
        assert not await admin.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'taskwage_reader')")
    finally:
        await admin.execute("ALTER ROLE taskwage_reader_aside RENAME TO taskwage_reader")
        await admin.execute("DROP OWNED BY modest; DROP ROLE modest")
        await admin.close()
