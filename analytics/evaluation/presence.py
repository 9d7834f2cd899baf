"""Test 26: the owner of a private study has own accounts there, and infers the presence or the pay of one more person."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import polars as pl

from analytics.disclosure.borders import BAND, NUMBER, with_borders
from analytics.disclosure.change_control import CellMembers, ChangeRules, released_cells
from analytics.disclosure.release_state import ReleaseState
from analytics.disclosure.thresholds import divided
from analytics.estimator.centre import huber_centre
from analytics.estimator.default_spreads import CLIENT_SPREAD, CONTRIBUTOR_SPREAD
from analytics.estimator.groups import Flags, Floats, Groups
from analytics.estimator.summary import NEAR
from analytics.evaluation.differencing import (
    CANDIDATES,
    NOISE,
    OFFSETS,
    PARENT,
    WITHIN,
    best,
    joined,
    published,
    same,
    theta_of,
)
from analytics.evaluation.effort import FULL, Effort
from analytics.evaluation.figure import COMPARISON, Bound, Figure, checked, unmeasured
from analytics.evaluation.releases import FIRST, NO_PEOPLE, figures, secret_of, smaller
from analytics.evaluation.sample import of_share
from analytics.model.policy import CROWD

AT_ONCE_KEYS = 20_000
MOST_OWN = 14
VICTIM = 1_000
WEEK = 7
PLAN_WEEKS = 7
FAR = 3.0  # spreads of own votes from the middle: winsorised times cannot be much farther
SPREAD = math.sqrt(CONTRIBUTOR_SPREAD**2 + NOISE)  # of a vote
DOUBT = math.sqrt(CLIENT_SPREAD**2 + SPREAD**2)  # of the victim's vote, before any release
BORDER = "a border can be met"
FEW_ARE_SHOWN = (
    "of five to nine people the ends of an interval are shown, on a grid of 30 %; own votes half far below and half far "
    "above make the centre the one vote between them"
)
RATE_PINS = {8: Bound(high=50), 9: Bound(high=30)}
NO_TUNING = "not measured: no attacker is written who tunes own votes to the edge of a step of the grid"
Weeks = list[list[set[int]]]  # by plan and week, the people there


def presence(effort: Effort) -> list[Figure]:
    """Return the figures of test 26."""
    return [
        *at_once(effort),
        sequence(effort),
        plans(effort),
        *rates_found(effort),
        tuned(),
    ]


def tuned() -> Figure:
    """Return the part of test 26 that this suite cannot run: it is open, never met."""
    return unmeasured("26.tuned", "Right guesses where own votes are tuned", COMPARISON, NO_TUNING)


def at_once(effort: Effort) -> list[Figure]:
    """Guess from the first release of a row, with own votes alike."""
    keys = pl.DataFrame({"cell": pl.Series(range(1, AT_ONCE_KEYS + 1), dtype=pl.UInt64)})
    borders = with_borders(keys, keys["cell"], secret_of(effort.seed(0)))
    found = []
    for own in (4, 8, 9, 13):
        seen = [
            borders.select(
                kind=(pl.lit(people) >= pl.col(BAND)).cast(int) + (pl.lit(people) >= pl.col(NUMBER)).cast(int)
            )
            .to_series()
            .to_numpy()
            for people in (own, own + 1)
        ]
        shares = [np.bincount(kinds, minlength=3) / len(kinds) for kinds in seen]
        right = 50 * float(np.maximum(*shares).sum())
        name = f"Right guesses whether one person more is there, {own} own accounts whose votes are alike"
        sample = of_share(effort.seed(0), right, 2 * keys.height, "guesses")
        found.append(checked(f"26.at_once.{own}", name, Bound(high=62), right, BORDER, sample))
    return found


def sequence(effort: Effort) -> Figure:
    """Guess from five releases: nine own accounts first, then two more, and the victim or not."""
    cells = 2_000 if effort.name == FULL.name else 400
    nine, eleven = set(range(9)), set(range(11))
    right, count = right_guesses(
        [[nine, *[eleven | {VICTIM}] * 4]], [[nine, *[eleven] * 4]], cells, effort.seed(26_000)
    )
    name = "Right guesses from 9 own accounts, then the victim and two more"
    return checked(
        "26.sequence", name, Bound(high=62), right[0], BORDER, of_share(effort.seed(26_000), right[0], count, "guesses")
    )


def plans(effort: Effort) -> Figure:
    """Guess from the releases of random plans; the worst plan is measured again with other draws."""
    number, cells = (200, 200) if effort.name == FULL.name else (20, 100)
    random = np.random.default_rng(effort.seed(26_100))
    drawn = [plan(random) for _ in range(number)]
    first, _ = right_guesses([one for one, _ in drawn], [other for _, other in drawn], cells, effort.seed(26_100))
    worst = int(np.argmax(first))
    again, count = right_guesses([drawn[worst][0]], [drawn[worst][1]], 10 * cells, effort.seed(26_200))
    name = f"Right guesses by the worst of {number} random plans with at most {MOST_OWN} own accounts"
    return checked(
        "26.plans", name, Bound(high=75), again[0], BORDER, of_share(effort.seed(26_200), again[0], count, "guesses")
    )


def plan(random: np.random.Generator) -> tuple[list[set[int]], list[set[int]]]:
    """Return the people of each week with and without the victim: own accounts come and go at will."""
    own = [set(range(int(random.integers(0, MOST_OWN + 1))))]
    for _ in range(PLAN_WEEKS - 1):
        here = own[-1]
        free = sorted(set(range(MOST_OWN)) - here)
        if random.random() < 0.5 and free:
            own.append(
                here | set(random.choice(free, int(random.integers(1, min(4, len(free)) + 1)), replace=False).tolist())
            )
        elif random.random() < 0.3 and here:
            own.append(
                here
                - set(
                    random.choice(sorted(here), int(random.integers(1, min(4, len(here)) + 1)), replace=False).tolist()
                )
            )
        else:
            own.append(here)
    arrival = int(random.integers(0, PLAN_WEEKS))
    return [people | ({VICTIM} if week >= arrival else set()) for week, people in enumerate(own)], own


def right_guesses(with_victim: Weeks, without: Weeks, cells: int, seed: int) -> tuple[list[float], int]:
    """Return by plan the share of right guesses in percent, and the guesses made.

    The guesser knows from half of the cells how often each series of releases is seen with the victim and without; the
    other half is guessed.
    """
    seen = [observed(plan_weeks, cells, seed) for plan_weeks in (with_victim, without)]
    right = []
    for number in range(len(with_victim)):
        there, absent = (series[number * cells : (number + 1) * cells] for series in seen)
        half = cells // 2
        known = {one: there[:half].count(one) - absent[:half].count(one) for one in {*there[:half], *absent[:half]}}
        hits = sum(known.get(one, 0) > 0 for one in there[half:]) + sum(known.get(one, 0) <= 0 for one in absent[half:])
        right.append(100 * hits / (2 * (cells - half)))
    return right, 2 * (cells - cells // 2)


def observed(plan_weeks: Weeks, cells: int, seed: int) -> list[tuple[tuple[bool, bool, int], ...]]:
    """Return for `cells` cells of each plan, in their order, what each weekly release shows: a row, a number, its age."""
    secret = secret_of(seed)
    before: ReleaseState | None = None
    shown = [[(False, False, -1)] * len(plan_weeks[0]) for _ in range(len(plan_weeks) * cells)]
    for week in range(len(plan_weeks[0])):
        rules = ChangeRules(FIRST + timedelta(days=WEEK * week), CROWD, secret)
        members = members_of_plans(plan_weeks, cells, week)
        sizes = members.group_by("cell").agg(people=pl.len())
        rows, before = released_cells(
            figures(sizes, secret), CellMembers(members, without=smaller(sizes, secret)), before, rules
        )
        ages = before.cells.select("cell", age=(pl.lit(rules.day) - pl.col("released_on")).dt.total_days())
        for cell, has_number, age in rows.join(ages, on="cell").select("cell", "has_number", "age").iter_rows():
            shown[cell - 1][week] = (True, has_number, age)
    return [tuple(one) for one in shown]


def members_of_plans(plan_weeks: Weeks, cells: int, week: int) -> pl.DataFrame:
    """Return the people of every cell in one week; the cells of a plan are alike."""
    pairs = [(number, person) for number, weeks in enumerate(plan_weeks) for person in sorted(weeks[week])]
    each = pl.DataFrame(pairs, schema={"plan": pl.Int64, "person": pl.Int64}, orient="row")
    copies = pl.DataFrame({"copy": pl.Series(range(1, cells + 1), dtype=pl.Int64)})
    return each.join(copies, how="cross").select(
        cell=pl.col("plan") * cells + pl.col("copy"), person="person", data=pl.lit(0), contributor="person"
    ).select(pl.col(name).cast(kind) for name, kind in NO_PEOPLE.items())  # fmt: skip


def rates_found(effort: Effort) -> list[Figure]:
    """Infer the victim's pay from one release: own votes in the worst of several placements."""
    found = []
    victims = effort.victims if effort.name == FULL.name else 250
    for own in (4, 8, 9, 14):
        seed = effort.seed(26_300 + own)
        hits = max(placed(own, middle, victims, seed) for middle in range(own % 2, min(own, 7), 2))
        name = f"Victims whose rate is found within 10 %, {own} own accounts placed worst"
        sample = of_share(seed, 100 * hits, victims, "people")
        found.append(
            checked(f"26.rate.{own}", name, Bound(high=15), 100 * hits, FEW_ARE_SHOWN, sample, RATE_PINS.get(own))
        )
    return found


