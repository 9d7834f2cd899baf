"""What pages show of a release: the rows, already fit to be public, chosen and ordered for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
from msgspec import Struct

from analytics import release
from analytics.manifest import Manifest

if TYPE_CHECKING:
    from pathlib import Path

BEST_COVERED = 15  # clients on the front page
MOST_ROWS = 50  # of a table on a page; the whole of it is a link away

Row = dict[str, Any]


class Front(Struct, frozen=True):
    """The current release at a glance."""

    manifest: Manifest
    platforms: list[Row]
    clients: list[Row]

    @property
    def people(self) -> str | None:
        """The band of people on the platform with the most; people who work on several are in each."""
        bands = sorted(self.platforms, key=lambda row: -int(row["contributors_at_least"]))
        return str(bands[0]["contributors"]) if bands else None


class PlatformPart(Struct, frozen=True):
    """What the current release says of one platform."""

    manifest: Manifest
    rate: Row | None
    outcomes: Row | None
    clients: list[Row]
    tasks: list[Row]


class TablePart(Struct, frozen=True):
    """The first rows of one table of the current release."""

    manifest: Manifest
    rows: list[Row]
    count: int


def front(root: Path) -> Front | None:
    """The current release below `root`, or None before the first."""
    manifest = release.current(root)
    if manifest is None:
        return None
    platforms = _rows(release.table(root, manifest, "platform_rates"), MOST_ROWS)
    return Front(manifest, platforms, _rows(release.table(root, manifest, "client_rates"), BEST_COVERED))


def platform_part(root: Path, slug: str) -> PlatformPart | None:
    """The rows of platform `slug` in the current release, or None before the first."""
    manifest = release.current(root)
    if manifest is None:
        return None
    of_platform = {
        name: release.table(root, manifest, name).filter(pl.col("platform") == slug)
        for name in ("platform_rates", "outcomes", "client_rates", "task_rates")
    }
    rate = _rows(of_platform["platform_rates"], 1)
    outcomes = of_platform["outcomes"].filter(pl.col("level") == "platform").collect().to_dicts()
    return PlatformPart(
        manifest,
        rate[0] if rate else None,
        outcomes[0] if outcomes else None,
        _rows(of_platform["client_rates"], MOST_ROWS),
        _rows(of_platform["task_rates"], MOST_ROWS),
    )


def table_part(root: Path, name: str) -> TablePart | None:
    """The first rows of table `name` in the current release, as they are stored, or None before the first.

    Raises:
        BadInput: there is no such table.
    """
    manifest = release.current(root)
    if manifest is None:
        return None
    frame = release.table(root, manifest, name)
    return TablePart(manifest, frame.head(MOST_ROWS).collect().to_dicts(), manifest.tables[name].rows)


def _rows(rates: pl.LazyFrame, most: int) -> list[Row]:
    """The best covered first: by people, then by how narrow the interval is; ties in the table order."""
    width = (pl.col("high_usd_per_hour") / pl.col("low_usd_per_hour")).log()
    people = -pl.col("contributors_at_least")
    return rates.sort(people, width, nulls_last=True, maintain_order=True).head(most).collect().to_dicts()
