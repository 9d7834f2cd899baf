"""The one path from rows to rates through the steps of the estimator, for rows in one part or in many."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime

import polars as pl

from analytics.estimator.all_in import FACTOR, all_in_factors
from analytics.estimator.answer import cells_frame, components_frame, with_all_in
from analytics.estimator.rates import CELLS, COMPONENTS, Rates
from analytics.estimator.shrinkage import shrunk_levels
from analytics.estimator.study import Study, study
from analytics.model.policy import Policy


def estimate(
    observations: pl.DataFrame,
    *,
    as_of: datetime,
    policy: Policy,
    overheads: pl.DataFrame | None = None,
    set_aside: AbstractSet[int] = frozenset(),
) -> Rates:
    """Return hourly rates of every platform, client and task group (steps B to E).

    `observations` has the shape `analytics.model.observations.SCHEMA`, `overheads` the shape
    `analytics.estimator.all_in.OVERHEADS`. Contributors in `set_aside` have no vote (step E). Only the day of `as_of`
    matters (UTC). The same rows, day and policy give the same bytes, for any order of rows and number of threads.
    """
    return rates_of(study(observations, as_of=as_of, policy=policy, set_aside=set_aside), overheads)


def rates_of(studied: Study, overheads: pl.DataFrame | None = None) -> Rates:
    """Steps D6 to D9, and the all-in factor of step B."""
    day, policy = studied.day, studied.policy
    left_out = studied.admitted.left_out
    if studied.is_silent:
        return Rates(day, policy.name, pl.DataFrame(schema=CELLS), pl.DataFrame(schema=COMPONENTS), left_out)
    factors = pl.DataFrame(schema=FACTOR) if overheads is None else all_in_factors(studied, overheads)
    shrunk = shrunk_levels(studied.levels)
    cells = cells_frame(studied, shrunk)
    components = components_frame(studied.levels, shrunk, studied.spreads, pl.Series(studied.names))
    return Rates(day, policy.name, with_all_in(cells, factors), components, left_out)
