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
from analytics.memory import settled
from analytics.privacy import SHARE_STEPS, by_contributors, on_steps, pay_columns
from analytics.standing import asked_of, marked, with_cells
from analytics.threads import side_by_side
from analytics.week_cells import week_cells
from analytics.work_facts import summed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.ground import Ground
    from analytics.memory import Memory

KEYS = {"platform_weeks": ("platform", "week"), "client_weeks": ("platform", "client_key", "week")}
WHOLES = {"platform_weeks": ("platform",), "client_weeks": ("platform", "client_key")}
DATA = ("reward", "submitted_ms", "all_ms", "tasks", "credited", "pending")  # these tell a person's data apart


def weeks(
    facts: pl.DataFrame, sigma: Mapping[str, float], ground: Ground, before: Mapping[str, Memory]
) -> tuple[dict[str, pl.DataFrame], dict[str, Memory]]:
    """The tables of weeks, without release and names, with client_key as a number; and what is remembered of them.
    `facts` in the shape of `analytics.work_facts.FACTS`, `sigma` by platform. No platform's weeks hang on another's.
    """
    ground = replace(ground, policy=replace(ground.policy, repeat_days=None))  # a week that is over does not grow old
    houses = facts["platform"].unique().sort().to_list() or [""]

    def facts_of(house: str) -> pl.DataFrame:
        return facts.filter(pl.col("platform") == house)

    made = side_by_side(lambda house: fresh_house(facts_of(house), sigma, ground, before), houses)
    told, memories = {}, {}
    for table in KEYS:
        fresh, inside = (pl.concat([one[table][place] for one in made]) for place in (0, 1))
        standing, memories[table] = settled(fresh, inside, before.get(table), ground.day, ground.policy)
        told[table] = standing.join(ground.told(WHOLES[table]), on=WHOLES[table], how="semi")
    del made
    hidden = side_by_side(lambda house: rests(facts_of(house), told, ground.policy.band_contributors), houses)
    shown = {table: frame.filter(~pl.col("cell").is_in(together(hidden, table))) for table, frame in told.items()}
    return {table: shaped(frame) for table, frame in shown.items()}, memories


def fresh_house(
    facts: pl.DataFrame, sigma: Mapping[str, float], ground: Ground, before: Mapping[str, Memory]
) -> dict[str, tuple[pl.DataFrame, pl.DataFrame]]:
    """By table, one platform's weeks that may be told now, and who is in the cells that are asked for."""
    people = summed(facts.filter(pl.col("week").is_not_null()), (*KEYS["client_weeks"], "contributor"))
    made = {}
    for table in ("client_weeks", "platform_weeks"):
        keys = KEYS[table]
        people = people if table == "client_weeks" else summed(people, (*keys, "contributor"))
        fresh = fresh_weeks(week_cells(people, keys, sigma, ground.policy), table, ground)
        wanted = asked_of(fresh, before.get(table))
        inside = with_cells(people, table, keys).filter(pl.col("cell").is_in(wanted.implode()))
        made[table] = fresh, marked(inside, DATA, ground.secret)
    return made


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


def rests(facts: pl.DataFrame, told: Mapping[str, pl.DataFrame], fewest: int) -> dict[str, set[int]]:
    """By table, the cells of one platform among `told` that would show others by subtraction."""
    clients = margins(facts, "client_weeks")
    hidden = withheld([margins(facts, "platform_weeks")], told["platform_weeks"]["cell"], fewest)
    shown = told["platform_weeks"].filter(~pl.col("cell").is_in(sorted(hidden)))
    weeks_of = with_cells(facts, "platform_weeks", KEYS["platform_weeks"])["cell"]
    in_weeks = clients.people.with_columns(whole=weeks_of).filter(pl.col("whole").is_in(shown["cell"].implode()))
    both = [clients, Margin(in_weeks)]
    return {"platform_weeks": hidden, "client_weeks": withheld(both, told["client_weeks"]["cell"], fewest)}


def together(hidden: Sequence[Mapping[str, set[int]]], table: str) -> list[int]:
    """All platforms' cells of a table."""
    return sorted(cell for one in hidden for cell in one[table])


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
