"""Change control: a published figure changes only after several people came or left since its last release (step F).

The release secret draws the number, from 3 to 7, for each release of a cell. Until then the old figure remains. A
comparison of two releases thus cannot show the effect of one person. The release state is private: it holds pseudonyms
of people and stays in the database, never in a release.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from analytics.disclosure.cell_ids import cells_to_check
from analytics.disclosure.pseudonyms import cell_ids
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.release_state import OWN, ReleaseState, members_frame
from analytics.disclosure.thresholds import Disclosed
from analytics.model.policy import Policy

HELD_BACK = 2  # people left out with one who erased their data, so that no release differs by one person
REFRESH_WEEKS = 13  # in one of these, drawn by cell, new work of members counts as a change too
FORGET_DAYS = 400  # retention of people who left: raw rows are stored no longer
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ChangeRules:
    """The day, the policy and the secret of one release."""

    day: date
    policy: Policy
    secret: ReleaseSecret

    def needed(self, cells: pl.DataFrame) -> pl.Series:
        """Return n_c, the changes each cell needs for its next release, by cell and number of its releases."""
        least, most = self.policy.fewest_changes, self.policy.most_changes
        even = self.secret.draws("changes", cells["cell"].to_numpy(), cells["releases"].to_numpy().view(np.uint64))
        return pl.Series("needed", least + np.floor(even * (most - least + 1)).astype(np.int64))

    def refreshed(self, cells: pl.Series) -> pl.Series:
        """Return the cells in their week of the quarter, when new work of members counts as a change."""
        week = (self.day.toordinal() - 1) // 7 % REFRESH_WEEKS
        even = self.secret.draws("refresh week", cells.to_numpy())
        return cells.filter(pl.Series(np.floor(even * REFRESH_WEEKS).astype(np.int64) == week, dtype=pl.Boolean))


@dataclass(frozen=True)
class CellMembers:
    """The members of cells, and a function to compute figures without some of them.

    `counted` has cell, person, data (pseudonyms) and contributor of those whose work is in the figures now. `present`
    has cell and person of others with a row there. `remaining` returns cell and person of everybody with any row in the
    given cells, even of people set aside or of work too old to count: who is not there erased their data. `without`
    computes the figures of cells again, given the pairs of cell and contributor to leave out. If it is None, such
    figures are withdrawn instead.
    """

    counted: pl.DataFrame
    present: pl.DataFrame | None = None
    without: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    remaining: Callable[[pl.Series], pl.DataFrame] | None = None

    @classmethod
    def of(
        cls,
        members: pl.DataFrame,
        without: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
        remaining: Callable[[pl.Series], pl.DataFrame] | None = None,
    ) -> CellMembers:
        """Make the members from the frame of `analytics.disclosure.pseudonyms.members`."""
        counted, present = members.filter("is_counted").drop("is_counted"), members.select("cell", "person")
        return cls(counted, present, without, remaining)

    def everybody(self, known: pl.DataFrame) -> pl.DataFrame:
        """Return cell and person of all who still have a row; of cells that lack a `known` person, all who remain."""
        counted = self.counted.select("cell", "person")
        some = [counted] if self.present is None else [counted, self.present.select("cell", "person")]
        if self.remaining is not None:
            unseen = known.join(pl.concat(some), on=["cell", "person"], how="anti")["cell"].unique().sort()
            some += [self.remaining(unseen)] if unseen.len() else []
        return pl.concat(some).unique()


def divided(before: ReleaseState | None) -> pl.Series:
    """Return the cells that the previous release showed without a figure."""
    return pl.Series("cell", [], pl.UInt64) if before is None else before.divided()


def candidates(fresh: Disclosed, before: ReleaseState | None) -> pl.DataFrame:
    """Return the cells whose members are needed, in the shape `analytics.disclosure.pseudonyms.WANTED`.

    These are the cells that may be published now and all that ever were.
    """
    return cells_to_check(fresh.cells.with_columns(cell_ids(fresh.cells)), before, "client_key")


def apply_change_threshold(
    fresh: Disclosed, members: CellMembers, before: ReleaseState | None, rules: ChangeRules
) -> tuple[Disclosed, ReleaseState]:
    """Return the published part of `fresh` and the new state, given each cell's members now and the state `before`."""
    now = fresh.cells.with_columns(cell_ids(fresh.cells))
    shown, state = released_cells(now, members, before, rules)
    return replace(fresh, cells=in_order(shown.drop("cell"))), state


