"""Publishable words for keys: only those that at least five counted people sent alike (step F).

Sites can mark titles for single workers, and one throw-away account could name a client. Each release therefore decides
the words: the spelling that most people sent, else the folded title of the group and no id. An operator can correct or
hide them.
"""

from __future__ import annotations

import polars as pl

from analytics.disclosure.thresholds import Names

FEWEST_ALIKE = 5
CHOSEN: dict[str, pl.DataType] = {"kind": pl.String(), "key": pl.Int64(), "text": pl.String()}


def chosen_words(alike: pl.DataFrame, counted: pl.Series) -> pl.DataFrame:
    """Return the text that most of the `counted` contributors sent, at least five, by kind and key; ties by text.

    Kinds are client_name, title and task_id. `alike` has the columns kind, key, text, contributor.
    """
    votes = (
        alike.filter(pl.col("contributor").is_in(counted.implode()))
        .group_by("kind", "key", "text")
        .agg(people=pl.col("contributor").n_unique())
        .filter(pl.col("people") >= FEWEST_ALIKE)
        .sort("kind", "key", "people", "text", descending=[False, False, True, False])
    )
    return votes.unique(["kind", "key"], keep="first", maintain_order=True).select(
        pl.col(name).cast(kind) for name, kind in CHOSEN.items()
    )


def published_names(names: Names, alike: pl.DataFrame, rulings: pl.DataFrame, counted: pl.Series) -> Names:
    """Return `names` (folded titles, no raw words) with the words that may be published.

    `rulings` has kind (client, task), key and text; a null text hides the words.
    """
    chosen = chosen_words(alike, counted)

    def of(kind: str, key: str, column: str) -> pl.DataFrame:
        return chosen.filter(pl.col("kind") == kind).select(pl.col("key").alias(key), pl.col("text").alias(column))

    clients = names.clients.drop("client_name").join(
        of("client_name", "client_key", "client_name"), on="client_key", how="left", maintain_order="left"
    )
    tasks = (
        names.tasks.drop("task_id")
        .join(of("task_id", "task_key", "task_id"), on="task_key", how="left", maintain_order="left")
        .join(of("title", "task_key", "sent_title"), on="task_key", how="left", maintain_order="left")
        .with_columns(title=pl.coalesce("sent_title", "title"))
        .drop("sent_title")
    )
    return Names(
        ruled(clients, rulings, "client", "client_key", "client_name"),
        ruled(tasks, rulings, "task", "task_key", "title"),
        names.shows_clients,
    )


def ruled(frame: pl.DataFrame, rulings: pl.DataFrame, kind: str, key: str, column: str) -> pl.DataFrame:
    """Return `frame` with the operator's texts in place of `column`."""
    mine = rulings.filter(pl.col("kind") == kind).select(
        pl.col("key").alias(key), pl.col("text").alias("ruled"), is_ruled=pl.lit(True)
    )
    joined = frame.join(mine, on=key, how="left", maintain_order="left")
    text = pl.when(pl.col("is_ruled").fill_null(False)).then("ruled").otherwise(column)
    return joined.with_columns(text.alias(column)).drop("ruled", "is_ruled")
