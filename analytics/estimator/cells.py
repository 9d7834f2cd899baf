"""Cells of one contributor in one task group, client or platform: the sums behind all results (steps C2 and C3).

Rows become the finest cells once; coarser cells are sums of finer ones. Sums of amounts are in USD, of time in seconds,
all weighted by decay.
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
    "decided_reward",  # of submitted tasks whose pay is decided
    "share_credited",  # `credited` and `decided_reward` of clients whose paid share may be used (D8)
    "share_reward",
    "overdue_reward",  # of submitted tasks pending for too long
    "due_reward",  # of submitted tasks that should be decided by now
    "due_decided_reward",  # the decided part of these
    "untimed",  # attempts without a time
    "timed_unsubmitted",  # attempts that ended without a submission, with a time
    "log_reward",  # sum of ln r over submitted tasks
    "submitted",  # their number
    "observations",  # plain count, without decay
    *OUTCOME_SUMS,
)


def task_cells(rows: pl.DataFrame, seconds: Floats, digests: NDArray[np.uint64]) -> pl.DataFrame:
    """Return the cells (task group x contributor) of admitted `rows`, whose winsorised time is `seconds`.

    `platform` is a number. `digest` is the sum of the rows' digests (`analytics.estimator.digest`).
    """
    keys = {key: rows[key].to_numpy() for key in (*TASK, "contributor")}
    order = in_order(Groups.of(keys["platform"], keys["client_key"]).of_row, *(keys[key] for key in LAST))
    groups = Groups.of(*(key[order] for key in keys.values()))
    decay = rows["decay"].to_numpy()
    submitted = decay * rows["submitted"].to_numpy()
    reward = rows["reward"].fill_null(0.0).to_numpy()
    credited = rows["credited"].fill_null(float("nan")).to_numpy()
    is_timed, is_due, is_overdue = (rows[name].to_numpy() for name in ("is_timed", "is_due", "is_overdue"))
    decided = submitted * (np.isfinite(credited) & ~is_overdue) * reward
    columns = {
        "reward": submitted * reward,
        "reward_squared": (submitted * reward) ** 2,
        "submitted_seconds": submitted * seconds,
        "seconds": decay * seconds,
        "worked": decay * rows["seconds"].to_numpy(),
        "credited": decay * np.nan_to_num(credited),
        "decided_reward": decided,
        "share_credited": decay * np.nan_to_num(credited),
        "share_reward": decided,
        "overdue_reward": submitted * is_overdue * reward,
        "due_reward": submitted * is_due * reward,
        "due_decided_reward": decided * is_due,
        "untimed": decay * ~is_timed,
        "timed_unsubmitted": decay * (is_timed & ~rows["submitted"].to_numpy()),
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
    """Return the cells (`keys` x contributor) that finer `cells` add up to.

    A copied timing vector is one of a client: above clients a person's part of a vote is the mean over their clients.
    """
    finer, groups = together(cells, keys)
    copy_group = groups.first(finer["copy_group"].to_numpy())
    return pl.DataFrame(
        {
            **{key: groups.first(finer[key].to_numpy()) for key in (*keys, "contributor")},
            "age_days": groups.smallest(finer["age_days"].to_numpy()),
            "seniority": groups.first(finer["seniority"].to_numpy()),
            "copy_part": groups.mean(finer["copy_part"].to_numpy(), np.ones(groups.rows)),
            "copy_group": copy_group if "client_key" in keys else np.zeros_like(copy_group),
            **{name: groups.sum(finer[name].to_numpy()) for name in SUMS},
            "digest": groups.total(finer["digest"].to_numpy()),
        }
    )


def together(cells: pl.DataFrame, keys: tuple[str, ...]) -> tuple[pl.DataFrame, Groups]:
    """Return finer cells next to those of the same contributor and `keys`, in the order of their own keys."""
    finer = [key for key in TASK if key not in keys and key in cells.columns]
    order = in_order(*(cells[key].to_numpy() for key in (*keys, "contributor", *finer)))
    sorted_cells = cells[order]
    return sorted_cells, Groups.of(*(sorted_cells[key].to_numpy() for key in (*keys, "contributor")))


def with_votes(cells: pl.DataFrame, sigma: Floats) -> pl.DataFrame:
    """Add each cell's vote (step C2); `sigma` is sigma_e by platform.

    `log_pay` L = ln(sum d r / sum d a) in ln USD per hour, NaN where nothing was submitted; n = (sum d r)^2 / sum (d r)^2;
    `noise` s_n^2 = ln(1 + (e^(sigma_e^2) - 1)/n); `vote` y = L - s_n^2/2; `level` the mean ln reward.
    """
    measured = cells if "log_pay" in cells.columns else with_log_pay(cells)
    tasks = ratio(cells["reward"].to_numpy() ** 2, cells["reward_squared"].to_numpy())
    noise = np.log1p(np.expm1(sigma[cells["platform"].to_numpy()] ** 2) / np.where(np.isfinite(tasks), tasks, 1.0))
    vote = measured["log_pay"].to_numpy() - noise / 2
    level = ratio(cells["log_reward"].to_numpy(), cells["submitted"].to_numpy())
    return measured.with_columns(vote=pl.Series(vote), noise=pl.Series(noise), level=pl.Series(level))


def with_log_pay(cells: pl.DataFrame) -> pl.DataFrame:
    """Add `log_pay` L = ln(sum d r / sum d a), in ln USD per hour (step C2)."""
    seconds = cells["submitted_seconds"].to_numpy()
    hourly = ratio(cells["reward"].to_numpy() * SECONDS_PER_HOUR, seconds)
    return cells.with_columns(log_pay=pl.Series(logarithm(hourly)))


def typical_child(children: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Return cells whose vote is a contributor's mean vote over the children of a parent, the vote on a typical child.

    A parent's own hour does not measure its children's: contributors spend it mostly where it pays least (Jensen).
    """
    parents = coarser(children, keys)
    finer, groups = together(children, keys)
    vote = finer["vote"].to_numpy()
    has_vote = (np.isfinite(vote) & (finer["voter_part"].to_numpy() > 0)).astype(np.float64)
    count = groups.sum(has_vote)
    mean_vote = pl.Series(groups.mean(vote, has_vote))
    return parents.with_columns(
        vote=mean_vote,
        log_pay=mean_vote,
        noise=pl.Series(ratio(groups.mean(finer["noise"].to_numpy(), has_vote), count)),
        level=pl.Series(groups.mean(finer["level"].to_numpy(), has_vote)),
    )
