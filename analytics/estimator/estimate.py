"""From rows to rates: the one path through the steps of the estimator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analytics.estimator.admission import admit
from analytics.estimator.all_in import FACTOR, all_in_factors
from analytics.estimator.answer import cells_frame, components_frame, with_all_in
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
    from collections.abc import Set as AbstractSet
    from datetime import date, datetime

    from analytics.estimator.admission import Admitted
    from analytics.estimator.levels import Levels
    from analytics.policy import Policy


@dataclass(frozen=True)
class Study:
    """Everything up to the levels: what rates and flags are both made of. Platforms are numbers in `rows` and `levels`,
    in the order of `names`; `levels` is None where nobody submitted anything.
    """

    day: date
    policy: Policy
    admitted: Admitted
    names: pl.Series
    rows: pl.DataFrame
    sigma: Floats
    levels: Levels | None


def estimate(
    observations: pl.DataFrame,
    *,
    as_of: datetime,
    policy: Policy,
    overheads: pl.DataFrame | None = None,
    set_aside: AbstractSet[int] = frozenset(),
) -> Rates:
    """Hourly rates of every platform, client and task group (steps B to E).

    `observations` in the shape `analytics.observations.SCHEMA`, `overheads` in the shape
    `analytics.estimator.all_in.OVERHEADS`; contributors in `set_aside` have no vote (step E). Only the day of `as_of`
    matters (UTC): the same rows, day and policy give the same bytes, whatever the order of rows and the number of
    threads.
    """
    return rates_of(study(observations, as_of=as_of, policy=policy, set_aside=set_aside), overheads)


def study(
    observations: pl.DataFrame, *, as_of: datetime, policy: Policy, set_aside: AbstractSet[int] = frozenset()
) -> Study:
    """Steps B to D5 and D11: rows that count, and what each group's contributors say."""
    day = as_of.date()
    admitted = admit(observations, day, policy, set_aside)
    names = admitted.rows["platform"].unique().sort()
    number = pl.col("platform").replace_strict(names, pl.int_range(len(names), eager=True), return_dtype=pl.Int64)
    rows = admitted.rows.with_columns(number)
    if not rows["submitted"].any():
        return Study(day, policy, admitted, names, rows, np.zeros(0), None)
    seconds, sigma = believable_seconds(rows, len(names), policy)
    return Study(day, policy, admitted, names, rows, sigma, levels_of(task_cells(rows, seconds), sigma, policy))


def rates_of(studied: Study, overheads: pl.DataFrame | None = None) -> Rates:
    """Steps D6 to D9, and the all-in factor of step B."""
    day, policy, levels = studied.day, studied.policy, studied.levels
    left_out = studied.admitted.left_out
    if levels is None:
        return Rates(day, policy.name, pl.DataFrame(schema=CELLS), pl.DataFrame(schema=COMPONENTS), left_out)
    factors = (
        pl.DataFrame(schema=FACTOR) if overheads is None else all_in_factors(studied.admitted, overheads, day, policy)
    )
    beliefs = beliefs_of(levels)
    cells = cells_frame(levels, beliefs, studied.rows, studied.names)
    components = components_frame(levels, beliefs, studied.sigma, studied.names)
    return Rates(day, policy.name, with_all_in(cells, factors), components, left_out)


def believable_seconds(rows: pl.DataFrame, platforms: int, policy: Policy) -> tuple[Floats, Floats]:
    """Winsorised time of each row (step C1), and sigma_e by platform (step D11, or its default)."""
    reward, seconds = rows["reward"].fill_null(0.0).to_numpy(), rows["seconds"].to_numpy()
    attempts = attempts_of(rows, logarithm(ratio(reward, seconds)), policy)
    few = counted_clients(attempts, platforms) < FEWEST_CLIENTS

    def or_default(sigma: Floats) -> Floats:
        return np.where(few | ~np.isfinite(sigma), TASK_SPREAD, sigma)

    plain = task_spread(attempts, platforms)
    moved = winsorised(attempts, or_default(plain))
    matched = matched_spread(attempts, moved, platforms)
    sigma = or_default(np.where(np.isfinite(matched), matched, plain))  # nobody did three tasks: nothing to match
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
