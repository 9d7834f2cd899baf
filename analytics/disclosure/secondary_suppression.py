"""No cell shows by subtraction: where a whole and some of its parts are published, the rest is nobody or five people.

Figures are rounded, medians and means of people rather than sums, and so tell little of a rest. This rule asks more:
whoever takes the published parts away from a published whole is left with nobody's work, or with that of as many people
as a row needs. Parts are withheld, the smallest first, until it is so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Margin:
    """One way in which parts add up to wholes: `people` has one row for each `whole`, `part` and `contributor` (all
    numbers), the parts that are never published included.
    """

    people: pl.DataFrame


def withheld(margins: Sequence[Margin], shown: pl.Series, fewest: int) -> set[int]:
    """The parts among `shown` that must not be, so that no margin leaves a rest of 1 to `fewest` - 1 people."""
    hidden: set[int] = set()
    while True:
        found = {part for margin in margins for part in smallest(margin, set(shown) - hidden, fewest)}
        if not found:
            return hidden
        hidden |= found


def smallest(margin: Margin, shown: set[int], fewest: int) -> list[int]:
    """Of each whole with too small a rest, the shown part with the fewest people."""
    is_shown = pl.col("part").is_in(sorted(shown))
    rests = (
        margin.people.filter(~is_shown.fill_null(False))
        .group_by("whole")
        .agg(rest=pl.col("contributor").n_unique())
        .filter(pl.col("rest") < fewest)
    )
    parts = (
        margin.people.join(rests, on="whole", how="semi")
        .filter(is_shown)
        .group_by("whole", "part")
        .agg(size=pl.col("contributor").n_unique())
        .sort("whole", "size", "part")
        .group_by("whole", maintain_order=True)
        .first()
    )
    return parts["part"].to_list()
