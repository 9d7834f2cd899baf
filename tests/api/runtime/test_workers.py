"""Several processes on one database: all answer, a dead one is replaced, none outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 60


@pytest.fixture
def parent(tmp_path):
    command = [sys.executable, "-m", "api", "serve", "--workers", "2", "--port", "0", "--data", str(tmp_path / "da ta")]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    process.url = process.stdout.readline().split()[2]
    yield process
    if process.poll() is None:
        process.terminate()
    process.wait(PATIENCE_SECONDS)
    process.stdout.close()


def workers(parent):
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
    return {int(pid) for pid in children if b"api.runtime.workers" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def until(what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def answers(parent):
    try:
        return httpx.get(f"{parent.url}/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_a_worker_that_is_killed_is_replaced_and_all_go_when_told(parent):
    first = workers(parent)
    assert len(first) == 2
    until(lambda: answers(parent))
    victim = min(first)
    os.kill(victim, signal.SIGKILL)
    until(lambda: len(workers(parent) - {victim}) == 2)
    until(lambda: answers(parent))
    crew = workers(parent)
    parent.terminate()
    assert parent.wait(PATIENCE_SECONDS) == 0
    assert not any(is_alive(pid) for pid in crew)


def test_workers_do_not_outlive_a_parent_that_is_killed(parent):
    until(lambda: answers(parent))
    crew = workers(parent)
    parent.kill()
    parent.wait(PATIENCE_SECONDS)
    until(lambda: not any(is_alive(pid) for pid in crew))
