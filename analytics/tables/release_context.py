"""The release context: what every supplementary table is made with, whatever it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from analytics.disclosure import rounding
from analytics.disclosure.borders import nominal, with_borders, words
from analytics.disclosure.change_control import ChangeRules
from analytics.disclosure.pseudonyms import Key
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.thresholds import PEOPLE, STEP
from analytics.model.policy import Policy


@dataclass(frozen=True)
class ReleaseContext:
    """The day, the policy and the secret of a release, and `rates`: the cells (level, platform, client_key, ...) that have
    a row among its rates.
    """

    day: date
    policy: Policy
    secret: ReleaseSecret
    rates: pl.DataFrame

    @property
    def rules(self) -> ChangeRules:
        """The rules by which figures change."""
        return ChangeRules(self.day, self.policy, self.secret)

    @property
    def pseudonyms(self) -> Key:
        """The key of people's pseudonyms."""
        return self.secret.key("pseudonyms")

    def published(self, keys: tuple[str, ...]) -> pl.DataFrame:
        """The platforms, or the clients, that have a row among the rates; `keys` name them."""
        level = "client" if "client_key" in keys else "platform"
        return self.rates.filter(pl.col("level").cast(pl.String) == level).select(keys)

    def with_bands(self, cells: pl.DataFrame, drawn: pl.Series) -> pl.DataFrame:
        """Cells that have enough `people` for a row, with their borders, the band of people in words and as its lower
        edge, and the step of its grid. Each takes the draws of the cell `drawn`.
        """
        bordered = with_borders(cells, drawn, self.secret if self.policy.is_guarded else None)
        banded = bordered.with_columns(nominal(pl.col("people")).alias(PEOPLE)).filter(pl.col(PEOPLE) > 0)
        return banded.with_columns(
            rounding.rate_step(pl.col(PEOPLE), self.policy).alias(STEP),
            contributors=words(pl.col(PEOPLE)),
            contributors_at_least=pl.col(PEOPLE),
        )
