"""The frame of observations: the one shape in which raw rows reach the estimator.

`RAW` is a row as shared or imported, in the currency of the listing. `SCHEMA` is the same row in USD micros for the
whole attempt; `analytics.model.currency` converts RAW to SCHEMA. One row is the latest revision of one attempt by one
person.
"""

from __future__ import annotations

import polars as pl

OUTCOMES = ("submitted", "approved", "rejected", "paid", "returned", "expired", "screened_out", "abandoned")
SUBMITTED = ("submitted", "approved", "rejected", "paid")  # the other outcomes had no submission
REWARD_PERS = ("task", "unit", "hour", "thousand")
ORIGINS = ("crowd", "archive")  # shared by an extension, or imported from a client's or platform's own export

Outcome = pl.Enum(OUTCOMES)
RewardPer = pl.Enum(REWARD_PERS)
Origin = pl.Enum(ORIGINS)

RAW: dict[str, pl.DataType] = {
    "platform": pl.String(),
    "client_key": pl.Int64(),
    "task_key": pl.Int64(),
    "contributor": pl.Int64(),  # a number that means nothing outside this database
    "origin": Origin,
    "country": pl.String(),  # ISO 3166 alpha-2, or null: given only if the worker chooses to
    "reward_micros": pl.Int64(),  # as listed, per `reward_per`; null where the page did not say
    "reward_per": RewardPer,
    "units": pl.Int32(),
    "paid_micros": pl.Int64(),  # credited for the attempt, bonus included; null while not known
    "currency": pl.String(),  # ISO 4217, of reward and paid alike
    "active_seconds": pl.Float64(),
    "open_seconds": pl.Float64(),
    "limit_seconds": pl.Float64(),
    "estimate_seconds": pl.Float64(),
    "outcome": Outcome,
    "claimed_hour": pl.Datetime("us", "UTC"),
    "decided_on": pl.Date(),
    "received_on": pl.Date(),  # the server's day of first arrival: maturity counts from it
}

PAID_TIME: dict[str, pl.DataType] = {  # optional columns of raw rows: what an hourly platform pays for (step A)
    "cap_seconds": pl.Float64(),  # most time it pays for
    "paid_seconds": pl.Float64(),  # time it did pay for
}

SCHEMA: dict[str, pl.DataType] = {
    **{name: kind for name, kind in RAW.items() if name not in ("reward_per", "units", "currency")},
    # here reward_micros and paid_micros are USD micros for the whole attempt
}