def placed(own: int, middle: int, victims: int, seed: int) -> float:
    """Return the share of victims hit where `middle` own votes are in the middle, and the others far on both sides.

    The guesser knows everything but the victim's pay and the secret: the borders and the grid's offset.
    """
    random = np.random.default_rng(seed)
    side = (own - middle) // 2
    votes = PARENT + SPREAD * np.repeat([-FAR, 0.0, FAR], [side, middle, side])[None, :]
    pays = PARENT + DOUBT * np.linspace(-4, 4, CANDIDATES)[None, :]
    victim = PARENT + DOUBT * random.standard_normal((victims, 1))
    prior = np.exp(-(((pays - PARENT) / DOUBT) ** 2) / 2)
    weight = np.repeat(prior, victims, axis=0)
    drawn = pl.DataFrame({"cell": random.integers(0, 2**63, victims)})
    bordered = with_borders(drawn, drawn["cell"], secret_of(seed))
    has_row, has_number = ((own + 1 >= bordered[border]).to_numpy() for border in (BAND, NUMBER))
    is_split = split_cells(np.concatenate([np.repeat(votes, victims, axis=0), victim], axis=1))
    offset = random.random((victims, 1))
    thetas = theta_of(joined(votes, pays), SPREAD), theta_of(joined(np.repeat(votes, victims, axis=0), victim), SPREAD)
    for is_kind, people in ((has_row & ~has_number, min(own + 1, 9)), (has_number & ~is_split, max(own + 1, 10))):
        fits = fitting(thetas, people, offset)
        known = is_kind & fits.any(axis=1)
        weight[known] = (prior * fits)[known]
    hit = np.abs(best(np.repeat(pays, victims, axis=0), weight) - victim[:, 0]) <= WITHIN
    return float(np.mean(hit))


