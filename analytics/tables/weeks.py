"""Hourly pay week by week, by platform and by client: the published cells and their figures.

The rules of release are those of the rates. Subtraction reveals no week, neither from its platform's week nor from the
whole among the rates (`analytics.disclosure.secondary_suppression`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial

import polars as pl

from analytics.disclosure.cell_ids import cells_to_check, marks, with_cells
from analytics.disclosure.change_control import HELD_BACK, CellMembers, released_cells
from analytics.disclosure.pseudonyms import MEMBERS, Key, cell_ids, persons
from analytics.disclosure.release_state import ReleaseState
from analytics.disclosure.thresholds import PEOPLE, Draws, pay_columns, with_paid_share, with_people
from analytics.estimator.arrival import DAY_MICROSECONDS, hours
from analytics.estimator.eligibility import EPOCH_ORDINAL
from analytics.model.policy import Policy
from analytics.model.threads import side_by_side
from analytics.tables.release_context import ReleaseContext
from analytics.tables.week_cells import (
    CLIENTS,
    HOUSES,
    KEYS,
    WHOLES,
    noise_sums,
    pooled,
    rated,
    shares_by_platform,
    week_cells,
)
from analytics.tables.week_suppression import without_rests
from analytics.tables.work import Work
from analytics.tables.work_facts import SUMS, monday_of

DATA = ("reward", "submitted_ms", "all_ms", "tasks", "credited", "pending")  # columns that identify a person's data
Maker = Callable[["pl.DataFrame | None"], pl.DataFrame]  # of cells; given pairs, of their cells without these people
BELONGS = {HOUSES: "platform", CLIENTS: "client_key"}  # the owner of a cell
SPREADS: dict[str, pl.DataType] = {"platform": pl.String(), "sigma_e": pl.Float64()}


def weeks(
    work: Work, sigma: Mapping[str, float], context: ReleaseContext, before: Mapping[str, ReleaseState]
) -> tuple[dict[str, pl.DataFrame], dict[str, ReleaseState]]:
    """Return the tables of weeks and the state of each. They lack release and names, and client_key is a number.

    `sigma` is by platform. The weeks of one platform do not depend on those of another.
    """
    context = replace(context, policy=replace(context.policy, repeat_days=None))  # a finished week does not grow old
    spreads = pl.DataFrame({"platform": list(sigma), "sigma_e": list(sigma.values())}, schema=SPREADS)
    people = work.added(of_houses, (*KEYS[HOUSES], "contributor"))
    dated_weeks = whole_weeks(people)
    makers = {CLIENTS: client_weeks(work, spreads, context.policy), HOUSES: house_weeks(dated_weeks, spreads, context)}
    parents = shares_by_platform(dated_weeks, context.policy)
    cells = {table: maker(None) for table, maker in makers.items()}
    candidates, memories = {}, {}
    for table in KEYS:
        known = before.get(table)
        fresh = fresh_weeks(rated(cells[table], parents), table, context, known)
        wanted = cells_to_check(fresh, known, BELONGS[table])
        members = CellMembers(
            insiders(work, dated_weeks, wanted, context),
            without=partial(weeks_without, makers[table], parents, table, context, known),
            remaining=partial(still_there, work, table, wanted, context.pseudonyms) if work.has_rows else None,
        )
        standing, memories[table] = released_cells(fresh, members, known, context.rules)
        candidates[table] = standing.join(context.published(WHOLES[table]), on=WHOLES[table], how="semi")
    shown = without_rests(work, people, cells[CLIENTS], candidates, context.policy.band_contributors)
    return {table: shaped(frame) for table, frame in shown.items()}, memories


def of_houses(weeks: pl.DataFrame) -> pl.DataFrame:
    """Return each person's work for all clients together."""
    return weeks.select(pl.col("platform").cast(pl.String), "week", "contributor", *SUMS)


def client_weeks(work: Work, sigma: pl.DataFrame, policy: Policy) -> Maker:
    """Return the maker of clients' weeks (`analytics.tables.week_cells.week_cells`)."""
    scale = pooled(work.each(partial(noise_of_clients, sigma=sigma)))

    def made(left_out: pl.DataFrame | None) -> pl.DataFrame:
        return work.each(partial(cells_of_clients, sigma=sigma, scale=scale, policy=policy, left_out=left_out))

    return made


def noise_of_clients(weeks: pl.DataFrame, sigma: pl.DataFrame) -> pl.DataFrame:
    sums = noise_sums(whole_weeks(weeks), WHOLES[CLIENTS], sigma)
    return sums.with_columns(pl.col("platform").cast(pl.String))


def cells_of_clients(
    weeks: pl.DataFrame, sigma: pl.DataFrame, scale: pl.DataFrame, policy: Policy, left_out: pl.DataFrame | None
) -> pl.DataFrame:
    return week_cells(others(whole_weeks(weeks), CLIENTS, left_out), KEYS[CLIENTS], sigma, scale, policy)


def house_weeks(dated_weeks: pl.DataFrame, sigma: pl.DataFrame, context: ReleaseContext) -> Maker:
    """Return the maker of platforms' weeks."""
    scale = pooled(noise_sums(dated_weeks, WHOLES[HOUSES], sigma))

    def made(left_out: pl.DataFrame | None) -> pl.DataFrame:
        return by_house(
            lambda weeks: week_cells(weeks, KEYS[HOUSES], sigma, scale, context.policy),
            others(dated_weeks, HOUSES, left_out),
        )

    return made


