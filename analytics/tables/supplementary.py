"""The tables beside the rates: weeks, unpaid time, people's own hours, supply and notes, made in one go.

Each keeps its own memory (`Memory.others`), so that a figure of any of them moves by three people at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from analytics.disclosure.change_control import Memory
from analytics.model.encoding import schema
from analytics.tables.dictionary.about import NOTES
from analytics.tables.overheads import SPENT, overheads
from analytics.tables.release_context import Ground
from analytics.tables.supply import SIGHTINGS, supply
from analytics.tables.weeks import weeks
from analytics.tables.work import Work
from analytics.tables.worker_pay import worker_rates

NOTE = {name: kind for name, kind in schema(NOTES).items() if name != "release"} | {"client_key": pl.Int64()}


@dataclass(frozen=True)
class Beside:
    """What is known beside observations: unpaid time by class (shape `analytics.tables.overheads.SPENT`), counts of listings
    (shape `analytics.tables.supply.SIGHTINGS`) and notes (shape NOTE).
    """

    spent: pl.DataFrame
    sightings: pl.DataFrame
    notes: pl.DataFrame

    @classmethod
    def nothing(cls) -> Beside:
        return cls(pl.DataFrame(schema=SPENT), pl.DataFrame(schema=SIGHTINGS), pl.DataFrame(schema=NOTE))


def companions(
    work: Work, beside: Beside, sigma: Mapping[str, float], ground: Ground, before: Memory | None
) -> tuple[dict[str, pl.DataFrame], dict[str, Memory]]:
    """The tables by name, without release and names and with clients as numbers; and what is remembered of each.
    `sigma` is sigma_e by platform.
    """
    known = {} if before is None else dict(before.others)
    told, memories = weeks(work, sigma, ground, known)
    hours = work.hours
    heard = hours.select("contributor").unique()
    made = {
        "overheads": overheads(hours, beside.spent, ground, known.get("overheads")),
        "worker_rates": worker_rates(hours, beside.spent, ground, known.get("worker_rates")),
        "supply": supply(heard, beside.sightings, ground, known.get("supply")),
    }
    notes = {"notes": beside.notes.sort(NOTES.key, nulls_last=False)}
    return (
        told | {name: table for name, (table, _) in made.items()} | notes,
        memories | {name: memory for name, (_, memory) in made.items()},
    )
