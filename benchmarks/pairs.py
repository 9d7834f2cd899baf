"""Two ways compared in turn, with the machine's limit measured in between.

Other load on the machine affects both ways alike, and shows in the limit.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks.workers import Workers, count

Way = Callable[[], Awaitable[object]]


class Compared(NamedTuple):
    """Medians: seconds of the one, seconds of the other, their ratio, and the limit during the run."""

    one: float
    other: float
    ratio: float
    limit: float

    def __str__(self) -> str:
        return f"{self.one:.2f} s against {self.other:.2f} s; the machine's own limit meanwhile {self.limit:.2f}"


@dataclass(frozen=True)
class Machine:
    """This machine, measured repeatedly for the gain of two processes over one."""

    one: Workers
    two: Workers
    limits: list[float] = field(default_factory=list)

    async def compared(self, one: Way, other: Way, rounds: int) -> Compared:
        """Compare `one` and `other` in turn."""
        first = len(self.limits)
        pairs = []
        for _ in range(rounds):
            await asyncio.to_thread(self._ask)
            pairs.append((await _seconds(one), await _seconds(other)))
        await asyncio.to_thread(self._ask)
        ones, others = zip(*pairs, strict=True)
        ratio = statistics.median(a / b for a, b in pairs)
        limit = statistics.median(self.limits[first:])
        return Compared(statistics.median(ones), statistics.median(others), ratio, limit)

    def _ask(self) -> None:
        work = (count, range(4))
        self.limits.append(self.one.seconds(*work) / self.two.seconds(*work))

    @property
    def limit(self) -> float:
        """The median over the whole run."""
        return statistics.median(self.limits)


async def _seconds(way: Way) -> float:
    begun = time.perf_counter()
    await way()
    return time.perf_counter() - begun
