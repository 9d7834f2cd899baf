"""What earlier releases said of each cell and who was in it then: the changed-cell rule of step F.

A figure may change only once enough contributors' data entered or left the cell; until then the old one stands,
for a while. So nobody who compares two releases sees what one person's joining or leaving did. A memory is private:
it holds marks of people (`analytics.disclosure.pseudonyms`), and stays beside the releases, never inside one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import msgspec
import polars as pl

from analytics.disclosure.cell_ids import asked_of
from analytics.disclosure.pseudonyms import MEMBERS, cell_ids
from analytics.disclosure.thresholds import Disclosed
from analytics.model.encoding import encode
from analytics.model.policy import Policy

OWN: dict[str, pl.DataType] = {
    "cell": pl.UInt64(),
    "released_on": pl.Date(),  # the day of the figures
    "absent_since": pl.Date(),  # the last release before somebody in the figures was gone; null while nobody is
    "is_shown": pl.Boolean(),
}


@dataclass(frozen=True)
class Memory:
    """After the release of `as_of`: `cells` are the figures last released of every cell that ever was (the columns of
    Disclosed.cells and OWN); `members` in the shape MEMBERS are the people in those figures. `countries` is the table
    of `quarter`, the last that was over. `others` are the memories of tables beside the rates, by name.
    """

    as_of: date
    cells: pl.DataFrame
    members: pl.DataFrame
    quarter: str | None = None
    countries: pl.DataFrame | None = None
    others: Mapping[str, Memory] = field(default_factory=dict)


def candidates(fresh: Disclosed, before: Memory | None) -> pl.DataFrame:
    """The cells whose members `settle` asks for (`pseudonyms.WANTED`): those that may be published now, and those that ever
    were.
    """
    return asked_of(fresh.cells.with_columns(cell_ids(fresh.cells)), before, "client_key")


def settle(fresh: Disclosed, members: pl.DataFrame, before: Memory | None, policy: Policy) -> tuple[Disclosed, Memory]:
    """What is published of `fresh`, given who is in each cell now and what was released `before`; and what is
    remembered of it.
    """
    now = fresh.cells.with_columns(cell_ids(fresh.cells))
    shown, memory = settled(now, members, before, fresh.as_of, policy)
    return replace(fresh, cells=fresh.cells if before is None else in_order(shown.drop("cell"))), memory


def settled(
    fresh: pl.DataFrame, inside: pl.DataFrame, before: Memory | None, day: date, policy: Policy
) -> tuple[pl.DataFrame, Memory]:
    """What is published of `fresh` (a column `cell`, and figures), and what is remembered of it. `inside` says who is
    in each of the cells that `analytics.disclosure.cell_ids.asked_of` names.
    """
    if before is None:
        return fresh, remembered(day, fresh, inside, None)
    first = fresh.join(before.cells, on="cell", how="anti", maintain_order="left")
    judged = verdicts(before, inside, fresh["cell"], day, policy)
    told = fresh.join(judged.filter("is_new"), on="cell", how="semi", maintain_order="left")
    kept = (
        before.cells.drop("absent_since", "is_shown").join(judged.filter(~pl.col("is_new")), on="cell").drop("is_new")
    )
    memory = remembered(day, pl.concat([first, told]), inside, replace(before, cells=kept))
    return memory.cells.filter("is_shown").select(fresh.columns), memory


def verdicts(before: Memory, members: pl.DataFrame, now: pl.Series, day: date, policy: Policy) -> pl.DataFrame:
    """By cell known before: `is_new`, its figures may be released anew; else `is_shown`, the old ones stand; and since
    when somebody in these is gone.
    """
    counted = before.cells.select("cell", "released_on", "absent_since", "is_shown").join(
        changes(before.members, members), on="cell", how="left", maintain_order="left"
    )
    enough = pl.col("changed").fill_null(0) >= policy.fewest_changes
    since = pl.when(pl.col("left").fill_null(0) > 0).then(pl.col("absent_since").fill_null(before.as_of))
    is_old = (
        pl.lit(False)
        if policy.repeat_days is None
        else pl.lit(day) - pl.col("released_on") > timedelta(days=policy.repeat_days)
    )
    is_long = (pl.lit(day) - since >= timedelta(days=policy.absence_days)).fill_null(False)
    is_told = pl.col("cell").is_in(now.implode())
    return counted.with_columns(absent_since=since).select(
        "cell",
        "absent_since",
        is_new=enough & is_told,
        is_shown=pl.col("is_shown") & ~enough & ~is_old & ~is_long,
    )


def changes(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """By cell: in how many contributors' data something entered or left (`changed`), and how many are gone (`left`)."""
    keys = ["cell", "person"]
    # A mark of data is one of its cell and person alone: marks that are on both sides are people who did nothing.
    went = before.join(now, on="data", how="anti").select(*keys, went=pl.lit(True))
    came = now.join(before, on="data", how="anti").select(*keys, came=pl.lit(True))
    both = went.join(came, on=keys, how="full", coalesce=True)
    return both.group_by("cell").agg(changed=pl.len(), left=pl.col("came").is_null().sum())


def remembered(day: date, told: pl.DataFrame, members: pl.DataFrame, kept: Memory | None) -> Memory:
    """The memory once the figures `told` are released on `day` beside those `kept`, with their own days and people."""
    new = told.with_columns(released_on=pl.lit(day), absent_since=pl.lit(None, pl.Date), is_shown=pl.lit(True)).select(
        *told.drop("cell").columns, *OWN
    )
    inside = members.join(new, on="cell", how="semi")
    if kept is None:
        return Memory(day, new.sort("cell"), inside.sort("cell", "person"))
    cells = pl.concat([new, kept.cells], how="diagonal").select(new.columns).sort("cell")
    still = kept.members.join(kept.cells, on="cell", how="semi")
    return Memory(day, cells, pl.concat([inside, still]).select(*MEMBERS).sort("cell", "person"))


def packed(memory: Memory) -> bytes:
    """`memory` as one file; equal memories give equal bytes."""
    frames = {"cells": memory.cells, "members": memory.members, "countries": memory.countries}
    head = Head(
        memory.as_of,
        memory.quarter,
        {name: encode(frame, "parquet") for name, frame in frames.items() if frame is not None},
        {name: packed(other) for name, other in memory.others.items()},
    )
    return msgspec.msgpack.encode(head, order="deterministic")


def unpacked(content: bytes) -> Memory:
    """The memory that `packed` wrote."""
    head = msgspec.msgpack.decode(content, type=Head)
    frames = {name: pl.read_parquet(frame) for name, frame in head.frames.items()}
    others = {name: unpacked(other) for name, other in head.others.items()}
    return Memory(head.as_of, frames["cells"], frames["members"], head.quarter, frames.get("countries"), others)


class Head(msgspec.Struct):
    """A memory's file: its frames as Parquet."""

    as_of: date
    quarter: str | None
    frames: dict[str, bytes]
    others: dict[str, bytes] = {}


def in_order(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.sort("level", "platform", "client_key", "task_key")
