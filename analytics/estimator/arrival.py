"""The rows of one part as they arrived, sorted, and each contributor's history in the part.

This is the first step of the estimator. A part holds every row of its clients, and all parts together are the whole.
The small frames of a part go by client, so they can be combined in any order.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from analytics.estimator.groups import Floats, Groups, Ints, in_order, mix, ranks
from analytics.model.observations import SUBMITTED
from analytics.model.policy import Policy

LEAST_SECONDS = 1.0  # step E: anything shorter was not read
MOST_SECONDS = 4 * 3600.0  # step E: a single task that takes longer was left running
MOST_DAY_MILLISECONDS = 14 * 3600 * 1000  # step E: the longest day of work
DAY_MICROSECONDS = 86_400_000_000

KEPT = (
    "client_key", "task_key", "contributor", "origin", "claimed_hour", "outcome", "reward_micros", "paid_micros",
    "active_seconds", "decided_on", "received_on",
)  # fmt: skip
DAYS: dict[str, pl.DataType] = {"client_key": pl.Int64(), "contributor": pl.Int64(), "day": pl.Int64()}
LONG_DAYS: dict[str, pl.DataType] = {"client_key": pl.Int64(), "contributor": pl.Int64(), "claimed": pl.Int64()}
LEFT_OUT: dict[str, pl.DataType] = {"client_key": pl.Int64(), "reason": pl.String(), "rows": pl.Int64()}


def arrived(
    observations: pl.DataFrame, day: date, policy: Policy, parts: int = 1
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Return rows of `observations` that `policy` takes on `day`, and their small frames.

    The rows have KEPT and the platform as an Enum in the order of names, sorted by platform, client, contributor and
    hour. The frames are `platforms`, `days` of a contributor's arrivals (for one client, no more than maturity asks),
    `long_days` and `left_out`.

    Work that ended without a submission may have no time: it counts among outcomes, never in time (step B).
    """
    is_known = (
        pl.col("origin").is_in(list(policy.origins))
        & (pl.col("received_on") <= day)
        & pl.all_horizontal(
            pl.col("platform", "client_key", "task_key", "contributor", "claimed_hour", "outcome").is_not_null()
        )
    ).fill_null(False)
    is_timed = (pl.col("active_seconds").is_finite() & (pl.col("active_seconds") >= 0)).fill_null(False)
    is_timed |= pl.col("active_seconds").fill_null(float("nan")).is_nan() & ~pl.col("outcome").is_in(list(SUBMITTED))
    reasons = observations.select(
        "client_key",
        reason=pl.when(~is_known).then(pl.lit("not_of_this_policy")).when(~is_timed).then(pl.lit("no_time")),
    )
    timed = observations.filter(reasons["reason"].is_null())
    names = pl.Enum(timed["platform"].unique().sort())
    rows = in_fixed_order(timed.select(pl.col("platform").cast(names), *KEPT))
    most_days = policy.maturity.arrival_days if policy.maturity else 1
    return rows, {
        "platforms": rows.select(pl.col("platform").cast(pl.String), "client_key").unique(),
        "days": arrival_days(rows, most_days),
        "long_days": long_days(rows, parts),
        "left_out": counted(reasons.drop_nulls("reason")),
    }


def counted(reasons: pl.DataFrame) -> pl.DataFrame:
    """Return the number of rows left out, by client and reason."""
    return reasons.group_by("client_key", "reason").agg(rows=pl.len()).select(
        pl.col(name).cast(kind) for name, kind in LEFT_OUT.items()
    )  # fmt: skip


