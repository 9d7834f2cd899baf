"""What the estimator answers: hourly pay of every task group, client and platform, before any rule of
disclosure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.estimator.summary import ENDINGS

LEVELS = ("platform", "client", "task")

CELLS: dict[str, pl.DataType] = {
    "level": pl.Enum(LEVELS),
    "platform": pl.String(),
    "client_key": pl.Int64(),  # null for a platform
    "task_key": pl.Int64(),  # null for a platform and a client
    "parent": pl.String(),  # the level it was shrunk towards: client, platform or all
    "contributors": pl.UInt32(),  # K: mature contributors with a vote
    "people": pl.UInt32(),  # those and the ones who submitted nothing here
    "effective_contributors": pl.Float64(),  # K_eff
    "near_contributors": pl.Float64(),  # with a vote within .8 s of the centre
    "largest_share": pl.Float64(),  # of the votes, held by one contributor
    "theta": pl.Float64(),  # ln USD per hour of submitted work
    "variance": pl.Float64(),  # of theta
    "effective_variance": pl.Float64(),  # of ln effective, from the cell's own spread (D9)
    "pooled_variance": pl.Float64(),  # the same from the platform's pooled spreads (F)
    "paid_share": pl.Float64(),  # null: not known, too little is decided (B, D8)
    "paid_share_level": pl.String(),  # whose it is: task, client, platform or all
    "is_own_paid_share": pl.Boolean(),  # enough of the cell's own pay is decided (D8)
    "paid_share_variance": pl.Float64(),  # pooled
    "kept_share": pl.Float64(),  # null: not known, the time of unsubmitted work is not told (B)
    "kept_share_level": pl.String(),
    "undecided_share": pl.Float64(),  # of submitted pay
    "overdue_share": pl.Float64(),  # of the pay that should be decided by now, what is not
    "untimed_share": pl.Float64(),  # of attempts, those without a time
    "task_usd_per_hour": pl.Float64(),
    "effective_usd_per_hour": pl.Float64(),  # null where a share is not known: there is a task rate only
    "none_paid_usd_per_hour": pl.Float64(),  # effective, were none of the undecided pay paid; null where it is <= 10 %
    "all_paid_usd_per_hour": pl.Float64(),  # effective, were all of it paid
    "low_usd_per_hour": pl.Float64(),  # 95 % interval of the effective rate by effective_variance
    "high_usd_per_hour": pl.Float64(),
    "observations": pl.UInt32(),
    "decided_contributors": pl.UInt32(),  # contributors with work whose pay is not pending
    **{name: pl.Float64() for name in ENDINGS},  # of a contributor's own tasks, each contributor once
    "log_reward": pl.Float64(),  # median over contributors of their mean ln reward in USD
    "child_theta": pl.Float64(),  # theta of a typical child (a client's task, a platform's client); null for a task
    "child_variance": pl.Float64(),  # of theta of a child that was never seen
    "child_log_reward": pl.Float64(),
    "all_in_factor": pl.Float64(),  # phi: all time over task time; null where no overheads were given
    "all_in_variance": pl.Float64(),  # of ln phi
    "all_in_contributors": pl.UInt32(),  # contributors that tell phi; 0: it is the prior
    "all_in_usd_per_hour": pl.Float64(),  # effective / phi
    "days_to_pay": pl.Float64(),  # median over contributors of their own medians, claim to decision
    "days_to_pay_contributors": pl.UInt32(),
}

COMPONENTS: dict[str, pl.DataType] = {
    "platform": pl.String(),
    "clients_counted": pl.UInt32(),  # with at least five voters
    "tasks_counted": pl.UInt32(),
    "is_default": pl.Boolean(),  # too few clients: default tau and gamma, variance x 1.25
    "sigma_e": pl.Float64(),
    "sigma_e_source": pl.String(),  # measured, or split: a part of T, as too few people did two tasks (D11)
    "s_b_source": pl.String(),  # of clients: measured, split or default
    "total_spread": pl.Float64(),  # T where it was split
    "client_s_b": pl.Float64(),
    "client_tau": pl.Float64(),
    "task_s_b": pl.Float64(),
    "task_tau": pl.Float64(),
    "platform_s_b": pl.Float64(),
    "gamma": pl.Float64(),
}


@dataclass(frozen=True)
class Rates:
    """Every cell's rate on one day under one policy; `cells` in the shape CELLS, `components` in the shape
    COMPONENTS.

    `left_out` counts rows that did not reach a cell, by reason. Nothing here may be published as it is:
    `analytics.disclosure.thresholds` decides what may.
    """

    as_of: date
    policy: str
    cells: pl.DataFrame
    components: pl.DataFrame
    left_out: dict[str, int]
