"""The rows of a day and the summaries of their groups (steps B to D5 and D11): the basis of rates and flags."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial

import numpy as np
import polars as pl

from analytics.estimator import steps
from analytics.estimator.admission import Admitted, reasons, summed_free
from analytics.estimator.arrival import days_of
from analytics.estimator.cells import CLIENT, PLATFORM, TASK, coarser, typical_child, with_log_pay, with_votes
from analytics.estimator.components import FEWEST_VOTERS, PairDraw, Spreads, contributor_variances, spreads_of
from analytics.estimator.default_spreads import FEWEST_CLIENTS
from analytics.estimator.eligibility import EligibleContributors, eligible_contributors
from analytics.estimator.groups import Floats, Groups, in_order
from analytics.estimator.levels import Level, Levels, counted_groups, level_of, root_of, speakers
from analytics.estimator.parts import REDUCED, SOURCE, Frames, InMemory, Parts, of_stored
from analytics.estimator.vote_weights import with_weights
from analytics.estimator.winsorise import bounds, matched_spread
from analytics.model.policy import Policy

ROWS, TASKS = "rows", "tasks"  # names of the frames that the steps store in each part


def study(
    observations: pl.DataFrame, *, as_of: datetime, policy: Policy, set_aside: AbstractSet[int] = frozenset()
) -> Study:
    """Run steps B to D5 and D11 for rows in one part: the rows that count, and the summaries of groups."""
    return arrivals_of(InMemory([lambda: observations]), as_of.date(), policy).study(set_aside)


def arrivals_of(parts: Parts, day: date, policy: Policy) -> Arrivals:
    """Return the arrivals by the end of `day` in `parts`, whose sources give rows in the shape SCHEMA."""
    behind = parts.run(steps.arrive, SOURCE, ROWS, day, policy, parts.count)
    asked = days_of(behind["long_days"])
    claims = parts.run(steps.claims, ROWS, None, asked)["claims"] if asked.height else None
    return Arrivals(day, policy, parts, behind, claims)


@dataclass(frozen=True)
class Arrivals:
    """All rows that a policy takes, and the history `behind` each contributor."""

    day: date
    policy: Policy
    parts: Parts
    behind: Frames
    claims: pl.DataFrame | None

    def study(self, set_aside: AbstractSet[int] = frozenset()) -> Study:
        """Return the study of these rows, with `set_aside` without a vote."""
        day, policy = self.day, self.policy
        eligible = eligible_contributors(self.behind, self.claims, day, policy, set_aside)
        everywhere = self.behind["platforms"]["platform"].unique().sort().to_list()
        first = self.parts.run(steps.middles, ROWS, None, eligible, everywhere, day, policy)
        there = first["middles"]["platform"].unique().sort().to_numpy()
        names = [everywhere[number] for number in there]
        middles = first["middles"].with_columns(
            platform=pl.Series(np.searchsorted(there, first["middles"]["platform"]))
        )
        limits = bounds(middles, len(names))
        second = self.parts.run(steps.cells, ROWS, TASKS, eligible, names, limits, day, policy)
        matched = matched_spread(second["growths"], len(names))
        measured = np.where(np.isfinite(limits.measured) & np.isfinite(matched), matched, limits.measured)
        spreads = spreads_of(measured, voters_of(second["clients"], policy))
        return Study(self, eligible, names, spreads, {**first, **second})


@dataclass(frozen=True)
class Study:
    """The common basis of rates and flags.

    Platforms are numbers in cells and levels, in the order of `names`. `spreads` has sigma_e by platform; `frames` holds
    the small frames from the parts.
    """

    arrivals: Arrivals
    eligible: EligibleContributors
    names: list[str]
    spreads: Spreads
    frames: Frames

    @property
    def day(self) -> date:
        return self.arrivals.day

    @property
    def policy(self) -> Policy:
        return self.arrivals.policy

    @property
    def parts(self) -> Parts:
        return self.arrivals.parts

    @property
    def sigma(self) -> Floats:
        """Return sigma_e by platform."""
        return self.spreads.sigma

    @cached_property
    def is_silent(self) -> bool:
        """Return True if no work was submitted."""
        return not (self.frames["clients"]["submitted_seconds"] > 0).any()

    @cached_property
    def admitted(self) -> Admitted:
        """Return the rows that count; they are read together only on demand."""
        left_out = pl.concat([self.arrivals.behind["left_out"], self.frames["left_out"]])
        whole = partial(self.each, lambda rows: rows)
        return Admitted(whole, reasons(left_out), summed_free(self.frames["free"]), self.eligible.contributors)

    @property
    def rows(self) -> pl.DataFrame:
        """Return the rows that count, all in memory."""
        return self.admitted.rows

    def each(self, function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
        """Return the results of the pure `function` for the admitted rows of each part, concatenated.

        The rows have the columns of `Admitted`. A part has all rows of its clients, and nothing else.
        """
        return self.parts.run(steps.reduced, ROWS, None, self.eligible, self.day, self.policy, function)[REDUCED]

    def each_cell(self, function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
        """Return the results of the pure `function` for the cells (task group x contributor) of each part,
        concatenated.
        """
        return self.parts.run(of_stored, TASKS, None, function)[REDUCED]

    def keep(self, name: str, function: Callable[[pl.DataFrame], tuple[pl.DataFrame, pl.DataFrame]]) -> pl.DataFrame:
        """Store the first result of the pure `function` for the admitted rows of each part under `name`.

        The platforms are an Enum. The second results of all parts are returned, concatenated.
        """
        return self.parts.run(steps.keeping, ROWS, name, self.eligible, self.day, self.policy, function)[REDUCED]

    def rows_of(self, clients: pl.Series) -> pl.DataFrame:
        """Return the rows of `clients` as they arrived, of eligible contributors."""
        return self.parts.run(steps.of_clients, ROWS, None, self.eligible, clients.to_frame("client_key"))["rows"]

    @cached_property
    def client_cells(self) -> pl.DataFrame:
        """Return the cells of contributors and clients, with votes, sorted."""
        return self.voting(self.frames["clients"], CLIENT)

    @cached_property
    def client_level(self) -> Level:
        return level_of(self.client_cells, CLIENT, self.spreads, self.policy)

    @cached_property
    def levels(self) -> Levels:
        """Return all levels from the finest cells.

        Everything shared between clients (anchors, components) comes from clients with enough voters alone. A client
        with fewer thus changes no other client's bytes. The same holds for task groups within their client.
        """
        policy, spreads = self.policy, self.spreads
        clients, client_level = self.client_cells, self.client_level
        decided = of_decided_clients(clients, client_level)
        platform_cells = with_weights(with_votes(coarser(decided, PLATFORM), self.sigma), PLATFORM, policy)
        platform_level = level_of(platform_cells, PLATFORM, spreads, policy)
        task_level, anchors = self._tasks()
        below_platform = with_weights(
            typical_child(speakers(decided, CLIENT, PLATFORM, policy), PLATFORM), PLATFORM, policy
        )
        has_counted = np.zeros(len(self.names), np.bool_)
        has_counted[client_level.platform[client_level.counted]] = True
        return Levels(
            task_level,
            client_level,
            platform_level,
            level_of(with_weights(anchors, CLIENT, policy), CLIENT, spreads, policy),
            level_of(below_platform, PLATFORM, spreads, policy),
            root_of(platform_cells, platform_level.counted, policy),
            root_of(below_platform, has_counted, policy),
        )

    def _tasks(self) -> tuple[Level, pl.DataFrame]:
        """Return the level of task groups, and the cells of clients' typical tasks."""
        counts = self.frames["task_counts"].group_by("platform").agg(pl.col("cells").sum())
        size = np.zeros(len(self.names), np.int64)
        size[counts["platform"].to_numpy()] = counts["cells"].to_numpy()
        pairs = self.parts.run(steps.task_pairs, TASKS, None, self.sigma, PairDraw.of(size), self.policy)
        platform, voters = (pairs["counted"][name].to_numpy() for name in ("platform", "voters"))
        groups = np.bincount(platform, minlength=len(self.names))
        is_measured = np.bincount(platform, weights=voters, minlength=len(self.names)) >= FEWEST_VOTERS
        variances = contributor_variances(pairs["pairs"], is_measured, self.spreads)
        said = self.parts.run(steps.task_summary, TASKS, None, self.sigma, variances, self.policy)
        summary = in_key_order(said["summary"], TASK)
        counted = summary["counted"].to_numpy()
        level = Level(TASK, summary.drop("counted"), counted, variances, is_measured, groups >= FEWEST_CLIENTS)
        return level, in_key_order(pairs["anchors"], (*CLIENT, "contributor"))

    def voting(self, cells: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
        """Return cells from the parts, in order, with votes and weights."""
        ordered = in_key_order(cells, (*keys, "contributor"))
        return with_weights(with_votes(ordered, self.sigma), keys, self.policy)


def voters_of(clients: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return the cells of voters at counted clients, sorted, with `log_pay`: the basis of one-task spreads."""
    ordered = with_log_pay(in_key_order(clients, (*CLIENT, "contributor")))
    weighted = with_weights(ordered.with_columns(vote="log_pay"), CLIENT, policy)
    groups, counted = counted_groups(weighted, CLIENT, policy)
    return weighted.filter(pl.Series(groups.spread(counted), dtype=pl.Boolean) & (pl.col("voter_part") > 0))


def of_decided_clients(clients: pl.DataFrame, level: Level) -> pl.DataFrame:
    """Return the cells of clients for the platform's paid share (step D8).

    If a client's own paid share is not used, neither its first decisions nor its pay pending for too long count.
    """
    is_own = level.parents(CLIENT).spread(level.summary["paid_is_own"].to_numpy())
    of_cell = Groups.of(*(clients[key].to_numpy() for key in CLIENT)).spread(is_own)
    return clients.with_columns(pl.col("overdue_reward", "share_credited", "share_reward") * pl.Series(of_cell))


def in_key_order(frame: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Return `frame` sorted by whole numbers."""
    return frame[in_order(*(frame[key].to_numpy() for key in keys))]
