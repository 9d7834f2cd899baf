"""The server as a program of its own, with a clock that a test turns by writing a file. Run: CLOCK DATA PORT."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from api.runtime.server import running, until_told
from api.runtime.settings import Settings


class FileClock:
    """Tells the instant that stands in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return datetime.fromisoformat(self._file.read_text())


async def main(clock: str, data: str, port: str) -> None:
    settings = Settings(
        data=Path(data),
        port=int(port),
        difficulty_bits=4,
        enrolments_per_day=1000,
        posts_per_minute=10_000,
        items_per_day=1_000_000,
    )
    async with running(settings, FileClock(Path(clock))) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await until_told()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
