"""Explanation of a published figure: its factors, its people, its uncertainty and its making.

It reads a release like any other reader. For a client without a figure it gives the pay of the whole platform. It does
the same for a client with no contributors at all, so that the answer never reveals their existence.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from msgspec import Struct

from analytics.estimator import VERSION
from analytics.release import repository as release
from analytics.release.manifest import Manifest

NOTES = (
    "Each person counts once, however much they did; a few who differ far from the rest move the figure only a little.",
    "Listed pay by the hour of submitted work, times the share of it that was paid, times the share of time that ended "
    "in a submission, is the effective rate. It is the product of these figures as shown.",
    "Where too few people's work is decided, the paid share is the platform's; where that is not known either, there is a "
    "task rate only.",
    "The interval says how sure the typical person's hour is, with 95 %, rounded outwards. Single people differ much more.",
)


class Parts(Struct, frozen=True):
    """The factors of a rate; null if there is no figure.

    task_usd_per_hour x paid_share x kept_share is the effective rate; times task_time_share it is the all-in rate.
    `paid_share_from` is the level whose decisions determine the paid share; null if nothing is decided.
    """

    task_usd_per_hour: float | None
    paid_share: float | None
    paid_share_from: str | None
    kept_share: float | None
    undecided_share: float | None
    task_time_share: float | None
    all_in_factor: float | None


class Explanation(Struct, frozen=True):
    """One figure. `level_used` is its level: task, client, platform, or none if nothing is published."""

    platform: str
    level_used: str
    text: str
    effective_usd_per_hour: float | None
    low_usd_per_hour: float | None
    high_usd_per_hour: float | None
    all_in_usd_per_hour: float | None
    contributors: str | None
    parts: Parts
    release: str
    as_of: date
    policy: str
    nature: str
    method: str
    estimator_version: str
    notes: tuple[str, ...]


class Asked(Struct, frozen=True):
    """The subject of a request: a client and a task by their keys in the tables, or by the platform's own ids."""

    platform: str
    client: str | None = None
    task: str | None = None


Row = dict[str, Any]


def explain(root: Path, manifest: Manifest, asked: Asked) -> Explanation:
    """Return a release's figure for the request: of the task, else of its client, else of its platform."""
    house = first(rows(root, manifest, "platform_rates", asked.platform))
    level, row = deepest(root, manifest, asked)
    if row is None and house is not None:
        level, row = "platform", house
    return explanation(manifest, asked, level, row or {}, house or {})


def deepest(root: Path, manifest: Manifest, asked: Asked) -> tuple[str, Row | None]:
    """Return the figure of the task, else of the client."""
    if asked.client is None:
        return "none", None
    is_client = (pl.col("client_key") == asked.client) | (pl.col("client_id") == asked.client).fill_null(False)
    if asked.task is not None:
        is_task = (pl.col("task_key") == asked.task) | (pl.col("task_id") == asked.task).fill_null(False)
        task = first(rows(root, manifest, "task_rates", asked.platform).filter(is_client, is_task))
        if task is not None:
            return "task", task
    client = first(rows(root, manifest, "client_rates", asked.platform).filter(is_client))
    return ("none", None) if client is None else ("client", client)


def rows(root: Path, manifest: Manifest, table: str, platform: str) -> pl.LazyFrame:
    return release.table(root, manifest, table).filter(pl.col("platform") == platform)


def first(found: pl.LazyFrame) -> Row | None:
    whole = found.head(1).collect()
    return whole.row(0, named=True) if whole.height else None


def explanation(manifest: Manifest, asked: Asked, level: str, row: Row, house: Row) -> Explanation:
    effective, part = row.get("effective_usd_per_hour"), house.get("task_time_share")
    return Explanation(
        platform=asked.platform,
        level_used=level,
        text=text(level, row, is_stand_in=level == "platform" and asked.client is not None),
        effective_usd_per_hour=effective,
        low_usd_per_hour=row.get("low_usd_per_hour"),
        high_usd_per_hour=row.get("high_usd_per_hour"),
        all_in_usd_per_hour=None if effective is None or part is None else float(f"{effective * part:.3g}"),
        contributors=row.get("contributors"),
        parts=Parts(
            row.get("task_usd_per_hour"),
            row.get("paid_share"),
            row.get("paid_share_from"),
            row.get("kept_share"),
            row.get("undecided_share"),
            part,
            house.get("all_in_factor"),
        ),
        release=manifest.release,
        as_of=manifest.as_of,
        policy=manifest.policy,
        nature=manifest.nature,
        method=manifest.method,
        estimator_version=manifest.estimator_version,
        notes=NOTES,
    )


def text(level: str, row: Row, *, is_stand_in: bool) -> str:
    """Return the figure in words (text rule of step F): earnings of the typical person, never a client's pay."""
    if level == "none":
        return "Nothing is published of this platform yet."
    words = figure_words(row, "on the platform as a whole" if level == "platform" else "here")
    return f"No figure of its own: {words}" if is_stand_in else words


def figure_words(row: Row, where: str) -> str:
    """Return one published row in words."""
    people, low, high = row["contributors"], row["low_usd_per_hour"], row["high_usd_per_hour"]
    if row["figure"] == "divided":
        return f"{people} people worked {where}, and they differ too much for one figure."
    span = f"${low:,.2f} to ${high:,.2f}"
    if row["figure"] == "range":
        return (
            f"{people} people worked {where}: too few for a figure. The typical person earned between {span} an hour "
            f"(95 % sure; method version {VERSION})."
        )
    if row["figure"] == "task_rate" and row["task_usd_per_hour"] is None:
        return (
            f"{people} people worked {where}: too few for a figure. Task rate only, as {why_task_rate(row)}: {span} "
            f"for an hour of submitted work (95 % sure; method version {VERSION})."
        )
    if row["figure"] == "task_rate":
        return (
            f"Task rate only, as {why_task_rate(row)}: about "
            f"${row['task_usd_per_hour']:,.2f} for an hour of submitted work {where} (95 % sure: {span}; {people} people, "
            f"method version {VERSION})."
        )
    return (
        f"The typical person earned about ${row['effective_usd_per_hour']:,.2f} an hour {where} (95 % sure: {span}; "
        f"{people} people, method version {VERSION}); single people earn much more and less."
    )


def why_task_rate(row: Row) -> str:
    """Return the reason why a row has a task rate and no effective rate."""
    return "nothing is decided yet" if row["paid_share"] is None else "the time of returned work is not known"
