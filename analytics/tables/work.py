"""Work by person and client, the input of the supplementary tables, in parts; each client is in one part.

A function runs on each part, and the results are concatenated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from analytics.estimator.parts import REDUCED, SOURCE, Frames, InMemory, Parts, Source, of_stored
from analytics.estimator.study import ROWS, Study
from analytics.model.policy import Policy
from analytics.tables.work_facts import summed, work_facts

WEEKS = "weeks"  # the name under which parts store each person's work for each client in each week
PERSON = ("platform", "client_key", "week", "contributor")


@dataclass(frozen=True)
class Work:
    """Facts of rows (`analytics.tables.work_facts`) in `parts`, and the hours from them.

    Facts are added up by PERSON, with platforms as texts or as an Enum; `hours` are those of `hours_of`. `has_rows` is
    true if the parts also have the rows as they arrived.
    """

    parts: Parts
    hours: pl.DataFrame
    has_rows: bool = False

    @classmethod
    def of_study(cls, studied: Study) -> Work:
        """Return the work of every row that counts in a study."""
        hours = studied.keep(WEEKS, partial(divided, day=studied.day, policy=studied.policy))
        return cls(studied.parts, hours, has_rows=True)

    @classmethod
    def of(cls, facts: pl.DataFrame) -> Work:
        """Return the work of facts in memory."""
        parts = InMemory([lambda: facts])
        return cls(parts, parts.run(taken, SOURCE, WEEKS)[REDUCED])

    def each(self, function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
        """Return the results of the pure `function` for the weeks of each part, concatenated; it works client by
        client.
        """
        return self.parts.run(of_stored, WEEKS, None, function)[REDUCED]

    def of_rows(self, function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
        """Return the results of the pure `function` for each part's rows as they arrived, concatenated."""
        return self.parts.run(of_stored, ROWS, None, function)[REDUCED]

    def added(self, function: Callable[[pl.DataFrame], pl.DataFrame], keys: tuple[str, ...]) -> pl.DataFrame:
        """Return the whole numbers that the pure `function` makes of each part's weeks, added up by `keys`."""
        return self.parts.sums(WEEKS, keys, function)


def divided(rows: pl.DataFrame, day: date, policy: Policy) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the facts to store from admitted rows, and the hours."""
    return halves(work_facts(rows, day, policy))


def taken(source: Source) -> tuple[pl.DataFrame, Frames]:
    """Return the same for facts in memory, as a step."""
    kept, hours = halves(source())
    return kept, {REDUCED: hours}


def halves(facts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the weeks and the hours of facts."""
    return summed(facts, PERSON), hours_of(facts)


def hours_of(facts: pl.DataFrame) -> pl.DataFrame:
    """Return milliseconds and micros by platform, client and contributor.

    `worked` is of the last 90 days. For the published quarter there are `credited` pay, the listed pay `decided` or
    still `owed`, and `tasks_ms`, the time of all of it.
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
    """Return `hours` with pending pay credited at the paid share of its client (step B).

    Undecided work thus neither excludes a person nor makes an hour look unpaid. `cells` are those of Rates.
    """
    clients = cells.filter(pl.col("level").cast(pl.String) == "client").select("client_key", "paid_share")
    known = hours.join(clients, on="client_key", how="left", maintain_order="left")
    expected = (pl.col("owed") * pl.col("paid_share").fill_null(1.0)).round().cast(pl.Int64)
    return known.with_columns(credited=pl.col("credited") + expected).drop("paid_share")
