"""What is done to one part: the heavy steps of the estimator, each a pure function of it and of what all parts share.

They run in the order in which they stand (`analytics.estimator.estimate`), with few and small words between them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from analytics.estimator import arrival
from analytics.estimator.admission import admitted, is_among, named
from analytics.estimator.answer import days_to_pay
from analytics.estimator.attempts import Attempts
from analytics.estimator.cells import CLIENT, TASK, coarser, task_cells, typical_child, with_votes
from analytics.estimator.components import pairs
from analytics.estimator.digest import digests
from analytics.estimator.groups import Floats, Ints
from analytics.estimator.heard import Heard
from analytics.estimator.levels import speakers, voiced
from analytics.estimator.parts import REDUCED, Told
from analytics.estimator.summary import summarise
from analytics.estimator.timings import copies
from analytics.estimator.winsorise import Bounds, winsorised
from analytics.model.policy import Policy

Kept = tuple["pl.DataFrame | None", "Told"]


def arrive(source: Callable[[], pl.DataFrame], day: date, policy: Policy, parts: int) -> Kept:
    """The rows of the part, and what each contributor has behind them (step E)."""
    return arrival.arrived(source(), day, policy, parts)


def claims(rows: pl.DataFrame, asked: pl.DataFrame) -> Kept:
    """How long some days of some contributors are (step E)."""
    return arrival.claims(rows, asked)


def middles(rows: pl.DataFrame, heard: Heard, names: list[str], day: date, policy: Policy) -> Kept:
    """What each contributor's tasks at each client are like, before any time is moved (steps C1, D11)."""
    counted, told = admitted(rows, heard, day, policy)
    ours = numbered(counted, names)
    is_heard = is_among(rows["contributor"].to_numpy(), heard.arrivals["contributor"].to_numpy())
    is_heard &= ~is_among(rows["contributor"].to_numpy(), np.array(sorted(heard.set_aside), np.int64))
    return None, {
        **told,
        "middles": Attempts.of(ours, policy.band_contributors).middles(),
        "sizes": rows.filter(pl.Series(is_heard, dtype=pl.Boolean))
        .group_by("client_key")
        .agg(rows=pl.len().cast(pl.Int64)),
    }


def cells(rows: pl.DataFrame, heard: Heard, names: list[str], bounds: Bounds, day: date, policy: Policy) -> Kept:
    """The cells of contributors and task groups, kept; those of contributors and clients, and what times, waiting and
    copying people are like there, told (steps C1 to C3).
    """
    counted, _ = admitted(rows, heard, day, policy)
    ours = numbered(counted, names)
    attempts = Attempts.of(ours, policy.band_contributors)
    moved = winsorised(attempts, bounds)
    changed = np.isfinite(moved) & (moved != attempts.log_rate)
    reward = ours["reward"].fill_null(0.0).to_numpy()
    seconds = np.where(changed, reward * np.exp(-np.where(changed, moved, 0.0)), ours["seconds"].to_numpy())
    tasks = task_cells(ours, seconds, digests(ours, day))
    clients = coarser(tasks, CLIENT)
    payers = ours.filter(pl.col("days_to_pay").is_not_null())
    return tasks, {
        "clients": clients,
        "growths": attempts.growths(moved),
        "task_waits": days_to_pay(payers, TASK),
        "client_waits": days_to_pay(payers, CLIENT),
        "payers": payers.group_by(*CLIENT, "contributor", "days_to_pay").agg(rows=pl.len().cast(pl.Int64)),
        "copies": copies(ours if policy.sets_aside else ours.clear()),
        "task_counts": tasks.group_by("platform", "client_key").agg(cells=pl.len().cast(pl.Int64)),
    }


def task_pairs(tasks: pl.DataFrame, sigma: Floats, halvings: Ints, policy: Policy) -> Kept:
    """Pairs of contributors that tell how far people lie apart in a task group, how many groups count, and the cells of
    a client's typical task (steps C2, D11).
    """
    voting = with_votes(tasks, sigma)
    groups, counted = voiced(voting, TASK, policy)
    told = groups.spread(counted) & np.isfinite(voting["vote"].to_numpy())
    client, platform = (groups.first(voting[name].to_numpy())[counted] for name in ("client_key", "platform"))
    return None, {
        "pairs": pairs(voting.filter(pl.Series(told, dtype=pl.Boolean)), TASK, halvings),
        "counted": pl.DataFrame({"platform": platform, "client_key": client}),
        "anchors": typical_child(speakers(voting, TASK, CLIENT, policy), CLIENT),
    }


def task_summary(tasks: pl.DataFrame, sigma: Floats, spreads: Floats, policy: Policy) -> Kept:
    """What the contributors of each task group say together (steps D4, D5, D8)."""
    platform = tasks["platform"].to_numpy()
    voting = with_votes(tasks, sigma)
    _, counted = voiced(voting, TASK, policy)
    return None, {
        "summary": summarise(voting, TASK, spreads[platform], policy).with_columns(counted=pl.Series(counted))
    }


def reduced(
    rows: pl.DataFrame, heard: Heard, day: date, policy: Policy, function: Callable[[pl.DataFrame], pl.DataFrame]
) -> Kept:
    """Whatever a pure `function` makes of the part's admitted rows."""
    counted, _ = admitted(rows, heard, day, policy)
    return None, {REDUCED: function(named(counted))}


def keeping(
    rows: pl.DataFrame,
    heard: Heard,
    day: date,
    policy: Policy,
    function: Callable[[pl.DataFrame], tuple[pl.DataFrame, pl.DataFrame]],
) -> Kept:
    """Keeps the first and tells the second of what a pure `function` makes of the part's admitted rows, their platforms
    an Enum.
    """
    counted, _ = admitted(rows, heard, day, policy)
    kept, told = function(counted)
    return kept, {REDUCED: told}


def of_clients(rows: pl.DataFrame, heard: Heard, clients: pl.DataFrame) -> Kept:
    """The rows of these `clients`, as they arrived, of contributors who are heard."""
    told = named(rows.join(clients, on="client_key", how="semi", maintain_order="left"))
    is_heard = pl.col("contributor").is_in(heard.arrivals["contributor"].implode())
    return None, {"rows": told.filter(is_heard, ~pl.col("contributor").is_in(sorted(heard.set_aside)))}


def numbered(rows: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """`rows` with their platform as its place among `names`."""
    known = {name: number for number, name in enumerate(names)}
    kind = rows["platform"].dtype
    assert isinstance(kind, pl.Enum)
    places = np.array([known.get(name, -1) for name in kind.categories], np.int64)
    number = places[rows["platform"].to_physical().to_numpy()] if rows.height else np.zeros(0, np.int64)
    return rows.with_columns(platform=pl.Series(number, dtype=pl.Int64))
