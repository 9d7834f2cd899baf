"""The supplementary tables: weeks, unpaid time, people's own hours, supply and notes, made together.

Each has its own state (`ReleaseState.others`), so that each figure changes by three people at a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analytics.disclosure.release_state import ReleaseState
from analytics.estimator import Rates
from analytics.model.encoding import schema
from analytics.tables.dictionary.about import NOTES
from analytics.tables.overheads import SPENT, overheads
from analytics.tables.release_context import ReleaseContext
from analytics.tables.supply import SIGHTINGS, supply
from analytics.tables.weeks import weeks
from analytics.tables.work import Work, with_expected_pay
from analytics.tables.worker_pay import worker_rates

NOTE = {name: kind for name, kind in schema(NOTES).items() if name != "release"} | {"client_key": pl.Int64()}


@dataclass(frozen=True)
class SupplementaryInputs:
    """Inputs other than observations: unpaid time, counts of listings and notes.

    Unpaid time by class has the shape `analytics.tables.overheads.SPENT`, counts the shape
    `analytics.tables.supply.SIGHTINGS`, notes the shape NOTE.
    """

    spent: pl.DataFrame
    sightings: pl.DataFrame
    notes: pl.DataFrame

    @classmethod
    def nothing(cls) -> SupplementaryInputs:
        return cls(pl.DataFrame(schema=SPENT), pl.DataFrame(schema=SIGHTINGS), pl.DataFrame(schema=NOTE))


def supplementary_tables(
    work: Work,
    beside: SupplementaryInputs,
    rates: Rates,
    context: ReleaseContext,
    before: ReleaseState | None,
) -> tuple[dict[str, pl.DataFrame], dict[str, ReleaseState]]:
    """Return the tables by name, and the state of each. They lack release and names, and clients are numbers.

    `rates` give sigma_e by platform, and the paid share for the expectation of pending pay.
    """
    known = {} if before is None else dict(before.others)
    sigma = dict(rates.components.select("platform", "sigma_e").rows())
    tables, memories = weeks(work, sigma, context, known)
    hours = with_expected_pay(work.hours, rates.cells)
    heard = hours.select("contributor").unique()
    made = {
        "overheads": overheads(hours, beside.spent, context, known.get("overheads")),
        "worker_rates": worker_rates(hours, beside.spent, context, known.get("worker_rates")),
        "supply": supply(heard, beside.sightings, context, known.get("supply")),
    }
    notes = {"notes": beside.notes.sort(NOTES.key, nulls_last=False)}
    return (
        tables | {name: table for name, (table, _) in made.items()} | notes,
        memories | {name: memory for name, (_, memory) in made.items()},
    )
