"""Attempts as arrays, and the scatter of times in cells of one contributor at one client (step D11)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from analytics.estimator.groups import Flags, Floats, Groups, Ints, logarithm, ratio

FEWEST_FOR_MEDIAN = 3
MIDDLES: dict[str, pl.DataType] = {
    "platform": pl.Int64(),
    "client_key": pl.Int64(),
    "contributor": pl.Int64(),
    "is_counted": pl.Boolean(),
    "middle": pl.Float64(),
    "step": pl.Float64(),
}
GROWTHS: dict[str, pl.DataType] = {
    "platform": pl.Int64(),
    "client_key": pl.Int64(),
    "contributor": pl.Int64(),
    "growth": pl.Float64(),
    "tasks": pl.Int64(),
}


@dataclass(frozen=True)
class Attempts:
    """The admitted rows as arrays, sorted by platform, client, contributor and time.

    `log_rate` x = ln(reward / seconds), NaN without a reward. `counted`: rows of clients with enough contributors, the
    only ones that may affect anything shared between clients.
    """

    platform: Ints
    client: Ints
    contributor: Ints
    submitted: Flags
    counted: Flags
    log_rate: Floats

    @classmethod
    def of(cls, rows: pl.DataFrame, fewest_voters: int) -> Attempts:
        """Make the arrays of admitted `rows`; a client counts once `fewest_voters` contributors submitted work."""
        platform, client, contributor = (rows[key].to_numpy() for key in ("platform", "client_key", "contributor"))
        submitted = rows["submitted"].to_numpy()
        cells, clients = Groups.of(platform, client, contributor), Groups.of(platform, client)
        first = np.zeros(cells.rows, np.bool_)
        first[cells.starts] = cells.sum(submitted) > 0
        counted = clients.spread(clients.sum(first) >= fewest_voters)
        reward, seconds = rows["reward"].fill_null(0.0).to_numpy(), rows["seconds"].to_numpy()
        return cls(platform, client, contributor, submitted, counted, logarithm(ratio(reward, seconds)))

    @cached_property
    def cells(self) -> Groups:
        return Groups.of(self.platform, self.client, self.contributor)

    @cached_property
    def middle(self) -> Floats:
        """Return the median of the submitted tasks of each cell."""
        return self.cells.median(np.where(self.submitted, self.log_rate, np.nan))

    def middles(self) -> pl.DataFrame:
        """Return each cell's middle and the median difference of successive submitted tasks, in the shape MIDDLES."""
        rows = np.flatnonzero(self.submitted)
        of = self.cells.of_row[rows]
        follows = np.flatnonzero(of[1:] == of[:-1])
        pairs = Groups.of(of[follows])
        step = np.full(len(self.cells), np.nan)
        step[of[follows[pairs.starts]]] = pairs.median(
            np.abs(self.log_rate[rows[follows + 1]] - self.log_rate[rows[follows]])
        )
        first = self.cells.first
        values = (first(self.platform), first(self.client), first(self.contributor), first(self.counted))
        return pl.DataFrame(dict(zip(MIDDLES, (*values, self.middle, step), strict=True)), schema=MIDDLES)

    def growths(self, moved: Floats) -> pl.DataFrame:
        """Return sums of e^-residual of the winsorised log rates `moved`, in the shape GROWTHS (step D11).

        There is one row for each cell of three submitted tasks and more, with its number of tasks.
        """
        rows = np.flatnonzero(self.submitted & self.counted)
        groups = Groups.of(self.cells.of_row[rows])
        sizes = groups.sizes.astype(np.float64)
        centre = groups.sum(moved[rows]) / sizes
        stretch = np.sqrt(sizes / np.maximum(sizes - 1.0, 1.0))
        growth = groups.sum(np.exp(-(moved[rows] - groups.spread(centre)) * groups.spread(stretch)))
        enough = np.flatnonzero(groups.sizes >= FEWEST_FOR_MEDIAN)
        first = rows[groups.starts[enough]]
        keys = (self.platform[first], self.client[first], self.contributor[first])
        return pl.DataFrame(
            dict(zip(GROWTHS, (*keys, growth[enough], groups.sizes[enough]), strict=True)), schema=GROWTHS
        )