def released_cells(
    fresh: pl.DataFrame, members: CellMembers, before: ReleaseState | None, rules: ChangeRules
) -> tuple[pl.DataFrame, ReleaseState]:
    """Return the same for any table: `fresh` has a column `cell`, and figures.

    `members` has people of the cells that `analytics.disclosure.cell_ids.cells_to_check` names.
    """
    if not rules.policy.is_guarded:
        return fresh, ReleaseState(rules.day, owned(fresh.clear(), rules.day), members_frame(pl.DataFrame()))
    known = None if before is None or not before.is_current else before
    people = compared(members, known, rules)
    verdict = verdicts(people, known, fresh["cell"], rules)
    held = held_back(people, verdict, rules.secret)
    again = fresh.clear()
    if held.height and members.without is not None:
        again = members.without(held.select("cell", "contributor")).select(fresh.columns)
    new = fresh.join(verdict.filter("is_new"), on="cell", how="semi", maintain_order="left")
    released = with_counts(pl.concat([new, again]), before, rules.day)
    stands = (
        released.clear()
        if known is None
        else known.cells.drop("is_shown", "absent_since")
        .join(released, on="cell", how="anti")
        .join(verdict.select("cell", "is_shown", "absent_since"), on="cell", maintain_order="left")
    )
    cells = pl.concat([released, stands], how="diagonal").select(released.columns).sort("cell")
    inside = remembered(people, released["cell"], held.filter(pl.col("cell").is_in(again["cell"].implode())), rules.day)
    state = ReleaseState(rules.day, cells, inside)
    return cells.filter("is_shown").select(fresh.columns), state


def compared(members: CellMembers, before: ReleaseState | None, rules: ChangeRules) -> pl.DataFrame:
    """Return one row for each cell and person, of now and of before.

    The columns are `is_now`, `was_in`, `is_held`, `is_erased` and `is_change`. A change means that the person came or
    left since the cell's last release; it counts once in 28 days.
    """
    past = members_frame(pl.DataFrame()) if before is None else before.members
    now = members.counted.select("cell", "person", "contributor", data_now="data", is_now=pl.lit(True))
    both = past.join(now, on=["cell", "person"], how="full", coalesce=True).with_columns(
        pl.col("is_now", "is_held").fill_null(False), is_known=pl.col("is_in").is_not_null(), was_in="is_in"
    )
    both = both.with_columns(pl.col("was_in").fill_null(False)).join(
        members.everybody(past).with_columns(is_there=pl.lit(True)), on=["cell", "person"], how="left"
    )
    quiet = pl.col("changed_on").is_null() | (
        pl.lit(rules.day) - pl.col("changed_on") >= timedelta(days=rules.policy.counted_once_days)
    )
    arrived = pl.col("is_now") & (~pl.col("is_known") | pl.col("is_held"))
    left = pl.col("was_in") & ~pl.col("is_now")
    refreshed = pl.col("cell").is_in(rules.refreshed(both["cell"].unique()).implode())
    worked = refreshed & pl.col("is_now") & pl.col("was_in") & (pl.col("data") != pl.col("data_now"))
    return both.with_columns(
        is_erased=pl.col("is_known") & pl.col("is_there").is_null(),
        is_change=arrived | ((left | worked) & quiet),
    )


