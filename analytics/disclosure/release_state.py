"""The release state: the last figures of every cell, and pseudonyms of the people behind them.

It is private and stays in the database. One file holds it, and equal states give equal files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import msgspec
import polars as pl

from analytics.estimator import VERSION
from analytics.model.encoding import encode

OWN: dict[str, pl.DataType] = {
    "cell": pl.UInt64(),
    "released_on": pl.Date(),  # the day of the figures
    "releases": pl.Int64(),  # number of releases of the cell
    "absent_since": pl.Date(),  # the last release before a person in the figures erased their data; null while none did
    "is_shown": pl.Boolean(),
}
STATE_MEMBERS: dict[str, pl.DataType] = {
    "cell": pl.UInt64(),
    "person": pl.UInt64(),
    "data": pl.UInt64(),
    "is_in": pl.Boolean(),  # counted in the figures last released
    "is_held": pl.Boolean(),  # left out of them by draw, after another person erased their data
    "changed_on": pl.Date(),  # the release at which the person last counted as a change
}


@dataclass(frozen=True)
class ReleaseState:
    """The state after the release of `as_of`.

    `cells` are the last released figures of every cell that ever was (figures and OWN). `members` in the shape
    STATE_MEMBERS are the people behind them. `countries` is the table of `quarter`, the last finished one. `others` are
    the states of supplementary tables, by name. `version` is the estimator's.
    """

    as_of: date
    cells: pl.DataFrame
    members: pl.DataFrame
    quarter: str | None = None
    countries: pl.DataFrame | None = None
    others: Mapping[str, ReleaseState] = field(default_factory=dict)
    version: str = VERSION
    first_tasks: pl.DataFrame | None = None  # of each client: the task group that shares its draws, for life

    @property
    def is_current(self) -> bool:
        """Return True if this version of the estimator made the figures."""
        return self.version == VERSION

    def divided(self) -> pl.Series:
        """Return the cells last shown without a figure because people differ too much."""
        if "figure" not in self.cells.columns:
            return pl.Series("cell", [], pl.UInt64)
        return self.cells.filter(pl.col("figure") == "divided")["cell"]


def members_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` in the shape STATE_MEMBERS, sorted; without rows if it is empty."""
    if frame.is_empty():
        return pl.DataFrame(schema=STATE_MEMBERS)
    return frame.select(pl.col(name).cast(kind) for name, kind in STATE_MEMBERS.items()).sort("cell", "person")


def packed(state: ReleaseState) -> bytes:
    """Return `state` as one file; equal states give equal bytes."""
    frames = {
        "cells": state.cells,
        "members": state.members,
        "countries": state.countries,
        "first_tasks": state.first_tasks,
    }
    head = Head(
        state.as_of,
        state.quarter,
        {name: encode(frame, "parquet") for name, frame in frames.items() if frame is not None},
        {name: packed(other) for name, other in state.others.items()},
        state.version,
    )
    return msgspec.msgpack.encode(head, order="deterministic")


def unpacked(content: bytes) -> ReleaseState:
    """Return the state that `packed` wrote."""
    head = msgspec.msgpack.decode(content, type=Head)
    frames = {name: pl.read_parquet(frame) for name, frame in head.frames.items()}
    others = {name: unpacked(other) for name, other in head.others.items()}
    cells, members = frames["cells"], frames["members"]
    return ReleaseState(
        head.as_of,
        cells,
        members,
        head.quarter,
        frames.get("countries"),
        others,
        head.version,
        frames.get("first_tasks"),
    )


class Head(msgspec.Struct):
    """The header of a release state's file, with its frames as Parquet. Files of versions before 4 have no version."""

    as_of: date
    quarter: str | None
    frames: dict[str, bytes]
    others: dict[str, bytes] = {}
    version: str = ""
