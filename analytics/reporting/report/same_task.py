"""Comparison of countries on the same task: a person's hour there against the mean of all people on the same work.

All people on a task have the same pay. Pay for an hour therefore differs by pace alone, and the pay need not be known.
ln pace = task + country is fitted over people; each counts once, over all their tasks together. Only the country terms
are published, and no cell of country and client, or country and task.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.disclosure.thresholds import Z95
from analytics.importers.apportion import active_seconds, person
from analytics.reporting.report.document import Values
from analytics.reporting.report.people import FEWEST_FOR_NUMBER, cents

FEWEST_COUNTRIES = 2
LEAST_SECONDS = 1.0
ROUNDS = 200  # of alternating fits; twenty are enough where countries mix


def same_task(attempts: pl.DataFrame) -> Values:
    """Return a row for each country of ten people or more, the best paid first.

    Columns: country, people, `factor` against the mean over all people on the same tasks, and its 95 % interval. The
    result is empty if no two countries can be compared.
    """
    rows = paces(attempts)
    if rows["country"].n_unique() < FEWEST_COUNTRIES:
        return []
    effects = fitted(rows)
    counts = rows.group_by("country").agg(people=pl.col("person").n_unique())
    factors: list[dict[str, Any]] = []
    for country, people in counts.sort("country").rows():
        if people < FEWEST_FOR_NUMBER:
            continue
        effect, spread = effects[country]
        reach = Z95 * spread / sqrt(people)
        factors.append(
            {
                "country": country,
                "people": people,
                "factor": cents(np.exp(effect)),
                "low": cents(np.exp(effect - reach)),
                "high": cents(np.exp(effect + reach)),
            }
        )
    return sorted(factors, key=lambda row: -row["factor"]) if len(factors) >= FEWEST_COUNTRIES else []


def paces(attempts: pl.DataFrame) -> pl.DataFrame:
    """Return person, country, task and the person's mean ln pace on it, for tasks with people of two countries."""
    known = attempts.filter(
        pl.col("worker").is_not_null() & pl.col("country").is_not_null() & pl.col("submitted_at").is_not_null()
    )
    timed = known.with_columns(active_seconds(known), person=person())
    own = (
        timed.sort("person", "accepted_at", "task_id")
        .group_by("person", maintain_order=True)
        .agg(home=pl.col("country").first())
    )
    done = (
        timed.filter(pl.col("active_seconds") >= LEAST_SECONDS)
        .join(own, on="person")
        .group_by("person", "platform", "source", "task_id", country="home")
        .agg(pace=(pl.col("units") / pl.col("active_seconds")).log().mean())
        .with_columns(task=pl.concat_str("platform", "source", "task_id", separator="\n", ignore_nulls=True))
    )
    mixed = done.group_by("task").agg(countries=pl.col("country").n_unique(), people=pl.len())
    kept = mixed.filter(pl.col("countries") >= FEWEST_COUNTRIES, pl.col("people") >= FEWEST_FOR_NUMBER)
    return done.join(kept, on="task", how="semi").select("person", "country", "task", "pace").sort("task", "person")


def fitted(rows: pl.DataFrame) -> dict[str, tuple[float, float]]:
    """Return by country its term of ln pace relative to the mean over people, and the spread of people around it."""
    weight = 1.0 / rows.select(pl.len().over("person")).to_series().to_numpy()
    tasks, countries = (rows[name].rank("dense").to_numpy().astype(np.int64) - 1 for name in ("task", "country"))
    pace = rows["pace"].to_numpy()
    by_country = np.zeros(countries.max() + 1)

    def means(values: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
        told: NDArray[np.float64] = np.bincount(group, values * weight) / np.bincount(group, weight)
        return told

    for _ in range(ROUNDS):
        by_task = means(pace - by_country[countries], tasks)
        by_country = means(pace - by_task[tasks], countries)
    by_country = by_country - np.sum(by_country[countries] * weight) / np.sum(weight)
    by_task = means(pace - by_country[countries], tasks)
    left = rows.with_columns(left=pl.Series(pace - by_task[tasks] - by_country[countries]))
    spread = left.group_by("person", "country").agg(pl.col("left").mean())["left"].std()
    names = rows["country"].unique().sort().to_list()
    return {name: (float(by_country[place]), float(spread or 0.0)) for place, name in enumerate(names)}  # type: ignore[arg-type]
