"""From rows to rates: the one path through the steps of the estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analytics.estimator.admission import admit
from analytics.estimator.answer import cells_frame, components_frame
from analytics.estimator.beliefs import beliefs_of
from analytics.estimator.cells import CLIENT, task_cells
from analytics.estimator.groups import Flags, Floats, Groups, logarithm, ratio
from analytics.estimator.levels import levels_of
from analytics.estimator.rates import CELLS, COMPONENTS, Rates
from analytics.estimator.winsorise import (
    FEWEST_CLIENTS,
    TASK_SPREAD,
    Attempts,
    matched_spread,
    task_spread,
    winsorised,
)

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.policy import Policy


def estimate(observations: pl.DataFrame, *, as_of: datetime, policy: Policy) -> Rates:
    """Hourly rates of every platform, client and task group (steps B to E).

    `observations` in the shape `analytics.observations.SCHEMA`. Only the day of `as_of` matters (UTC): the
    same rows, day and policy give the same bytes, whatever the order of rows and the number of threads.
    """
    day = as_of.date()
    admitted = admit(observations, day, policy)
    if not admitted.rows["submitted"].any():
        return Rates(day, policy.name, pl.DataFrame(schema=CELLS), pl.DataFrame(schema=COMPONENTS), admitted.left_out)
    names = admitted.rows["platform"].unique().sort()
    number = pl.col("platform").replace_strict(names, pl.int_range(len(names), eager=True), return_dtype=pl.Int64)
    rows = admitted.rows.with_columns(number)
    seconds, sigma = believable_seconds(rows, len(names), policy)
    levels = levels_of(task_cells(rows, seconds), sigma, policy)
    beliefs = beliefs_of(levels)
    cells = cells_frame(levels, beliefs, rows, names)
    components = components_frame(levels, beliefs, sigma, names)
    return Rates(day, policy.name, cells, components, admitted.left_out)


def believable_seconds(rows: pl.DataFrame, platforms: int, policy: Policy) -> tuple[Floats, Floats]:
    """Winsorised time of each row (step C1), and sigma_e by platform (step D11, or its default)."""
    reward, seconds = rows["reward"].fill_null(0.0).to_numpy(), rows["seconds"].to_numpy()
    attempts = attempts_of(rows, logarithm(ratio(reward, seconds)), policy)
    few = counted_clients(attempts, platforms) < FEWEST_CLIENTS

    def or_default(sigma: Floats) -> Floats:
        return np.where(few | ~np.isfinite(sigma), TASK_SPREAD, sigma)

    moved = winsorised(attempts, or_default(task_spread(attempts, platforms)))
    sigma = or_default(matched_spread(attempts, moved, platforms))
    changed = np.isfinite(moved) & (moved != attempts.log_rate)
    return np.where(changed, reward * np.exp(-np.where(changed, moved, 0.0)), seconds), sigma


def attempts_of(rows: pl.DataFrame, log_rate: Floats, policy: Policy) -> Attempts:
    platform, client, contributor = (rows[key].to_numpy() for key in (*CLIENT, "contributor"))
    submitted = rows["submitted"].to_numpy()
    counted = has_voters(Groups.of(platform, client, contributor), Groups.of(platform, client), submitted, policy)
    return Attempts(platform, client, contributor, submitted, counted, log_rate)


def has_voters(cells: Groups, clients: Groups, submitted: Flags, policy: Policy) -> Flags:
    """Rows of clients for which enough contributors submitted something to speak for others."""
    first = np.zeros(cells.rows, np.bool_)
    first[cells.starts] = cells.sum(submitted) > 0
    return clients.spread(clients.sum(first) >= policy.band_contributors)


def counted_clients(attempts: Attempts, platforms: int) -> Floats:
    """By platform, the number of clients with enough voters."""
    clients = Groups.of(attempts.platform, attempts.client)
    of = attempts.platform[clients.starts][attempts.counted[clients.starts]]
    return np.bincount(of, minlength=platforms).astype(np.float64)
