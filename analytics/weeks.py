"""What an hour paid week by week, by platform and by client: which cells are told, and with which figures.

The rules of release are those of the rates (`analytics.privacy`, `analytics.standing`), and no week shows by
subtraction: not from its platform's week, nor from the whole that the rates tell (`analytics.complement`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from analytics.complement import Margin, withheld
from analytics.privacy import SHARE_STEPS, by_contributors, on_steps, pay_columns
from analytics.standing import asked_of, marked, settled, with_cells
from analytics.week_cells import week_cells
from analytics.work_facts import summed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.ground import Ground
    from analytics.memory import Memory
    from analytics.policy import Policy

KEYS = {"platform_weeks": ("platform", "week"), "client_weeks": ("platform", "client_key", "week")}
WHOLES = {"platform_weeks": ("platform",), "client_weeks": ("platform", "client_key")}
DATA = ("reward", "submitted_ms", "all_ms", "tasks", "credited", "pending")  # these tell a person's data apart


def weeks(
    facts: pl.DataFrame, sigma: Mapping[str, float], ground: Ground, before: Mapping[str, Memory]
) -> tuple[dict[str, pl.DataFrame], dict[str, Memory]]:
    """The tables of weeks, without release and names, with client_key as a number; and what is remembered of them.
    `facts` in the shape of `analytics.work_facts.FACTS`, `sigma` by platform.
    """
    policy = replace(ground.policy, repeat_days=None)  # a week that is over does not grow old
    told, memories = {}, {}
    for table, keys in KEYS.items():
        fresh = fresh_weeks(week_cells(facts, keys, sigma, policy), table, ground)
        wanted = asked_of(fresh, before.get(table))
        people = with_cells(summed(facts.filter(pl.col("week").is_not_null()), (*keys, "contributor")), table, keys)
        inside = marked(people.filter(pl.col("cell").is_in(wanted.implode())), DATA, ground.secret)
        settle = settled(fresh, inside, before.get(table), ground.day, policy)
        told[table], memories[table] = (
            settle[0].join(ground.told(WHOLES[table]), on=WHOLES[table], how="semi"),
            settle[1],
        )
    return {table: shaped(frame) for table, frame in without_rests(facts, told, policy).items()}, memories


def fresh_weeks(cells: pl.DataFrame, table: str, ground: Ground) -> pl.DataFrame:
    """The weeks that may be told now, rounded."""
    policy = ground.policy
    enough = cells.filter(pl.col("contributors") >= policy.band_contributors).join(
        ground.told(WHOLES[table]), on=WHOLES[table], how="semi", maintain_order="left"
    )
    level = "client" if table == "client_weeks" else "platform"
    whole = enough.with_columns(level=pl.lit(level), task_key=pl.lit(None, pl.Int64))
    if "client_key" not in whole.columns:
        whole = whole.with_columns(client_key=pl.lit(None, pl.Int64))
    people = pl.col("decided_contributors")
    shares = on_steps(pl.col("paid_share"), by_contributors(SHARE_STEPS, people))
    rounded = whole.select(
        "week",
        **pay_columns(policy),
        paid_share=pl.when(people >= policy.number_contributors).then(shares),
    )
    return with_cells(rounded.drop("level", "task_key"), table, KEYS[table])


def without_rests(facts: pl.DataFrame, told: dict[str, pl.DataFrame], policy: Policy) -> dict[str, pl.DataFrame]:
    """`told` without the weeks that would show others by subtraction."""
    platforms = margins(facts, "platform_weeks")
    hidden = withheld([platforms], told["platform_weeks"]["cell"], policy.band_contributors)
    weeks_of_platforms = told["platform_weeks"].filter(~pl.col("cell").is_in(sorted(hidden)))
    clients = margins(facts, "client_weeks")
    of_week = with_cells(facts, "platform_weeks", KEYS["platform_weeks"]).rename({"cell": "whole"})
    inside = of_week.join(weeks_of_platforms, left_on="whole", right_on="cell", how="semi")
    in_weeks = with_cells(inside, "client_weeks", KEYS["client_weeks"]).select("whole", "contributor", part="cell")
    both = [clients, Margin(in_weeks)]
    hidden_clients = withheld(both, told["client_weeks"]["cell"], policy.band_contributors)
    weeks_of_clients = told["client_weeks"].filter(~pl.col("cell").is_in(sorted(hidden_clients)))
    return {"platform_weeks": weeks_of_platforms, "client_weeks": weeks_of_clients}


def margins(facts: pl.DataFrame, table: str) -> Margin:
    """Weeks as parts of the whole that the rates tell; work of no told week is a part that is never shown."""
    wholes = with_cells(facts, table, WHOLES[table]).rename({"cell": "whole"})
    return Margin(with_cells(wholes, table, KEYS[table]).select("whole", "contributor", part="cell"))


def shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """Weeks by their names, in the order of their keys."""
    mondays = [date.fromordinal(week) for week in frame["week"]]
    names = ["{}-W{:02}".format(*monday.isocalendar()[:2]) for monday in mondays]
    named = frame.with_columns(week=pl.Series(names, dtype=pl.String), week_starts_on=pl.Series(mondays, dtype=pl.Date))
    return named.drop("cell").sort("platform", "client_key", "week", nulls_last=True)
