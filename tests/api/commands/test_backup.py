"""Everything into one file and back: the same rows, the same release, or a clear no."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import subprocess
import sys
import tarfile
from datetime import timedelta
from pathlib import Path

import asyncpg
import msgspec
import pytest
import zstandard

from analytics.model.policy import ARCHIVE, CROWD
from api.commands.backup import backup, restore
from api.errors import BadBackup, WrongNature
from api.publishing.publish import publish
from api.runtime import backup_file
from api.store import copies, database, migrate, nature
from api.store.bulk import load
from tests.builders import NOW, crowd, observation, overhead

ROOT = Path(__file__).parents[3]


def files_of(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


async def rows_of(dsn):
    """Every row of every table, as text, sorted."""
    db = await asyncpg.connect(dsn)
    found = {}
    for table in await copies.tables(db):
        out = io.BytesIO()
        await db.copy_from_query(f'SELECT * FROM intake."{table.name}"', output=out)
        found[table.name] = sorted(out.getvalue().splitlines())
    await db.close()
    return found


async def fill(site):
    """People, rows of both kinds, a used toll and two releases; returns a contributor's header."""
    async with site.pool.acquire() as db:
        await load(db, crowd(12), NOW.date())
    await publish(site.pool, site.settings, NOW - timedelta(days=1), CROWD)
    who = await site.enrol(country="PH")
    hostile = 'A "title",\twith\\everything\n=1+1 \u202e'
    await site.share(who, observation(task={"id": None, "title": hostile}), overheads=[overhead()])
    manifest = await publish(site.pool, site.settings, NOW, ARCHIVE)
    assert manifest.tables["client_rates"].rows
    return who


@pytest.fixture(scope="module")
def filled_once(prepare_site):
    return prepare_site(fill)


@pytest.fixture
def dsn(filled_once, tmp_path):
    """A copy of the filled database; `da ta` is the folder of `settings`."""
    with filled_once.copied(tmp_path / "da ta") as copy:
        yield copy


@pytest.fixture
async def filled(site, filled_once):
    """The filled site, served."""
    site.who = filled_once.value
    return site


@pytest.fixture
def elsewhere(settings, tmp_path, empty_dsn):
    return msgspec.structs.replace(settings, data=tmp_path / "fresh", database_url=empty_dsn)


async def test_what_is_restored_is_what_was_there_to_the_byte(filled, elsewhere, tmp_path, serving):
    target = tmp_path / "all.backup"
    head = await backup(filled.pool, filled.settings, target)
    assert head.rows["observations"] == 145
    assert target.stat().st_mode & 0o777 == 0o600
    await restore(elsewhere.database_url, elsewhere, target)
    assert await rows_of(elsewhere.database_url) == await rows_of(filled.settings.database_url)
    before = files_of(filled.settings.releases)
    assert files_of(elsewhere.releases) == before

    shutil.rmtree(elsewhere.releases / "2026-11-23-archive")
    pool = await database.connect(elsewhere.database_url, 3, 0)
    await publish(pool, elsewhere, NOW, ARCHIVE)
    await pool.close()
    assert files_of(elsewhere.releases) == before

    async with serving(elsewhere) as again:
        assert (await again.share(filled.who, observation()))[0]["status"] == "accepted"
        await again.enrol()  # numbers go on where they were
        assert len((await again.http.get("/v1/contributors/me/export", headers=filled.who)).json()["observations"]) == 2


async def test_a_backup_waits_for_nobody_and_takes_one_instant(filled, tmp_path):
    async with filled.pool.acquire() as db, db.transaction():
        await db.execute("DELETE FROM intake.overheads")  # not committed yet
        head = await backup(filled.pool, filled.settings, tmp_path / "all.backup")
    assert head.rows["overheads"] == 1


async def test_a_backup_overwrites_nothing(filled, tmp_path):
    target = tmp_path / "all.backup"
    target.write_text("something dear")
    with pytest.raises(BadBackup, match="exists already"):
        await backup(filled.pool, filled.settings, target)
    assert target.read_text() == "something dear"
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


async def test_nothing_is_restored_over_something(filled, elsewhere, tmp_path):
    await backup(filled.pool, filled.settings, tmp_path / "all.backup")
    with pytest.raises(BadBackup, match="holds releases"):
        await restore(elsewhere.database_url, filled.settings, tmp_path / "all.backup")
    with pytest.raises(BadBackup, match="holds rows"):
        await restore(filled.settings.database_url, elsewhere, tmp_path / "all.backup")