def others(own: pl.DataFrame, table: str, left_out: pl.DataFrame | None) -> pl.DataFrame:
    """Return the work in the cells of `left_out` (cell, contributor) without these people; all work if it is None."""
    if left_out is None:
        return own
    placed = with_cells(own, table, KEYS[table])
    asked = placed.join(left_out, on="cell", how="semi", maintain_order="left")
    return asked.join(left_out, on=["cell", "contributor"], how="anti", maintain_order="left").drop("cell")


def weeks_without(
    maker: Maker,
    parents: pl.DataFrame,
    table: str,
    context: ReleaseContext,
    before: ReleaseState | None,
    pairs: pl.DataFrame,
) -> pl.DataFrame:
    """Return the weeks in `pairs` (cell, contributor) without these people, who still count for the bands."""
    counted = rated(maker(pairs), parents).with_columns(pl.col("contributors") + HELD_BACK)
    return fresh_weeks(counted, table, context, before)


def still_there(work: Work, table: str, wanted: pl.DataFrame, secret: Key, cells: pl.Series) -> pl.DataFrame:
    """Return cell and person of everybody with any row in `cells`, which are some of `wanted`."""
    asked = wanted.filter(pl.col("cell").is_in(cells.implode()))
    return work.of_rows(partial(people_in_weeks, table=table, wanted=asked, secret=secret)).unique()


def people_in_weeks(rows: pl.DataFrame, table: str, wanted: pl.DataFrame, secret: Key) -> pl.DataFrame:
    """Return the same for one part's rows, as they arrived."""
    owner = BELONGS[table]
    owned = rows.filter(pl.col(owner).cast(wanted[owner].dtype).is_in(wanted[owner].unique().implode()))
    claimed = pl.Series(hours(owned) // DAY_MICROSECONDS + EPOCH_ORDINAL, dtype=pl.Int64)
    each = owned.with_columns(week=monday_of(pl.lit(claimed))).select(*KEYS[table], "contributor").unique()
    placed = with_cells(each, table, KEYS[table]).filter(pl.col("cell").is_in(wanted["cell"].implode()))
    return persons(placed, secret)


def by_house(function: Callable[[pl.DataFrame], pl.DataFrame], weeks: pl.DataFrame) -> pl.DataFrame:
    """Return the results of the pure `function` for each platform's `weeks`, concatenated."""
    houses = weeks["platform"].unique().sort().to_list()
    cut = [weeks.filter(pl.col("platform") == house) for house in houses] or [weeks]
    return pl.concat(side_by_side(function, cut))


def whole_weeks(weeks: pl.DataFrame) -> pl.DataFrame:
    """Return the weeks that may be published."""
    return weeks.filter(pl.col("week").is_not_null())


def fresh_weeks(cells: pl.DataFrame, table: str, context: ReleaseContext, before: ReleaseState | None) -> pl.DataFrame:
    """Return the weeks that may be published now, rounded.

    A week takes the draws of its client or platform, so that weeks are no second view of the same people.
    """
    level = "client" if table == CLIENTS else "platform"
    candidates = cells.join(context.published(WHOLES[table]), on=WHOLES[table], how="semi", maintain_order="left")
    whole = with_cells(candidates, table, KEYS[table]).with_columns(
        level=pl.lit(level), task_key=pl.lit(None, pl.Int64)
    )
    if "client_key" not in whole.columns:
        whole = whole.with_columns(client_key=pl.lit(None, pl.Int64))
    draws = Draws(context.secret) if before is None else Draws(context.secret, divided=before.divided())
    judged = with_people(whole, cell_ids(whole), context.policy, draws).filter(pl.col(PEOPLE) > 0)
    shown = with_paid_share(judged).select("cell", "week", **pay_columns())
    return shown.drop("level", "task_key")


def insiders(work: Work, dated_weeks: pl.DataFrame, wanted: pl.DataFrame, context: ReleaseContext) -> pl.DataFrame:
    """Return the people in the `wanted` cells, in the shape MEMBERS."""
    if BELONGS[CLIENTS] in wanted.columns:
        found = work.each(partial(marks_of_clients, wanted=wanted, secret=context.pseudonyms))
    else:
        found = by_house(lambda weeks: marks_in(weeks, HOUSES, wanted, context.pseudonyms), dated_weeks)
    return found.select(*MEMBERS, "contributor")


def marks_of_clients(weeks: pl.DataFrame, wanted: pl.DataFrame, secret: Key) -> pl.DataFrame:
    return marks_in(whole_weeks(weeks), CLIENTS, wanted, secret)


def marks_in(people: pl.DataFrame, table: str, wanted: pl.DataFrame, secret: Key) -> pl.DataFrame:
    """Return the marks of `people` in the wanted cells of a table, and the owner of each cell."""
    inside = with_cells(people, table, KEYS[table]).filter(pl.col("cell").is_in(wanted["cell"].implode()))
    return marks(inside, DATA, secret).with_columns(inside[BELONGS[table]])


def shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """Return weeks by their names, in the order of their keys."""
    mondays = [date.fromordinal(week) for week in frame["week"]]
    names = ["{}-W{:02}".format(*monday.isocalendar()[:2]) for monday in mondays]
    named = frame.with_columns(week=pl.Series(names, dtype=pl.String), week_starts_on=pl.Series(mondays, dtype=pl.Date))
    return named.drop("cell").sort("platform", "client_key", "week", nulls_last=True)
