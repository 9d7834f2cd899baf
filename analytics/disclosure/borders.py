"""Borders of people for a row, a number and finer bands of a cell, moved by a secret (step F).

A person could reach a known border with their own accounts. Each cell therefore has its own borders. A row needs 5
to 9 people, a number 10 to 14, and every border from 20 on is up to a fifth later. The words of a band stay nominal.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from analytics.disclosure.release_secret import ReleaseSecret
from analytics.estimator.groups import Floats, Ints

LEAST_BAND, LEAST_NUMBER = 5, 10
BANDS = (
    (5, "5-9"),
    (10, "10-19"),
    (20, "20-49"),
    (50, "50-99"),
    (100, "100-499"),
    (500, "500-1,999"),
    (2000, "2,000+"),
)
WORDS = dict(BANDS)
LATEST_SMALL = 4  # greatest delay of the first two borders, in people
LATEST_SHARE = 0.2  # greatest delay of the other borders, as a share
BORDERS = tuple(f"border_{least}" for least, _ in BANDS)
OFFSET = "grid_offset"
UNJITTERED_OFFSET = 0.5
NUMBER = f"border_{LEAST_NUMBER}"
BAND = f"border_{LEAST_BAND}"


def with_borders(cells: pl.DataFrame, drawn: pl.Series, secret: ReleaseSecret | None) -> pl.DataFrame:
    """Return `cells` with their BORDERS and OFFSET.

    `drawn` numbers the cell that each row takes its draws from. Without a `secret` (ARCHIVE) the borders are nominal
    and the offset is a half.
    """
    if secret is None:
        nominal = {f"border_{least}": pl.lit(least, pl.Int64) for least, _ in BANDS}
        return cells.with_columns(**nominal, **{OFFSET: pl.lit(UNJITTERED_OFFSET)})
    numbers = drawn.cast(pl.UInt64).to_numpy()
    columns = {f"border_{least}": later(least, secret.draws(f"border {least}", numbers)) for least, _ in BANDS}
    offset = pl.Series(secret.draws("grid offset", numbers))
    return cells.with_columns(**{name: pl.Series(values) for name, values in columns.items()}, **{OFFSET: offset})


def later(least: int, even: Floats) -> Ints:
    """Return whole borders from `least` on, spread evenly by the draws `even`."""
    latest = LATEST_SMALL if least <= LEAST_NUMBER else int(least * LATEST_SHARE)
    borders: Ints = least + np.floor(even * (latest + 1)).astype(np.int64)
    return borders


def nominal(people: pl.Expr) -> pl.Expr:
    """Return the lower edge of the band for this many people, 0 below the first border."""
    chosen = pl.lit(0, pl.Int64)
    for (least, _), border in zip(BANDS, BORDERS, strict=True):
        chosen = pl.when(people >= pl.col(border)).then(pl.lit(least, pl.Int64)).otherwise(chosen)
    return chosen


def words(nominal_least: pl.Expr) -> pl.Expr:
    """Return the words of the band with this lower edge; null if there is none."""
    return nominal_least.replace_strict(WORDS, default=None, return_dtype=pl.String)
