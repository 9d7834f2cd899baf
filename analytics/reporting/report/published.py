"""The rows of a release for a report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from analytics.release import repository
from analytics.release.manifest import Manifest
from analytics.reporting.charts.figure import Figure
from analytics.reporting.report.sources import Scope

MOST_DRAWN = 14
Rows = list[dict[str, Any]]


class ReleaseRows:
    """The rows of a release that are in scope, table by table."""

    def __init__(self, folder: Path, manifest: Manifest, scope: Scope) -> None:
        self._folder, self._manifest, self.scope = folder, manifest, scope

    def rows(self, name: str, *, of_client: bool = False) -> Rows:
        """Return the rows of table `name` for the scope's platform; with `of_client` only for its client."""
        if name not in self._manifest.tables:
            return []
        frame = repository.scan(self._folder, name)
        if self.scope.platform:
            frame = frame.filter(pl.col("platform") == self.scope.platform)
        rows = frame.collect().to_dicts()
        if not of_client:
            return rows
        keys = {(row["platform"], row["client_key"]) for row in self.clients()}
        return [row for row in rows if (row["platform"], row["client_key"]) in keys]

    def clients(self) -> Rows:
        """Return the published clients that the scope may mean, by id, key or name."""
        named = ("client_id", "client_key", "client_name")
        return [row for row in self.rows("client_rates") if self.scope.client in [row[column] for column in named]]

    def elsewhere(self) -> ReleaseRows:
        """Return the whole release, without the scope."""
        return ReleaseRows(self._folder, self._manifest, Scope())

    @property
    def platforms(self) -> list[str]:
        return sorted({row["platform"] for row in self.rows("platform_rates")})


def pay_values(rows: Rows) -> Rows:
    """Return rows of a table for machines, without the columns that repeat in every row."""
    return [{name: value for name, value in row.items() if name != "release"} for row in rows]


def best_covered(rows: Rows) -> Rows:
    """Return the rows with the most people, the best paid of them first."""
    most = sorted(
        (row for row in rows if row["low_usd_per_hour"]),
        key=lambda row: (-row["contributors_at_least"], row["high_usd_per_hour"] / row["low_usd_per_hour"]),
    )
    return sorted(
        most[:MOST_DRAWN], key=lambda row: -(row["effective_usd_per_hour"] or row["high_usd_per_hour"] or 0.0)
    )


def named(figure: Figure | None, slug: str) -> Figure | None:
    """Return a copy of a platform's figure, named after the platform."""
    return None if figure is None else replace(figure, name=f"{figure.name}-{slug}", title=f"{slug}: {figure.title}")
