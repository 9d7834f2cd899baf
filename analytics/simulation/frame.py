"""Conversion of simulated events to the raw rows that a server would store, to try the estimator without a server."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from analytics.model import identifiers
from analytics.model.observations import RAW
from analytics.simulation.crowd import Event, Item


def raw_frame(shared: Iterable[Event]) -> pl.DataFrame:
    """Return the latest revision of each observation in `shared`, in the shape RAW; `received_on` is the day of the
    first.
    """
    rows: dict[str, dict[str, Any]] = {}
    for event in shared:
        if event.kind == "observation":
            identity = event.item["id"]
            received_on = rows[identity]["received_on"] if identity in rows else event.instant.date()
            rows[identity] = _row(event, received_on)
    return pl.DataFrame(list(rows.values()), schema=RAW, orient="row")


def item_keys(item: Item) -> tuple[int, int]:
    """Return the client key and the task key of an observation."""
    client, task = item["client"] or {"id": None, "name": None}, item["task"]
    words = identifiers.client_name(item["platform"], client["id"], client["name"], task["id"], task["title"])
    return identifiers.key(words), identifiers.key(identifiers.task_name(words, task["title"]))


def _row(event: Event, received_on: date) -> dict[str, Any]:
    item = event.item
    client_key, task_key = item_keys(item)
    same = ("platform", "reward_per", "units", "active_seconds", "open_seconds", "limit_seconds")
    return {
        **{name: item[name] for name in (*same, "estimate_seconds", "outcome")},
        "client_key": client_key,
        "task_key": task_key,
        "contributor": event.contributor,
        "origin": "crowd",
        "country": None,
        "reward_micros": item["reward"]["micros"],
        "paid_micros": item["paid"] and item["paid"]["micros"],
        "currency": item["reward"]["currency"],
        "claimed_hour": datetime.fromisoformat(item["claimed_hour"]).astimezone(UTC),
        "decided_on": item["decided_on"] and date.fromisoformat(item["decided_on"]),
        "received_on": received_on,
    }
