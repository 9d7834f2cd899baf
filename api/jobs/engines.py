"""Who runs the heavy steps of a publish over the parts of the rows: this process, one part after another, or Ray."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from analytics.estimator.parts import InMemory, Parts, Spooled
from analytics.exchange import in_usd
from analytics.threads import THREADS
from api.store.export import raw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.exchange import Exchange
    from api.store.export import Exported
    from api.store.segments import Partition

FEW_ROWS = 200_000  # fewer are one part: cutting would cost more than it saves
SPOOL = "publish-"
ENGINES = ("here", "ray")


@dataclass(frozen=True)
class Rows:
    """The rows of some partitions, read when they are asked for: in the shape of analytics.observations.SCHEMA. Small
    enough to be sent to another process.
    """

    partitions: tuple[Partition, ...]
    people: pl.DataFrame
    clients: pl.DataFrame
    exchange: Exchange

    def __call__(self) -> pl.DataFrame:
        read = [in_usd(raw(part.unordered(), self.people, self.clients), self.exchange) for part in self.partitions]
        return pl.concat(read)


class Exports(NamedTuple):
    """What leaves the database, and at which rates it becomes dollars."""

    exported: Exported
    exchange: Exchange


Engine = Callable[[Exports, Path], AbstractContextManager[Parts]]


def sources(exports: Exports, few_rows: int) -> list[Rows]:
    """The parts of the exported rows; no more than `few_rows` are one."""
    exported, exchange = exports
    few = sum(part.rows for part in exported.parts) <= few_rows
    cut = [exported.parts] if few else [(part,) for part in exported.parts]
    return [Rows(partitions, exported.people, exported.clients, exchange) for partitions in cut]


@contextmanager
def here(exports: Exports, folder: Path) -> Iterator[Parts]:
    """The parts in this process; what is kept between steps lies below `folder` and is gone afterwards."""
    for left in folder.glob(f"{SPOOL}*"):  # of a publisher that was killed: there is one at a time
        shutil.rmtree(left, ignore_errors=True)
    rows = sources(exports, FEW_ROWS)
    if len(rows) == 1:
        yield InMemory(rows)
        return
    with tempfile.TemporaryDirectory(prefix=SPOOL, dir=folder) as spool:
        yield Spooled(rows, Path(spool), THREADS)


def engine_named(name: str, address: str | None) -> Engine:
    """The engine of this name; `address` is that of a Ray cluster.

    Raises:
        CannotStart: Ray is asked for and is not installed.
    """
    if name != "ray":
        return here
    from api.jobs.ray_engine import RayEngine

    return RayEngine(address)
