"""Contributors that look like liars: the robust flags of step E. What is done about them is decided elsewhere.

A flag takes a vote away without a word, so each needs evidence that honest work hardly gives: the same oddity on several
clients, the same times twice, or a wave that came together and lies together. `taskwage review` can clear any of them.
"""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
import polars as pl

from analytics.estimator.estimate import Study, study
from analytics.estimator.groups import Floats, Groups, Ints
from analytics.model.policy import Policy

FLAGS: dict[str, pl.DataType] = {
    "contributor": pl.Int64(),
    "flag": pl.String(),
    "evidence": pl.String(),  # for the reviewer; never published
}
FAR, JOINT_ARRIVAL = "far_from_others", "joint_arrival"

FAR_SPREADS, FAR_CLIENTS = 3.0, 3  # step E: |y - m| > 3 s on at least 3 clients
WAVE_DAYS, WAVE_CONTRIBUTORS, WAVE_SPREADS = 3, 5, 1.0
MEDIAN_DOUBT = 2.5  # two standard errors of the median of n normal votes are 2.5 / sqrt(n)
LEAST_OFTEN = 0.16  # how often a vote lies beyond one spread on one side, for normal votes
WAVE_CHANCE = 0.01  # that any wave of a whole platform is raised though nobody lies


def flags(observations: pl.DataFrame, *, as_of: datetime, policy: Policy) -> pl.DataFrame:
    """Every flag that is raised on the day of `as_of`, in the shape FLAGS, sorted; none under a policy without flags.

    A pure function of the rows, so that a day's flags can be made again from them.
    """
    return raised(study(observations, as_of=as_of, policy=policy))


def raised(studied: Study) -> pl.DataFrame:
    """The flags of a study that is at hand already."""
    if studied.is_silent or not studied.policy.screens:
        return pl.DataFrame(schema=FLAGS)
    votes = client_votes(studied)
    found = pl.concat([far_from_others(votes), joint_arrivals(votes)])
    return found.sort("contributor", "flag")


def client_votes(studied: Study) -> pl.DataFrame:
    """One row a contributor and client with enough voters: `distance` (y - m)/s, `platform` by number, `since` days of
    first arrival.
    """
    level = studied.client_level
    summary = level.summary.select(
        "platform",
        "client_key",
        "centre",
        "contributors",
        scale=pl.col("spread").sqrt(),
        counted=pl.Series(level.counted),
    )
    return (
        studied.client_cells.select("platform", "client_key", "contributor", "vote")
        .filter(pl.col("vote").is_finite())
        .join(summary.filter(pl.col("counted")), on=["platform", "client_key"])
        .join(studied.eligible.contributors, on="contributor")
        .with_columns(distance=(pl.col("vote") - pl.col("centre")) / pl.col("scale"))
        .sort("platform", "client_key", "contributor")
    )


def set_aside(raised_now: pl.DataFrame, decided: pl.DataFrame) -> frozenset[int]:
    """Who has no vote: whoever is flagged now and not cleared of it, and whoever was confirmed (step E).

    `raised_now` in the shape FLAGS; `decided` holds the last verdict (`cleared` or `confirmed`) by contributor and flag.
    """
    keys = ["contributor", "flag"]
    cleared = decided.filter(pl.col("verdict") == "cleared")
    open_now = raised_now.select(keys).join(cleared, on=keys, how="anti")
    confirmed = decided.filter(pl.col("verdict") == "confirmed")
    return frozenset(open_now["contributor"].to_list()) | frozenset(confirmed["contributor"].to_list())


def far_from_others(votes: pl.DataFrame) -> pl.DataFrame:
    """|y_w - m| > 3 s on at least three clients (step E)."""
    far = votes.filter(pl.col("distance").abs() > FAR_SPREADS)
    counted = far.group_by("contributor").agg(clients=pl.len()).filter(pl.col("clients") >= FAR_CLIENTS)
    return counted.select(
        "contributor",
        flag=pl.lit(FAR),
        evidence=pl.format("{} clients beyond 3 spreads", pl.col("clients")),
    )