async def test_demo_data_is_not_restored_as_real(filled, elsewhere, tmp_path):
    await backup(filled.pool, filled.settings, tmp_path / "all.backup")
    with pytest.raises(WrongNature):
        await restore(
            elsewhere.database_url, msgspec.structs.replace(elsewhere, nature="demo"), tmp_path / "all.backup"
        )
    assert not elsewhere.releases.exists()


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9, 0.999])
async def test_a_backup_cut_short_restores_nothing_and_a_whole_one_still_does(filled, elsewhere, tmp_path, kept):
    whole, cut = tmp_path / "all.backup", tmp_path / "cut.backup"
    await backup(filled.pool, filled.settings, whole)
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * kept)])
    with pytest.raises(BadBackup):
        await restore(elsewhere.database_url, elsewhere, cut)
    assert not elsewhere.releases.exists()
    await restore(elsewhere.database_url, elsewhere, whole)
    assert files_of(elsewhere.releases) == files_of(filled.settings.releases)


async def test_a_changed_byte_is_found(filled, elsewhere, tmp_path):
    whole, changed = tmp_path / "all.backup", tmp_path / "changed.backup"
    await backup(filled.pool, filled.settings, whole)
    plain = zstandard.ZstdDecompressor().stream_reader(whole.read_bytes()).read()
    assert b"Label 12 photos" in plain
    changed.write_bytes(zstandard.compress(plain.replace(b"Label 12 photos", b"Label 99 photos")))
    with pytest.raises(BadBackup, match="damaged in tables/"):
        await restore(elsewhere.database_url, elsewhere, changed)


async def test_a_bit_flipped_anywhere_is_found_in_seconds_and_nothing_is_touched(filled, elsewhere, tmp_path):
    whole, changed = tmp_path / "all.backup", tmp_path / "changed.backup"
    await backup(filled.pool, filled.settings, whole)
    content = whole.read_bytes()
    spoilt = [content + b"junk", content[:-3]]
    for part in range(1, 12):
        flipped = bytearray(content)
        flipped[len(content) * part // 12] ^= 1
        spoilt.append(bytes(flipped))
    for one in spoilt:
        changed.write_bytes(one)
        with pytest.raises(BadBackup):
            await asyncio.wait_for(restore(elsewhere.database_url, elsewhere, changed), 60)
    db = await asyncpg.connect(elsewhere.database_url)
    assert await db.fetchval("SELECT to_regclass('intake.observations') IS NULL")
    await db.close()
    assert not elsewhere.releases.exists()


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "releases/../../outside", "unknown"])
async def test_a_part_never_leads_out_of_the_folder(elsewhere, tmp_path, name):
    content = b"harm"
    (tmp_path / "harm").write_bytes(content)
    head = backup_file.Head(1, migrate.newest(), "real", [], {}, {name: backup_file.part(tmp_path / "harm")})
    backup_file.write(tmp_path / "bad.backup", head, {name: tmp_path / "harm"})
    with pytest.raises(BadBackup):
        await restore(elsewhere.database_url, elsewhere, tmp_path / "bad.backup")
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path / "fresh" / "outside").exists()


def test_a_link_inside_a_backup_is_refused(tmp_path):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w|") as tar:
        head = msgspec.json.encode(backup_file.Head(1, "0001", "real", [], {}, {"releases/x": backup_file.Part(0, "")}))
        entry = tarfile.TarInfo("head.json")
        entry.size = len(head)
        tar.addfile(entry, io.BytesIO(head))
        link = tarfile.TarInfo("releases/x")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    (tmp_path / "link.backup").write_bytes(zstandard.compress(packed.getvalue()))
    with pytest.raises(BadBackup, match="unexpected file"), backup_file.opened(tmp_path / "link.backup") as (_, parts):
        list(parts)


@pytest.mark.parametrize(
    "content", [b"", b"no backup", zstandard.compress(b"no tar"), zstandard.compress(b"\0" * 10**6)]
)
def test_what_is_no_backup_is_said_to_be_none(tmp_path, content):
    (tmp_path / "odd").write_bytes(content)
    with pytest.raises(BadBackup), backup_file.opened(tmp_path / "odd") as (_, parts):
        list(parts)


async def test_a_table_added_later_is_never_forgotten(pool):
    async with pool.acquire() as db:
        await db.execute("CREATE TABLE intake.added (a int)")
        found = {table.name for table in await copies.tables(db)}
        await nature.claim(db, "real")
    assert {"added", "observations", "overheads", "contributors", "clients", "tasks", "keys", "nature"} <= found
    assert not [name for name in found if name.startswith(("enrolment_", "observations_"))]


def test_the_commands_say_what_they_did_and_end_with_2_on_a_bad_file(tmp_path, dsn, empty_dsn):
    def taskwage(url, *words):
        environment = {**os.environ, "DATABASE_URL": url, "TASKWAGE_DATA": str(tmp_path / "data")}
        done = subprocess.run(
            [sys.executable, "-m", "api", *words], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    (tmp_path / "data").mkdir()
    assert taskwage(dsn, "backup", str(tmp_path / "one"))[0] == 0
    code, told = taskwage(empty_dsn, "restore", str(tmp_path / "one"))
    assert (code, "Restored" in told) == (0, True), told
    assert taskwage(empty_dsn, "restore", str(tmp_path / "none"))[:1] == (2,)
    assert taskwage(dsn, "prune", "--json")[0] == 0
