"""Tests 20 to 24: accounts that sleep, silence or copy, and honest people who work for many clients."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl

from analytics.estimator.estimate import rates_of as estimated
from analytics.estimator.groups import Floats, Ints
from analytics.evaluation.crowds import MU, Crowd, honest, observations
from analytics.evaluation.effort import Effort
from analytics.evaluation.figure import Bound, Figure, checked
from analytics.evaluation.markets import SMALL_CROWD, percent, rates_of, screened_study, seeds, untouched
from analytics.evaluation.sample import Sample, of_logs, of_mean, of_share
from analytics.evaluation.suspected_manipulation import FIRST_ACCOUNT, without_some
from analytics.simulation.synthetic import Market, long_run, made

PEOPLE = 30
CLIENTS = 12  # attacked in each market
SPREAD = 1.42  # of a vote: sqrt(.55^2 + .90^2 + .95^2)
HONEST_CLIENTS, SLEPT_DAYS = 5, 70
LOUD = 12.0  # ln USD per hour: a second a task
MOVED = "the accounts are as old and as many-sided as honest people, and their part of the votes is what it is"
SILENCED = "somebody honest was set aside"


def sleepers(effort: Effort) -> list[Figure]:
    """Run test 20: accounts that worked honestly at five clients for 70 days, then report false times at one."""
    figures = []
    for share, kind in product((10, 20), ("loud", "aside")):
        bound = Bound(-27, 27, strict=True) if share == 10 else Bound(-65, 65, strict=True)
        shifts = []
        for market in seeds(replace(SMALL_CROWD, contributors=PEOPLE, seed=effort.seed(200_000)), effort.attacks):
            rows, before = untouched(market)
            clients = sorted(rows["client_key"].unique())[:CLIENTS]
            count = PEOPLE * share // 100
            added = slept(market, rows, clients, count, LOUD if kind == "loud" else 1.5 * SPREAD)
            attacked = pl.concat([without_some(rows, clients, count), added])
            shifts.append(shift(before, rates_of(attacked).cells, clients))
        name = (
            f"Shift of the task rate, by {share} % of accounts that slept for {SLEPT_DAYS} days, {kind}, K = {PEOPLE}"
        )
        figures.append(
            checked(
                f"20.{kind}.{share}",
                name,
                bound,
                percent(moves := np.concatenate(shifts)),
                MOVED,
                of_logs(effort.seed(200_000), moves, "attacked cells"),
            )
        )
    return figures


def slept(market: Market, rows: pl.DataFrame, clients: list[int], count: int, false_rate: float) -> pl.DataFrame:
    """Return what sleepers share: honest work at five other clients, then eight tasks with false times at their own.

    `false_rate` above 10 is a second a task; otherwise it is the distance above the client's centre, in ln.
    """
    random = np.random.default_rng(market.seed)
    truth = made(market)[1]
    theta = dict(truth.select("client_key", "theta").iter_rows())
    others = sorted(set(theta) - set(clients))
    listed = dict(rows.group_by("client_key").agg(pl.col("reward_micros").first()).iter_rows())
    frames = []
    for place, client in enumerate(clients):
        for number in range(count):
            who = FIRST_ACCOUNT + 1_000 * place + number
            visited = random.choice(others, HONEST_CLIENTS, replace=False)
            work = np.repeat(visited, 3)
            ago = np.linspace(SLEPT_DAYS + 8, 9, len(work)).astype(np.int64)
            middle = np.array([theta[key] for key in work]) - long_run(market)
            honestly = middle + 0.55 * random.standard_normal() + 1.3 * random.standard_normal(len(work))
            false = np.full(8, false_rate if false_rate > 10 else theta[client] + false_rate)
            frames.append(
                accounts(rows, listed, np.append(work, [client] * 8), who, np.append(ago, np.arange(8, 0, -1)),
                         np.append(honestly, false))
            )  # fmt: skip
    return pl.concat(frames)


def accounts(
    rows: pl.DataFrame, listed: dict[int, int], client: Ints, who: int, ago: Ints, log_rate: Floats
) -> pl.DataFrame:
    """Return an account's attempts at clients of `rows`, at the pay that these list."""
    made_up = observations(client, np.full(len(client), who), ago, log_rate)
    reward = np.array([listed[key] for key in client.tolist()])
    tasks = rows.unique("client_key").select("client_key", "platform", "task_key")
    seconds = np.maximum(reward / 1e6 / np.exp(log_rate) * 3600.0, 1.0)
    own = made_up.drop("platform", "task_key").join(tasks, on="client_key", how="left", maintain_order="left")
    return own.with_columns(
        reward_micros=pl.Series(reward), active_seconds=pl.Series(seconds), open_seconds=pl.Series(seconds)
    ).select(rows.columns)


