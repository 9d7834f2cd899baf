"""How this process shares memory between its threads."""

from __future__ import annotations

import ctypes
from contextlib import suppress

ARENA_MAX = -8  # glibc's number for how many stores of free memory there are; by default eight a core
ARENAS = 2


def share_memory() -> None:
    """Let threads take what others have given back. A publish hands large frames from thread to thread: with few stores
    it needs half a gigabyte less for ten million rows. Where there is no glibc, nothing happens.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(ARENA_MAX, ARENAS)
