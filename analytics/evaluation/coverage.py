"""Tests 1, 2, 3 and 14: the coverage of intervals, and the bias of their middle."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import Literal

import numpy as np
import polars as pl

from analytics.estimator.ranges import ranges
from analytics.evaluation.controls import of_clients
from analytics.evaluation.effort import Effort
from analytics.evaluation.figure import Bound, Figure, checked, compared, controls
from analytics.evaluation.markets import (
    BASE,
    CROWD_BASE,
    Z95,
    client_cells,
    found,
    misses,
    percent,
    policy_of,
    rates_of,
    seeds,
    with_unpaid,
)
from analytics.evaluation.sample import of_logs, of_mean, of_share
from analytics.simulation.synthetic import Market, long_run, made

COVERAGE = Bound(92, 98)
COVERAGE_FEW = Bound(92, 99)
BIAS = Bound(-3, 3, strict=True)
IN_RANGE = Bound(76, 84)
NOISES: tuple[Literal["normal", "t5"], ...] = ("normal", "t5")
BASES = {"archive": BASE, "crowd": CROWD_BASE}
WIDE = (
    "too wide, not too narrow: a vote fades with age (K_eff is the sum of faded votes, step D4) as if pay drifted, and "
    "in this market it stands still"
)
WIDE_FEW = (
    "too wide, not too narrow: with 12 clients tau is the default 0.70 though 0.40 is true, and the variance is taken "
    "times 1.25; with the true tau and without the factor the share is 95 %"
)
FEW_PIN = Bound(92, 99.8)
SHORT = "the interval promises more than it keeps"


def coverage(effort: Effort) -> list[Figure]:
    """Run test 1 (of three kinds of 95 % interval, the one farthest from 95 %) and test 3 from the same cells."""
    figures: list[Figure] = []
    biases: list[Figure] = []
    for (policy, base), people in product(BASES.items(), effort.crowds):
        tables = []
        for number, (noise, is_unpaid) in enumerate(product(NOISES, (False, True))):
            paid = replace(base, contributors=people, noise=noise, seed=effort.seed(1_000 * people + 100 * number))
            market = with_unpaid(paid) if is_unpaid else paid
            table = found(seeds(market, math.ceil(effort.cells / base.clients)))
            tables.append(table)
            words = f"{'13 % unsubmitted, 0.7 % rejected' if is_unpaid else 'all submitted'}"
            value = farthest(table)
            figures.append(
                checked(
                    f"1.{policy}.k{people}.{noise}.{'unpaid' if is_unpaid else 'paid'}",
                    f"Coverage of 95 % intervals, {policy} policy, K = {people}, {noise} noise, {words}",
                    COVERAGE,
                    value,
                    WIDE if value > COVERAGE.high else SHORT,
                    of_share(market.seed, value, table.height, "cells"),
                )
            )
        biases += bias(policy, people, pl.concat(tables), effort.seed(1_000 * people))
    return figures + biases + control_bias(effort.seed(77))


def farthest(table: pl.DataFrame) -> float:
    """Return the coverage in percent, of three intervals the one farthest from 95."""
    shares = [100 * float(np.mean(np.abs(miss) <= Z95 * error)) for miss, error in misses(table).values()]
    return max(shares, key=lambda share: abs(share - 95))


def bias(policy: str, people: int, table: pl.DataFrame, seed: int) -> list[Figure]:
    """Run test 3 for one K."""
    of = misses(table)
    why = "contributors share people, so that cells miss together; or a step is biased"
    return [
        checked(
            f"3.{policy}.k{people}.{name}",
            f"Bias of the {name} rate, nobody reports falsely, {policy} policy, K = {people}",
            BIAS,
            percent(of[name][0]),
            why,
            of_logs(seed, of[name][0], "cells"),
        )
        for name in ("task", "effective")
    ]


def control_bias(seed: int) -> list[Figure]:
    """Run test 3 for the controls, against the same truth."""
    rows, truth = made(replace(BASE, contributors=30, seed=seed))
    table = of_clients(rows).join(truth, on="client_key")
    measured = {name: percent((table[name].log() - table["theta"]).to_numpy()) for name in table.columns[1:4]}
    return controls(
        "3.k30",
        "Bias of the task rate, nobody reports falsely, K = 30",
        measured,
        None,
        {name: of_logs(seed, (table[name].log() - table["theta"]).to_numpy(), "cells") for name in measured},
    )


def few_clients(effort: Effort) -> list[Figure]:
    """Run test 2: fewer clients than the estimation of components needs."""
    few = replace(BASE, clients=12, seed=effort.seed(50_000))
    kinds = {
        "as calibrated": few,
        "true tau 0.40, interaction 1.2": replace(few, client_spread=0.40, interaction_spread=1.2),
    }
    figures = []
    for number, (words, kind) in enumerate(kinds.items()):
        for people in (5, 10, 20):
            market = replace(kind, contributors=people)
            table = found(seeds(market, effort.few_clients_markets))
            value = farthest(table)
            figures.append(
                checked(
                    f"2.{'ab'[number]}.k{people}",
                    f"Coverage with 12 clients and default components, {words}, K = {people}",
                    COVERAGE_FEW,
                    value,
                    SHORT if value < COVERAGE_FEW.low else WIDE_FEW,
                    of_share(market.seed, value, table.height, "cells"),
                    FEW_PIN,
                )
            )
    return figures + defaults_where_tasks_agree(effort)


def defaults_where_tasks_agree(effort: Effort) -> list[Figure]:
    """Measure the cost of the default sigma_e 0.95 if tasks scatter less (0.5) and people did one or two of them."""
    figures = []
    for clients in (12, 48):
        market = Market(
            clients=clients,
            contributors=20,
            task_spread=0.5,
            most_tasks=2,
            pareto=3.0,
            pool=40,
            seed=effort.seed(60_000),
        )
        table = found(seeds(market, math.ceil(effort.few_clients_markets * 12 / clients)))
        kind = "default" if clients == 12 else "estimated"
        figures.append(
            compared(
                f"2.short.{kind}",
                f"Bias of the task rate where sigma is 0.5 and people did 1 or 2 tasks, {kind} components",
                percent(misses(table)["task"][0]),
                of_logs(market.seed, misses(table)["task"][0], "cells"),
            )
        )
    return figures


def next_tasks(effort: Effort) -> list[Figure]:
    """Run test 14: the 80 % range of a cell contains the next task of a person who never worked there."""
    hits = []
    market = replace(CROWD_BASE, contributors=20, seed=effort.seed(70_000))
    for one in seeds(market, max(3, math.ceil(effort.cells / market.clients))):
        rows, truth = made(one)
        rates = rates_of(rows, policy_of(one))
        cells = client_cells(rates, truth)
        with_ranges = cells.select("client_key", "true_theta").join(
            ranges(rates).filter(pl.col("level") == "client"), on="client_key", maintain_order="left"
        )
        random = np.random.default_rng(one.seed)
        spread = math.hypot(one.contributor_spread, one.interaction_spread, one.task_spread)
        rate = (
            with_ranges["true_theta"].to_numpy() - long_run(one) + spread * random.standard_normal(with_ranges.height)
        )
        low, high = (with_ranges[f"next_task_{end}_usd_per_hour"].log().to_numpy() for end in ("low", "high"))
        hits.append((rate >= low) & (rate <= high))
    return [
        checked(
            "14",
            "80 % range holds a new worker's next task",
            IN_RANGE,
            100 * float(np.mean(np.concatenate(hits))),
            "the range is too wide or too narrow",
            of_mean(market.seed, np.concatenate(hits).astype(float), "cells", 100),
        )
    ]
