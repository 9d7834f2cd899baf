"""The demo's data folder: new, half filled or ready. A half filled one is emptied, any other left unchanged."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from api.errors import CannotStart

MARK = "demo.json"
LOCK = "demo.lock"


class Mark(Struct, frozen=True):
    """The mark in a demo's folder from its first moment. `observations` is set once it is ready."""

    state: Literal["filling", "ready"]
    contributors: int
    days: int
    seed: int
    observations: int = 0


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Lock `folder` for this process.

    Raises:
        CannotStart: The folder holds other data than a demo's, or another demo runs there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strangers = [] if (folder / MARK).exists() else [path for path in folder.iterdir() if path.name != LOCK]
        if strangers:
            raise CannotStart(f"{folder} holds data that is not a demo's: choose another --data")
        lock = (folder / LOCK).open("a")
    except OSError as error:
        raise CannotStart(f"the folder {folder} cannot be used: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"another demo is running on {folder}") from None
        yield


def ready(folder: Path) -> Mark | None:
    """Return the mark of a completely filled demo, or None."""
    try:
        mark = msgspec.json.decode((folder / MARK).read_bytes(), type=Mark)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return mark if mark.state == "ready" else None


def begin(folder: Path, mark: Mark) -> None:
    """Empty a held folder that an interrupted demo left, and mark it before anything is written."""
    if (folder / MARK).exists():
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
    write(folder, mark)


def write(folder: Path, mark: Mark) -> None:
    """Write the mark atomically."""
    partial = folder / f"{MARK}.partial"
    partial.write_bytes(msgspec.json.encode(mark) + b"\n")
    partial.replace(folder / MARK)
