"""Distribution of people over hourly pay: the table `worker_rates`, quarterly and noised (50-people rule of step F).

Each person is in one bin of own hourly pay, on the platform of their longest work. One basis is the time of tasks, the
other includes unpaid time. Laplace noise on every bin hides each person's presence; all figures are made of the noisy
bins.

The release of a quarter remains until the next quarter is over, as for countries (`analytics.tables.countries`). An
archive is a photograph: its table covers all its time, and each platform's part remains as long.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from analytics.disclosure.borders import BANDS, with_borders
from analytics.disclosure.cell_ids import with_cells
from analytics.disclosure.pseudonyms import siphash
from analytics.disclosure.release_state import OWN, STATE_MEMBERS, ReleaseState
from analytics.disclosure.rounding import ARCHIVE_STEP, CROWD_STEPS, FINE_BELOW, FINE_STEP, SHARE_STEP
from analytics.disclosure.thresholds import Z95
from analytics.estimator.groups import Floats
from analytics.model.encoding import schema
from analytics.model.policy import ARCHIVE
from analytics.model.units import MICROS, SECONDS_PER_HOUR
from analytics.tables.countries import FEWEST_CONTRIBUTORS, laplace, quarter_before, quarter_name, worked_longest
from analytics.tables.dictionary.people import WORKER_RATES
from analytics.tables.overheads import CLASSES
from analytics.tables.release_context import ReleaseContext

EPSILON = 0.5  # of one basis; a person is in one bin of each
EDGES = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.25, 8.5, 10.0, 12.0, 15.0, 20.0, 30.0)  # USD an hour between bins
LEAST_USD_PER_HOUR, MOST_USD_PER_HOUR = 0.25, 60.0  # a percentile in the first or last bin is within these
FLOORS = (2.0, 5.0, 7.25, 10.0, 15.0)  # edges, so that a share below one is a sum of whole bins
PERCENTILES = (10, 25, 50, 75, 90)
BASES = ("tasks", "all_hours")
WHOLE_ARCHIVE = "all"
LAPLACE_VARIANCE = 2 / EPSILON**2  # of a bin: a person is in one, so that its scale is 1 / epsilon


def worker_rates(
    hours: pl.DataFrame, spent: pl.DataFrame, context: ReleaseContext, before: ReleaseState | None
) -> tuple[pl.DataFrame, ReleaseState]:
    """Return the table without its release, and the state to remember.

    `hours` are those of `analytics.tables.work`; unpaid time has the shape `analytics.tables.overheads.SPENT`.
    """
    quarter = quarter_name(context.day)
    is_same = before is not None and before.is_current and before.quarter == quarter
    stands = before.countries if before is not None and is_same else None
    if stands is None or context.policy.name == ARCHIVE.name:
        fresh = points(people_of(hours, spent, context), context)
        known = set() if stands is None else set(stands["platform"])
        new = fresh.filter(~pl.col("platform").is_in(sorted(known)))
        stands = in_order(new if stands is None else pl.concat([stands, new]))
    nobody = ReleaseState(context.day, pl.DataFrame(schema=OWN), pl.DataFrame(schema=STATE_MEMBERS), quarter, stands)
    return stands.join(context.published(("platform",)), on="platform", how="semi", maintain_order="left"), nobody


def people_of(hours: pl.DataFrame, spent: pl.DataFrame, context: ReleaseContext) -> pl.DataFrame:
    """Return `analytics.tables.countries.worked_longest` with `unpaid_ms` there, null if none was shared."""
    keys = ["platform", "contributor"]
    shared = spent
    if context.policy.name != ARCHIVE.name:
        first, last = quarter_before(context.day)
        shared = spent.filter(pl.col("day").is_between(first, last))
    seconds = pl.sum_horizontal(f"{name}_seconds" for name in CLASSES)
    unpaid = shared.group_by(keys).agg(unpaid_ms=(seconds * 1000).round().cast(pl.Int64).sum())
    return worked_longest(hours).join(unpaid, on=keys, how="left", maintain_order="left").sort(keys)


def points(people: pl.DataFrame, context: ReleaseContext) -> pl.DataFrame:
    """Return the points of every distribution of fifty people and more."""
    is_archive = context.policy.name == ARCHIVE.name
    tasks, all_hours = ({curve.platform: curve for curve in curves(people, basis, context)} for basis in BASES)
    quarter = WHOLE_ARCHIVE if is_archive else quarter_name(context.day)
    poorer = [replace(curve, above=tasks.get(platform)) for platform, curve in all_hours.items()]
    step = ARCHIVE_STEP if is_archive else CROWD_STEPS[-1][1]
    found = [described(curve, quarter, step) for curve in [*tasks.values(), *poorer]]
    empty = pl.DataFrame(schema={name: kind for name, kind in schema(WORKER_RATES).items() if name != "release"})
    return in_order(pl.concat([empty, *found]))


@dataclass(frozen=True)
class Curve:
    """A noisy count of people below each of EDGES, of `size` (noisy too).

    `above` is the curve of the same platform without unpaid time, because unpaid time makes no hour richer. `undecided`
    is the listed pay not decided yet.
    """

    platform: str
    basis: str
    size: float
    below: Floats
    undecided: float
    above: Curve | None = None

    def shares(self, reach: float) -> Floats:
        """Return the share of people below each edge, moved by `reach` of the spread of sample and noise."""
        share = np.clip(self.below / self.size, 0.0, 1.0)
        bins = np.arange(1, len(EDGES) + 1)
        noise = LAPLACE_VARIANCE * ((1 - share) ** 2 * bins + share**2 * (len(EDGES) + 1 - bins))
        spread = np.sqrt(np.maximum(share * (1 - share), 1 / self.size) / self.size + noise / self.size**2)
        moved: Floats = np.maximum.accumulate(np.clip(share + reach * spread, 0.0, 1.0))
        return moved if self.above is None else np.maximum(moved, self.above.shares(reach))

    def at(self, percentile: float, reach: float) -> float:
        """Return the USD an hour that `percentile` percent earn less than, interpolated within a bin on the scale of
        its edges.
        """
        shares = np.concatenate([[0.0], self.shares(reach), [1.0]])
        edges = np.log([LEAST_USD_PER_HOUR, *EDGES, MOST_USD_PER_HOUR])
        place = int(np.clip(np.searchsorted(shares, percentile / 100, side="left"), 1, len(shares) - 1))
        width = shares[place] - shares[place - 1]
        part = (percentile / 100 - shares[place - 1]) / width if width > 0 else 0.5
        return float(np.exp(edges[place - 1] + np.clip(part, 0.0, 1.0) * (edges[place] - edges[place - 1])))


def curves(people: pl.DataFrame, basis: str, context: ReleaseContext) -> list[Curve]:
    """Return the curve of each platform with fifty people whose hour is known on `basis`."""
    known = people.filter(pl.col("unpaid_ms").is_not_null()) if basis == "all_hours" else people
    spent = pl.col("tasks_ms") + pl.col("unpaid_ms") if basis == "all_hours" else pl.col("tasks_ms")
    hour = pl.col("credited") / MICROS / (spent / 1000) * SECONDS_PER_HOUR
    binned = known.with_columns(
        bin=pl.Series(np.searchsorted(EDGES, known.select(hour).to_series().to_numpy(), side="right"), dtype=pl.Int64)
    )
    return [
        curve_of(platform, basis, binned.filter(pl.col("platform") == platform), context)
        for platform in large_platforms(binned, basis, context)
    ]


def large_platforms(people: pl.DataFrame, basis: str, context: ReleaseContext) -> list[str]:
    """Return the platforms with enough people for a distribution."""
    counted = people.group_by("platform").agg(people=pl.len()).sort("platform").with_columns(basis=pl.lit(basis))
    numbered = with_cells(counted, "worker_rates", ("platform", "basis"))
    bordered = with_borders(numbered, numbered["cell"], context.secret if context.policy.is_guarded else None)
    return bordered.filter(pl.col("people") >= pl.col(f"border_{FEWEST_CONTRIBUTORS}"))["platform"].to_list()


def curve_of(platform: str, basis: str, people: pl.DataFrame, context: ReleaseContext) -> Curve:
    """Return the noisy bins of one platform. The noise depends on the secret, the quarter, the bin and its people."""
    words = (people[name].to_numpy().view(np.uint64) for name in ("contributor", "bin"))
    key_of_noise = context.secret.key("noise")
    data = int(np.bitwise_xor.reduce(siphash(key_of_noise, *words)))
    bins = len(EDGES) + 1
    cells = pl.DataFrame(
        {
            "platform": [platform] * bins,
            "country": [f"{basis} {number}" for number in range(bins)],  # a name in place of a country
            "data": pl.Series([data] * bins, dtype=pl.UInt64),
        }
    )
    counts = np.bincount(people["bin"].to_numpy(), minlength=bins)
    noisy = counts + laplace(cells, quarter_name(context.day), key_of_noise) / EPSILON
    below = np.cumsum(noisy)
    undecided = float(
        people.select((pl.col("owed") / (pl.col("owed") + pl.col("decided"))).fill_nan(0.0).mean()).item()
    )
    return Curve(platform, basis, max(float(below[-1]), 1.0), below[:-1], undecided)


def described(curve: Curve, quarter: str, step: float) -> pl.DataFrame:
    """Return the percentiles and floors of one curve, rounded."""
    rows = [
        {
            "kind": "percentile",
            "point": float(percentile),
            "own_usd_per_hour": on_rates(curve.at(percentile, 0.0), step, np.rint),
            "low_usd_per_hour": on_rates(curve.at(percentile, Z95), step, np.floor),
            "high_usd_per_hour": on_rates(curve.at(percentile, -Z95), step, np.ceil),
            "share_below": percentile / 100,
        }
        for percentile in PERCENTILES
    ]
    middle, low, high = (curve.shares(reach) for reach in (0.0, -Z95, Z95))
    floors = [
        {
            "kind": "floor",
            "point": floor,
            "own_usd_per_hour": floor,
            "share_below": on_shares(middle[EDGES.index(floor)], np.rint),
            "share_low": on_shares(low[EDGES.index(floor)], np.floor),
            "share_high": on_shares(high[EDGES.index(floor)], np.ceil),
        }
        for floor in FLOORS
    ]
    least, words = next(band for band in reversed(BANDS) if curve.size >= band[0] or band[0] == FEWEST_CONTRIBUTORS)
    kinds = {name: kind for name, kind in schema(WORKER_RATES).items() if name != "release"}
    always = {
        "quarter": quarter,
        "platform": curve.platform,
        "basis": curve.basis,
        "level_used": "platform",
        "contributors": words,
        "contributors_at_least": least,
        "undecided_share": on_shares(curve.undecided, np.rint),
        "epsilon": EPSILON,
    }
    return pl.DataFrame([{**dict.fromkeys(kinds), **always, **row} for row in [*rows, *floors]], schema=kinds)


def on_rates(usd_per_hour: float, step: float, whole: np.ufunc) -> float:
    """Return a rate on the grid."""
    wide = float(np.log1p(step))
    return float(f"{np.exp(whole(round(np.log(usd_per_hour) / wide, 9)) * wide):.3g}")


def on_shares(share: float, whole: np.ufunc) -> float:
    """Return a share in whole steps of 5 points, or of 1 point below 20 %."""
    step = FINE_STEP if share < FINE_BELOW else SHARE_STEP
    return round(float(np.clip(whole(round(share / step, 9)) * step, 0.0, 1.0)), 2)


def in_order(table: pl.DataFrame) -> pl.DataFrame:
    return table.sort("platform", "basis", "kind", "point")