def shift(before: pl.DataFrame, after: pl.DataFrame, clients: list[int]) -> Floats:
    """Return by client the difference of ln task rate."""
    both = [
        cells.filter(pl.col("level") == "client", pl.col("client_key").is_in(clients))
        .sort("client_key")["theta"]
        .to_numpy()
        for cells in (before, after)
    ]
    difference: Floats = both[1] - both[0]
    return difference


def quiet_clients(effort: Effort) -> list[Figure]:
    """Run test 21: a client whose 30 honest people were last seen 100 to 190 days ago, and six accounts added."""
    kinds = {"sleepers": 55, "least": 40, "price": 55}
    words = {
        "sleepers": "six sleepers",
        "least": "six accounts of the least age and work",
        "price": "six accounts that claim four times the listed pay",
    }
    shifts: dict[str, list[Floats]] = {kind: [] for kind in kinds}
    for market in seeds(replace(SMALL_CROWD, contributors=PEOPLE, seed=effort.seed(210_000)), effort.attacks):
        rows, _ = untouched(market)
        clients = sorted(rows["client_key"].unique())[:CLIENTS]
        is_quiet = pl.col("client_key").is_in(clients)
        older = pl.duration(days=pl.when(is_quiet).then(100).otherwise(0))
        quiet = rows.with_columns(pl.col("claimed_hour") - older, pl.col("received_on") - older)
        before = rates_of(quiet).cells
        for kind in kinds:
            added = slept(market, quiet, clients, 6, LOUD) if kind == "sleepers" else fresh(quiet, clients, kind)
            shifts[kind].append(shift(before, rates_of(pl.concat([quiet, added])).cells, clients))
    return [
        checked(
            f"21.{kind}",
            f"Shift of the task rate of a quiet client, by {words[kind]}, K = {PEOPLE}",
            Bound(-most, most, strict=True),
            percent(np.concatenate(shifts[kind])),
            MOVED,
            of_logs(effort.seed(210_000), np.concatenate(shifts[kind]), "attacked cells"),
        )
        for kind, most in kinds.items()
    ]


def fresh(rows: pl.DataFrame, clients: list[int], kind: str) -> pl.DataFrame:
    """Return the items of six newly mature accounts a client.

    Each has two clients and eight client-days, and reports extreme rates or four times the listed pay.
    """
    listed = dict(rows.group_by("client_key").agg(pl.col("reward_micros").first()).iter_rows())
    other = sorted(set(listed) - set(clients))[0]
    frames = []
    for place, client in enumerate(clients):
        for number in range(6):
            where = np.array([client] * 5 + [other] * 5)
            ago = np.tile(np.array([15, 12, 9, 6, 3]), 2)
            rate = np.full(10, LOUD if kind == "least" else MU)
            own = accounts(rows, listed, where, FIRST_ACCOUNT + 1_000 * place + number, ago, rate)
            is_target = pl.col("client_key") == client
            frames.append(
                own
                if kind == "least"
                else own.with_columns(
                    reward_micros=pl.when(is_target).then(4 * pl.col("reward_micros")).otherwise("reward_micros")
                )
            )
    return pl.concat(frames)


