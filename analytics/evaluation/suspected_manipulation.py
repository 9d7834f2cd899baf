"""Accounts with false reports, for the tests of attacks: mature, each on two clients, with the greatest effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np
import polars as pl

from analytics.model.observations import SCHEMA
from analytics.simulation.synthetic import AS_OF

Direction = Literal["up", "down"]
FIRST_ACCOUNT = 10_000_000  # numbers above those of honest people
TASKS = 30  # of an account with each of two clients
SECONDS = {"up": 1.0, "down": 4 * 3600.0}  # the highest and the lowest pay that a task can be reported with
BONUS = 2.0  # of the reward, claimed by accounts that push up


@dataclass(frozen=True)
class Attack:
    """An attack with `accounts` a client; with `replace` they take the places of as many honest people.

    With `fakes`, accounts that push down also fake rejections and returns. With `bonus`, accounts that push up also
    claim double pay. With `together`, all came on one day.
    """

    direction: Direction
    accounts: int
    replace: bool = True
    fakes: bool = False
    bonus: bool = False
    together: bool = False


def attacked(rows: pl.DataFrame, clients: Sequence[int], attack: Attack) -> pl.DataFrame:
    """Return `rows` with `clients`, taken two by two, attacked."""
    pairs = [clients[place : place + 2] for place in range(0, len(clients) - 1, 2)]
    lies = [reporting_falsely(rows, pair, FIRST_ACCOUNT + 1_000 * number, attack) for number, pair in enumerate(pairs)]
    kept = without_some(rows, clients, attack.accounts) if attack.replace else rows
    return pl.concat([kept, *lies])


def without_some(rows: pl.DataFrame, clients: Sequence[int], people: int) -> pl.DataFrame:
    """Return `rows` without the attempts of the first `people` of each of `clients`."""
    gone = (
        rows.filter(pl.col("client_key").is_in(clients))
        .select("client_key", "contributor")
        .unique()
        .sort("client_key", "contributor")
        .group_by("client_key", maintain_order=True)
        .head(people)
    )
    return rows.join(gone, on=["client_key", "contributor"], how="anti", maintain_order="left")


def reporting_falsely(rows: pl.DataFrame, pair: Sequence[int], first: int, attack: Attack) -> pl.DataFrame:
    """Return the items of the accounts of one pair of clients: one task at a time, the last one yesterday."""
    listed = rows.filter(pl.col("client_key").is_in(pair)).unique("client_key", keep="first", maintain_order=True)
    account, task = np.divmod(np.arange(TASKS * attack.accounts), TASKS)
    since = np.where(
        attack.together, TASKS, TASKS + 60 * account // max(attack.accounts, 1)
    )  # days from the first to the last
    ago = 1 + task * since // TASKS
    who = pl.DataFrame(
        {
            "contributor": first + account,
            "claimed_hour": pl.Series([AS_OF.replace(hour=9) - timedelta(days=int(days)) for days in ago]),
        }
    )
    whole = listed.drop("contributor", "claimed_hour").join(who, how="cross")
    reported = whole.with_columns(
        received_on=pl.col("claimed_hour").dt.date(),
        active_seconds=pl.lit(SECONDS[attack.direction]),
        open_seconds=pl.lit(SECONDS[attack.direction]),
        **faked(attack),
    )
    return reported.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def faked(attack: Attack) -> dict[str, pl.Expr]:
    """Return the outcomes that go with the false time: approved, paid double, or half rejected and half returned late."""
    if attack.bonus:
        return {"outcome": pl.lit("paid"), "paid_micros": (pl.col("reward_micros") * BONUS).cast(pl.Int64)}
    if not attack.fakes or attack.direction == "up":
        return {"outcome": pl.lit("approved")}
    is_even = pl.col("claimed_hour").dt.day() % 2 == 0
    return {"outcome": pl.when(is_even).then(pl.lit("rejected")).otherwise(pl.lit("returned"))}


def louder(rows: pl.DataFrame, client: int, times: int) -> pl.DataFrame:
    """Return `rows` with the work of one contributor at `client` repeated `times`, at the same rates, on other days."""
    own = rows.filter(pl.col("client_key") == client)
    loud = own.filter(pl.col("contributor") == own["contributor"].min())
    days = pl.DataFrame({"ago": np.arange(1, times)})
    again = loud.join(days, how="cross").with_columns(pl.col("claimed_hour") - pl.duration(days=pl.col("ago")))
    return pl.concat([rows, again.drop("ago")])
