"""Attempts of exports as observations, for an evaluation of files alone: no database, no name, nothing stored."""

from __future__ import annotations

import polars as pl

from analytics.importers.apportion import active_seconds, person
from analytics.importers.attempts import Merged
from analytics.model import identifiers
from analytics.model.observations import SCHEMA


def observations_of(merged: Merged) -> pl.DataFrame:
    """Return the attempts with a known worker, in the shape SCHEMA; overlapping time is shared."""
    frame = merged.frame
    timed = frame.with_columns(
        active_seconds(frame),
        contributor=person().rank("dense").cast(pl.Int64),
        open_seconds=(pl.col("submitted_at") - pl.col("accepted_at")).dt.total_microseconds() / 1e6,
        title=pl.coalesce("task_title", "source"),
    ).filter(pl.col("worker").is_not_null())
    outcome = pl.col("outcome").cast(pl.String).fill_null("submitted")
    ready = timed.join(named(timed), on=["platform", "source", "title"], nulls_equal=True).with_columns(
        origin=pl.lit("archive"),
        country=pl.lit(None),
        paid_micros=pl.when(pl.col("is_partly_paid"))
        .then(None)
        .when(outcome == "approved")
        .then("reward_micros")
        .when(outcome == "rejected")
        .then(0),
        outcome=outcome,
        estimate_seconds=pl.lit(None),
        claimed_hour=pl.col("accepted_at").dt.truncate("1h"),
        decided_on=pl.col("decided_at").dt.date(),
        received_on=pl.max_horizontal("accepted_at", "submitted_at", "decided_at").dt.date(),
    )
    return ready.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def named(timed: pl.DataFrame) -> pl.DataFrame:
    """Add keys by platform, source and title: the source of a file is the client."""
    observation_rows = []
    for platform, source, title in timed.select("platform", "source", "title").unique().sort(pl.all()).rows():
        words = identifiers.client_name(platform, source, None, None, title)
        observation_rows.append(
            (platform, source, title, identifiers.key(words), identifiers.key(identifiers.task_name(words, title)))
        )
    shape = {
        "platform": pl.String,
        "source": pl.String,
        "title": pl.String,
        "client_key": pl.Int64,
        "task_key": pl.Int64,
    }
    return pl.DataFrame(observation_rows, schema=shape, orient="row")
