"""The server's commands as a person runs them: served, stopped, and one line where something is wrong."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from api.runtime.postgres.supervisor import postgres

ROOT = Path(__file__).parents[3]


def taskwage(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "api", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def served(data, *arguments):
    """A server in its own process, once it says where it serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve", "--port", "0", "--data", str(data), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    line = process.stdout.readline()
    assert "Taskwage serves http://" in line, line
    return process, line.split()[2]


def stopped(process, sign):
    process.send_signal(sign)
    told, _ = process.communicate(timeout=60)
    return process.returncode, told


def is_running(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_server_on_an_empty_folder_is_ready_and_stops_cleanly(tmp_path, sign):
    data = tmp_path / "a new folder"
    process, url = served(data)
    assert httpx.get(f"{url}/readyz", trust_env=False).json()["ready"]
    pid = int((data / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    code, told = stopped(process, sign)
    assert (code, "Traceback" in told) == (0, False)
    assert not is_running(pid)


def test_a_server_that_is_killed_takes_its_database_along_and_starts_again(tmp_path):
    process, _ = served(tmp_path)
    pid = int((tmp_path / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 30
    while is_running(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process, url = served(tmp_path)
    assert httpx.get(f"{url}/readyz", trust_env=False).status_code == 200
    assert stopped(process, signal.SIGTERM)[0] == 0


def test_a_release_is_published_beside_a_running_server(tmp_path):
    process, url = served(tmp_path)
    done = taskwage("publish", "--data", tmp_path, "--as-of", "2026-11-23")
    assert done.stdout.startswith("Release 2026-11-23 in ")
    assert httpx.get(f"{url}/v1/releases/2026-11-23", trust_env=False).json()["policy"] == "crowd"
    assert stopped(process, signal.SIGTERM)[0] == 0


def test_a_port_that_is_taken_is_one_line(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = taskwage("serve", "--port", other.getsockname()[1], "--data", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("taskwage: cannot listen on 127.0.0.1:")
    assert len(done.stderr.splitlines()) == 1


def test_a_database_that_is_not_there_is_one_line(tmp_path):
    done = taskwage("publish", "--data", tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert done.returncode == 2
    assert done.stderr.startswith("taskwage: PostgreSQL does not answer")
    assert len(done.stderr.splitlines()) == 1


def test_a_demo_database_is_not_served_as_real(tmp_path):
    assert taskwage("publish", "--data", tmp_path, TASKWAGE_NATURE="demo").returncode == 0
    done = taskwage("publish", "--data", tmp_path)
    assert done.returncode == 2
    assert "holds demo data" in done.stderr


@pytest.mark.parametrize("arguments", [
    ("publish", "--as-of", "yesterday"),
    ("publish", "--policy", "generous"),
    ("serve", "--port", "many"),
    ("serve", "--port", "70000"),
    ("migrate", "--to", "0001", "extra"),
    ("nonsense",),
])  # fmt: skip
def test_a_wrong_option_ends_with_code_2_and_no_traceback(arguments):
    done = taskwage(*arguments)
    assert done.returncode == 2
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_names_its_variable():
    done = taskwage("migrate", TASKWAGE_CONNECTIONS="lots")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert done.stderr.startswith("taskwage: TASKWAGE_CONNECTIONS: ")


def test_packs_are_checked():
    done = taskwage("packs", "check")
    assert done.returncode == 0
    assert "practice 1 stable" in done.stdout


def test_generated_files_are_checked():
    assert taskwage("generate", "--check").returncode == 0


def test_a_migration_goes_to_the_step_that_was_asked_for(tmp_path):
    assert taskwage("migrate", "--to", "0002", "--data", tmp_path).stdout == "The schema is at 0002.\n"
    assert taskwage("migrate", "--data", tmp_path).returncode == 0

    async def version(dsn):
        import asyncpg

        connection = await asyncpg.connect(dsn)
        found = await connection.fetchval("SELECT version_num FROM intake.alembic_version")
        await connection.close()
        return found

    with postgres(tmp_path / "postgres") as dsn:
        assert asyncio.run(version(dsn)) >= "0005"
