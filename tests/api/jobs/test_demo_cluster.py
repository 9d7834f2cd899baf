"""The demo of several servers in small, and what it leaves behind when it is told to stop: nothing that runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from analytics import release
from api.cli import cli
from api.jobs import demo_cluster

HERE = Path(__file__).parents[3]
IN_SMALL = ["--contributors", "20", "--days", "16"]


@pytest.fixture
def in_small(monkeypatch):
    """One kill, seconds of load, and no Ray (its own tests are in test_ray_engine)."""

    async def the_same(pool, settings, as_of):
        return release.current(settings.releases)

    monkeypatch.setattr(demo_cluster, "KILLS", 1)
    monkeypatch.setattr(demo_cluster, "LOAD_SECONDS", 0.3)
    monkeypatch.setattr(demo_cluster, "published_by_ray", the_same)


def test_every_receipted_row_is_there_once_after_a_shard_was_killed(tmp_path, in_small):
    done = CliRunner().invoke(cli, ["demo-cluster", "--data", str(tmp_path / "de mo"), *IN_SMALL])
    assert done.exit_code == 0, done.output
    assert "shard 1 killed" in done.output
    assert "rows 0 are lost" in done.output
    assert "rows 0 are there twice" in done.output
    assert "FAILED" not in done.output
    assert all(not is_running(file) for file in tmp_path.rglob("postmaster.pid"))


def test_a_check_that_does_not_hold_is_the_exit_code(tmp_path, monkeypatch):
    async def show(plan, checks, **more):
        checks("2 and 2 are 4", holds=True)
        checks("all rows are there", holds=False)

    monkeypatch.setattr(demo_cluster, "_show", show)
    done = CliRunner().invoke(cli, ["demo-cluster", "--data", str(tmp_path)])
    assert done.exit_code == 1
    assert "FAILED all rows are there" in done.output


def test_told_to_stop_it_stops_everything(tmp_path):
    command = [sys.executable, "-m", "api", "demo-cluster", "--data", str(tmp_path / "demo")]
    process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    servers = [tmp_path / "demo" / place / "data" / "postmaster.pid" for place in ("postgres", "shards/1", "shards/2")]
    deadline = time.monotonic() + 60
    while not all(is_running(file) for file in servers) and time.monotonic() < deadline:
        time.sleep(0.05)
    pids = [int(file.read_text().split()[0]) for file in servers]
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 1
    assert not any(is_alive(pid) for pid in pids)


def is_running(file: Path) -> bool:
    try:
        return is_alive(int(file.read_text().split()[0]))
    except (OSError, ValueError, IndexError):
        return False


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
