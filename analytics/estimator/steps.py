"""The heavy steps of the estimator for one part, each a pure function of the part and of values that all parts share.

They run in this order (`analytics.estimator.study`), with only small frames between them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from analytics.estimator import arrival
from analytics.estimator.admission import admitted, is_among, named
from analytics.estimator.attempts import Attempts
from analytics.estimator.cells import CLIENT, TASK, coarser, task_cells, typical_child, with_votes
from analytics.estimator.components import PairDraw, pairs
from analytics.estimator.digest import digests
from analytics.estimator.eligibility import EligibleContributors
from analytics.estimator.groups import Floats
from analytics.estimator.levels import counted_groups, speakers
from analytics.estimator.parts import REDUCED, Frames
from analytics.estimator.payment_delays import days_to_pay
from analytics.estimator.repricing import repriced
from analytics.estimator.summary import summarise
from analytics.estimator.timings import copies, with_copies
from analytics.estimator.vote_weights import with_weights
from analytics.estimator.winsorise import Bounds, winsorised
from analytics.model.policy import Policy

Stepped = tuple["pl.DataFrame | None", "Frames"]


def arrive(source: Callable[[], pl.DataFrame], day: date, policy: Policy, parts: int) -> Stepped:
    """Return the rows of the part, and each contributor's history there (step E)."""
    return arrival.arrived(source(), day, policy, parts)


def claims(rows: pl.DataFrame, asked: pl.DataFrame) -> Stepped:
    """Return the length of some days of some contributors (step E)."""
    return arrival.claims(rows, asked)


def middles(rows: pl.DataFrame, eligible: EligibleContributors, names: list[str], day: date, policy: Policy) -> Stepped:
    """Return what each contributor's tasks at each client are like, before any time is moved (steps C0, C1, D11)."""
    counted, frames = admitted(rows, eligible, day, policy)
    ours = numbered(repriced(counted, policy) if policy.reprices else counted, names)
    is_eligible = is_among(rows["contributor"].to_numpy(), eligible.contributors["contributor"].to_numpy())
    is_eligible &= ~is_among(rows["contributor"].to_numpy(), np.array(sorted(eligible.set_aside), np.int64))
    return None, {
        **frames,
        "middles": Attempts.of(ours, policy.band_contributors).middles(),
        "sizes": rows.filter(pl.Series(is_eligible, dtype=pl.Boolean))
        .group_by("client_key")
        .agg(rows=pl.len().cast(pl.Int64)),
    }


def cells(
    rows: pl.DataFrame, eligible: EligibleContributors, names: list[str], bounds: Bounds, day: date, policy: Policy
) -> Stepped:
    """Keep the cells of contributors and task groups; return those of contributors and clients, and what times and
    waiting are like there (steps C0 to C3).
    """
    counted, _ = admitted(rows, eligible, day, policy)
    ours = numbered(repriced(counted, policy) if policy.reprices else counted, names)
    attempts = Attempts.of(ours, policy.band_contributors)
    moved = winsorised(attempts, bounds)
    changed = np.isfinite(moved) & (moved != attempts.log_rate)
    reward = ours["reward"].fill_null(0.0).to_numpy()
    seconds = np.where(changed, reward * np.exp(-np.where(changed, moved, 0.0)), ours["seconds"].to_numpy())
    copied = copies(ours if policy.shares_copied_votes else ours.clear())
    tasks = with_seniority(with_copies(task_cells(ours, seconds, digests(counted, day)), copied), eligible)
    clients = coarser(tasks, CLIENT)
    payers = ours.filter(pl.col("days_to_pay").is_not_null())
    return tasks, {
        "clients": clients,
        "growths": attempts.growths(moved),
        "task_waits": days_to_pay(payers, TASK),
        "client_waits": days_to_pay(payers, CLIENT),
        "payers": payers.group_by(*CLIENT, "contributor", "days_to_pay").agg(rows=pl.len().cast(pl.Int64)),
        "task_counts": tasks.group_by("platform", "client_key").agg(cells=pl.len().cast(pl.Int64)),
    }


