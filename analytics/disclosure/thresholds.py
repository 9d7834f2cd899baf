"""What may be published of the estimator's rates: step F. The last station before a release; nothing leaves
round it.

Fewer than five contributors: no row. Five to nine: a band, no number. From ten: numbers on a grid that grows
finer with the number of contributors, so that one person joining or leaving shows no more of their pay than
a guess would.

What reaches other rows: a client with fewer than five voters moves nothing shared between clients (their
anchors, components and slopes come from clients with five). Its mature contributors count on their
platform's own rate, and its rows for their contributors' maturity and 14-hour day. Data of contributors who
are not mature reaches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import polars as pl

from analytics.estimator import Rates
from analytics.estimator.summary import ENDINGS
from analytics.model.policy import Policy

Z95 = 1.96
BANDS = ((5, "5-9"), (10, "10-19"), (20, "20-49"), (50, "50+"))
# By the least number of contributors: the step of the grid of rates, and of shares. One contributor can move a
# share by one part in that number, so no finer step is shown.
RATE_STEPS = ((5, 0.20), (10, 0.20), (20, 0.10), (50, 0.05))
SHARE_STEPS = ((5, 0.20), (10, 0.10), (20, 0.05), (50, 0.02))
SLOPE_STEP = 0.05  # of gamma, which comes from 25 clients of five people at least
SPREAD_STEP = 0.05  # of s_b and sigma_e
SIGNIFICANT_DIGITS = 3
ROUNDING = 1e-9  # what the order of a sum may change; a figure on the edge of a step must not hang on it


@dataclass(frozen=True)
class Names:
    """What keys stand for. `clients`: client_key, platform, client_id, client_name; `tasks`: task_key,
    client_key, title, task_id. `shows_clients`: the platforms that show every worker who pays.
    """

    clients: pl.DataFrame
    tasks: pl.DataFrame
    shows_clients: frozenset[str]


@dataclass(frozen=True)
class Disclosed:
    """Rates that may be published, every number rounded, sorted by level and key. `slopes`: by platform, how much pay
    grows with the listed reward. `countries`: the table of the last quarter; `evaluation`: how the estimator did.
    """

    as_of: date
    policy: str
    cells: pl.DataFrame
    slopes: dict[str, float] = field(default_factory=dict)
    spreads: dict[str, tuple[float, float]] = field(default_factory=dict)  # by platform, s_b and sigma_e
    countries: pl.DataFrame | None = None
    evaluation: pl.DataFrame | None = None


def disclose(rates: Rates, policy: Policy) -> Disclosed:
    """The part of `rates` that `policy` lets out (step F)."""
    told = rates.cells.filter(pl.col("contributors") >= policy.band_contributors)
    ordered = told.sort("level", "platform", "client_key", "task_key")
    cells = ordered.select(**pay_columns(policy), **unseen_columns(policy), **outcome_columns(policy))
    slopes = rates.components.select("platform", on_steps(pl.col("gamma"), pl.lit(SLOPE_STEP))).rows()
    return Disclosed(rates.as_of, rates.policy, cells, dict(slopes), spreads_of(rates.components))


def spreads_of(components: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """Return s_b (of people at a client) and sigma_e by platform, on steps: both come from counted groups alone."""
    rounded = (on_steps(pl.col(name), pl.lit(SPREAD_STEP)).round(2) for name in ("client_s_b", "sigma_e"))
    return {platform: (s_b, sigma_e) for platform, s_b, sigma_e in components.select("platform", *rounded).rows()}


def pay_columns(policy: Policy) -> dict[str, pl.Expr]:
    """Keys, people and pay. An interval rounds outwards: it never claims more than it knows.

    Every rate stands whole steps away from the rounded effective one. Rounded on its own, each would tell where within
    its step the rate lies, and all together one person's pay (test 16 of the specification).
    """
    people = pl.col("contributors")
    step = by_contributors(RATE_STEPS, people)
    has_number = people >= policy.number_contributors
    centre = pl.col("effective_usd_per_hour").log()
    half = step.log1p() / 2
    reach = Z95 * pl.col("pooled_variance").sqrt()
    share_step = by_contributors(SHARE_STEPS, people)
    return {
        **{name: pl.col(name) for name in ("level", "platform", "client_key", "task_key")},
        "level_used": pl.col("level").cast(pl.String),
        "contributors": band(people),
        "contributors_at_least": by_contributors(tuple((least, float(least)) for least, _ in BANDS), people).cast(
            pl.Int64
        ),
        "effective_usd_per_hour": pl.when(has_number).then(on_grid(centre, step, "nearest")),
        "low_usd_per_hour": on_grid(nearest(centre, step) - half - reach, step, "down"),
        "high_usd_per_hour": on_grid(nearest(centre, step) + half + reach, step, "up"),
        "task_usd_per_hour": pl.when(has_number).then(beside(centre, pl.col("task_usd_per_hour").log(), step)),
        "kept_share": pl.when(has_number).then(on_steps(pl.col("kept_share"), share_step)),
    }


def unseen_columns(policy: Policy) -> dict[str, pl.Expr]:
    """What is known of work that nobody did yet (step D10), and of all hours together (step B).

    `unseen_usd_per_hour` is the effective rate of a new task of the client, or a new client of the platform, that
    lists `unseen_reward_usd`; both null below ten people.
    """
    people, tellers = pl.col("contributors"), pl.col("all_in_contributors")
    step = by_contributors(RATE_STEPS, people)
    has_number = people >= policy.number_contributors
    centre = pl.col("effective_usd_per_hour").log()
    shares = (pl.col("paid_share") * pl.col("kept_share")).log()
    is_told = has_number & (pl.col("level") == "platform") & (tellers >= policy.number_contributors)
    factor = on_steps(pl.col("all_in_factor"), by_contributors(SHARE_STEPS, tellers))
    return {
        "unseen_usd_per_hour": pl.when(has_number).then(beside(centre, pl.col("child_theta") + shares, step)),
        "unseen_reward_usd": pl.when(has_number).then(on_grid(pl.col("child_log_reward"), step, "nearest")),
        "all_in_usd_per_hour": pl.when(is_told).then(beside(centre, pl.col("all_in_usd_per_hour").log(), step)),
        "all_in_factor": pl.when(is_told).then(factor),
    }


def outcome_columns(policy: Policy) -> dict[str, pl.Expr]:
    """How work ended; every figure by the number of contributors that it is made of."""
    people, decided = pl.col("contributors"), pl.col("decided_contributors")
    payers = pl.col("days_to_pay_contributors")
    reach = Z95 * pl.col("paid_share_variance").sqrt()
    step = by_contributors(SHARE_STEPS, decided)
    has_decided = decided >= policy.number_contributors
    low = ((pl.col("paid_share") - reach).clip(lower_bound=0.0) / step + ROUNDING).floor() * step
    high = ((pl.col("paid_share") + reach) / step - ROUNDING).ceil() * step
    return {
        **{
            name: pl.when(people >= policy.number_contributors).then(
                on_steps(pl.col(name), by_contributors(SHARE_STEPS, people))
            )
            for name in ENDINGS
        },
        "paid_share": pl.when(has_decided).then(on_steps(pl.col("paid_share"), step)),
        "paid_share_low": pl.when(has_decided).then(low.round(2)),
        "paid_share_high": pl.when(has_decided).then(high.round(2)),
        "days_to_pay": pl.when(payers >= policy.number_contributors).then(
            on_grid(
                pl.col("days_to_pay").clip(lower_bound=1.0).log(),
                by_contributors(RATE_STEPS, payers),
                "nearest",
            )
        ),
    }


def band(contributors: pl.Expr) -> pl.Expr:
    """How many people a row is made of, as a band."""
    chosen = pl.lit(BANDS[0][1])
    for least, words in BANDS[1:]:
        chosen = pl.when(contributors >= least).then(pl.lit(words)).otherwise(chosen)
    return chosen


def by_contributors(steps: tuple[tuple[int, float], ...], contributors: pl.Expr) -> pl.Expr:
    """The step for this many contributors."""
    chosen = pl.lit(steps[0][1])
    for least, step in steps[1:]:
        chosen = pl.when(contributors >= least).then(step).otherwise(chosen)
    return chosen


def on_grid(logarithm: pl.Expr, step: pl.Expr, direction: Literal["nearest", "down", "up"]) -> pl.Expr:
    """exp(`logarithm`) on the geometric grid (1 + step)^k, in three significant digits (step F)."""
    position = logarithm / step.log1p()
    if direction == "down":
        place = (position + ROUNDING).floor()
    elif direction == "up":
        place = (position - ROUNDING).ceil()
    else:
        place = (position + 0.5 + ROUNDING).floor()
    return (place * step.log1p()).exp().round_sig_figs(SIGNIFICANT_DIGITS)


def nearest(logarithm: pl.Expr, step: pl.Expr) -> pl.Expr:
    """The logarithm of the grid's nearest rate."""
    return (logarithm / step.log1p() + 0.5 + ROUNDING).floor() * step.log1p()


