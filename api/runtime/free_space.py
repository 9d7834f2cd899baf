"""The free space of the data folder's disk: storing stops before it is full, and resumes by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from api.errors import DiskFull

LEAST_FREE_BYTES = 200_000_000  # below this, PostgreSQL or the next release soon fails for lack of space
LOOK_AGAIN = timedelta(seconds=1)


def free_bytes(data: Path) -> int:
    """Return the free bytes on the disk of `data`, which need not exist yet."""
    whole = data.absolute()
    there = next(folder for folder in (whole, *whole.parents) if folder.exists())
    return shutil.disk_usage(there).free


class Room:
    """The free space on the disk of a folder, read at most once a second."""

    def __init__(self, data: Path, free: Callable[[Path], int] = free_bytes) -> None:
        self._data, self._free = data, free
        self._looked_at: datetime | None = None
        self._is_there = True

    def require(self, now: datetime) -> None:
        """Require LEAST_FREE_BYTES of free space.

        Raises:
            DiskFull: Less is free.
        """
        if self._looked_at is None or abs(now - self._looked_at) >= LOOK_AGAIN:
            self._is_there = self._free(self._data) >= LEAST_FREE_BYTES
            self._looked_at = now
        if not self._is_there:
            raise DiskFull("The server's disk is nearly full, and nothing was stored. Send it again later.")
