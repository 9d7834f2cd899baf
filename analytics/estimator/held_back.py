"""Figures of some cells without single people, as an erasure requires of a release (step F).

Only the cells' own summaries change. The parents of shrinkage and the spreads of people stay those of all people.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import polars as pl

from analytics.estimator.answer import cells_frame
from analytics.estimator.cells import CLIENT, PLATFORM, TASK, coarser, with_votes
from analytics.estimator.levels import Level
from analytics.estimator.rates import CELLS, Rates
from analytics.estimator.shrinkage import shrunk_levels
from analytics.estimator.study import Study, in_key_order, of_decided_clients
from analytics.estimator.summary import summarise
from analytics.estimator.vote_weights import with_weights

KEYS = ("level", "platform", "client_key", "task_key")
ALL_IN = tuple(name for name in CELLS if name.startswith("all_in"))


def cells_without(studied: Study, rates: Rates, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `rates.cells` that `pairs` name (KEYS), each made without its pairs' `contributor`."""
    numbers = dict(zip(studied.names, range(len(studied.names)), strict=True))
    asked = pairs.with_columns(
        pl.col("level").cast(pl.String), pl.col("platform").replace_strict(numbers, return_dtype=pl.Int64)
    )
    levels = studied.levels
    clients = studied.client_cells
    whole = with_votes(coarser(of_decided_clients(clients, levels.client), PLATFORM), studied.sigma)
    patched = replace(
        levels,
        platform=summarised(levels.platform, with_weights(whole, PLATFORM, studied.policy), asked, studied),
        client=summarised(levels.client, clients, asked, studied),
        task=summarised(levels.task, tasks_of(studied, asked), asked, studied),
    )
    cells = cells_frame(studied, shrunk_levels(patched), patched)
    again = cells.join(pairs.select(KEYS).unique(), on=KEYS, how="semi", nulls_equal=True)
    known = rates.cells.select(*KEYS, *ALL_IN)
    return again.join(known, on=KEYS, nulls_equal=True, how="left").select(
        pl.col(name).cast(kind) for name, kind in CELLS.items()
    )


def tasks_of(studied: Study, asked: pl.DataFrame) -> pl.DataFrame:
    """Return the cells of the task groups that are asked for, with votes and weights."""
    wanted = asked.filter(pl.col("level") == "task")["task_key"].unique()
    return studied.voting(studied.each_cell(partial(among, wanted=wanted)), TASK)


def among(cells: pl.DataFrame, wanted: pl.Series) -> pl.DataFrame:
    """Return the cells of the `wanted` task groups."""
    return cells.filter(pl.col("task_key").is_in(wanted.implode()))


def summarised(level: Level, cells: pl.DataFrame, asked: pl.DataFrame, studied: Study) -> Level:
    """Return `level` with the summaries of the asked groups made without the asked people."""
    name = {PLATFORM: "platform", CLIENT: "client", TASK: "task"}[level.keys]
    keys = [*level.keys]
    mine = asked.filter(pl.col("level") == name).with_columns(pl.col(key).cast(cells[key].dtype) for key in keys)
    if mine.is_empty():
        return level
    left = cells.join(mine, on=keys, how="semi", maintain_order="left").join(
        mine, on=[*keys, "contributor"], how="anti", maintain_order="left"
    )
    variances = level.contributor_variance[left["platform"].to_numpy()]
    again = summarise(left, level.keys, variances, studied.policy).select(
        pl.col(column).cast(kind) for column, kind in level.summary.schema.items()
    )
    rest = level.summary.join(again, on=keys, how="anti", maintain_order="left")
    return replace(level, summary=in_key_order(pl.concat([rest, again]), level.keys))