def beside(rate: pl.Expr, other: pl.Expr, step: pl.Expr) -> pl.Expr:
    """exp(`other`) on the grid, by whole steps from the rounded exp(`rate`); both arguments are logarithms."""
    return on_grid(nearest(rate, step) + nearest(other - rate, step), step, "nearest")


def on_steps(share: pl.Expr, step: pl.Expr) -> pl.Expr:
    """A share at its nearest whole step."""
    return ((share / step + 0.5 + ROUNDING).floor() * step).round(2)


def named(disclosed: Disclosed, names: Names, policy: Policy) -> pl.DataFrame:
    """The disclosed cells with `client_id`, `client_name`, `task_id`, `title` where these may be shown.

    A client's name stands only where its platform shows it to every worker and the cell has enough
    contributors for a number: clients can be natural persons. Otherwise the platform's own id stands alone.
    A title needs a band.
    """
    cells = disclosed.cells
    of_clients = (
        names.clients.select(
            pl.col("client_key").cast(pl.Int64),
            pl.col("client_id").cast(pl.String),
            pl.col("client_name").cast(pl.String),
        )
        .sort(pl.all())
        .unique("client_key", keep="first")
    )
    of_tasks = (
        names.tasks.select(
            pl.col("task_key").cast(pl.Int64),
            pl.col("task_id").cast(pl.String),
            pl.col("title").cast(pl.String),
        )
        .sort(pl.all())
        .unique("task_key", keep="first")
    )
    with_names = cells.join(of_clients, on="client_key", how="left", maintain_order="left").join(
        of_tasks, on="task_key", how="left", maintain_order="left"
    )
    clients = cells.filter(pl.col("level") == "client", pl.col("contributors_at_least") >= policy.number_contributors)
    may_name = pl.col("client_key").is_in(clients["client_key"].implode()) & pl.col("platform").is_in(
        sorted(names.shows_clients)
    )
    return with_names.with_columns(client_name=pl.when(may_name).then("client_name"))
