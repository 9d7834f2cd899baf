"""From how many people a cell has a row, a number, and a finer band: borders that a secret moves (step F).

A border that everyone knows can be met by one person's own accounts. So each cell has its own: a row from 5 to 9 people,
a number from 10 to 14, and every border from 20 on up to a fifth later. The words of a band stay the nominal ones.
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
LATEST_SMALL = 4  # people by which the first two borders may come later
LATEST_SHARE = 0.2  # of every other border
BORDERS = tuple(f"border_{least}" for least, _ in BANDS)
OFFSET = "grid_offset"
UNJITTERED_OFFSET = 0.5
NUMBER = f"border_{LEAST_NUMBER}"
BAND = f"border_{LEAST_BAND}"


def with_borders(cells: pl.DataFrame, drawn: pl.Series, secret: ReleaseSecret | None) -> pl.DataFrame:
    """`cells` with their own BORDERS and OFFSET. `drawn` numbers the cell that each row takes its draws from; without a
    `secret` (ARCHIVE) the borders are the nominal ones and the offset is a half.
    """
    if secret is None:
        nominal = {f"border_{least}": pl.lit(least, pl.Int64) for least, _ in BANDS}
        return cells.with_columns(**nominal, **{OFFSET: pl.lit(UNJITTERED_OFFSET)})
    numbers = drawn.cast(pl.UInt64).to_numpy()
    columns = {f"border_{least}": later(least, secret.draws(f"border {least}", numbers)) for least, _ in BANDS}
    offset = pl.Series(secret.draws("grid offset", numbers))
    return cells.with_columns(**{name: pl.Series(values) for name, values in columns.items()}, **{OFFSET: offset})


def later(least: int, even: Floats) -> Ints:
    """Whole borders from `least` on, spread evenly by the draws `even`."""
    latest = LATEST_SMALL if least <= LEAST_NUMBER else int(least * LATEST_SHARE)
    borders: Ints = least + np.floor(even * (latest + 1)).astype(np.int64)
    return borders


def nominal(people: pl.Expr) -> pl.Expr:
    """The lower edge of the band in which this many people are shown, 0 below the first border."""
    chosen = pl.lit(0, pl.Int64)
    for (least, _), border in zip(BANDS, BORDERS, strict=True):
        chosen = pl.when(people >= pl.col(border)).then(pl.lit(least, pl.Int64)).otherwise(chosen)
    return chosen


def words(nominal_least: pl.Expr) -> pl.Expr:
    """The words of the band with this lower edge; null where there is none."""
    return nominal_least.replace_strict(WORDS, default=None, return_dtype=pl.String)
