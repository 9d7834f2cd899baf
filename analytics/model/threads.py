"""Threads for independent pieces of work; polars and numpy release the interpreter lock while they compute."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")
THREADS = min(os.cpu_count() or 1, 4)  # each holds one piece in memory


def side_by_side(function: Callable[[Item], Made], items: Iterable[Item], threads: int = THREADS) -> list[Made]:
    """Return the results of the pure `function` for each of `items`, in their order."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(function, items))
