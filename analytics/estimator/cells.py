"""One contributor in one task group, client or platform: the sums that everything else is made of (steps C2
and C3).

Rows become the finest cells once; coarser cells are sums of finer ones. Sums of amounts are in USD, of time
in seconds, all weighted by decay.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from analytics.estimator.groups import Floats, Groups, logarithm, ratio
from analytics.observations import OUTCOMES
from analytics.units import SECONDS_PER_HOUR

TASK = ("platform", "client_key", "task_key")
CLIENT = ("platform", "client_key")
PLATFORM = ("platform",)
ALL = ("everything",)

OUTCOME_SUMS = tuple(f"{outcome}_tasks" for outcome in OUTCOMES)
SUMS = (
    "reward",  # of submitted tasks
    "reward_squared",
    "submitted_seconds",
    "seconds",  # of every outcome
    "credited",  # of every outcome; screened-out work may pay a little
    "decided_reward",  # of submitted tasks whose pay is not pending
    "log_reward",  # sum of ln r over submitted tasks
    "submitted",  # their number
    "observations",  # plain count, without decay
    *OUTCOME_SUMS,
)


def task_cells(rows: pl.DataFrame, seconds: Floats) -> pl.DataFrame:
    """The cells (task group x contributor) of admitted `rows`, whose winsorised time is `seconds`."""
    keys = [*TASK, "contributor"]
    timed = rows.with_columns(seconds=pl.Series(seconds)).sort(keys, maintain_order=True)
    groups = Groups.of(*(timed[key].to_numpy() for key in keys))
    decay = timed["decay"].to_numpy()
    submitted = decay * timed["submitted"].to_numpy()
    reward = timed["reward"].fill_null(0.0).to_numpy()
    decided = timed["credited"].is_not_null().to_numpy()
    outcome = timed["outcome"].to_physical().to_numpy()
    columns = {
        "reward": submitted * reward,
        "reward_squared": (submitted * reward) ** 2,
        "submitted_seconds": submitted * timed["seconds"].to_numpy(),
        "seconds": decay * timed["seconds"].to_numpy(),
        "credited": decay * timed["credited"].fill_null(0.0).to_numpy(),
        "decided_reward": submitted * decided * reward,
        "log_reward": submitted * np.nan_to_num(logarithm(reward)),
        "submitted": submitted,
        "observations": np.ones(timed.height),
        **{name: decay * (outcome == number) for number, name in enumerate(OUTCOME_SUMS)},
    }
    return pl.DataFrame(
        {
            **{key: groups.first(timed[key].to_numpy()) for key in keys},
            "age_days": groups.smallest(timed["age_days"].to_numpy()),
            **{name: groups.sum(column) for name, column in columns.items()},
        }
    )


def coarser(cells: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """The cells (`keys` x contributor) that finer `cells` add up to."""
    order = [*keys, "contributor"]
    finer = cells.sort([*order, *(key for key in TASK if key not in keys and key in cells.columns)])
    groups = Groups.of(*(finer[key].to_numpy() for key in order))
    return pl.DataFrame(
        {
            **{key: groups.first(finer[key].to_numpy()) for key in order},
            "age_days": groups.smallest(finer["age_days"].to_numpy()),
            **{name: groups.sum(finer[name].to_numpy()) for name in SUMS},
        }
    )


def with_votes(cells: pl.DataFrame, sigma: Floats) -> pl.DataFrame:
    """Adds each cell's vote (step C2); `sigma` is sigma_e of the cell's platform.

    L = ln(sum d r / sum d a); n = (sum d r)^2 / sum (d r)^2; s_n^2 = ln(1 + (e^(sigma_e^2) - 1)/n); `vote` y
    = L - s_n^2/2 in ln USD per hour, NaN where nothing was submitted. `noise` is s_n^2, `level` the mean ln
    reward.
    """
    reward, seconds = cells["reward"].to_numpy(), cells["submitted_seconds"].to_numpy()
    tasks = ratio(reward**2, cells["reward_squared"].to_numpy())
    noise = np.log1p(np.expm1(sigma**2) / np.where(np.isfinite(tasks), tasks, 1.0))
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
    order = [*keys, "contributor"]
    finer = children.sort([*order, *(key for key in TASK if key not in keys and key in children.columns)])
    groups = Groups.of(*(finer[key].to_numpy() for key in order))
    vote = finer["vote"].to_numpy()
    heard = np.isfinite(vote).astype(np.float64)
    count = groups.sum(heard)
    return parents.with_columns(
        vote=pl.Series(groups.mean(vote, heard)),
        noise=pl.Series(ratio(groups.mean(finer["noise"].to_numpy(), heard), count)),
        level=pl.Series(groups.mean(finer["level"].to_numpy(), heard)),
    )
