"""What every table of a release stands on, whatever it tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.disclosure.pseudonyms import Key
from analytics.model.policy import Policy


@dataclass(frozen=True)
class Ground:
    """The day and the rules of a release, the secret of its marks, and `rates`: the cells (level, platform, client_key,
    ...) that have a row among its rates.
    """

    day: date
    policy: Policy
    secret: Key
    rates: pl.DataFrame

    def told(self, keys: tuple[str, ...]) -> pl.DataFrame:
        """The platforms, or the clients, that the rates tell; `keys` name them."""
        level = "client" if "client_key" in keys else "platform"
        return self.rates.filter(pl.col("level").cast(pl.String) == level).select(keys)
