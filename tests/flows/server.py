"""A server in its own process that a test can kill, and whose clock and database it can look into."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from api.publishing.publish import RELEASE_SECRET
from api.runtime.postgres.supervisor import postgres
from api.store import migrate

HERE = Path(__file__).parent
READY_SECONDS = 60
FIX_SECRET = f"""
INSERT INTO intake.keys (name, secret) VALUES ('{RELEASE_SECRET}', decode('{bytes(range(32)).hex()}', 'hex'))
ON CONFLICT DO NOTHING
"""  # borders of bands are drawn from it: by chance, twelve people are a number on some machines and a band on others
Answer = TypeVar("Answer")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def apart(work: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """Runs a coroutine in a thread of its own: the browser's driver already runs a loop in this one."""
    answers: list[Answer] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(asyncio.run(work()))
        except BaseException as failure:  # noqa: BLE001 - handed to the test below
            failures.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return answers[0]


@cache
def migrated_folder() -> Path:
    """A data folder with a migrated database, made once: servers that begin empty begin with a copy."""
    folder = Path(tempfile.mkdtemp(prefix="migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with postgres(folder / "postgres") as dsn:
        apart(lambda: migrate.upgrade(dsn))
    (folder / "postgres" / "socket").unlink()  # each copy makes one of its own
    return folder


@dataclass
class Server:
    """`start`, `kill` (-9) and `stop` it; turn its clock; publish; ask its database."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    @property
    def data(self) -> Path:
        return self.folder / "its data"

    def now(self) -> datetime:
        return datetime.fromisoformat(self.clock.read_text())

    def turn(self, instant: datetime) -> None:
        partial = self.folder / "clock.next"
        partial.write_text(instant.isoformat())
        partial.rename(self.clock)

    def start(self) -> None:
        if not self.data.exists():
            subprocess.run(["cp", "-a", str(migrated_folder()), str(self.data)], check=True)  # owners stay
        command = [
            sys.executable,
            str(HERE / "clocked_server.py"),
            str(self.clock),
            str(self.data),
            str(self.port),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE.parents[1])
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == self.url

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self._reap()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        code = self.process.wait(READY_SECONDS)
        self.process.stdout.close()
        self.process = None
        return code

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What the database answers; the running server's own PostgreSQL is joined."""

        async def ask(dsn: str) -> list[dict[str, Any]]:
            connection = await asyncpg.connect(dsn)
            try:
                return [dict(row) for row in await connection.fetch(query)]
            finally:
                await connection.close()

        with postgres(self.data / "postgres") as dsn:
            return apart(lambda: ask(dsn))

    def publish(self, day: date | None = None) -> str:
        """A crowd release as of `day`, through the command that a scheduler would run."""
        day = day or self.now().date()
        self.rows(FIX_SECRET)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "api",
                "publish",
                "--data",
                str(self.data),
                "--as-of",
                day.isoformat(),
                "--json",
            ],
            cwd=HERE.parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
