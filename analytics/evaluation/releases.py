"""Tests 25, 29 and 30: figures that a series of releases shows, keeps and hides, by the release policy alone (F)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import numpy as np
import polars as pl

from analytics.disclosure import change_control
from analytics.disclosure.borders import BAND, LATEST_SMALL, LEAST_NUMBER, NUMBER, with_borders
from analytics.disclosure.change_control import CellMembers, ChangeRules, released_cells
from analytics.disclosure.pseudonyms import members_of as members_of_cells
from analytics.disclosure.pseudonyms import remaining_members
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.release_state import ReleaseState
from analytics.disclosure.thresholds import Draws, disclose, divided
from analytics.estimator.centre import huber_centre
from analytics.estimator.estimate import rates_of
from analytics.estimator.groups import Floats, Groups
from analytics.estimator.study import study
from analytics.estimator.summary import NEAR
from analytics.evaluation.effort import SEED_SETS_APART, Effort
from analytics.evaluation.figure import Bound, Figure, checked
from analytics.evaluation.markets import SMALL_CROWD
from analytics.evaluation.sample import Sample, of_share
from analytics.model.policy import CROWD
from analytics.simulation.synthetic import AS_OF, made

MOST_FOR_A_NUMBER = LEAST_NUMBER + LATEST_SMALL  # people: no border of a number is later
FIRST = date(2026, 11, 23)
CELLS = 60  # independent clients, each with its own draws
NO_PEOPLE: dict[str, pl.DataType] = {
    "cell": pl.UInt64(),
    "person": pl.UInt64(),
    "data": pl.UInt64(),
    "contributor": pl.Int64(),
}
LOST = "a number goes though its people stay"
QUIET_WEEKS = 40  # from the last work on until after its rows are too old to count
QUIET = replace(SMALL_CROWD, clients=12, contributors=25, pool=2, seed=29)


def secret_of(seed: int) -> ReleaseSecret:
    """Return the release secret of a made series, which all its draws come from."""
    return ReleaseSecret(bytes((seed // SEED_SETS_APART + place) % 256 for place in range(32)))


def series(weeks: list[dict[int, int]], secret: ReleaseSecret) -> pl.DataFrame:
    """Return weekly releases of CELLS clients with the same people, given by week as person: data.

    The result has by week and cell the presence of a number, and its age in days.
    """
    before: ReleaseState | None = None
    found = []
    for week, people in enumerate(weeks):
        day = FIRST + timedelta(days=7 * week)
        members = members_of(people)
        sizes = members.group_by("cell").agg(people=pl.len())
        shown, before = released_cells(
            figures(sizes, secret),
            CellMembers(members, without=smaller(sizes, secret)),
            before,
            ChangeRules(day, CROWD, secret),
        )
        ages = before.cells.select("cell", age=(pl.lit(day) - pl.col("released_on")).dt.total_days())
        found.append(shown.join(ages, on="cell").with_columns(week=pl.lit(week)))
    return pl.concat(found)


def smaller(sizes: pl.DataFrame, secret: ReleaseSecret) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Return a function for the figures of cells without some people, who still count for the bands."""

    def without(pairs: pl.DataFrame) -> pl.DataFrame:
        return figures(sizes, secret).join(pairs, on="cell", how="semi")

    return without


def members_of(people: dict[int, int]) -> pl.DataFrame:
    """Return the same people in every cell."""
    each = pl.DataFrame({"person": list(people), "data": list(people.values())})
    cells = pl.DataFrame({"cell": range(1, CELLS + 1)})
    return cells.join(each, how="cross").select(
        "cell", "person", "data", contributor="person"
    ).select(pl.col(name).cast(kind) for name, kind in NO_PEOPLE.items())  # fmt: skip


def figures(sizes: pl.DataFrame, secret: ReleaseSecret) -> pl.DataFrame:
    """Return the rows that may be shown, with the presence of a number."""
    bordered = with_borders(sizes, sizes["cell"], secret).filter(pl.col("people") >= pl.col(BAND))
    return bordered.select("cell", has_number=pl.col("people") >= pl.col(NUMBER))


def erasures(effort: Effort) -> list[Figure]:
    """Run test 25: three accounts work honestly at a client with a number, and one asks for erasure."""
    honest = dict.fromkeys(range(16), 0)
    accounts = honest | dict.fromkeys((90, 91, 92), 0)
    left = {person: data for person, data in accounts.items() if person != 90}
    shown = series(
        [honest if week < 2 else accounts if week < 8 else left for week in range(26)], secret_of(effort.seed(0))
    )
    kept = shown.filter("has_number").group_by("cell").len().filter(pl.col("len") == 26).height
    lost = 100 * (1 - kept / CELLS)
    return [
        checked(
            "25",
            "Clients that lose their number to one erasure, weeks 1 to 25",
            Bound(high=0),
            lost,
            LOST,
            of_share(effort.seed(0), lost, CELLS, "cells"),
        )
    ]


