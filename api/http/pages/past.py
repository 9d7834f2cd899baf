"""Figures of earlier releases: a rate release by release, and the changes since an earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from threading import Lock
from typing import Any

import polars as pl
from cachetools import LRUCache
from msgspec import Struct

from analytics.release.manifest import Manifest
from api.errors import Damaged
from api.http.pages.month import Factor, Month, months, paired
from api.http.pages.published import Row
from api.http.release_repository import ReleaseRepository

MOST_RELEASES = 26  # half a year of weeks
MOST_MOVES = 20
COMPARED_DAYS = 28
KEPT = 256  # cached histories; each is a few kilobytes
_LOCK = Lock()
_HISTORIES: LRUCache[tuple[Any, ...], tuple[Row, ...]] = LRUCache(KEPT)


class Moved(Struct, frozen=True):
    """A client's rate in two releases."""

    before: Row
    after: Row

    @property
    def factor(self) -> float:
        return float(self.after["effective_usd_per_hour"] / self.before["effective_usd_per_hour"])

    @property
    def is_apart(self) -> bool:
        """Whether the two intervals do not touch."""
        before, after = self.before, self.after
        return bool(
            after["low_usd_per_hour"] > before["high_usd_per_hour"]
            or after["high_usd_per_hour"] < before["low_usd_per_hour"]
        )


class PlatformChange(Struct, frozen=True):
    """Pay of the clients of one platform that have a number in both releases: how many, the typical factor of their pay
    with its 95 % interval (null below five clients), and whether the clients that are published changed.
    """

    platform: str
    clients: int
    factor: Factor | None
    is_mix_changed: bool


class Changes(Struct, frozen=True):
    """What is new in a release. `steady`: clients with a number in both that did not move. Nothing is compared across two
    versions of the method.
    """

    manifest: Manifest
    before: Manifest
    platforms: list[PlatformChange]
    moved: list[Moved]
    steady: int
    new: list[Row]
    gone: list[Row]


def history(releases: ReleaseRepository, manifest: Manifest, slug: str, client_key: str | None = None) -> list[Row]:
    """Return the row of a platform, or of its client, in every release of the same policy up to `manifest`, oldest
    first. Releases never change, so that their rows are read once.
    """
    key = (releases.root, manifest.release, manifest.content_sha256, slug, client_key)
    with _LOCK:
        rows = _HISTORIES.get(key)
    if rows is None:
        rows = tuple(_history(releases, manifest, slug, client_key))
        with _LOCK:
            _HISTORIES[key] = rows
    return [dict(row) for row in rows]


def _history(releases: ReleaseRepository, manifest: Manifest, slug: str, client_key: str | None) -> Iterator[Row]:
    name = "platform_rates" if client_key is None else "client_rates"
    for known in releases.earlier(manifest, MOST_RELEASES):
        try:
            frame = releases.table(known, name).filter(pl.col("platform") == slug)
        except Damaged:
            continue  # a gap in the chart; readyz and metrics name the file
        if client_key is not None:
            frame = frame.filter(pl.col("client_key") == client_key)
        yield from frame.with_columns(as_of=pl.lit(known.as_of)).collect().to_dicts()


def changes(releases: ReleaseRepository, manifest: Manifest | None) -> Changes | None:
    """Return a release against one of the same policy at least 28 days older, else the one before it; None where
    there are no two.
    """
    earlier = [] if manifest is None else releases.earlier(manifest, MOST_RELEASES)[:-1]
    if manifest is None or not earlier:
        return None
    old_enough = [known for known in earlier if (manifest.as_of - known.as_of).days >= COMPARED_DAYS]
    before = old_enough[-1] if old_enough else earlier[-1]
    if before.estimator_version != manifest.estimator_version:
        return Changes(manifest, before, [], [], 0, [], [])
    old, new = (_by_key(releases, known, "client_rates") for known in (before, manifest))
    both = [Moved(old[key], new[key]) for key in new if key in old and _has_number(old[key], new[key])]
    moved = sorted((one for one in both if one.factor != 1), key=lambda one: (not one.is_apart, -abs(log(one.factor))))
    return Changes(
        manifest,
        before,
        _platform_changes(old, new, both),
        moved[:MOST_MOVES],
        sum(one.factor == 1 for one in both),
        [row for key, row in new.items() if key not in old],
        [row for key, row in old.items() if key not in new],
    )


def last_month(releases: ReleaseRepository, manifest: Manifest | None) -> list[Month]:
    """Return the last four weeks against the four before, platform by platform."""
    if manifest is None or "client_weeks" not in manifest.tables:
        return []
    return months(releases.table(manifest, "client_weeks").collect().to_dicts())


def _platform_changes(
    old: dict[tuple[object, ...], Row], new: dict[tuple[object, ...], Row], both: list[Moved]
) -> list[PlatformChange]:
    """Like with like: the clients in both releases, each once, with a paired t-test of the logarithms."""
    found = []
    for slug in sorted({str(key[0]) for key in [*old, *new]}):
        logs = [log(one.factor) for one in both if one.after["platform"] == slug]
        is_mix_changed = {key for key in old if key[0] == slug} != {key for key in new if key[0] == slug}
        found.append(PlatformChange(slug, len(logs), paired(logs), is_mix_changed))
    return found


def _by_key(releases: ReleaseRepository, manifest: Manifest, name: str) -> dict[tuple[object, ...], Row]:
    rows = releases.table(manifest, name).collect().to_dicts()
    return {(row["platform"], row.get("client_key")): row for row in rows}


def _has_number(*rows: Row) -> bool:
    return all(row["effective_usd_per_hour"] is not None for row in rows)