def task_pairs(tasks: pl.DataFrame, sigma: Floats, drawn_as: PairDraw, policy: Policy) -> Stepped:
    """Pairs of contributors that tell how far people lie apart in a task group, how many groups count, and the cells of
    a client's typical task (steps C2, D11).
    """
    voting = with_weights(with_votes(tasks, sigma), TASK, policy)
    groups, counted = counted_groups(voting, TASK, policy)
    is_voter = voting["voter_part"].to_numpy() > 0
    client, platform = (groups.first(voting[name].to_numpy())[counted] for name in ("client_key", "platform"))
    voters = groups.sum(is_voter)[counted].astype(np.int64)
    return None, {
        "pairs": pairs(voting.filter(pl.Series(is_voter & groups.spread(counted), dtype=pl.Boolean)), TASK, drawn_as),
        "counted": pl.DataFrame({"platform": platform, "client_key": client, "voters": voters}),
        "anchors": typical_child(speakers(voting, TASK, CLIENT, policy), CLIENT),
    }


def task_summary(tasks: pl.DataFrame, sigma: Floats, spreads: Floats, policy: Policy) -> Stepped:
    """What the contributors of each task group say together (steps D4, D5, D8)."""
    platform = tasks["platform"].to_numpy()
    voting = with_weights(with_votes(tasks, sigma), TASK, policy)
    _, counted = counted_groups(voting, TASK, policy)
    return None, {
        "summary": summarise(voting, TASK, spreads[platform], policy).with_columns(counted=pl.Series(counted))
    }


def reduced(
    rows: pl.DataFrame,
    eligible: EligibleContributors,
    day: date,
    policy: Policy,
    function: Callable[[pl.DataFrame], pl.DataFrame],
) -> Stepped:
    """Return the result of the pure `function` for the part's admitted rows."""
    counted, _ = admitted(rows, eligible, day, policy)
    return None, {REDUCED: function(named(counted))}


def keeping(
    rows: pl.DataFrame,
    eligible: EligibleContributors,
    day: date,
    policy: Policy,
    function: Callable[[pl.DataFrame], tuple[pl.DataFrame, pl.DataFrame]],
) -> Stepped:
    """Store the first and return the second result of the pure `function` for the part's admitted rows.

    The platforms are an Enum.
    """
    counted, _ = admitted(rows, eligible, day, policy)
    stored, frame = function(counted)
    return stored, {REDUCED: frame}


def of_clients(rows: pl.DataFrame, eligible: EligibleContributors, clients: pl.DataFrame) -> Stepped:
    """Return the rows of these `clients`, as they arrived, of eligible contributors."""
    chosen = named(rows.join(clients, on="client_key", how="semi", maintain_order="left"))
    is_eligible = pl.col("contributor").is_in(eligible.contributors["contributor"].implode())
    return None, {"rows": chosen.filter(is_eligible, ~pl.col("contributor").is_in(sorted(eligible.set_aside)))}


def first_days(rows: pl.DataFrame, eligible: EligibleContributors) -> Stepped:
    """Return the earliest day of arrival of each task group, among eligible contributors."""
    is_eligible = pl.col("contributor").is_in(eligible.contributors["contributor"].implode())
    found = rows.filter(is_eligible).group_by("client_key", "task_key").agg(first_day=pl.col("received_on").min())
    return None, {"first_days": found}


def with_seniority(cells: pl.DataFrame, eligible: EligibleContributors) -> pl.DataFrame:
    """Add each contributor's `seniority` (lambda of step D4)."""
    known = eligible.contributors["contributor"].to_numpy()
    seniority = eligible.contributors["seniority"].to_numpy()
    place = np.searchsorted(known, cells["contributor"].to_numpy())
    return cells.with_columns(seniority=pl.Series(seniority[place], dtype=pl.Float64))


def numbered(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return `rows` with their platform as its place among `names`."""
    known = {name: number for number, name in enumerate(names)}
    kind = rows["platform"].dtype
    assert isinstance(kind, pl.Enum)
    places = np.array([known.get(name, -1) for name in kind.categories], np.int64)
    number = places[rows["platform"].to_physical().to_numpy()] if rows.height else np.zeros(0, np.int64)
    return rows.with_columns(platform=pl.Series(number, dtype=pl.Int64))
