"""Engines that run the heavy steps of a publish over the parts of the rows: this process, part by part, or Ray."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import polars as pl

from analytics.estimator.parts import InMemory, Parts, Spooled
from analytics.model.currency import Exchange, in_usd
from analytics.model.threads import THREADS
from api.store.export import Exported, Part, raw

FEW_ROWS = 200_000  # fewer are one part: cutting would cost more than it saves
ENGINES = ("here", "ray")


@dataclass(frozen=True)
class Rows:
    """The rows of some partitions, read on demand, in the shape of analytics.model.observations.SCHEMA.

    An instance is small enough to send to another process.
    """

    partitions: tuple[Part, ...]
    people: pl.DataFrame
    clients: pl.DataFrame
    exchange: Exchange

    def __call__(self) -> pl.DataFrame:
        read = [in_usd(raw(part.unordered(), self.people, self.clients), self.exchange) for part in self.partitions]
        return pl.concat(read)


class Exports(NamedTuple):
    """The exported data, and the exchange rates to dollars."""

    exported: Exported
    exchange: Exchange


class Engine(Protocol):
    """A runner of the steps. `folder` must not exist yet; the engine may create it for files between steps."""

    def __call__(self, exports: Exports, folder: Path, /) -> AbstractContextManager[Parts]:
        """Provide the parts of the exported data while the context is open."""


def sources(exports: Exports, few_rows: int) -> list[Rows]:
    """Return the parts of the exported rows; up to `few_rows` rows are one part."""
    exported, exchange = exports
    few = sum(part.rows for part in exported.parts) <= few_rows
    cut = [exported.parts] if few else [(part,) for part in exported.parts]
    around = exported.around
    return [Rows(partitions, around.people, around.clients, exchange) for partitions in cut]


@dataclass(frozen=True)
class Here:
    """The parts in this process. Up to `few_rows` rows are one part in memory; more are in files between steps."""

    few_rows: int = FEW_ROWS

    @contextmanager
    def __call__(self, exports: Exports, folder: Path) -> Iterator[Parts]:
        """Provide the parts; delete their files afterwards, and first those that a crashed publish left."""
        shutil.rmtree(folder, ignore_errors=True)
        rows_of_parts = sources(exports, self.few_rows)
        if len(rows_of_parts) == 1:
            yield InMemory(rows_of_parts)
            return
        folder.mkdir(mode=0o700, parents=True)  # as private as the database
        try:
            yield Spooled(rows_of_parts, folder, THREADS)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


here = Here()


def engine_named(name: str, address: str | None) -> Engine:
    """Return the engine of this name; `address` is that of a Ray cluster.

    Raises:
        CannotStart: Ray is requested and not installed.
    """
    if name != "ray":
        return here
    from api.publishing.ray_engine import RayEngine

    return RayEngine(address)
