"""Who runs the heavy steps of a publish over the parts of the rows: this process, one part after another, or Ray."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import polars as pl

import analytics
import api
from analytics.errors import Different
from analytics.estimator.parts import InMemory
from analytics.estimator.resumed import MOST_CHANGED, Resumed
from analytics.estimator.scopes import of_everybody, of_frame
from analytics.estimator.workings import Recorded, Workings, code_of
from analytics.exchange import in_usd
from analytics.threads import THREADS
from api.store.export import raw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from analytics.estimator.parts import Parts
    from analytics.estimator.scopes import Scoped
    from analytics.exchange import Exchange
    from api.store.export import Around, Enough, Exported
    from api.store.segments import Partition

FEW_ROWS = 200_000  # fewer are one part: cutting would cost more than it saves
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


class Engine(Protocol):
    """Who runs the steps. `folder` is for what another publish of the same day may go on from; beside it lie those of
    other days, which may go.
    """

    def __call__(self, exports: Exports, folder: Path, /) -> AbstractContextManager[Parts]:
        """The parts of what was exported, for as long as they are needed."""

    def enough(self, exchange: Exchange, folder: Path, /) -> Enough | None:
        """Says whose rows this engine needs, once those of every client are counted; None: everybody's, uncounted."""


def sources(exports: Exports, few_rows: int) -> list[Rows]:
    """The parts of the exported rows; no more than `few_rows` are one."""
    exported, exchange = exports
    few = sum(part.rows for part in exported.parts) <= few_rows
    cut = [exported.parts] if few else [(part,) for part in exported.parts]
    around = exported.around
    return [Rows(partitions, around.people, around.clients, exchange) for partitions in cut]


@dataclass(frozen=True)
class Here:
    """The parts in this process; no more than `few_rows` are one, in memory. What is counted of more of them stays in
    the folder, and the next publish goes on from there.
    """

    few_rows: int = FEW_ROWS

    @contextmanager
    def __call__(self, exports: Exports, folder: Path) -> Iterator[Parts]:
        """The parts.

        Raises:
            Different: only clients that changed were exported, and that is not enough after all.
        """
        exported, exchange = exports
        if exported.changed is not None:
            standing = Workings.standing(folder, code())
            if standing is None:
                raise Different
            yield Resumed(standing, exported.changed.clients, in_usd(exported.changed.rows, exchange), THREADS)
            return
        shutil.rmtree(folder.parent, ignore_errors=True)
        rows_of_parts = sources(exports, self.few_rows)
        if len(rows_of_parts) == 1:
            yield InMemory(rows_of_parts)
            return
        folder.mkdir(mode=0o700, parents=True)  # as private as the database
        with Recorded(rows_of_parts, folder, THREADS, concerned(exported.around, exchange)) as recorded:
            yield recorded
            if not recorded.finished(code()):
                shutil.rmtree(folder, ignore_errors=True)

    def enough(self, exchange: Exchange, folder: Path) -> Enough | None:
        """The clients that changed since the publish whose workings stand, where these are few."""
        standing = Workings.standing(folder, code())
        return everybody if standing is None else partial(changed_since, standing, exchange)


def everybody(_: Around) -> None:
    """Nobody's rows can be spared."""


def changed_since(standing: Workings, exchange: Exchange, around: Around) -> pl.Series | None:
    """The clients whose rows are not those that `standing` workings were made of; None where they are too many."""
    try:
        clients = standing.changed(concerned(around, exchange))
    except Different:
        return None
    sums = around.sums
    is_mine = pl.col("client_key").is_in(clients.implode())
    share_now = float(sums.filter(is_mine)["rows"].sum()) / max(float(sums["rows"].sum()), 1.0)
    return clients if max(share_now, standing.share_of(clients)) <= MOST_CHANGED else None


def concerned(around: Around, exchange: Exchange) -> list[Scoped]:
    """What raw rows are read with, and what the database counts of them, by whom it concerns."""
    return [
        of_frame(around.sums),
        of_frame(around.clients.select("client_key", "platform")),
        of_frame(around.people.select("contributor", "origin_code")),
        of_everybody(str(exchange.rates.hash_rows().sum())),
    ]


here = Here()


@cache
def code() -> str:
    """A number for the code that is running."""
    return code_of(Path(analytics.__file__).parent, Path(api.__file__).parent)


def engine_named(name: str, address: str | None) -> Engine:
    """The engine of this name; `address` is that of a Ray cluster.

    Raises:
        CannotStart: Ray is asked for and is not installed.
    """
    if name != "ray":
        return here
    from api.jobs.ray_engine import RayEngine

    return RayEngine(address)