def staleness(effort: Effort) -> list[Figure]:
    """Run test 29: the age of numbers with few new people, and the numbers of a crowd without change."""
    secret = secret_of(effort.seed(0))
    moving = [dict.fromkeys(range(week, week + 20), 0) for week in range(80)]  # one comes and one goes a week
    ages = series(moving, secret).filter(pl.col("week") >= 20)["age"]
    loyal = series([dict.fromkeys(range(20), week) for week in range(60)], secret)
    kept = 100 * loyal.filter("has_number").height / (60 * CELLS)
    return [
        checked(
            "29.age", "Age of a number at the 90th percentile, 20 people and 1 arrival a week", Bound(high=31, unit="d"),
            float(ages.quantile(0.9) or 0), "too few changes count", Sample(effort.seed(0), CELLS, "cells"),
        ),
        checked("29.loyal", "Weeks with an own number, 20 people and nobody new", Bound(low=100), kept, LOST,
                of_share(effort.seed(0), kept, CELLS, "cells")),
        quiet(effort),
    ]  # fmt: skip


def quiet(effort: Effort) -> Figure:
    """Release weekly after the last work of every client, until its rows are too old to count.

    Asked are the weeks in which a client has as many counted people as any number needs.
    """
    secret = secret_of(effort.seed(0))
    rows, _ = made(replace(QUIET, seed=effort.seed(QUIET.seed)))
    before: ReleaseState | None = None
    asked, has = 0, 0
    for week in range(QUIET_WEEKS):
        day = AS_OF + timedelta(days=7 * week)
        studied = study(rows, as_of=day, policy=CROWD)
        rates = rates_of(studied)
        fresh = disclose(rates, CROWD, Draws(secret, divided=change_control.divided(before)))
        wanted = change_control.candidates(fresh, before)
        key = secret.key("pseudonyms")
        members = CellMembers.of(
            members_of_cells(studied, key, wanted), remaining=partial(remaining_members, studied, key, wanted)
        )
        rules = ChangeRules(day.date(), CROWD, secret)
        disclosed, before = change_control.apply_change_threshold(fresh, members, before, rules)
        many = rates.cells.filter(pl.col("level") == "client", pl.col("contributors") >= MOST_FOR_A_NUMBER)
        shown = disclosed.cells.filter(pl.col("level") == "client", pl.col("figure").is_in(["number", "divided"]))
        asked += many.height
        has += many.join(shown, on="client_key", how="semi").height
    share = 100 * has / asked
    name = "Weeks with an own number while the rows of a quiet client live"
    return checked(
        "29.quiet", name, Bound(low=100), share, LOST, of_share(effort.seed(29), share, asked, "weeks of a client")
    )


def divided_cells(effort: Effort) -> list[Figure]:
    """Run test 30: honest cells that are judged divided, and cells divided on purpose."""
    random = np.random.default_rng(effort.seed(3_000))
    count = max(effort.cells, 2_000)
    found = []
    for people in (10, 20, 50):
        for name, votes in (
            ("normal", random.standard_normal((count, people))),
            ("t5", random.standard_t(5, (count, people)) * np.sqrt(3 / 5)),
        ):
            share = 100 * is_divided(votes)
            words = f"Honest cells called divided, {name} noise, K = {people}"
            found.append(
                checked(
                    f"30.honest.{name}.{people}",
                    words,
                    Bound(high=1, strict=True),
                    share,
                    "too eager",
                    of_share(effort.seed(3_000), share, count, "cells"),
                )
            )
    halves = 0.1 * random.standard_normal((count, 28)) + np.where(np.arange(28) % 2, 3.0, -3.0)
    words = "Cells called divided, half of 28 far below and half far above"
    found.append(
        checked(
            "30.halves",
            words,
            Bound(low=95),
            (share := 100 * is_divided(halves)),
            "one own vote is the centre",
            of_share(effort.seed(3_000), share, count, "cells"),
        )
    )
    return found


def is_divided(votes: Floats) -> float:
    """Return the share of divided cells (rows of votes, in spreads)."""
    cells, people = votes.shape
    groups = Groups.of(np.repeat(np.arange(cells), people))
    centre = huber_centre(votes.ravel(), np.ones(votes.size), np.ones(cells), groups)
    near = np.sum(np.abs(votes - centre[:, None]) <= NEAR, axis=1)
    frame = pl.DataFrame({"contributors": np.full(cells, people), "near_contributors": near.astype(np.float64)})
    return float(np.mean(divided(frame, pl.Series("cell", [], pl.UInt64)).to_numpy()))