def silencing(effort: Effort) -> list[Figure]:
    """Run test 22: accounts that post one absurd row at every small client, to have honest people set aside."""
    figures = []
    markets = max(2, min(8, effort.attacks))
    for count in (10, 15):
        silenced, shifts = 0, []
        for seed in range(markets):
            rows = honest(Crowd(100, 150, 12, zipf=0.8, seed=effort.seed(220_000) + seed))
            attack = absurd(rows, count, np.full(count, 20), effort.seed(seed))
            studied, aside = screened_study(pl.concat([rows, attack]))
            silenced += sum(contributor < FIRST_ACCOUNT for contributor in aside)
            before, after = (
                estimated(one).cells.filter(pl.col("level") == "platform")["theta"][0]
                for one in (screened_study(rows)[0], studied)
            )
            shifts.append(after - before)
        words = f"{count} accounts post one absurd row at every small client, 100 honest people, {markets} markets"
        figures.append(
            checked(
                f"22.silenced.{count}",
                f"Honest people set aside: {words}",
                NOBODY,
                silenced,
                SILENCED,
                Sample(effort.seed(220_000), markets, "markets"),
            )
        )
        figures.append(
            checked(f"22.shift.{count}", f"Shift of the platform's rate: {words}", Bound(-25, 25, strict=True),
                    percent(np.array(shifts)), MOVED, of_logs(effort.seed(220_000), np.array(shifts), "markets"))
        )  # fmt: skip
    aside_by_market = []
    for seed in range(markets):
        rows = honest(Crowd(100, 150, 12, days=400, zipf=0.8, seed=effort.seed(225_000) + seed))
        ages = np.random.default_rng(effort.seed(seed)).integers(45, 400, 40)
        _, aside = screened_study(pl.concat([rows, absurd(rows, 40, ages, effort.seed(seed))]))
        aside_by_market.append(sum(contributor < FIRST_ACCOUNT for contributor in aside))
    words = f"40 accounts that slept for 45 to 400 days, {markets} markets"
    mean, worst = float(np.mean(aside_by_market)), max(aside_by_market)
    return [
        *figures,
        checked(
            "22.sleepers",
            f"Honest people set aside in a release, {words}, mean",
            ONE,
            mean,
            SILENCED,
            of_mean(effort.seed(225_000), np.array(aside_by_market, dtype=float), "markets"),
        ),
        checked(
            "22.sleepers.worst",
            f"Honest people set aside in a release, {words}, the worst market",
            PINNED,
            worst,
            SILENCED,
            Sample(effort.seed(225_000), markets, "markets"),
        ),
    ]


ONE = Bound(high=1, unit="people")
PINNED = Bound(high=2, unit="people")  # as measured: the specification bounds the mean alone, and this cannot get worse
NOBODY = Bound(0, 0, unit="people")


def absurd(rows: pl.DataFrame, count: int, since: Ints, seed: int) -> pl.DataFrame:
    """Return one row of a second each at every client with at most 20 people, from `count` accounts.

    The accounts first came `since` days ago and are mature by a little honest work.
    """
    people = rows.group_by("client_key").agg(people=pl.col("contributor").n_unique())
    small = np.array(sorted(people.filter(pl.col("people") <= 20)["client_key"]), np.int64)
    large = np.array(people.sort("people", "client_key", descending=[True, False])["client_key"][:4], np.int64)
    random = np.random.default_rng(seed)
    frames = []
    for number in range(count):
        work = np.tile(large, 3)
        first = int(since[number])
        ago = np.unique(np.linspace(first, 2, len(work)).astype(np.int64))[::-1]
        work = work[: len(ago)]
        rates = MU + 1.3 * random.standard_normal(len(work))
        who = np.full(len(work) + len(small), FIRST_ACCOUNT + number)
        frames.append(
            observations(
                np.append(work, small),
                who,
                np.append(ago, np.full(len(small), 1)),
                np.append(rates, [6.8] * len(small)),
            )
        )
    return pl.concat(frames)


def honest_flags(effort: Effort) -> list[Figure]:
    """Run test 23: honest people with 25, 400 and 800 clients each."""
    figures = []
    sizes = (25, 400, 800) if effort.name == "full" else (25, 400)
    for visits, noise in product(sizes, ("normal", "t5")):
        flagged, people = 0, 0
        for seed in range(max(1, min(5, effort.attacks))):
            crowd = Crowd(
                60, max(visits, 30), visits, noise="t5" if noise == "t5" else "normal", seed=effort.seed(230_000) + seed
            )
            studied, aside = screened_study(honest(crowd))
            flagged, people = flagged + len(aside), people + studied.eligible.contributors.height
        name = f"Honest people set aside, {visits} clients each, {noise} noise"
        bound = Bound(high=0.5, strict=True)
        figures.append(
            checked(
                f"23.{visits}.{noise}",
                name,
                bound,
                100 * flagged / people,
                SILENCED,
                of_share(effort.seed(230_000), 100 * flagged / people, people, "people"),
            )
        )
    return figures


