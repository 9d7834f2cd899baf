"""Memory shared between the threads of this process."""

from __future__ import annotations

import ctypes
from contextlib import suppress

ARENA_MAX = -8  # glibc's option for the number of memory arenas; the default is eight a core
ARENAS = 2


def share_memory() -> None:
    """Limit the memory arenas, so that threads reuse memory that others freed.

    A publish passes large frames between threads: with few arenas it needs half a gigabyte less for ten million rows.
    Without glibc this does nothing.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(ARENA_MAX, ARENAS)
