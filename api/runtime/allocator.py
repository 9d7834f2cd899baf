"""Memory of this process: shared between its threads, and searched for garbage rarely."""

from __future__ import annotations

import ctypes
import gc
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


def collect_rarely() -> None:
    """Collect reference cycles rarely, and never among imported objects.

    Rows hold no cycles, and scanning a hundred thousand of them repeatedly takes a quarter of the time to store them.
    """
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