def copied_times(effort: Effort) -> list[Figure]:
    """Run test 24: a fifth of a client's people copy the times of its slowest one, exactly or with 3 % of jitter."""
    figures = []
    for jitter, most in ((0.0, 10), (0.03, 30)):
        shifts, silenced = [], 0
        for market in seeds(replace(SMALL_CROWD, contributors=PEOPLE, seed=effort.seed(240_000)), effort.attacks):
            rows, before = untouched(market)
            clients = copied_clients(rows)
            copies = pl.concat([copying(rows, client, jitter, place) for place, client in enumerate(clients)])
            attacked = pl.concat([without_some_but_copied(rows, clients), copies])
            studied, aside = screened_study(attacked)
            silenced += sum(contributor < FIRST_ACCOUNT for contributor in aside)
            shifts.append(shift(before, estimated(studied).cells, clients))
        kind = "exact" if jitter == 0 else "jitter"
        words = f"a fifth copy the times of a slow person, {kind}"
        figures.append(
            checked(
                f"24.silenced.{kind}",
                f"Honest people set aside: {words}",
                NOBODY,
                silenced,
                SILENCED,
                Sample(effort.seed(240_000), effort.attacks, "markets"),
            )
        )
        figures.append(
            checked(f"24.shift.{kind}", f"Shift of the task rate: {words}, K = {PEOPLE}",
                    Bound(-most, most, strict=True), percent(moves := np.concatenate(shifts)), MOVED,
                    of_logs(effort.seed(240_000), moves, "attacked cells"))
        )  # fmt: skip
    return figures


def slowest(rows: pl.DataFrame, client: int) -> int | None:
    """Return the slowest of a client's people with ten tasks and more."""
    own = (
        rows.filter(pl.col("client_key") == client)
        .group_by("contributor")
        .agg(tasks=pl.len(), seconds=pl.col("active_seconds").mean())
        .filter(pl.col("tasks") >= 10)
        .sort("seconds", "contributor", descending=[True, False])
    )
    return None if own.is_empty() else int(own["contributor"][0])


def copied_clients(rows: pl.DataFrame) -> list[int]:
    """Return the first clients with a person to copy."""
    known = (client for client in sorted(rows["client_key"].unique()) if slowest(rows, client) is not None)
    return [client for client, _ in zip(known, range(CLIENTS), strict=False)]


def without_some_but_copied(rows: pl.DataFrame, clients: list[int]) -> pl.DataFrame:
    """Return `rows` without six people of each client, but with the copied person."""
    kept = [
        rows.filter(pl.col("client_key") == client, pl.col("contributor") == slowest(rows, client))
        for client in clients
    ]
    spared = pl.concat(kept)
    keys = ["client_key", "contributor"]
    others = rows.join(spared.select(keys).unique(), on=keys, how="anti", maintain_order="left")
    return pl.concat([without_some(others, clients, PEOPLE // 5), spared])


def copying(rows: pl.DataFrame, client: int, jitter: float, place: int) -> pl.DataFrame:
    """Return six accounts that copy the slowest person of `client`, and are mature by the same work at others' clients."""
    who = slowest(rows, client)
    vector = rows.filter(pl.col("client_key") == client, pl.col("contributor") == who)
    elsewhere = rows.filter(pl.col("client_key") != client).unique("client_key", maintain_order=True).head(4)
    random = np.random.default_rng(client % 2**32)
    frames = []
    for number in range(PEOPLE // 5):
        account = FIRST_ACCOUNT + 1_000 * place + number
        noise = np.exp(jitter * random.standard_normal(vector.height))
        other = elsewhere.with_columns(
            active_seconds=pl.col("active_seconds") * float(np.exp(0.3 * random.standard_normal()))
        )
        history = pl.concat([dated(other, days) for days in (60, 40, 20)])
        frames.append(
            pl.concat([vector.with_columns(pl.col("active_seconds") * noise), history]).with_columns(
                contributor=pl.lit(account, pl.Int64)
            )
        )
    return pl.concat(frames)


def dated(rows: pl.DataFrame, days: int) -> pl.DataFrame:
    """Return `rows` as if they had been worked and sent `days` before the last day."""
    day = rows["claimed_hour"].max()
    then = pl.lit(day) - pl.duration(days=days)
    return rows.with_columns(claimed_hour=then, received_on=then.dt.date())
