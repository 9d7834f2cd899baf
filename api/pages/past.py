"""What earlier releases said: a rate release by release, and what changed since the last one."""

from __future__ import annotations

from functools import lru_cache
from math import log
from typing import TYPE_CHECKING

import polars as pl
from msgspec import Struct

from analytics import release
from analytics.manifest import Manifest
from analytics.release import ReleaseId
from api.pages.published import Row

if TYPE_CHECKING:
    from pathlib import Path

MOST_RELEASES = 26  # half a year of weeks
MOST_MOVES = 20
KEPT = 256  # histories; each is a few kilobytes
KEY = ("platform", "client_key")


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


class Changes(Struct, frozen=True):
    """What is new in a release. `steady`: clients with a number in both that did not move."""

    manifest: Manifest
    before: Manifest
    platforms: list[tuple[Row | None, Row | None]]
    moved: list[Moved]
    steady: int
    new: list[Row]
    gone: list[Row]


def history(root: Path, manifest: Manifest, slug: str, client_key: str | None = None) -> list[Row]:
    """The row of a platform, or of its client, in every release of the same policy up to `manifest`, oldest first."""
    rows = _history(root, manifest.release, slug, client_key)
    return [dict(row) for row in rows]


@lru_cache(maxsize=KEPT)
def _history(root: Path, current: str, slug: str, client_key: str | None) -> tuple[tuple[tuple[str, object], ...], ...]:
    """Releases never change: what they say is read once."""
    name = "platform_rates" if client_key is None else "client_rates"
    told: list[tuple[tuple[str, object], ...]] = []
    for known in _same_kind(root, current)[-MOST_RELEASES:]:
        frame = release.scan(root / str(known), name).filter(pl.col("platform") == slug)
        if client_key is not None:
            frame = frame.filter(pl.col("client_key") == client_key)
        rows = frame.with_columns(as_of=pl.lit(known.as_of)).collect().to_dicts()
        told.extend(tuple(row.items()) for row in rows)
    return tuple(told)


def changes(root: Path) -> Changes | None:
    """The current release beside the one before it of the same policy; None where there are no two."""
    manifest = release.current(root)
    if manifest is None:
        return None
    earlier = [known for known in _same_kind(root, manifest.release) if str(known) != manifest.release]
    if not earlier:
        return None
    before = release.find(root, str(earlier[-1]))
    old, new = (_by_key(root, known, "client_rates") for known in (before, manifest))
    both = [Moved(old[key], new[key]) for key in new if key in old and _has_number(old[key], new[key])]
    moved = sorted((one for one in both if one.factor != 1), key=lambda one: (not one.is_apart, -abs(log(one.factor))))
    houses = [_by_key(root, known, "platform_rates") for known in (before, manifest)]
    return Changes(
        manifest,
        before,
        [(houses[0].get(key), houses[1].get(key)) for key in sorted({*houses[0], *houses[1]}, key=str)],
        moved[:MOST_MOVES],
        sum(one.factor == 1 for one in both),
        [row for key, row in new.items() if key not in old],
        [row for key, row in old.items() if key not in new],
    )


def _same_kind(root: Path, current: str) -> list[ReleaseId]:
    """Whole releases of the policy of `current` up to it, oldest first."""
    this = ReleaseId.of(current)
    return [known for known in release.whole(root) if this and known.policy == this.policy and known <= this]


def _by_key(root: Path, manifest: Manifest, name: str) -> dict[tuple[object, ...], Row]:
    rows = release.scan(root / manifest.release, name).collect().to_dicts()
    return {(row["platform"], row.get("client_key")): row for row in rows}


def _has_number(*rows: Row) -> bool:
    return all(row["effective_usd_per_hour"] is not None for row in rows)