def verdicts(people: pl.DataFrame, before: ReleaseState | None, now: pl.Series, rules: ChangeRules) -> pl.DataFrame:
    """Return the verdict on each cell's figures.

    `is_new`: they are released again. `is_due`: they must change because a person erased their data, although there are
    too few other changes. Else `is_shown`: the old figures remain. `absent_since` is that of OWN.
    """
    every = pl.DataFrame({"cell": now.unique()})
    if before is None:
        shape = {"is_due": pl.lit(False), "is_shown": pl.lit(True), "absent_since": pl.lit(None, pl.Date)}
        return every.with_columns(is_new=pl.lit(True), **shape)
    policy = rules.policy
    counted = people.group_by("cell").agg(
        changes=pl.col("is_change").sum(), erased=(pl.col("is_erased") & pl.col("was_in")).any()
    )
    own = before.cells.select(*OWN)
    known = own.with_columns(rules.needed(own)).join(counted, on="cell", how="left", maintain_order="left")
    changes, is_now_shown = pl.col("changes").fill_null(0), pl.col("cell").is_in(now.implode())
    since = pl.when(pl.col("erased").fill_null(False)).then(pl.col("absent_since").fill_null(before.as_of))
    # The next release is a week away: figures that may not remain until then must go now.
    is_late = (pl.lit(rules.day) + WEEK - since > timedelta(days=policy.absence_days)).fill_null(False)
    is_enough = (changes >= pl.col("needed")) | (is_late & (changes >= policy.fewest_changes))
    is_old = (
        pl.lit(False)
        if policy.repeat_days is None
        else pl.lit(rules.day) - pl.col("released_on") > timedelta(days=policy.repeat_days)
    )
    old = known.select(
        "cell",
        is_new=is_enough & is_now_shown,
        is_due=is_late & ~is_enough & is_now_shown,
        is_shown=pl.col("is_shown") & ~is_enough & ~is_old & ~is_late,
        absent_since=since,
    )
    first = every.join(own, on="cell", how="anti").with_columns(
        is_new=pl.lit(True), is_due=pl.lit(False), is_shown=pl.lit(True), absent_since=pl.lit(None, pl.Date)
    )
    return pl.concat([old, first])


def held_back(people: pl.DataFrame, verdict: pl.DataFrame, secret: ReleaseSecret) -> pl.DataFrame:
    """Return two more people to leave out of each cell whose figures must change because of one person.

    They are the least by a keyed hash of cell and person.
    """
    inside = people.filter("is_now").join(verdict.filter("is_due"), on="cell", how="semi")
    order = secret.draws("held back", inside["cell"].to_numpy(), inside["person"].to_numpy())
    drawn = inside.with_columns(order=pl.Series(order, dtype=pl.Float64)).sort("cell", "order", "person")
    return drawn.group_by("cell", maintain_order=True).head(HELD_BACK)


def owned(figures: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return figures with OWN, as first released on `day`."""
    own = figures.with_columns(
        released_on=pl.lit(day),
        releases=pl.lit(1, pl.Int64),
        absent_since=pl.lit(None, pl.Date),
        is_shown=pl.lit(True),
    )
    return own.select(*figures.drop("cell").columns, *OWN)


def with_counts(figures: pl.DataFrame, before: ReleaseState | None, day: date) -> pl.DataFrame:
    """Return figures released on `day`, with each cell's count of releases continued."""
    fresh = owned(figures, day)
    if before is None or "releases" not in before.cells.columns:
        return fresh
    earlier = before.cells.select("cell", earlier="releases")
    counted = fresh.join(earlier, on="cell", how="left", maintain_order="left")
    return counted.with_columns(releases=pl.col("earlier").fill_null(0) + 1).drop("earlier")


def remembered(people: pl.DataFrame, released: pl.Series, held: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the people behind the figures of this release, in the shape STATE_MEMBERS.

    For cells `released` now, these are the members, and earlier members unless they erased their data or left long ago.
    """
    is_released = pl.col("cell").is_in(released.implode())
    mine = people.join(
        held.select("cell", "person", drawn=pl.lit(True)), on=["cell", "person"], how="left"
    ).with_columns(pl.col("drawn").fill_null(False))
    is_forgotten = (pl.lit(day) - pl.col("changed_on") > timedelta(days=FORGET_DAYS)).fill_null(False)
    current = mine.filter(is_released & ~pl.col("is_erased") & (pl.col("is_now") | ~is_forgotten)).select(
        "cell",
        "person",
        data=pl.coalesce("data_now", "data"),
        is_in=pl.col("is_now") & ~pl.col("drawn"),
        is_held="drawn",
        changed_on=pl.when("is_change").then(pl.lit(day)).otherwise("changed_on"),
    )
    stays = mine.filter(~is_released & pl.col("is_known")).select(
        "cell", "person", "data", is_in="was_in", is_held="is_held", changed_on="changed_on"
    )
    return members_frame(pl.concat([current, stays]))


def in_order(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.sort("level", "platform", "client_key", "task_key")
