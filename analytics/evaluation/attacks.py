"""Tests 4 to 8: the effect of false accounts, and of very active people, on a rate."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl

from analytics.estimator.centre import CLIP, huber_centre
from analytics.estimator.groups import Floats, Groups
from analytics.estimator.study import study
from analytics.evaluation.controls import CONTROLS, of_clients
from analytics.evaluation.effort import Effort
from analytics.evaluation.figure import Bound, Figure, checked, compared, controls
from analytics.evaluation.markets import SMALL, SMALL_CROWD, percent, policy_of, rates_of, seeds, untouched, with_unpaid
from analytics.evaluation.sample import Sample, of_logs, of_mean
from analytics.evaluation.suspected_manipulation import Attack, Direction, attacked, louder
from analytics.model.policy import Policy
from analytics.simulation.synthetic import AS_OF, Market, made

PEOPLE = 30
ATTACKED = 12  # clients of a market: a tenth, so that the attackers do not hold the platform
SHIFTS: dict[tuple[str, Direction, int], Bound] = {
    ("4a", "up", 10): Bound(-25, 25, strict=True),
    ("4a", "up", 20): Bound(-60, 60, strict=True),
    ("4a", "down", 10): Bound(-20, 20, strict=True),
    ("4a", "down", 20): Bound(-40, 40, strict=True),
    ("4b", "up", 10): Bound(-25, 25, strict=True),
    ("4b", "up", 20): Bound(-65, 65, strict=True),
    ("4b", "down", 10): Bound(-35, 35, strict=True),
    ("4b", "down", 20): Bound(-60, 60, strict=True),
}
FIRST_SEED = 80_000
ATTACKED_CELLS = "attacked cells"
DIRECTIONS: tuple[Direction, ...] = ("up", "down")
CONTROL_SHIFT = Bound(low=100, strict=True)
ONE_FALSE_REPORT = {10: Bound(high=30, strict=True), 20: Bound(high=15, strict=True), 50: Bound(high=6, strict=True)}
ASYMPTOTE = 0.347  # 0.25 CLIP / P(|Z| < CLIP): the shift by a fifth of false reports, in spreads
BASES = {"archive": SMALL, "crowd": SMALL_CROWD}  # equal votes, for which the thresholds were set; and votes that fade
FRESH = "their part of the votes is greater than their part of the people"
UNSEEN = (
    "fewer than five came together, or too many newcomers to tell them apart: no flag; and votes fade (see 4a.crowd)"
)
LOUD = (
    "many tasks make the correction for few tasks smaller (step C2, the Jensen term), and where votes fade one fresh vote "
    "carries it further"
)
MOVED = "more than the clip of the centre allows for: votes of few people spread wider than the platform's"


def why(policy: str) -> str:
    return FRESH if policy == "crowd" else MOVED


def shares_of_false_reports(effort: Effort) -> list[Figure]:
    """Run tests 4a, 4b and 6: 10, 20 and 30 % of the people of a client report falsely."""
    cases = product(("4a", "4b"), BASES, DIRECTIONS, (10, 20, 30))
    return [*(figure for case in cases for figure in by_false_reports(effort, *case)), *bonuses(effort), *waves(effort)]


def bonuses(effort: Effort) -> list[Figure]:
    """Extend test 4b: the accounts also report double pay."""
    return [
        compared(
            f"4.bonus.{share}",
            f"Shift of the effective rate, by {share} % of false reports up with double pay, archive policy, K = {PEOPLE}",
            percent(moves := shifts(effort, SMALL, Attack("up", PEOPLE * share // 100, fakes=True, bonus=True))[0]),
            of_logs(effort.seed(FIRST_SEED), moves, ATTACKED_CELLS),
        )
        for share in (10, 20)
    ]


def waves(effort: Effort) -> list[Figure]:
    """Run test 4a with accounts that came on one day, for which the flag of joint arrival exists."""
    figures = []
    for direction, share in product(DIRECTIONS, (10, 20)):
        shift, _ = shifts(effort, SMALL_CROWD, Attack(direction, PEOPLE * share // 100, together=True))
        words = f"{share} % of false reports {direction} from accounts of one day"
        name = f"Shift of the task rate, by {words}, crowd policy, K = {PEOPLE}"
        bound = SHIFTS["4a", direction, share]
        figures.append(
            checked(
                f"4a.wave.{direction}.{share}",
                name,
                bound,
                percent(shift),
                UNSEEN,
                of_logs(effort.seed(FIRST_SEED), shift, ATTACKED_CELLS),
            )
        )
    return figures


def by_false_reports(effort: Effort, test: str, policy: str, direction: Direction, share: int) -> list[Figure]:
    """Return the figures of one share of false reports, one direction and one policy."""
    attack = Attack(direction, PEOPLE * share // 100, fakes=test == "4b")
    ours, theirs = shifts(effort, BASES[policy], attack)
    rate = "task rate, timing" if test == "4a" else "effective rate, timing, outcomes and bonuses"
    name = f"Shift of the {rate}, by {share} % of false reports {direction}, {policy} policy, K = {PEOPLE}"
    identity = f"{test}.{policy}.{direction}.{share}"
    bound = SHIFTS.get((test, direction, share))
    first = effort.seed(FIRST_SEED)
    sample = of_logs(first, ours, ATTACKED_CELLS)
    own = (
        checked(identity, name, bound, percent(ours), why(policy), sample)
        if bound
        else compared(identity, name, percent(ours), sample)
    )
    if test == "4b" or policy == "crowd":
        return [own]
    is_test_6 = (direction, share) == ("up", 20)
    measured = {control: percent(values) for control, values in theirs.items()}
    return [
        own,
        *controls(
            f"6.{identity}" if is_test_6 else identity,
            name,
            measured,
            CONTROL_SHIFT if is_test_6 else None,
            {control: of_logs(first, values, ATTACKED_CELLS) for control, values in theirs.items()},
        ),
    ]


def shifts(effort: Effort, base: Market, attack: Attack) -> tuple[Floats, dict[str, Floats]]:
    """Return differences of logs by attacked client, of the estimator and of the controls.

    The estimator's rate is the effective one if outcomes are faked.
    """
    ours, theirs = [], []
    paid = replace(base, contributors=PEOPLE, seed=effort.seed(FIRST_SEED))
    rate = "effective_usd_per_hour" if attack.fakes else "task_usd_per_hour"
    policy = policy_of(base)
    for market in seeds(with_unpaid(paid) if attack.fakes else paid, effort.attacks):
        rows, before = untouched(market)
        clients = sorted(rows["client_key"].unique())[:ATTACKED]
        lied = attacked(rows, clients, attack)
        ours.append(moved(before, rates_of(lied, policy).cells, clients, (rate,)))
        theirs.append(moved(of_clients(rows), of_clients(lied), clients, CONTROLS))
    whole = pl.concat(theirs)
    return pl.concat(ours)[rate].to_numpy(), {name: whole[name].to_numpy() for name in CONTROLS}


def moved(before: pl.DataFrame, after: pl.DataFrame, clients: list[int], rates: tuple[str, ...]) -> pl.DataFrame:
    """Return ln of after / before of each of `rates`, by client."""

    def chosen(cells: pl.DataFrame) -> pl.DataFrame:
        own = cells.filter(pl.col("level") == "client") if "level" in cells.columns else cells
        return own.filter(pl.col("client_key").is_in(clients)).sort("client_key").select(pl.col(rates).log())

    return chosen(after) - chosen(before)


def any_spread(effort: Effort) -> list[Figure]:
    """Run test 5: the raw centre of a cell with 20 % of false reports, over its own scale, at any spread of honest
    votes.
    """
    figures = []
    clients = 200 * effort.attacks
    for spread in (0.5, 0.9, 1.3, 2.0):
        seed = effort.seed(round(1_000 * spread))
        random = np.random.default_rng(seed)
        votes = spread * random.standard_normal((clients, PEOPLE))
        lied = votes.copy()
        lied[:, : PEOPLE // 5] = 100.0
        groups = Groups.of(np.repeat(np.arange(clients), PEOPLE))
        scale = np.full(clients, spread)
        before, after = (huber_centre(v.ravel(), np.ones(v.size), scale, groups) for v in (votes, lied))
        figures.append(
            centre_shift(
                f"5.s{spread:g}",
                f"spread {spread:g}",
                float(np.mean(after - before)) / spread,
                of_mean(seed, (after - before) / spread, "cells"),
            )
        )
    return [*figures, *(in_production(effort, policy) for policy in BASES)]


def in_production(effort: Effort, policy: str) -> Figure:
    """Run test 5 through the whole path, wider than the calibration, with the estimator's centre and scale."""
    values = []
    base = replace(
        BASES[policy], clients=240, pool=40, contributors=PEOPLE, interaction_spread=1.3, seed=effort.seed(85_000)
    )
    for market in seeds(base, effort.attacks):
        rows, _ = made(market)
        clients = sorted(rows["client_key"].unique())[: 2 * ATTACKED]
        lied = attacked(rows, clients, Attack("up", PEOPLE // 5))
        before, after = (centres(frame, clients, policy_of(base)) for frame in (rows, lied))
        values.append(((after["centre"] - before["centre"]) / before["scale"]).to_numpy())
    words = f"interaction spread 1.3, whole path, {policy} policy"
    return centre_shift(
        f"5.{policy}",
        words,
        float(np.mean(moves := np.concatenate(values))),
        of_mean(base.seed, moves, ATTACKED_CELLS),
        why(policy),
    )


def centres(rows: pl.DataFrame, clients: list[int], policy: Policy) -> pl.DataFrame:
    level = study(rows, as_of=AS_OF, policy=policy).client_level
    own = level.summary.filter(pl.col("client_key").is_in(clients)).sort("client_key")
    return own.select("centre", scale=pl.col("spread").sqrt())


def centre_shift(identity: str, words: str, spreads: float, sample: Sample, reason: str = MOVED) -> Figure:
    bound = Bound(high=1.15 * ASYMPTOTE, unit="spreads", strict=True)
    return checked(
        identity, f"Raw centre moved by 20 % of false reports, {words}, clip {CLIP}", bound, spreads, reason, sample
    )


def one_false_report(effort: Effort) -> list[Figure]:
    """Run test 7: one mature attacker added, in either direction; the 95th percentile of the shift."""
    figures = []
    for policy, (people, bound) in product(BASES, ONE_FALSE_REPORT.items()):
        values = [np.abs(np.expm1(shift)) for way in DIRECTIONS for shift in added(effort, policy, people, way)]
        figures.append(
            checked(
                f"7.{policy}.k{people}",
                f"One false report added, 95th percentile of the shift, {policy} policy, K = {people}",
                bound,
                100 * float(np.quantile(np.concatenate(values), 0.95)),
                why(policy),
                Sample(effort.seed(90_000), len(np.concatenate(values)), ATTACKED_CELLS),
            )
        )
    return figures


def added(effort: Effort, policy: str, people: int, direction: Direction) -> list[Floats]:
    """Return shifts of the task rate by one account, by market."""
    shift = []
    base = BASES[policy]
    for market in seeds(replace(base, contributors=people, seed=effort.seed(90_000)), effort.attacks):
        rows, before = untouched(market)
        clients = sorted(rows["client_key"].unique())[:ATTACKED]
        after = rates_of(attacked(rows, clients, Attack(direction, 1, replace=False)), policy_of(base)).cells
        shift.append(moved(before, after, clients, ("task_usd_per_hour",))["task_usd_per_hour"].to_numpy())
    return shift


def volume(effort: Effort) -> list[Figure]:
    """Run test 8: at one client at a time, one of ten people does a hundred times as much at the same rates."""
    figures = []
    for policy, base in BASES.items():
        ours, theirs = loud_shifts(
            effort, replace(base, clients=60, contributors=10, pool=10, seed=effort.seed(95_000))
        )
        shift = 100 * np.expm1(ours["task_usd_per_hour"].to_numpy())
        name = f"One person's volume x 100, {policy} policy, K = 10"
        tail = float(np.quantile(np.abs(shift), 0.95))
        figures += [
            checked(
                f"8.{policy}.mean",
                f"{name}, mean shift",
                Bound(-3, 3, strict=True),
                shift.mean(),
                LOUD,
                of_mean(effort.seed(95_000), shift, ATTACKED_CELLS),
            ),
            checked(
                f"8.{policy}.p95",
                f"{name}, 95th percentile of the shift",
                Bound(high=8, strict=True),
                tail,
                LOUD,
                Sample(effort.seed(95_000), len(shift), ATTACKED_CELLS),
            ),
        ]
        if policy == "archive":
            measured = {control: p95(theirs[control].to_numpy()) for control in CONTROLS}
            figures += controls(
                f"8.{policy}.p95",
                f"{name}, 95th percentile of the shift",
                measured,
                None,
                {control: Sample(effort.seed(95_000), theirs.height, ATTACKED_CELLS) for control in measured},
            )
    return figures


def loud_shifts(effort: Effort, base: Market) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return differences of logs by client, of the estimator and of the controls."""
    ours, theirs = [], []
    for market in seeds(base, effort.attacks):
        rows, before = untouched(market)
        plain = of_clients(rows)
        for client in sorted(rows["client_key"].unique())[:ATTACKED]:
            loud = louder(rows, client, 100)
            after = rates_of(loud, policy_of(market)).cells
            ours.append(moved(before, after, [client], ("task_usd_per_hour",)))
            theirs.append(moved(plain, of_clients(loud), [client], CONTROLS))
    return pl.concat(ours), pl.concat(theirs)


def p95(shift: Floats) -> float:
    """Return the 95th percentile of the shift from differences of logs, in percent."""
    return 100 * float(np.quantile(np.abs(np.expm1(shift)), 0.95))