def in_fixed_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort rows by client, contributor, hour and then a mix of their content, so that the order of arrival has no
    effect.
    """
    keys = [rows["platform"].to_physical().to_numpy().astype(np.int64), rows["client_key"].to_numpy()]
    keys += [rows["contributor"].to_numpy(), hours(rows)]
    first = in_order(*keys)
    groups = Groups.of(*(key[first] for key in keys))
    alike = np.flatnonzero(groups.spread(groups.sizes) > 1)
    if len(alike):
        tied = mixed(rows[first[alike]])
        first[alike] = first[alike[in_order(groups.of_row[alike], ranks(tied))]]
    return rows[first]


def hours(rows: pl.DataFrame) -> Ints:
    """Return the instants of claim, in microseconds."""
    instants: Ints = rows["claimed_hour"].to_physical().to_numpy()
    return instants


def mixed(rows: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return a number for the content of a row other than client, contributor and hour."""
    return mix(
        rows["task_key"].to_numpy(),
        rows["reward_micros"].fill_null(-1).to_numpy(),
        rows["paid_micros"].fill_null(-1).to_numpy(),
        np.ascontiguousarray(rows["active_seconds"].fill_null(-1.0).to_numpy()),
        rows["outcome"].to_physical().cast(pl.Int64).to_numpy(),
        rows["decided_on"].to_physical().cast(pl.Int64).fill_null(-1).to_numpy(),
    )


def arrival_days(rows: pl.DataFrame, most_days: int) -> pl.DataFrame:
    """Return by client and contributor the first `most_days` days on which anything arrived."""
    client, contributor = rows["client_key"].to_numpy(), rows["contributor"].to_numpy()
    cells = Groups.of(rows["platform"].to_physical().to_numpy(), client, contributor)
    keys = {"client_key": cells.first(client), "contributor": cells.first(contributor)}
    received = rows["received_on"].to_physical().cast(pl.Int64).to_numpy()
    order = in_order(cells.of_row, received)
    distinct = Groups.of(cells.of_row, received[order])
    of = cells.of_row[distinct.starts]
    days = Groups.of(of)
    few = np.flatnonzero(np.arange(len(of)) - days.spread(days.starts) < most_days)
    first = {name: values[of[few]] for name, values in keys.items()}
    return pl.DataFrame({**first, "day": received[order][distinct.starts[few]]}, schema=DAYS)


def milliseconds(rows: pl.DataFrame) -> Ints:
    """Return time within 1 s to 4 h, in whole milliseconds: their sum does not depend on the order of rows."""
    seconds: Floats = rows["active_seconds"].fill_null(float("nan")).to_numpy()
    bounded = np.where(np.isnan(seconds), 0.0, np.clip(seconds, LEAST_SECONDS, MOST_SECONDS))
    whole: Ints = np.rint(bounded * 1000).astype(np.int64)
    return whole


def long_days(rows: pl.DataFrame, parts: int) -> pl.DataFrame:
    """Return the days of a contributor (since 1970) that may be too long once all `parts` are combined.

    One part has its share of the limit. The clients of that day are included.
    """
    client, contributor, claimed = (
        rows["client_key"].to_numpy(),
        rows["contributor"].to_numpy(),
        hours(rows) // DAY_MICROSECONDS,
    )
    order = in_order(contributor, claimed)
    days = Groups.of(contributor[order], claimed[order])
    is_long = days.whole(milliseconds(rows)[order]) * parts > MOST_DAY_MILLISECONDS
    places = order[np.flatnonzero(days.spread(is_long))]
    return pl.DataFrame(
        {"client_key": client[places], "contributor": contributor[places], "claimed": claimed[places]}, schema=LONG_DAYS
    ).unique()


def days_of(long: pl.DataFrame) -> pl.DataFrame:
    """Return the days among `long_days`, each once, for all clients."""
    return long.select("contributor", "claimed").unique().sort("contributor", "claimed")


def claims(rows: pl.DataFrame, asked: pl.DataFrame) -> tuple[None, dict[str, pl.DataFrame]]:
    """Return `claims`: the time with each client on the days `asked` for."""
    rows = rows.filter(pl.col("contributor").is_in(asked["contributor"].unique().implode()))
    claimed = rows.select(
        "client_key",
        "contributor",
        claimed=pl.Series(hours(rows) // DAY_MICROSECONDS),
        milliseconds=pl.Series(milliseconds(rows)),
    ).join(asked, on=["contributor", "claimed"], how="semi")
    return None, {"claims": claimed.group_by("client_key", "contributor", "claimed").agg(pl.col("milliseconds").sum())}
