"""Tests 17, 18 and 19: equal bytes, and the duration of a large release."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import polars as pl

from analytics.disclosure import change_control
from analytics.disclosure.pseudonyms import members
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.disclosure.release_state import ReleaseState
from analytics.disclosure.thresholds import Disclosed, Draws, Names, disclose
from analytics.estimator.estimate import rates_of
from analytics.estimator.screening import raised
from analytics.estimator.study import study
from analytics.evaluation.effort import Effort
from analytics.evaluation.figure import Bound, Figure, checked, compared
from analytics.evaluation.markets import SMALL_CROWD
from analytics.evaluation.sample import Sample
from analytics.model.policy import CROWD
from analytics.release.builder import PublicationMetadata, contents_of
from analytics.release.snapshot import encoded, packed
from analytics.simulation.synthetic import AS_OF, PLATFORM, made

NO_NAMES = Names(
    pl.DataFrame(schema=dict.fromkeys(("client_key", "platform", "client_id", "client_name"), pl.String)),
    pl.DataFrame(schema=dict.fromkeys(("task_key", "client_key", "title", "task_id"), pl.String)),
    frozenset(),
)
SECRET = ReleaseSecret(bytes(range(32)))  # any value: nothing here leaves the process
MOST_SECONDS = 600.0
PEOPLE_PER_CLIENT = 20
KEY_BITS = 44
TOWN = 1_000  # clients that share people
GONE_BY = 28  # days
SAME = Bound(0, 0, unit="differ")
DIFFER = "what must not be seen is seen"


def disclosed_rates(rows: pl.DataFrame, day: datetime = AS_OF) -> Disclosed:
    """Return the publishable part of `rows` on `day`, including flags."""
    studied = study(rows, as_of=day, policy=CROWD)
    flagged = frozenset(raised(studied)["contributor"].to_list())
    if flagged:
        studied = study(rows, as_of=day, policy=CROWD, set_aside=flagged)
    return disclose(rates_of(studied), CROWD, Draws(SECRET))


def snapshot_of(rows: pl.DataFrame, *, of_platform: bool = True) -> bytes:
    """Return the bytes of the platform's snapshot, without its own rate if only clients and tasks are tested."""
    whole = contents_of(disclosed_rates(rows), NO_NAMES, PublicationMetadata("demo", {"EUR": 1.08})).snapshot(
        PLATFORM, "r"
    )
    return encoded(whole if of_platform else msgspec.structs.replace(whole, platform_rate=None))


def unseen_cells(effort: Effort) -> list[Figure]:
    """Run test 17: a client of four, and people who are not mature, change no byte of other clients and tasks."""
    rows, _truth = made(replace(SMALL_CROWD, clients=60, contributors=12, pool=10, seed=effort.seed(1_700)))
    busiest = rows.group_by("contributor").len().sort("len", "contributor", descending=True)["contributor"][:4]
    own = rows.filter(
        pl.col("contributor").is_in(busiest.implode())
    )  # mature before: their rows here change no maturity
    like = own.unique("contributor", keep="first", maintain_order=True)
    four = like.with_columns(client_key=pl.lit(4, pl.Int64), task_key=pl.lit(44, pl.Int64), active_seconds=pl.lit(7.0))
    young = rows.head(200).with_columns(
        contributor=pl.col("contributor") + 5_000_000,
        received_on=pl.lit(AS_OF.date() - timedelta(days=5)),
        claimed_hour=pl.lit(AS_OF - timedelta(days=5)),
        active_seconds=pl.lit(3.0),
    )
    small = snapshot_of(rows, of_platform=False) != snapshot_of(pl.concat([rows, four]), of_platform=False)
    immature = snapshot_of(rows) != snapshot_of(pl.concat([rows, young]))
    return [
        checked(
            "17.four",
            "Snapshots of clients and tasks that a client of four people alters",
            SAME,
            small,
            DIFFER,
            Sample(effort.seed(1_700), 1, "markets"),
        ),
        checked(
            "17.immature",
            "Snapshots that people who are not mature alter",
            SAME,
            immature,
            DIFFER,
            Sample(effort.seed(1_700), 1, "markets"),
        ),
    ]


