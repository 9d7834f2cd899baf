"""Two servers on one folder and their publisher, each a process that may be killed at any moment."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx

from api.errors import CannotStart
from api.runtime.server import POSTGRES
from benchmarks.site import FREE

START_SECONDS = 60.0
STEP_SECONDS = 0.05
LAST_LINES = 12


class FaultServers:
    """The first server always runs; the second joins it in some rounds. Whichever runs PostgreSQL is its owner."""

    def __init__(self, data: Path, postgres_bin: Path | None = None) -> None:
        self.data, self.postgres_bin = data, postgres_bin
        self.environment: dict[str, str] = {}  # further settings of every process
        self.log = data.with_name(f"{data.name}.log")
        self.servers: list[subprocess.Popen[bytes] | None] = [None, None]
        self.publisher: subprocess.Popen[bytes] | None = None
        self._ports = free_ports(len(self.servers))

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self._ports]

    def start(self, which: int) -> None:
        """Start one server on its port."""
        self.servers[which] = self.run("serve", "--port", str(self._ports[which]), "--data", str(self.data))

    def runs(self, which: int) -> bool:
        process = self.servers[which]
        return process is not None and process.poll() is None

    async def ready(self, which: int) -> None:
        """Wait until one server answers that requests may be sent to it."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if await self.is_ready(which):
                return
            await asyncio.sleep(STEP_SECONDS)
        raise CannotStart(f"the server does not become ready; see {self.log}")

    async def is_ready(self, which: int) -> bool:
        """Return whether one server answers that requests may be sent to it."""
        async with httpx.AsyncClient(trust_env=False) as http:
            with suppress(httpx.TransportError):
                return (await http.get(f"{self.urls[which]}/readyz")).status_code == httpx.codes.OK
        return False

    def publish(self) -> None:
        """Start a publisher, unless one runs."""
        if self.publisher is None or self.publisher.poll() is not None:
            self.publisher = self.run("publish", "--data", str(self.data))

    async def done(self, *words: str) -> None:
        """Run a command to its end.

        Raises:
            CannotStart: It failed; the log says why.
        """
        if await asyncio.to_thread(self.run(*words).wait) != 0:
            raise CannotStart(f"taskwage {words[0]} failed; see {self.log}")

    def run(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command."""
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= FREE | self.environment
        if self.postgres_bin is not None:
            environment["TASKWAGE_POSTGRES_BIN"] = str(self.postgres_bin)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "api", *words], env=environment, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def postmaster(self) -> int | None:
        """The process id of PostgreSQL, or None if it does not run."""
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.data / POSTGRES / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, 0)
            return pid
        return None

    def owner(self) -> subprocess.Popen[bytes] | None:
        """Return the server whose child PostgreSQL is (found on Linux), or the first that runs."""
        running = [one for one in self.servers if one is not None and one.poll() is None]
        with suppress(OSError, IndexError):
            status = Path(f"/proc/{self.postmaster}/stat").read_text()
            parent = int(status.rpartition(")")[2].split()[1])
            running.sort(key=lambda one: one.pid != parent)
        return running[0] if running else None

    def backend(self) -> int | None:
        """Return one of PostgreSQL's processes that serve a connection (found on Linux)."""
        children = Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children")
        found = []
        with suppress(OSError):
            for pid in children.read_text().split():
                with suppress(OSError):
                    if b"[local]" in Path(f"/proc/{pid}/cmdline").read_bytes():
                        found.append(int(pid))
        return random.choice(found) if found else None

    def last_words(self) -> str:
        """Return the end of the servers' log and of PostgreSQL's."""
        logs = (self.log, self.data / POSTGRES / "log")
        lines = [log.read_text(errors="replace").splitlines()[-LAST_LINES:] for log in logs if log.exists()]
        return " / ".join(line for part in lines for line in part)

    def stop(self) -> None:
        """Stop the publisher, then each server."""
        running = [one for one in (self.publisher, *self.servers) if one is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        for process in running:
            process.wait(START_SECONDS)


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
