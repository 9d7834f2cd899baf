"""The publishable part of the estimator's rates and its figures (step F). Every release passes through here.

Too few people: no row. Up to the border of a number: an interval without a figure. From there a figure, on a grid that
grows finer with the band of people. A cell whose people differ too much has its band and no figure. The release secret
moves the borders and the grid's offset (`analytics.disclosure.borders`).

A client with fewer than five voters does not affect what clients share. Its mature contributors count in their
platform's own rate, and its rows in their contributors' maturity and 14-hour day. Data of contributors who are not
mature affects nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from analytics.disclosure import rounding
from analytics.disclosure.borders import LEAST_BAND, LEAST_NUMBER, NUMBER, nominal, with_borders, words
from analytics.disclosure.pseudonyms import cell_ids
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.estimator import Rates
from analytics.estimator.summary import ENDINGS
from analytics.model.policy import Policy

Z95 = 1.96
SLOPE_STEP = 0.05  # of gamma, which comes from 25 clients of five people at least
SPREAD_STEP = 0.05  # of s_b and sigma_e
MUCH_UNDECIDED = 0.1  # of submitted pay: from here on, the rate without its payment is given, too
FIGURES = ("number", "task_rate", "range", "divided")
NEAR_CHANCE = 0.576  # of a vote within .8 s of the centre, where votes are normal
DIVIDED_BELOW, WHOLE_FROM, DIVIDED_CHANCE = 0.40, 0.45, 0.005
PEOPLE, STEP = "people_band", "rate_step"
FIRST_TASKS: dict[str, pl.DataType] = {"client_key": pl.Int64(), "task_key": pl.Int64()}


@dataclass(frozen=True)
class Names:
    """The words of keys.

    `clients` has client_key, platform, client_id, client_name; `tasks` has task_key, client_key, title, task_id.
    `shows_clients` are the platforms that show the client to every worker.
    """

    clients: pl.DataFrame
    tasks: pl.DataFrame
    shows_clients: frozenset[str]


@dataclass(frozen=True)
class Draws:
    """Hidden inputs of disclosure: the release secret, first task groups, and divided cells.

    Without a secret (None) nothing is moved. Each client's first task group shares the draws of its client. Divided
    cells are those of the last release.
    """

    secret: ReleaseSecret | None = None
    first_tasks: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FIRST_TASKS))
    divided: pl.Series = field(default_factory=lambda: pl.Series("cell", [], pl.UInt64))

    def checked(self, policy: Policy) -> ReleaseSecret | None:
        """Return the secret that `policy` needs."""
        if policy.is_guarded and self.secret is None:
            raise ValueError(f"the policy {policy.name} needs a release secret; pass one")
        return self.secret if policy.is_guarded else None


@dataclass(frozen=True)
class Disclosed:
    """Rates that may be published, every number rounded, sorted by level and key.

    `slopes` is the growth of pay with the listed reward, by platform. `countries` is the table of the last quarter.
    """

    as_of: date
    policy: str
    cells: pl.DataFrame
    slopes: dict[str, float] = field(default_factory=dict)
    spreads: dict[str, tuple[float, float]] = field(default_factory=dict)  # by platform, s_b and sigma_e
    countries: pl.DataFrame | None = None
    unmeasured: dict[str, str] = field(default_factory=dict)  # by platform: spreads that are a default or a split (D11)


def disclose(rates: Rates, policy: Policy, draws: Draws | None = None) -> Disclosed:
    """Return the part of `rates` that `policy` allows to be published (step F)."""
    given = draws or Draws()
    cells = rates.cells.with_columns(cell_ids(rates.cells))
    judged = with_people(cells, drawn_from(cells, given), policy, given).filter(pl.col(PEOPLE) > 0)
    ordered = with_paid_share(judged).sort("level", "platform", "client_key", "task_key")
    shown = ordered.select(**pay_columns(), **unseen_columns(), **outcome_columns(policy))
    slopes = rates.components.select("platform", rounding.stepped(pl.col("gamma"), SLOPE_STEP)).rows()
    return Disclosed(
        rates.as_of,
        rates.policy,
        shown,
        dict(slopes),
        spreads_of(rates.components),
        unmeasured=unmeasured_spreads(rates.components),
    )


def unmeasured_spreads(components: pl.DataFrame) -> dict[str, str]:
    """Return by platform the spreads that were not measured there."""
    found: dict[str, str] = {}
    for platform, tasks, people in components.select("platform", "sigma_e_source", "s_b_source").rows():
        words = [f"{source} spread of {name}" for name, source in (("tasks", tasks), ("people", people))
                 if source not in (None, "measured")]  # fmt: skip
        if words:
            found[platform] = ", ".join(words)
    return found


def spreads_of(components: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """Return s_b (of people at a client) and sigma_e by platform, on steps: both come from counted groups alone."""
    rounded = (rounding.stepped(pl.col(name), SPREAD_STEP).round(2) for name in ("client_s_b", "sigma_e"))
    return {platform: (s_b, sigma_e) for platform, s_b, sigma_e in components.select("platform", *rounded).rows()}


def first_tasks(cells: pl.DataFrame, days: pl.DataFrame, known: pl.DataFrame | None) -> pl.DataFrame:
    """Return the first task group of each client (FIRST_TASKS).

    It is the one that arrived first among those with enough people for a row; ties by key. One that is `known` from the
    previous release stays for life.
    """
    enough = cells.filter(pl.col("level").cast(pl.String) == "task", pl.col("contributors") >= LEAST_BAND)
    fresh = (
        enough.select(*FIRST_TASKS)
        .join(days, on=[*FIRST_TASKS], how="left")
        .sort("client_key", "first_day", "task_key", nulls_last=True)
        .unique("client_key", keep="first")
        .select(pl.col(name).cast(kind) for name, kind in FIRST_TASKS.items())
    )
    if known is not None:
        fresh = pl.concat([known, fresh.join(known, on="client_key", how="anti")])
    return fresh.sort("client_key")


def drawn_from(cells: pl.DataFrame, draws: Draws) -> pl.Series:
    """Return the cell whose draws each row takes: its own, or the client's for a client's first task group."""
    first = draws.first_tasks.select("client_key", "task_key", is_first=pl.lit(True))
    marked = cells.select("level", "platform", "client_key", "task_key").join(
        first, on=["client_key", "task_key"], how="left", maintain_order="left"
    )
    is_first = pl.col("is_first").fill_null(False)
    return cell_ids(
        marked.with_columns(
            level=pl.when(is_first).then(pl.lit("client")).otherwise(pl.col("level").cast(pl.String)),
            task_key=pl.when(~is_first).then("task_key"),
        )
    )


def with_people(cells: pl.DataFrame, drawn: pl.Series, policy: Policy, draws: Draws) -> pl.DataFrame:
    """Return `cells` with their borders, the band shown (PEOPLE, 0: none) and `figure`, the kind of figure of a row."""
    bordered = with_borders(cells, drawn, draws.checked(policy))
    people = bordered.with_columns(nominal(pl.col("contributors")).alias(PEOPLE))
    has_number = pl.col(PEOPLE) >= LEAST_NUMBER
    known = people.with_columns(is_divided=divided(people, draws.divided))
    return known.with_columns(
        figure=pl.when(has_number & pl.col("is_divided"))
        .then(pl.lit("divided"))
        .when(has_number)
        .then(pl.lit("number"))
        .otherwise(pl.lit("range")),
        rate_step=rounding.rate_step(pl.col(PEOPLE), policy),
    )


def divided(cells: pl.DataFrame, before: pl.Series) -> pl.Series:
    """Return the cells whose people differ too much for one figure.

    Fewer than 40 % of their votes are near the centre, and too few for chance. A divided cell is whole again from 45 %.
    """
    if "near_contributors" not in cells.columns:
        return pl.Series("is_divided", [False] * cells.height, pl.Boolean)
    asked = cells.select(
        "contributors", near=pl.col("near_contributors").fill_null(pl.col("contributors")).round().cast(pl.Int64)
    )
    pairs = asked.unique()
    chance = [binomial_at_most(near, people, NEAR_CHANCE) for people, near in pairs.rows()]
    known = asked.join(pairs.with_columns(chance=pl.Series(chance, dtype=pl.Float64)), on=["contributors", "near"],
                       how="left", maintain_order="left")  # fmt: skip
    share = pl.col("near") / pl.col("contributors").clip(lower_bound=1)
    was = cells["cell"].is_in(before.implode()) if "cell" in cells.columns else pl.Series([False] * cells.height)
    falls = (share < DIVIDED_BELOW) & (pl.col("chance") < DIVIDED_CHANCE)
    return known.with_columns(was=was).select(is_divided=falls | (pl.col("was") & (share < WHOLE_FROM))).to_series()


def binomial_at_most(seen: int, trials: int, chance: float) -> float:
    """Return P(Bin(trials, chance) <= seen)."""
    logs = (math.log(chance), math.log1p(-chance))
    whole = math.lgamma(trials + 1)
    return sum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * logs[0] + (trials - k) * logs[1])
        for k in range(min(seen, trials) + 1)
    )


def with_paid_share(cells: pl.DataFrame) -> pl.DataFrame:
    """Return `cells` with the paid share in use: `paid_used`, and `paid_share_from`, the level of its decisions.

    A cell's own share needs enough decided pay (step D8) of as many people as a number does. Otherwise its parent's
    applies. If that also has too few, the share is unknown and the row has a task rate only.
    """
    is_decided = pl.col("decided_contributors") >= pl.col(NUMBER)
    if "is_own_paid_share" in cells.columns:
        is_decided = is_decided & pl.col("is_own_paid_share").fill_null(True)
    is_own = is_decided & pl.col("paid_share").is_not_null()
    level = pl.col("level").cast(pl.String)
    if "above" not in cells.columns:
        cells = with_shares_above(cells, is_own)
    is_above = pl.col("above").is_not_null()
    return cells.with_columns(
        paid_share_from=pl.when(is_own).then(level).when(is_above).then(pl.col("above_level")),
        paid_used=pl.when(is_own).then("paid_share").when(is_above).then("above").otherwise(1.0),
    )


def with_shares_above(cells: pl.DataFrame, is_own: pl.Expr) -> pl.DataFrame:
    """Return `cells` with the paid share of their parent (`above`) and its level (`above_level`).

    For a task it is its client's, if that is the client's own, else the platform's.
    """
    level = pl.col("level").cast(pl.String)
    platforms = cells.filter((level == "platform") & is_own).select("platform", of_platform="paid_share")
    clients = cells.filter((level == "client") & is_own).select("client_key", of_client="paid_share")
    joined = cells.join(platforms, on="platform", how="left", maintain_order="left").join(
        clients, on="client_key", how="left", maintain_order="left"
    )
    is_of_client = (level == "task") & pl.col("of_client").is_not_null()
    return joined.with_columns(
        above=pl.when(is_of_client).then("of_client").otherwise("of_platform"),
        above_level=pl.when(is_of_client).then(pl.lit("client")).otherwise(pl.lit("platform")),
    )


def is_number() -> pl.Expr:
    return pl.col("figure") == "number"


def pay_columns() -> dict[str, pl.Expr]:
    """Return keys, people and pay.

    Only the task rate and the shares are rounded: the effective rate is the product of shown figures. Intervals round
    outwards.
    """
    step, people = pl.col(STEP), pl.col(PEOPLE)
    task = pl.col("task_usd_per_hour").log()
    paid, kept = rounding.share(pl.col("paid_used")), rounding.share(pl.col("kept_share"))
    effective = rounding.product(rounding.rate(task, step), paid, kept)
    slack = rounding.share_slack(paid) + rounding.share_slack(kept)
    reach = Z95 * pl.col("pooled_variance").sqrt()
    is_known = pl.col("paid_share_from").is_not_null() & pl.col("kept_share").is_not_null()
    shown = pl.when(is_number() & is_known).then(effective)
    is_task_rate = pl.col("figure").is_in(["number", "range"]) & ~is_known
    # Of five to nine people only a parent's decisions count, which its own row shows: this reveals nothing of them.
    is_untimed_range = (pl.col("figure") == "range") & pl.col("kept_share").is_null()
    has_paid_share = (is_number() | is_untimed_range) & pl.col("paid_share_from").is_not_null()
    factor = pl.when(is_task_rate).then(1.0).otherwise(paid * kept.fill_null(1.0))
    undecided = rounding.share(pl.col("undecided_share").clip(0.0, 1.0))
    low, high = rounding.ends(task, reach, factor, slack.fill_null(0.0), step)
    has_interval = pl.col("figure") != "divided"
    return {
        **{name: pl.col(name) for name in ("level", "platform", "client_key", "task_key")},
        "level_used": pl.col("level").cast(pl.String),
        "contributors": words(people),
        "contributors_at_least": people,
        "figure": pl.when(is_task_rate).then(pl.lit("task_rate")).otherwise("figure"),
        "effective_usd_per_hour": shown,
        "low_usd_per_hour": pl.when(has_interval).then(pl.min_horizontal(low, shown)),
        "high_usd_per_hour": pl.when(has_interval).then(pl.max_horizontal(high, shown)),
        "task_usd_per_hour": pl.when(is_number()).then(rounding.rate(task, step)),
        "paid_share": pl.when(has_paid_share).then(paid),
        "paid_share_from": pl.when(has_paid_share).then("paid_share_from"),
        "kept_share": pl.when(is_number()).then(kept),
        "undecided_share": pl.when(is_number()).then(undecided),
        "none_paid_usd_per_hour": pl.when(is_number() & is_known & (undecided > MUCH_UNDECIDED)).then(
            rounding.product(effective, 1 - undecided)
        ),
    }


def unseen_columns() -> dict[str, pl.Expr]:
    """Return the pay of work that no one has done yet (step D10), and of all hours together (step B).

    `unseen_usd_per_hour` is the effective rate of a new task of the client, or a new client of the platform, that lists
    `unseen_reward_usd`. Both are whole steps away from the shown task rate.
    """
    step = pl.col(STEP)
    task = pl.col("task_usd_per_hour").log()
    paid, kept = rounding.share(pl.col("paid_used")), rounding.share(pl.col("kept_share"))
    is_all_in = is_number() & (pl.col("level") == "platform") & (pl.col("all_in_contributors") >= pl.col(NUMBER))
    part = rounding.share(1 / pl.col("all_in_factor"))
    effective = rounding.product(rounding.rate(task, step), paid, kept)
    unseen = round_relative_to(task, pl.col("child_theta"), step)
    return {
        "unseen_usd_per_hour": pl.when(is_number() & pl.col("paid_share_from").is_not_null()).then(
            rounding.product(unseen, paid, kept)
        ),
        "unseen_reward_usd": pl.when(is_number()).then(rounding.rate(pl.col("child_log_reward"), step)),
        "all_in_usd_per_hour": pl.when(is_all_in).then(rounding.product(effective, part)),
        "task_time_share": pl.when(is_all_in).then(part),
        "all_in_factor": pl.when(is_all_in).then((1 / part).round(2)),
    }


def outcome_columns(policy: Policy) -> dict[str, pl.Expr]:
    """Return the outcomes of work; each figure depends on the number of contributors behind it."""
    payers = nominal(pl.col("days_to_pay_contributors"))
    reach = Z95 * pl.col("paid_share_variance").sqrt()
    is_own = is_number() & (pl.col("paid_share_from") == pl.col("level").cast(pl.String))
    days = rounding.rate(pl.col("days_to_pay").clip(lower_bound=1.0).log(), rounding.rate_step(payers, policy))
    return {
        **{name: pl.when(is_number()).then(rounding.share(pl.col(name))) for name in ENDINGS},
        "paid_share_low": pl.when(is_own).then(rounding.share_low(pl.col("paid_used") - reach)),
        "paid_share_high": pl.when(is_own).then(rounding.share_high(pl.col("paid_used") + reach, most=None)),
        "days_to_pay": pl.when(is_number() & (payers >= LEAST_NUMBER)).then(
            pl.when(pl.col("days_to_pay") < 1).then(0.0).otherwise(days)
        ),
    }


def round_relative_to(shown: pl.Expr, other: pl.Expr, step: pl.Expr) -> pl.Expr:
    """Return exp(`other`) by whole steps from the rounded exp(`shown`), so two roundings reveal no more than one."""
    apart = ((other - shown) / step.log1p() + 0.5 + rounding.ROUNDING).floor()
    return rounding.at(rounding.place(shown, step) + apart, step)


def named(disclosed: Disclosed, names: Names, policy: Policy) -> pl.DataFrame:
    """Return the disclosed cells with `client_id`, `client_name`, `task_id`, `title` where these may be shown.

    A client's name is shown only if its platform shows it to every worker and the cell has enough contributors for a
    number, because clients can be natural persons. Otherwise the platform's own id is shown alone. A title needs a row.
    The words themselves are decided before (`analytics.disclosure.published_names`).
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
