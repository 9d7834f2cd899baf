"""Homes as an operator runs them: a server for each on a folder of its own, one bucket, and a shipped proxy in front."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import asyncpg
import httpx

from api.errors import CannotStart
from api.runtime.postgres.supervisor import postgres
from api.store import measured
from benchmarks import nginx
from benchmarks.fault_servers import START_SECONDS, FaultServers, free_ports
from benchmarks.site import enrolled

CONFIGURATION = Path(__file__).parents[1] / "deploy" / "homes.nginx.conf"
NAMES = ("manila", "medellin")  # those of the shipped configuration; the first is the default home
EXAMPLES = ("10.0.0.11", "10.0.0.12")  # their addresses there


class Home(FaultServers):
    """One home's server; its commands know the home's name and the bucket."""

    def __init__(self, name: str, folder: Path, bucket: Path, postgres_bin: Path | None = None) -> None:
        super().__init__(folder / name, postgres_bin)
        self.name = name
        self.environment = {"TASKWAGE_HOME": name, "SEGMENTS_URL": bucket.as_uri(), "TASKWAGE_DIFFICULTY_BITS": "8"}

    @property
    def port(self) -> int:
        return int(self.urls[0].rpartition(":")[2])

    def export(self, day: date) -> tuple[str, ...]:
        """Return the command that writes this home's rows to the bucket."""
        return ("export", "--as-of", str(day), "--data", str(self.data))

    async def enrol(self, count: int, day: date) -> list[str]:
        """Enrol `count` contributors, and return their secrets."""
        with postgres(self.data / "postgres", self.postgres_bin) as dsn:
            return await enrolled(dsn, count, day, self.name)

    async def records(self) -> list[object]:
        """Return the id of every stored row."""
        with postgres(self.data / "postgres", self.postgres_bin) as dsn:
            db = await asyncpg.connect(dsn)
            try:
                return list(await measured.records(db))
            finally:
                await db.close()


class Proxy:
    """nginx with the shipped configuration, on loopback."""

    def __init__(self, folder: Path, homes: Sequence[Home]) -> None:
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        self._folder = folder / "proxy"
        self._folder.mkdir(parents=True)
        text = CONFIGURATION.read_text().replace("listen 8080;", f"listen 127.0.0.1:{port};")
        for example, home in zip(EXAMPLES, homes, strict=True):
            text = text.replace(f"{example}:8321", f"127.0.0.1:{home.port}")
        self._configuration = text
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, and wait until it answers.

        Raises:
            CannotStart: nginx is not installed, or ends at once.
        """
        words = nginx.command(self._folder, self._configuration)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)
        async with asyncio.timeout(START_SECONDS), httpx.AsyncClient(trust_env=False) as http:
            while self._process.poll() is None:
                with suppress(httpx.TransportError):
                    await http.get(f"{self.url}/healthz")
                    return
                await asyncio.sleep(0.05)
        raise CannotStart(f"nginx does not start; see {self._folder / 'log'}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(START_SECONDS)
