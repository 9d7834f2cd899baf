"""One contributor in one task group, client or platform: the sums that everything else is made of (steps C2
and C3).

Rows become the finest cells once; coarser cells are sums of finer ones. Sums of amounts are in USD, of time
in seconds, all weighted by decay.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.estimator.groups import Floats, Groups, in_order, logarithm, ratio
from analytics.model.observations import OUTCOMES
from analytics.model.units import SECONDS_PER_HOUR

TASK = ("platform", "client_key", "task_key")
CLIENT = ("platform", "client_key")
PLATFORM = ("platform",)
ALL = ("everything",)
LAST = ("task_key", "contributor")

OUTCOME_SUMS = tuple(f"{outcome}_tasks" for outcome in OUTCOMES)
SUMS = (
    "reward",  # of submitted tasks
    "reward_squared",
    "submitted_seconds",
    "seconds",  # of every outcome
    "worked",  # the same before any time was moved
    "credited",  # of every outcome; screened-out work may pay a little
    "decided_reward",  # of submitted tasks whose pay is not pending
    "log_reward",  # sum of ln r over submitted tasks
    "submitted",  # their number
    "observations",  # plain count, without decay
    *OUTCOME_SUMS,
)


def task_cells(rows: pl.DataFrame, seconds: Floats, digests: NDArray[np.uint64]) -> pl.DataFrame:
    """The cells (task group x contributor) of admitted `rows`, whose winsorised time is `seconds`; `platform` is a
    number. `digest` is the sum of the rows' own (`analytics.estimator.digest`).
    """
    keys = {key: rows[key].to_numpy() for key in (*TASK, "contributor")}
    order = in_order(Groups.of(keys["platform"], keys["client_key"]).of_row, *(keys[key] for key in LAST))
    groups = Groups.of(*(key[order] for key in keys.values()))
    decay = rows["decay"].to_numpy()
    submitted = decay * rows["submitted"].to_numpy()
    reward = rows["reward"].fill_null(0.0).to_numpy()
    credited = rows["credited"].fill_null(float("nan")).to_numpy()
    columns = {
        "reward": submitted * reward,
        "reward_squared": (submitted * reward) ** 2,
        "submitted_seconds": submitted * seconds,
        "seconds": decay * seconds,
        "worked": decay * rows["seconds"].to_numpy(),
        "credited": decay * np.nan_to_num(credited),
        "decided_reward": submitted * np.isfinite(credited) * reward,
        "log_reward": submitted * np.nan_to_num(logarithm(reward)),
        "submitted": submitted,
    }
    outcome = rows["outcome"].to_physical().to_numpy()[order]
    kinds = len(OUTCOME_SUMS)
    by_outcome = np.bincount(groups.of_row * kinds + outcome, weights=decay[order], minlength=len(groups) * kinds)
    by_outcome = by_outcome.astype(np.float64, copy=False)  # without a row numpy counts in whole numbers
    return pl.DataFrame(
        {
            **{name: groups.first(key[order]) for name, key in keys.items()},
            "age_days": groups.smallest(rows["age_days"].to_numpy()[order]),
            **{name: groups.sum(column[order]) for name, column in columns.items()},
            "observations": groups.sizes.astype(np.float64),
            **dict(zip(OUTCOME_SUMS, by_outcome.reshape(-1, kinds).T, strict=True)),
            "digest": groups.total(digests[order]),
        }
    )


def coarser(cells: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """The cells (`keys` x contributor) that finer `cells` add up to."""
    finer, groups = together(cells, keys)
    return pl.DataFrame(
        {
            **{key: groups.first(finer[key].to_numpy()) for key in (*keys, "contributor")},
            "age_days": groups.smallest(finer["age_days"].to_numpy()),
            **{name: groups.sum(finer[name].to_numpy()) for name in SUMS},
            "digest": groups.total(finer["digest"].to_numpy()),
        }
    )


def together(cells: pl.DataFrame, keys: tuple[str, ...]) -> tuple[pl.DataFrame, Groups]:
    """Finer cells side by side with those of the same contributor and `keys`, in the order of their own keys."""
    finer = [key for key in TASK if key not in keys and key in cells.columns]
    order = in_order(*(cells[key].to_numpy() for key in (*keys, "contributor", *finer)))
    sorted_cells = cells[order]
    return sorted_cells, Groups.of(*(sorted_cells[key].to_numpy() for key in (*keys, "contributor")))


def with_votes(cells: pl.DataFrame, sigma: Floats) -> pl.DataFrame:
    """Adds each cell's vote (step C2); `sigma` is sigma_e by platform.

    L = ln(sum d r / sum d a); n = (sum d r)^2 / sum (d r)^2; s_n^2 = ln(1 + (e^(sigma_e^2) - 1)/n); `vote` y
    = L - s_n^2/2 in ln USD per hour, NaN where nothing was submitted. `noise` is s_n^2, `level` the mean ln
    reward.
    """
    reward, seconds = cells["reward"].to_numpy(), cells["submitted_seconds"].to_numpy()
    tasks = ratio(reward**2, cells["reward_squared"].to_numpy())
    noise = np.log1p(np.expm1(sigma[cells["platform"].to_numpy()] ** 2) / np.where(np.isfinite(tasks), tasks, 1.0))
    vote = logarithm(ratio(reward * SECONDS_PER_HOUR, seconds)) - noise / 2
    level = ratio(cells["log_reward"].to_numpy(), cells["submitted"].to_numpy())
    return cells.with_columns(vote=pl.Series(vote), noise=pl.Series(noise), level=pl.Series(level))


def typical_child(children: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Cells whose vote is a contributor's mean vote over the children of a parent: what a child of it is
    like.

    A parent's own hour is no measure of its children's: contributors spend it mostly where it pays least
    (Jensen).
    """
    parents = coarser(children, keys)
    finer, groups = together(children, keys)
    vote = finer["vote"].to_numpy()
    heard = np.isfinite(vote).astype(np.float64)
    count = groups.sum(heard)
    return parents.with_columns(
        vote=pl.Series(groups.mean(vote, heard)),
        noise=pl.Series(ratio(groups.mean(finer["noise"].to_numpy(), heard), count)),
        level=pl.Series(groups.mean(finer["level"].to_numpy(), heard)),
    )
