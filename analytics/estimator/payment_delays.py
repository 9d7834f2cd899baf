"""Days from the claim of paid work to the decision: the median over people of their own medians."""

from __future__ import annotations

import polars as pl

from analytics.estimator.groups import Groups


def days_to_pay(paid: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Return the median over contributors of their own median days from claim to decision, and their number.

    `paid` are rows that have such days.
    """
    own = paid.group_by(*keys, "contributor").agg(pl.col("days_to_pay").median())
    return own.group_by(*keys).agg(pl.col("days_to_pay").median(), days_to_pay_contributors=pl.len())


def platform_waits(payers: pl.DataFrame) -> pl.DataFrame:
    """Return the same by platform, from the number of `rows` of each contributor by days of waiting."""
    summed = payers.group_by("platform", "contributor", "days_to_pay").agg(pl.col("rows").sum())
    ordered = summed.sort("platform", "contributor", "days_to_pay")
    platform, contributor = ordered["platform"].to_numpy(), ordered["contributor"].to_numpy()
    people = Groups.of(platform, contributor)
    days, rows = (ordered[name].cast(pl.Float64).to_numpy() for name in ("days_to_pay", "rows"))
    own = pl.DataFrame({"platform": people.first(platform), "days_to_pay": people.median(days, rows)})
    return own.group_by("platform").agg(pl.col("days_to_pay").median(), days_to_pay_contributors=pl.len())