def fitting(thetas: tuple[Floats, Floats], people: int, offset: Floats) -> Floats:
    """Return by victim and candidate for how many of the tried offsets the candidate's figures are the figures seen."""
    candidates, truth = thetas
    tried = np.tile(np.arange(OFFSETS) / OFFSETS, candidates.shape[1])[None, :]
    shown = published(np.repeat(candidates, OFFSETS, axis=1), people, tried)
    seen = published(truth, people, offset)
    fits = [
        same(shown, one[None, :, :]).reshape(candidates.shape[1], OFFSETS).sum(axis=1).astype(np.float64)
        for one in seen
    ]
    return np.array(fits)


def split_cells(votes: Floats) -> Flags:
    """Return the cells whose people differ too much for one figure."""
    cells, people = votes.shape
    groups = Groups.of(np.repeat(np.arange(cells), people))
    centre = huber_centre(votes.ravel(), np.ones(votes.size), np.full(cells, SPREAD), groups)
    near = np.sum(np.abs(votes - centre[:, None]) <= NEAR * SPREAD, axis=1)
    frame = pl.DataFrame({"contributors": np.full(cells, people), "near_contributors": near.astype(np.float64)})
    split: Flags = divided(frame, pl.Series("cell", [], pl.UInt64)).to_numpy()
    return split
