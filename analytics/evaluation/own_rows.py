"""Evaluation of a release on its own rows: the table that is part of the release."""

from __future__ import annotations

import numpy as np
import polars as pl

from analytics.estimator import Rates
from analytics.estimator.groups import mix
from analytics.evaluation.figure import Figure, compared
from analytics.evaluation.held_out import SALT
from analytics.evaluation.prediction import of_rows
from analytics.model.policy import Policy

EVALUATION: dict[str, pl.DataType] = {
    "figure": pl.String(),
    "name": pl.String(),
    "threshold": pl.String(),
    "measured": pl.Float64(),
    "passed": pl.Boolean(),
}
MOST_ROWS = 60_000  # rows predicted for a release: more add nothing, and publishing must not wait
FEWEST_CONTRIBUTORS = 50  # with fewer, a figure over all rows could reveal one person


def of_release(observations: pl.DataFrame, rates: Rates, policy: Policy) -> pl.DataFrame:
    """Return held-out prediction and interval facts on the rows of a release, in the shape EVALUATION.

    `observations` are the published ones, in the shape SCHEMA. Figures cover all platforms, in whole percent. The table
    is empty if fewer than fifty people are included.
    """
    counted = observations.filter(pl.col("origin").is_in(list(policy.origins)))
    return of_sample(sampled(counted), counted["contributor"].n_unique(), rates, policy)


def of_sample(rows: pl.DataFrame, people: int, rates: Rates, policy: Policy) -> pl.DataFrame:
    """Return the same from a sample of the rows (`chosen`), given the number of `people` in all of them."""
    if people < FEWEST_CONTRIBUTORS:
        return pl.DataFrame(schema=EVALUATION)
    figures = [*kinds_of_number(rates, policy), *of_rows(rows, policy)]
    values = [
        (figure.id, figure.name, figure.threshold, whole(figure.measured), figure.passed)
        for figure in figures
        if figure.measured is not None
    ]
    return pl.DataFrame(values, schema=EVALUATION, orient="row")


def whole(measured: float | None) -> float | None:
    return None if measured is None else float(round(measured))


def kinds_of_number(rates: Rates, policy: Policy) -> list[Figure]:
    """Return the shares of clients and tasks with a number, a band or their parent's, and facts of intervals.

    The facts are the width of intervals, and the share that uses default components.
    """
    figures = []
    for level in ("client", "task"):
        people = rates.cells.filter(pl.col("level") == level)["contributors"].to_numpy()
        if len(people) == 0:
            continue
        has_number, has_any = people >= policy.number_contributors, people >= policy.band_contributors
        parts = {"number": has_number, "band": has_any & ~has_number, "parent": ~has_any}
        figures += [
            compared(f"own.{level}.{name}", f"Part of {level}s with {words}", 100 * float(np.mean(parts[name])))
            for name, words in (
                ("number", "an own number"),
                ("band", "a band only"),
                ("parent", "their parent's number"),
            )
        ]
    shown_cells = rates.cells.filter(pl.col("level") == "client", pl.col("contributors") >= policy.number_contributors)
    if shown_cells.height:
        factor = float(np.exp(1.96 * np.sqrt(np.median(shown_cells["pooled_variance"].to_numpy()))))
        name = "95 % interval of the middle client with a number, percent upwards"
        figures.append(compared("own.interval", name, 100 * (factor - 1)))
    if rates.components.height:
        share = 100 * int(rates.components["is_default"].sum()) / rates.components.height
        figures.append(
            compared("own.default", "Part of platforms with default components (under 25 clients of five)", share)
        )
    return figures


def sampled(observations: pl.DataFrame) -> pl.DataFrame:
    """Return whole clients, chosen by a scramble of their keys, until there are enough rows."""
    if observations.height <= MOST_ROWS:
        return observations
    sizes = observations.group_by("client_key").agg(rows=pl.len())
    return observations.join(chosen(sizes).to_frame(), on="client_key", how="semi", maintain_order="left")


def chosen(sizes: pl.DataFrame) -> pl.Series:
    """Return the clients of the sample; `sizes` has the number of `rows` by client."""
    ordered = sizes.sort("client_key")
    keys = np.ascontiguousarray(ordered["client_key"].to_numpy())
    mixed = ordered.with_columns(mixed=pl.Series(mix(np.full(len(keys), SALT), keys))).sort("mixed")
    return mixed.filter(pl.col("rows").cum_sum() - pl.col("rows") < MOST_ROWS)["client_key"]