def joint_arrivals(votes: pl.DataFrame) -> pl.DataFrame:
    """Waves: at one client, at least five contributors who first arrived within three days of each other and lie to
    one side of the others, where so many at once are no chance.

    Both are asked for: people come in waves for good reasons (a post in a forum), and a client may divide opinions.
    """
    found = [wave for house in votes.partition_by("platform") for wave in waves(house)]
    whole = pl.concat([pl.DataFrame(schema=FLAGS), *found])
    return whole.sort("contributor", "evidence").unique("contributor", keep="first", maintain_order=True)


def waves(house: pl.DataFrame) -> list[pl.DataFrame]:
    """The flags of one platform's waves; `house` is sorted by client."""
    since, distance = house["since"].to_numpy(), house["distance"].to_numpy()
    clients = Groups.of(house["client_key"].to_numpy())
    arrived = np.sort(house.unique("contributor")["since"].to_numpy())
    bound = WAVE_CHANCE / (2 * max(len(clients), 1) * max(len(np.unique(arrived)), 1))
    found = []
    for side in (1.0, -1.0):
        aside = side * distance
        often = max(LEAST_OFTEN, float(np.mean(aside > WAVE_SPREADS)))
        for number, day in suspects(since, aside, clients):
            start, size = clients.starts[number], clients.sizes[number]
            liars = wave(since[start : start + size], aside[start : start + size], day)
            window = np.searchsorted(arrived, day + WAVE_DAYS) - np.searchsorted(arrived, day)
            if len(liars) and chance(len(liars), int(size), often * float(window) / len(arrived)) < bound:
                found.append(told(house["contributor"].gather(liars + start)))
    return found


def suspects(since: Ints, aside: Floats, clients: Groups) -> list[tuple[int, int]]:
    """Clients, by number, where five came within three days and lie to one side of the centre, and the days on which
    such waves begin: all that need a closer look.
    """
    rows = np.flatnonzero(aside > WAVE_SPREADS / 2)
    rows = rows[np.lexsort((since[rows], clients.of_row[rows]))]
    first, last = rows[: 1 - WAVE_CONTRIBUTORS], rows[WAVE_CONTRIBUTORS - 1 :]
    alike = (clients.of_row[first] == clients.of_row[last]) & (since[last] - since[first] < WAVE_DAYS)
    begins = first[alike]
    return sorted(set(zip(clients.of_row[begins].tolist(), since[begins].tolist(), strict=True)))


def wave(since: Ints, aside: Floats, day: int) -> Ints:
    """Which of a client's voters came in the three days and lie beyond one spread from the middle of the others, as far
    as that middle can be known.

    Nobody where the wave is more than a third of the client (then the others are no measure: liars could have honest
    people flagged), or where most of those who came together do not lie aside.
    """
    together = (since >= day) & (since < day + WAVE_DAYS)
    count = int(together.sum())
    if 3 * count > len(since):
        return np.zeros(0, np.int64)
    others = aside[~together]
    edge = np.median(others) + WAVE_SPREADS + MEDIAN_DOUBT / np.sqrt(len(others))
    away = np.flatnonzero(together & (aside > edge))
    return away if len(away) >= max(WAVE_CONTRIBUTORS, count / 2) else away[:0]


def told(liars: pl.Series) -> pl.DataFrame:
    words = f"{len(liars)} came within {WAVE_DAYS} days and lie to one side of a client"
    return liars.to_frame("contributor").select("contributor", flag=pl.lit(JOINT_ARRIVAL), evidence=pl.lit(words))


def chance(least: int, tries: int, often: float) -> float:
    """P(X >= least) of a binomial."""
    if often >= 1.0 or least == 0:
        return 1.0
    return sum(
        math.exp(
            math.lgamma(tries + 1) - math.lgamma(number + 1) - math.lgamma(tries - number + 1)
            + number * math.log(often) + (tries - number) * math.log1p(-often)
        )
        for number in range(least, tries + 1)
    )  # fmt: skip
