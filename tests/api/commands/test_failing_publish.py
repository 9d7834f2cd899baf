"""A publish that meets a full disk or loses PostgreSQL ends with code 2 and one line: thing, problem, action."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from analytics.commands.full_disk import LINE, is_full_disk
from analytics.commands.main import main
from analytics.release import repository
from api.commands.main import cli
from api.errors import TaskwageError
from api.runtime.postgres.supervisor import held
from api.store import migrate
from api.store.bulk import load
from tests.builders import NOW, crowd

PUBLISH = ["publish", "--policy", "archive", "--as-of", "2026-11-23", "--data"]
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


async def filled(dsn, people=6):
    db = await asyncpg.connect(dsn)
    try:
        await load(db, crowd(people), NOW.date())
    finally:
        await db.close()


@contextmanager
def files_of_at_most(size):
    """The kernel refuses to let this process write beyond `size` bytes in a file, as a full disk would."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture
def command(monkeypatch, capsys, dsn):
    """Run a command as the console script does; return its code and what it says on stderr."""
    monkeypatch.setenv("DATABASE_URL", dsn)

    def ended(*words):
        monkeypatch.setattr(sys, "argv", ["taskwage", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main(cli, (TaskwageError,))
        return end.value.code, capsys.readouterr().err.splitlines()

    return ended


@pytest.mark.parametrize("size", [10, 1_000, 4_000, 60_000], ids=["copy", "copy on the way", "spool", "release"])
def test_a_disk_that_fills_during_a_publish_is_said_in_one_line(command, dsn, tmp_path, size):
    asyncio.run(filled(dsn))
    with files_of_at_most(size):
        assert command(*PUBLISH, tmp_path) == (2, [f"taskwage: {LINE}"])
    assert list(repository.whole(tmp_path / "releases")) == []
    assert command(*PUBLISH, tmp_path) == (0, [])  # there is room again
    assert len(list(repository.whole(tmp_path / "releases"))) == 1


def test_a_backup_onto_a_full_disk_is_said_in_one_line(command, dsn, tmp_path):
    asyncio.run(filled(dsn))
    with files_of_at_most(1_000):
        assert command("backup", tmp_path / "file", "--data", tmp_path) == (2, [f"taskwage: {LINE}"])


def test_a_publish_that_loses_postgresql_says_what_to_do(tmp_path):
    with held(tmp_path / "post gres") as server:
        asyncio.run(migrate.upgrade(server.dsn))
        ended = asyncio.run(interrupted(server.dsn, tmp_path))
    code, errors = ended
    assert code == 2
    (line,) = errors.splitlines()
    assert line.startswith("taskwage: PostgreSQL does not answer (")
    assert line.endswith("): check that it runs and that its disk has room, then run the command again")


async def interrupted(dsn, folder):
    """Kill PostgreSQL while a publish waits for a table; return the code and the errors of the publish."""
    db = await asyncpg.connect(dsn)
    await db.execute("BEGIN")
    await db.execute("LOCK TABLE intake.observations IN ACCESS EXCLUSIVE MODE")
    environment = {**os.environ, "DATABASE_URL": dsn}
    publish = subprocess.Popen(
        [sys.executable, "-m", "api", *PUBLISH, str(folder / "data")],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(120):
            while await db.fetchval(WAITS) == 0:
                assert publish.poll() is None, publish.communicate()
                await asyncio.sleep(0.02)
        os.kill(int((folder / "post gres" / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        _, errors = await asyncio.to_thread(publish.communicate)
    finally:
        publish.kill()
        db.terminate()
    return publish.returncode, errors


def test_a_full_disk_is_recognised_behind_other_failures():
    behind = RuntimeError("a library failed")
    behind.__context__ = OSError(errno.ENOSPC, "No space left on device")
    assert is_full_disk(behind)
    assert is_full_disk(ExceptionGroup("several", [ValueError("one"), OSError(errno.EDQUOT, "Quota exceeded")]))
    assert is_full_disk(RuntimeError("No space left on device (os error 28)"))
    assert not is_full_disk(OSError(errno.ENOENT, "No such file", str(Path("/nowhere"))))
