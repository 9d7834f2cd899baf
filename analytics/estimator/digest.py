"""One number for the content of a row, which stays the same until the row changes, at any age."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.estimator.groups import Ints, mix
from analytics.model.units import MICROS


def digests(rows: pl.DataFrame, day: date) -> NDArray[np.uint64]:
    """Return one number for each row admitted on `day`, independent of its age.

    Pay that is pending today is also pending after 30 days.
    """
    is_pending = pl.col("outcome") == "submitted"
    said = rows.select(
        pl.col("client_key", "task_key"),
        (pl.col("reward").fill_null(-1.0) * MICROS).round().cast(pl.Int64).alias("reward"),
        (pl.when(is_pending).then(-1.0).otherwise(pl.col("credited").fill_null(-1.0)) * MICROS)
        .round()
        .cast(pl.Int64)
        .alias("credited"),
        (pl.col("seconds") * 1000).round().cast(pl.Int64).alias("milliseconds"),
        pl.col("outcome").to_physical().cast(pl.Int64),
        (pl.lit(day.toordinal()) - pl.col("age_days")).cast(pl.Int64).alias("day"),
        pl.col("days_to_pay").fill_null(-1).cast(pl.Int64),
    )
    columns: list[Ints] = [np.ascontiguousarray(said[name].to_numpy()) for name in said.columns]
    return mix(*columns)
