"""Rows for the estimator's tests: every field has a default, so that a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl

from analytics.model.observations import SCHEMA
from analytics.model.units import MICROS

AS_OF = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
TODAY = AS_OF.date()


def attempt(client=1, contributor=1, *, days_ago=0, usd=1.0, paid=None, seconds=360.0, outcome="approved", **fields):
    """One observation; $1.00 for six minutes is 10 USD per hour."""
    claimed = datetime(TODAY.year, TODAY.month, TODAY.day, 8, tzinfo=UTC) - timedelta(days=days_ago)
    return {
        "platform": "here",
        "client_key": client,
        "task_key": client * 1000,
        "contributor": contributor,
        "origin": "archive",
        "country": None,
        "reward_micros": None if usd is None else round(usd * MICROS),
        "paid_micros": None if paid is None else round(paid * MICROS),
        "active_seconds": seconds,
        "open_seconds": seconds,
        "limit_seconds": None,
        "estimate_seconds": None,
        "outcome": outcome,
        "claimed_hour": claimed,
        "decided_on": None,
        "received_on": claimed.date(),
        **fields,
    }


def frame(rows) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA)


def team(size, client=1, first=1, **fields):
    """One attempt each by `size` contributors."""
    return [attempt(client, contributor, **fields) for contributor in range(first, first + size)]


def mature_history(contributor, *, clients=(1, 2), tasks=10, days=5, first_days_ago=20, **fields):
    """A contributor's rows that make it count under the crowd's rules, unless a number is lowered."""
    day = date(TODAY.year, TODAY.month, TODAY.day) - timedelta(days=first_days_ago)
    return [
        attempt(
            clients[number % len(clients)],
            contributor,
            origin="crowd",
            days_ago=first_days_ago - number % days,
            received_on=day + timedelta(days=number % days),
            **fields,
        )
        for number in range(tasks)
    ]
