"""Several processes that serve one database on one port: `taskwage serve --workers N`.

This process holds PostgreSQL and reserves the port; each worker listens on it (SO_REUSEPORT), so the system distributes
connections. A worker that dies is replaced. If this process dies, even by kill -9, the workers' input closes; they
answer open requests and end.

Run as `python -m api.runtime.workers`, it is one worker with its settings in the environment.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvloop

from api.errors import CannotStart
from api.runtime import logs, metrics
from api.runtime.allocator import collect_rarely
from api.runtime.clock import SystemClock
from api.runtime.server import listening, migrated, running, told_to_stop
from api.runtime.settings import OTHER_NAMES, PREFIX, Settings

READY = b"ready\n"
START_SECONDS = 60.0
STOP_SECONDS = 30.0  # longer than a worker's time limit for open requests
AGAIN_SECONDS = 1.0  # between a worker's death and its successor: a broken one must not spin


@asynccontextmanager
async def working(settings: Settings, count: int) -> AsyncIterator[tuple[str, str]]:
    """Run `count` workers on `settings.host` and `settings.port` (0: any free one).

    Yield their address and the database's.

    Raises:
        CannotStart: The port is taken, the database cannot be reached, or no worker starts.
    """
    with listening(settings, shared=True) as kept:
        async with migrated(settings, SystemClock().now().date(), is_lasting=True) as dsn:
            host, port = kept.getsockname()[:2]
            environment = _environment(settings, dsn, port)
            crew = [asyncio.create_task(_keep_one(environment)) for _ in range(count)]
            try:
                await _first_ready(host, port)
                yield f"http://{f'[{host}]' if ':' in host else host}:{port}", dsn
            finally:
                for task in crew:
                    task.cancel()
                await asyncio.gather(*crew, return_exceptions=True)


def _environment(settings: Settings, dsn: str, port: int) -> dict[str, str]:
    """Return a worker's environment: the current one with the database's address and the port."""
    counts = settings.data / "metrics"  # of all workers, added up by the one that is asked
    shutil.rmtree(counts, ignore_errors=True)
    counts.mkdir(parents=True)
    own = {"host": settings.host, "port": str(port), "data": str(settings.data), "nature": settings.nature}
    own |= {"home": settings.home} if settings.home else {}
    told = {PREFIX + name.upper(): value for name, value in own.items()}
    return {**os.environ, **told, OTHER_NAMES["database_url"]: dsn, "PROMETHEUS_MULTIPROC_DIR": str(counts)}


async def _keep_one(environment: dict[str, str]) -> None:
    """Run one worker after another until cancelled; then stop the last one."""
    while True:
        # A separate session: ^C reaches this process first, which then stops its workers.
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "api.runtime.workers",
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            await worker.wait()
        finally:
            await _stop(worker)
            metrics.gone(worker.pid, environment["PROMETHEUS_MULTIPROC_DIR"])
        await asyncio.sleep(AGAIN_SECONDS)


async def _stop(worker: Process) -> None:
    if worker.stdin is not None:
        worker.stdin.close()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await worker.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()


async def _first_ready(host: str, port: int) -> None:
    """Wait until a worker listens: from then on the port answers."""
    deadline = asyncio.get_running_loop().time() + START_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            return
        await asyncio.sleep(0.02)
    raise CannotStart(f"no worker listens on {host}:{port}; see the message of the first one above")


async def _work(settings: Settings) -> None:
    """Serve until a stop signal, or until the parent process is gone."""
    with told_to_stop() as told:
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), told.set)
        async with running(settings, SystemClock(), shared=True):
            await told.wait()


if __name__ == "__main__":
    collect_rarely()
    settings = Settings.from_env(os.environ)
    logs.begin(settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings))
