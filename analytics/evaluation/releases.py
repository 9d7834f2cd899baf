"""Tests 25, 26, 29 and 30: figures that a series of releases shows, keeps and hides, by the release policy alone (F)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl

from analytics.disclosure.borders import BAND, NUMBER, with_borders
from analytics.disclosure.change_control import CellMembers, ChangeRules, released_cells
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.release_state import ReleaseState
from analytics.disclosure.thresholds import divided
from analytics.estimator.centre import huber_centre
from analytics.estimator.groups import Floats, Groups
from analytics.estimator.summary import NEAR
from analytics.evaluation.effort import SEED_SETS_APART, Effort
from analytics.evaluation.figure import COMPARISON, Bound, Figure, checked, unmeasured
from analytics.evaluation.sample import Sample, of_share
from analytics.model.policy import CROWD

FIRST = date(2026, 11, 23)
CELLS = 60  # independent clients, each with its own draws
NO_PEOPLE: dict[str, pl.DataType] = {
    "cell": pl.UInt64(),
    "person": pl.UInt64(),
    "data": pl.UInt64(),
    "contributor": pl.Int64(),
}
LOST = "a number goes though its people stay"
NO_SERIES = "not measured: no attacker is written who plans over several releases"
NO_PLACEMENT = "not measured: no attacker is written who places own votes around one other person's"
NO_QUIET = "not measured: these releases are made of invented cells, whose rows do not grow old"


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


def presence(effort: Effort) -> list[Figure]:
    """Run test 26: the owner of a private study with own accounts guesses from the row if one more person is there."""
    figures_of = []
    keys = pl.DataFrame({"cell": pl.Series(range(1, 20_001), dtype=pl.UInt64)})
    borders = with_borders(keys, keys["cell"], secret_of(effort.seed(0)))
    for own in (4, 8, 9, 13):
        seen = [
            borders.select(
                kind=(pl.lit(people) >= pl.col(BAND)).cast(int) + (pl.lit(people) >= pl.col(NUMBER)).cast(int)
            )
            .to_series()
            .to_numpy()
            for people in (own, own + 1)
        ]
        rates = [np.bincount(kinds, minlength=3) / len(kinds) for kinds in seen]
        right = 50 * float(np.maximum(*rates).sum())
        name = f"Right guesses whether one person more is there, {own} own accounts whose votes are alike"
        figures_of.append(
            checked(
                f"26.at_once.{own}",
                name,
                Bound(high=62),
                right,
                "a border can be met",
                of_share(effort.seed(0), right, 2 * keys.height, "guesses"),
            )
        )
    return [*figures_of, *unmeasured_presence()]


def unmeasured_presence() -> list[Figure]:
    """The parts of test 26 that this suite cannot run: they are open, never met."""
    return [
        unmeasured(
            "26.sequence", "Right guesses from 9 own accounts, then the victim and two more", "<= 62 %", NO_SERIES
        ),
        unmeasured(
            "26.plans", "Right guesses over 200 random plans with at most 14 own accounts", "<= 75 %", NO_SERIES
        ),
        unmeasured("26.rate", "Rates found within 10 %, 4 to 14 own accounts placed worst", "<= 15 %", NO_PLACEMENT),
        unmeasured("26.tuned", "Right guesses where own votes are tuned", COMPARISON, NO_PLACEMENT),
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
        unmeasured("29.quiet", "Weeks with an own number while the rows of a quiet client live", ">= 100 %", NO_QUIET),
    ]  # fmt: skip


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
