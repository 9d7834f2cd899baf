"""Who worked how much for whom: what the tables beside the rates are made of, lying in parts, a client's in one of them.
Each part is asked, and what it tells is put together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from analytics.estimator.estimate import Study
from analytics.estimator.parts import REDUCED, SOURCE, InMemory, Parts, Source, Told, of_kept
from analytics.model.policy import Policy
from analytics.tables.work_facts import summed, work_facts

WEEKS = "weeks"  # the name under which parts keep what each person did for each client in each week
PERSON = ("platform", "client_key", "week", "contributor")


@dataclass(frozen=True)
class Work:
    """In `parts`, the facts of rows (`analytics.tables.work_facts`) added up by PERSON, platforms as texts or as an Enum;
    `hours` as `hours_of` has them.
    """

    parts: Parts
    hours: pl.DataFrame

    @classmethod
    def of_study(cls, studied: Study) -> Work:
        """Of every row that counts in a study."""
        hours = studied.keep(WEEKS, partial(divided, day=studied.day, policy=studied.policy))
        return cls(studied.parts, hours)

    @classmethod
    def of(cls, facts: pl.DataFrame) -> Work:
        """Of facts in memory."""
        parts = InMemory([lambda: facts])
        return cls(parts, parts.run(taken, SOURCE, WEEKS)[REDUCED])

    def each(self, function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
        """What a pure `function` makes of the weeks of each part, put together; it tells by client."""
        return self.parts.run(of_kept, WEEKS, None, function)[REDUCED]

    def added(self, function: Callable[[pl.DataFrame], pl.DataFrame], keys: tuple[str, ...]) -> pl.DataFrame:
        """The whole numbers that a pure `function` makes of the weeks of each part, added up by `keys`."""
        return self.parts.sums(WEEKS, keys, function)


def divided(rows: pl.DataFrame, day: date, policy: Policy) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of admitted rows what is kept, and the hours."""
    return halves(work_facts(rows, day, policy))


def taken(source: Source) -> tuple[pl.DataFrame, Told]:
    """The same of facts at hand, as a step."""
    kept, hours = halves(source())
    return kept, {REDUCED: hours}


def halves(facts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The weeks and the hours of facts."""
    return summed(facts, PERSON), hours_of(facts)


def hours_of(facts: pl.DataFrame) -> pl.DataFrame:
    """By platform, client and contributor, in milliseconds and micros: what was `worked` in the last 90 days; of the
    quarter that is published, what was `credited`, what was listed and is `decided`
    or still `owed`, and the time `tasks_ms` of all of it.
    """

    def of_quarter(name: str) -> pl.Expr:
        return pl.col(name).filter("in_quarter").sum()

    found = facts.group_by("platform", "client_key", "contributor").agg(
        worked=pl.col("all_ms").filter("is_recent").sum(),
        credited=of_quarter("credited"),
        owed=of_quarter("owed"),
        decided=of_quarter("decided"),
        tasks_ms=of_quarter("all_ms"),
    )
    return found.with_columns(pl.col("platform").cast(pl.String))


def with_expected_pay(hours: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """`hours` with pending pay credited at the paid share of its client (step B): nobody is left out, and nobody's hour
    looks unpaid, because their work is not decided yet. `cells` are those of Rates.
    """
    clients = cells.filter(pl.col("level").cast(pl.String) == "client").select("client_key", "paid_share")
    known = hours.join(clients, on="client_key", how="left", maintain_order="left")
    expected = (pl.col("owed") * pl.col("paid_share").fill_null(1.0)).round().cast(pl.Int64)
    return known.with_columns(credited=pl.col("credited") + expected).drop("paid_share")
