"""Protection of cells from subtraction: published parts leave no one or at least five people of their whole.

Published figures are rounded medians and means of people rather than sums, and so reveal little of a residual. This
rule demands more: a published whole without its published parts has no people, or as many as a row needs. Otherwise
parts are withheld, the smallest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Margin:
    """One way in which parts add up to wholes.

    `people` has one row for each `whole`, `part` and `contributor` (all numbers), including parts that are never
    published.
    """

    people: pl.DataFrame


def cells_to_suppress(margins: Sequence[Margin], shown: pl.Series, fewest: int) -> set[int]:
    """Return the parts among `shown` to hide, so that no margin leaves a residual of 1 to `fewest` - 1 people."""
    hidden: set[int] = set()
    while True:
        found = {part for margin in margins for part in smallest(margin, set(shown) - hidden, fewest)}
        if not found:
            return hidden
        hidden |= found


def smallest(margin: Margin, shown: set[int], fewest: int) -> list[int]:
    """Return the shown part with the fewest people, for each whole with too small a residual."""
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
