"""What every flow needs: a server of its own with a clock, the extension built for it, a real Chromium."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from server import Server  # noqa: E402


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server on an empty folder whose path holds a space, at this hour of the machine's day."""
    made = Server(tmp_path)
    made.turn(datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    made.start()
    yield made
    if made.process is not None:
        made.stop()


@pytest.fixture
def extension(tmp_path: Path, server: Server) -> Path:
    """The extension, built to talk to `server`, with shadow roots that a test may look into."""
    built = tmp_path / "extension"
    subprocess.run(
        ["node", "build.mjs", "--out", str(built), "--api", server.url, "--test"],
        cwd=HERE.parents[1] / "extension",
        check=True,
        capture_output=True,
    )
    return built


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    """A line to `server` for people without a browser."""
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        yield client