def erasure(effort: Effort) -> list[Figure]:
    """Run test 18: an erasure leaves no trace in rates, and the person is gone from releases by day 28."""
    rows, _truth = made(replace(SMALL_CROWD, clients=60, contributors=12, pool=10, seed=effort.seed(1_800)))
    leaver = int(rows["contributor"].min() or 0)  # type: ignore[arg-type]  # numbers, all of them
    left = rows.filter(pl.col("contributor") != leaver)
    never = made_without(rows, leaver)
    same = table_bytes(left) != table_bytes(never.sample(fraction=1.0, shuffle=True, seed=3))
    return [
        checked(
            "18.state",
            "Rates and components that differ from a market without the person",
            SAME,
            same,
            DIFFER,
            Sample(effort.seed(1_800), 1, "markets"),
        ),
        checked(
            "18.gone",
            f"Cells released on day {GONE_BY} that still hold the person",
            SAME,
            still_held(rows, left),
            DIFFER,
            Sample(effort.seed(1_800), 1, "markets"),
        ),
    ]


def made_without(rows: pl.DataFrame, person: int) -> pl.DataFrame:
    """Return the same rows collected person by person, without one."""
    kept = [own for own in rows.partition_by("contributor") if own["contributor"][0] != person]
    return pl.concat(kept)


def table_bytes(rows: pl.DataFrame) -> str:
    rates = rates_of(study(rows, as_of=AS_OF, policy=CROWD))
    return rates.cells.write_csv() + rates.components.write_csv()


def still_held(rows: pl.DataFrame, left: pl.DataFrame) -> int:
    """Return the figures shown on day 28 that still include erased people.

    The releases are weekly, and the person's rows are gone after the first.
    """
    before: ReleaseState | None = None
    for week in range(GONE_BY // 7 + 1):
        day = AS_OF + timedelta(days=7 * week)
        now = rows if week == 0 else left
        fresh = disclosed_rates(now, day)
        counted = study(now, as_of=day, policy=CROWD).admitted.rows
        wanted = change_control.candidates(fresh, before)["cell"]
        inside = members(counted, day.date(), SECRET.key("pseudonyms"), wanted, CROWD)
        rules = change_control.ChangeRules(day.date(), CROWD, SECRET)
        _shown, before = change_control.apply_change_threshold(
            fresh, change_control.CellMembers.of(inside), before, rules
        )
    assert before is not None
    shown = before.cells.filter("is_shown").select("cell")
    counted_then = before.members.filter("is_in")
    return counted_then.join(shown, on="cell", how="semi").join(inside, on=["cell", "person"], how="anti").height


def large_market(cells: int, seed: int = 1_900) -> pl.DataFrame:
    """Return the rows of several independent towns, with the requested number of contributor x client cells."""
    town = replace(SMALL_CROWD, clients=TOWN, contributors=PEOPLE_PER_CLIENT, pool=TOWN // 12)
    towns = []
    for number in range(cells // (TOWN * PEOPLE_PER_CLIENT)):
        rows, _truth = made(replace(town, seed=seed + number))
        elsewhere = pl.lit(number << KEY_BITS, pl.Int64)  # in the bits that remain in a snapshot's keys
        keys = pl.col("client_key", "task_key").xor(elsewhere)
        towns.append(rows.with_columns(keys, pl.col("contributor") + 100_000 * number))
    return pl.concat(towns)


def scale(effort: Effort) -> list[Figure]:
    """Run test 19: a market of many cells, twice, with rows in another order: equal hashes, and the time of a rebuild."""
    sample = Sample(effort.seed(1_900), effort.scale_cells, "cells")
    rows = large_market(effort.scale_cells, effort.seed(1_900))
    started = time.perf_counter()
    first = snapshot_of(rows)
    seconds = time.perf_counter() - started
    again = snapshot_of(rows.sample(fraction=1.0, shuffle=True, seed=7))
    differ = hashlib.sha256(first).hexdigest() != hashlib.sha256(again).hexdigest()
    compressed = len(packed(first)[".zst"])
    words = f"{effort.scale_cells:,} cells, {rows.height:,} rows"
    return [
        checked("19.hash", f"Snapshots of {words} that differ, built twice", SAME, differ, DIFFER, sample),
        checked(
            "19.time",
            f"Rebuild of {words}",
            Bound(high=MOST_SECONDS, unit="s", strict=True),
            seconds,
            "too slow",
            sample,
        ),
        compared(
            "19.bytes",
            f"Snapshot of {rows['client_key'].n_unique():,} clients and as many tasks, zstd, kB",
            compressed / 1e3,
            sample,
        ),
    ]
