"""The release context: the inputs that all supplementary tables share."""

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
    """The day, the policy and the secret of a release, and the cells of its rates.

    `rates` are the cells (level, platform, client_key, ...) that have a row among the rates.
    """

    day: date
    policy: Policy
    secret: ReleaseSecret
    rates: pl.DataFrame

    @property
    def rules(self) -> ChangeRules:
        """Return the rules by which figures change."""
        return ChangeRules(self.day, self.policy, self.secret)

    @property
    def pseudonyms(self) -> Key:
        """Return the key of people's pseudonyms."""
        return self.secret.key("pseudonyms")

    def published(self, keys: tuple[str, ...]) -> pl.DataFrame:
        """Return the platforms or clients that have a row among the rates; `keys` name their columns."""
        level = "client" if "client_key" in keys else "platform"
        return self.rates.filter(pl.col("level").cast(pl.String) == level).select(keys)

    def with_bands(self, cells: pl.DataFrame, drawn: pl.Series) -> pl.DataFrame:
        """Return the cells with enough `people` for a row, with borders, band and grid step.

        The band is given in words and as its lower edge. Each cell takes the draws of the cell `drawn`.
        """
        bordered = with_borders(cells, drawn, self.secret if self.policy.is_guarded else None)
        banded = bordered.with_columns(nominal(pl.col("people")).alias(PEOPLE)).filter(pl.col(PEOPLE) > 0)
        return banded.with_columns(
            rounding.rate_step(pl.col(PEOPLE), self.policy).alias(STEP),
            contributors=words(pl.col(PEOPLE)),
            contributors_at_least=pl.col(PEOPLE),
        )
