"""Debian's PgBouncer in front of the database, and servers that would not keep what they acknowledge."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from api.errors import CannotStart
from api.runtime.server import stored
from api.runtime.settings import Settings
from api.store.session import require_session

PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin") or "pgbouncer"
IGNORED = "extra_float_digits,synchronous_commit,timezone,application_name"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def pgbouncer(folder, dsn, mode, *, ignored=""):
    """PgBouncer in front of `dsn`: its own DSN."""
    port, name = free_port(), urlsplit(dsn).path.strip("/")
    folder.mkdir()
    ini = folder / "pgbouncer.ini"
    ini.write_text(
        f"[databases]\n{name} = host={parse_qs(urlsplit(dsn).query)['host'][0]} user=postgres\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n"
        + (f"ignore_startup_parameters = {ignored}\n" if ignored else "")
    )
    user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
    process = subprocess.Popen([PGBOUNCER, "-q", str(ini)], user=user, stderr=subprocess.DEVNULL, cwd="/")
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield f"postgresql://postgres@127.0.0.1:{port}/{name}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def open_folder(tmp_path):
    """A folder that PgBouncer's user may enter."""
    own = [folder for folder in tmp_path.parents if folder.name.startswith(("pytest-", "popen-"))]
    for folder in (tmp_path, *own):  # side by side, tests have one folder more
        folder.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("ignored", ["", IGNORED], ids=["as installed", "startup parameters ignored"])
async def test_a_pooler_that_keeps_no_sessions_is_refused_in_one_line(dsn, open_folder, mode, ignored):
    with (
        pgbouncer(open_folder / "pooler", dsn, mode, ignored=ignored) as pooled,
        pytest.raises(CannotStart, match="leads to a pooler") as refused,
    ):
        async with stored(Settings(data=open_folder, database_url=pooled)):
            pass
    assert "\n" not in str(refused.value)


async def test_a_pooler_that_keeps_sessions_works(dsn, open_folder):
    with pgbouncer(open_folder / "pooler", dsn, "session", ignored=IGNORED) as pooled:
        async with stored(Settings(data=open_folder, database_url=pooled)) as (_, pool):
            assert await pool.fetchval("SELECT count(*) FROM intake.observations") == 0


async def test_a_server_itself_is_taken(dsn):
    await require_session(dsn)


async def test_a_database_of_another_encoding_is_refused(postgres_dsn):
    db = await asyncpg.connect(postgres_dsn)
    await db.execute("CREATE DATABASE narrow TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    with pytest.raises(CannotStart, match="encoding is LATIN1"):
        await require_session(postgres_dsn.replace("/postgres?", "/narrow?"))
    await db.execute("DROP DATABASE narrow")
    await db.close()
