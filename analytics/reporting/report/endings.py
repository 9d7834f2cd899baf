"""Endings of attempts in a set of exports, cost of rejections, and clients who pay most: exact counts and sums."""

from __future__ import annotations

from typing import Any

import polars as pl

from analytics.importers.apportion import active_seconds, person, union_seconds
from analytics.model.units import MICROS, SECONDS_PER_HOUR
from analytics.reporting.report.document import Values
from analytics.reporting.report.people import FEWEST_FOR_NUMBER, PAUSE_SECONDS, share_of

FEWEST_FOR_BAND = 5
FEWEST_CLIENTS = 5
UNPAID = ("rejected", "returned", "expired", "screened_out", "abandoned")


def endings(attempts: pl.DataFrame) -> Values:
    """Return people, shares and losses by platform and unpaid ending.

    A share is each person's own share of attempts, averaged over people. The people who met the ending are counted with
    an interval. Losses are hours and listed pay. Platforms whose exports give no outcome are left out.
    """
    decided = attempts.filter(pl.col("worker").is_not_null() & pl.col("outcome").is_not_null())
    if decided.is_empty():
        return []
    rows = decided.with_columns(active_seconds(decided), person=person(), outcome=pl.col("outcome").cast(pl.String))
    return [
        _ending(str(platform), ending, rows.filter(pl.col("platform") == platform))
        for platform in rows["platform"].unique().sort()
        for ending in UNPAID
        if rows.filter(pl.col("platform") == platform, pl.col("outcome") == ending).height
    ]


def _ending(platform: str, ending: str, rows: pl.DataFrame) -> dict[str, Any]:
    people = rows["person"].n_unique()
    is_it = pl.col("outcome") == ending
    own = rows.group_by("person").agg(part=is_it.mean())
    lost = rows.filter(is_it)
    hit = lost["person"].n_unique()
    row: dict[str, Any] = {"platform": platform, "ending": ending, "people": people}
    mean = float(own["part"].sum()) / people
    met = share_of(hit, people)
    seconds = lost["active_seconds"].drop_nulls()
    return row | {
        "share_of_tasks": round(mean, 4),
        "people_share": met.middle if met else None,
        "people_share_low": met.low if met else None,
        "people_share_high": met.high if met else None,
        "hours": round(float(seconds.sum()) / SECONDS_PER_HOUR, 1) if seconds.len() else None,
        "listed_usd": round(int(lost["reward_micros"].sum()) / MICROS, 2)
        if lost["reward_micros"].null_count() < lost.height
        else None,
    }


def pauses(attempts: pl.DataFrame) -> Values:
    """Return the minutes of pauses of up to a minute for each hour with a task open, by platform.

    An export shows no other unpaid time.
    """
    known = attempts.filter(pl.col("worker").is_not_null() & pl.col("submitted_at").is_not_null())
    values: Values = []
    for platform in known["platform"].unique().sort():
        rows = known.filter(pl.col("platform") == platform)
        people = rows.select(person()).n_unique()
        if people < FEWEST_FOR_NUMBER:
            continue
        both = union_seconds(rows).join(union_seconds(rows, PAUSE_SECONDS), on="person", suffix="_with")
        both = both.filter(pl.col("union_seconds") > 0)
        own = both.select(60 * (pl.col("union_seconds_with") / pl.col("union_seconds") - 1)).to_series()
        typical = sum(min(float(minutes), 60.0) for minutes in own) / max(own.len(), 1)
        values.append({"platform": platform, "people": people, "minutes_per_task_hour": round(typical, 1)})
    return values


def concentration(attempts: pl.DataFrame) -> Values:
    """Return pay shares of the largest client and fifth of clients, and the Gini coefficient, by platform.

    Only clients with five people or more count, and only if there are five such clients.
    """
    paid = attempts.filter(
        pl.col("worker").is_not_null()
        & (pl.col("reward_micros") > 0)
        & (pl.col("outcome").is_null() | pl.col("outcome").cast(pl.String).is_in(["submitted", "approved"]))
    )
    values: Values = []
    for platform in paid["platform"].unique().sort():
        clients = (
            paid.filter(pl.col("platform") == platform)
            .group_by("source")
            .agg(usd=pl.col("reward_micros").sum() / MICROS, people=person().n_unique())
            .filter(pl.col("people") >= FEWEST_FOR_BAND)
        )
        sums = clients["usd"].sort(descending=True).to_list()
        if len(sums) >= FEWEST_CLIENTS:
            fifth = sums[: max(len(sums) // 5, 1)]
            values.append(
                {
                    "platform": platform,
                    "clients": len(sums),
                    "largest_share": round(sums[0] / sum(sums), 2),
                    "largest_fifth_share": round(sum(fifth) / sum(sums), 2),
                    "gini": round(gini(sums), 2),
                }
            )
    return values


def gini(amounts: list[float]) -> float:
    """Return the Gini coefficient: 0 for equal amounts, towards 1 if one has all."""
    ordered, count = sorted(amounts), len(amounts)
    ranked = sum((2 * place - count + 1) * amount for place, amount in enumerate(ordered))
    return ranked / (count * sum(ordered))
