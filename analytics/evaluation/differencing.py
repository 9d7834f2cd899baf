"""Test 16: an attacker knows all pays but one, and every parameter, and infers that one from a release."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl

from analytics.disclosure import rounding
from analytics.disclosure.borders import OFFSET
from analytics.disclosure.thresholds import (
    PEOPLE,
    STEP,
    Draws,
    outcome_columns,
    pay_columns,
    unseen_columns,
    with_paid_share,
    with_people,
)
from analytics.estimator.centre import centre_variance, huber_centre
from analytics.estimator.chain import Z95, joint_variance, shrinkage_factor
from analytics.estimator.default_spreads import CLIENT_SPREAD, CONTRIBUTOR_SPREAD, TASK_SPREAD
from analytics.estimator.groups import Flags, Floats, Groups
from analytics.estimator.rates import CELLS
from analytics.evaluation.effort import Effort
from analytics.evaluation.figure import Bound, Figure, checked, compared
from analytics.evaluation.sample import of_share
from analytics.model.policy import CROWD

PARENT = 1.3
PARENT_VARIANCE = 0.01
TASKS = 2  # known tasks of each person: the median of the generator
WITHIN = math.log(1.1)
NOISE = math.log1p(math.expm1(TASK_SPREAD**2) / TASKS)
AT_ONCE = 10  # victims in one sweep
OFFSETS = 20  # of the grid, that an attacker tries
UNGUARDED = replace(CROWD, is_guarded=False)  # the test sets the offset itself
CANDIDATES = 201  # possible pays of the victim, over four spreads to each side
LEAK = "the figures of a cell, taken together, say more than its one rounded rate"


def differencing(effort: Effort) -> list[Figure]:
    """Run test 16 by K, with the rate of correct guesses without any release."""
    figures = []
    for people in (10, 20, 50):
        seed = effort.seed(1_600 + people)
        hits, guesses = attack(people, effort.victims, seed)
        name = f"Victims whose rate is found within 10 % by whoever knows all others, K = {people}"
        figures.append(
            checked(
                f"16.k{people}",
                name,
                Bound(high=15),
                100 * hits,
                LEAK,
                of_share(seed, 100 * hits, effort.victims, "people"),
            )
        )
        figures.append(
            compared(
                f"16.k{people}/guess",
                f"{name}, guessing without a release",
                100 * guesses,
                of_share(seed, 100 * guesses, effort.victims, "people"),
            )
        )
    return figures


def attack(people: int, victims: int, seed: int) -> tuple[float, float]:
    """Return the shares of `victims` hit from the released figures of their cell, and by guessing."""
    random = np.random.default_rng(seed)
    spread = math.sqrt(CONTRIBUTOR_SPREAD**2 + NOISE)
    found = [hits(random, people, min(AT_ONCE, victims - done), spread) for done in range(0, victims, AT_ONCE)]
    hit, guessed = (np.concatenate(part) for part in zip(*found, strict=True))
    return float(np.mean(hit)), float(np.mean(guessed))


def hits(random: np.random.Generator, people: int, victims: int, spread: float) -> tuple[Flags, Flags]:
    """Return the victims who are hit, and those who would be hit by guessing.

    Two releases are seen, without and with the victim. The grid's offset is unknown, but the first release reveals part
    of it.
    """
    centre = PARENT + CLIENT_SPREAD * random.standard_normal((victims, 1))
    others = centre + spread * random.standard_normal((victims, people - 1))
    known = np.mean(others, axis=1, keepdims=True)
    victim = known + spread * random.standard_normal((victims, 1))
    pays = known + spread * np.linspace(-4, 4, CANDIDATES)
    offset = random.random((victims, 1))
    before = published(theta_of(others[:, None, :], spread), people, offset)
    after = published(theta_of(joined(others, victim), spread), people, offset)
    offsets = np.broadcast_to(np.arange(OFFSETS) / OFFSETS, (victims, OFFSETS))
    fits_before = same(published(np.repeat(theta_of(others[:, None, :], spread), OFFSETS, 1), people, offsets), before)
    asked = np.repeat(theta_of(joined(others, pays), spread), OFFSETS, axis=1)
    tiled = np.tile(offsets, (1, CANDIDATES))
    fits_after = same(published(asked, people, tiled), after).reshape(victims, CANDIDATES, OFFSETS)
    fits = np.sum(fits_after * fits_before[:, None, :], axis=2)
    fits = np.where(fits.any(axis=1, keepdims=True), fits, 1.0)
    prior = np.exp(-(((pays - known) / spread) ** 2) / 2)
    return tuple(np.abs(best(pays, weight) - victim[:, 0]) <= WITHIN for weight in (fits * prior, prior))


def best(pays: Floats, weight: Floats) -> Floats:
    """Return by victim the guess that holds the most weight within 10 %."""
    near = np.abs(pays[:, :, None] - pays[:, None, :]) <= WITHIN
    chosen: Floats = pays[np.arange(len(pays)), np.argmax(np.einsum("vij,vj->vi", near, weight), axis=1)]
    return chosen


def joined(others: Floats, pays: Floats) -> Floats:
    """Return the votes of each victim's cell for each of the last person's possible `pays`: by victim, pay, person."""
    count = pays.shape[1]
    votes: Floats = np.concatenate([np.repeat(others[:, None, :], count, axis=1), pays[:, :, None]], axis=2)
    return votes


def theta_of(votes: Floats, spread: float) -> Floats:
    """Return steps D5 and D7 of cells given by their votes: by victim and candidate."""
    victims, count, people = votes.shape
    each = victims * count
    groups = Groups.of(np.repeat(np.arange(each), people))
    scale = np.full(each, spread)
    centre = huber_centre(votes.ravel(), np.ones(votes.size), scale, groups)
    own = centre_variance(scale, np.full(each, float(people)))
    pull = shrinkage_factor(own, np.full(each, CLIENT_SPREAD**2))
    theta: Floats = ((1 - pull) * centre + pull * PARENT).reshape(victims, count)
    return theta


def published(theta: Floats, people: int, offset: Floats) -> Floats:
    """Return every released figure of cells with this theta, on a grid with this offset, by victim and candidate."""
    victims, count = theta.shape
    flat = theta.ravel()
    own = centre_variance(
        np.full(len(flat), math.sqrt(CONTRIBUTOR_SPREAD**2 + NOISE)), np.full(len(flat), float(people))
    )
    variance = joint_variance(own, np.full(len(flat), CLIENT_SPREAD**2), np.full(len(flat), PARENT_VARIANCE))
    frame = cells(flat, variance, people)
    judged = with_people(frame, frame["client_key"], UNGUARDED, Draws()).with_columns(
        pl.Series(OFFSET, np.broadcast_to(offset, theta.shape).ravel()),
        rounding.rate_step(pl.col(PEOPLE), CROWD).alias(STEP),
    )
    shown = with_paid_share(judged).select(**pay_columns(), **unseen_columns(), **outcome_columns(CROWD))
    numbers = shown.select(pl.selectors.float()).fill_null(-1.0)
    return numbers.to_numpy().reshape(victims, count, -1)


def same(shown: Floats, seen: Floats) -> Flags:
    """Return the candidates that give the figures seen, by victim and candidate."""
    equal: Flags = np.all(shown == seen, axis=2)
    return equal


def cells(theta: Floats, variance: Floats, people: int) -> pl.DataFrame:
    """Return one client a candidate, fully paid and with full kept share, in the shape CELLS."""
    rate, reach = np.exp(theta), Z95 * np.sqrt(variance)
    ones = np.ones(len(theta))
    values: dict[str, object] = {
        "level": ["client"] * len(theta),
        "platform": ["p"] * len(theta),
        "client_key": np.arange(len(theta)),
        "contributors": ones * people,
        "people": ones * people,
        "theta": theta,
        "variance": variance,
        "effective_variance": variance,
        "pooled_variance": variance,
        "paid_share": ones,
        "paid_share_variance": 0 * ones,
        "kept_share": ones,
        "task_usd_per_hour": rate,
        "effective_usd_per_hour": rate,
        "low_usd_per_hour": rate * np.exp(-reach),
        "high_usd_per_hour": rate * np.exp(reach),
        "decided_contributors": ones * people,
        "submitted_share": ones,
        "log_reward": 0 * ones,
        "child_theta": theta,
        "child_variance": variance,
        "child_log_reward": 0 * ones,
    }
    frame = pl.DataFrame(values)
    absent = [pl.lit(None).alias(name) for name in CELLS if name not in values]
    return frame.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in CELLS.items())
