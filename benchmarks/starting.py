"""The embedded PostgreSQL: first start, warm start, stop, and processes left after a kill -9 of its program."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from api.runtime.postgres.supervisor import postgres
from benchmarks.figures import Figure, at_most, exactly

TIMES = 5
GONE_SECONDS = 10.0
HOLDER = """
import sys, time
from pathlib import Path
from api.runtime.postgres.supervisor import postgres
with postgres(Path(sys.argv[1])):
    print("up", flush=True)
    time.sleep(600)
"""


def starting(folder: Path) -> list[Figure]:
    """Measure the medians of some starts and stops."""
    firsts = [_once(folder / f"first {number}") for number in range(3)]
    warms = [_once(folder / "first 0") for _ in range(TIMES)]
    stops = [stop for _, stop in (*firsts, *warms)]
    return [
        Figure("embedded_first_start", statistics.median(up for up, _ in firsts), "s", "initdb included", at_most(1.5)),
        Figure("embedded_warm_start", statistics.median(up for up, _ in warms), "s", "", at_most(0.2)),
        Figure("embedded_stop", statistics.median(stops), "s", "with a checkpoint", at_most(0.2)),
        Figure(
            "embedded_left_behind", _left_behind(folder / "first 0"), "servers", "kill -9 of the program", exactly(0)
        ),
    ]


def _once(folder: Path) -> tuple[float, float]:
    begun = time.perf_counter()
    with postgres(folder):
        up = time.perf_counter()
    return up - begun, time.perf_counter() - up


def _left_behind(folder: Path) -> int:
    """Return the number of servers that still run some seconds after their program was killed."""
    program = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE)
    assert program.stdout is not None
    program.stdout.readline()
    server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    program.kill()
    program.wait()
    program.stdout.close()
    deadline = time.monotonic() + GONE_SECONDS
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.kill(server, 0)
            time.sleep(0.02)
        return 1
    return 0
