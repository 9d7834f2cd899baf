"""Views of a release for pages: rows that are already public, selected and ordered for readers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import polars as pl
from msgspec import Struct
from msgspec.structs import replace

from analytics.release.manifest import Manifest
from analytics.tables.dictionary.registry import TABLES
from api.http.release_repository import ReleaseRepository

BEST_COVERED = 15  # clients on the front page
MOST_ROWS = 50  # of a table on a page, which links to the full table
MOST_FOUND = 30  # of each kind in a search
LONGEST_SEARCH = 100  # letters
MOST_TEXTS = 5_000  # names and titles whose words are compared for a near spelling
LIKENESS = 0.74  # of two spellings, from 0 to 1
PLURALS = ("es", "s")
KEY = re.compile("[0-9a-f]{12}")
NO_NAMES: Mapping[str, str] = {}
OF_PLATFORM = ("platform_weeks", "overheads", "worker_rates", "supply")  # further tables on its page
OF_CLIENT = ("client_weeks", "notes")

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
    """What the current release says of one platform; `spread` the effective rates of all its clients."""

    manifest: Manifest
    rate: Row | None
    outcomes: Row | None
    clients: list[Row]
    tasks: list[Row]
    spread: list[float]
    waits: list[Row]  # outcomes of its clients
    others: dict[str, list[Row]]  # of further tables, by name


class ClientPart(Struct, frozen=True):
    """What the current release says of one client, and of its platform beside it."""

    manifest: Manifest
    rate: Row
    house: Row | None
    outcomes: Row | None
    tasks: list[Row]
    others: dict[str, list[Row]]


class TablePart(Struct, frozen=True):
    """The first rows of one table of the current release."""

    manifest: Manifest
    rows: list[Row]
    count: int


class Found(Struct, frozen=True):
    """What a search found, the best covered first; `is_more`: there is more than is shown; `near`: the spelling that was
    looked for instead, where nothing had the words.
    """

    manifest: Manifest
    clients: list[Row]
    tasks: list[Row]
    is_more: bool
    platforms: list[str] = []
    near: str | None = None


def front(releases: ReleaseRepository, manifest: Manifest | None) -> Front | None:
    """Return the release at a glance, or None before the first."""
    if manifest is None:
        return None
    platforms = _best(releases.table(manifest, "platform_rates"), MOST_ROWS)
    return Front(manifest, platforms, _best(releases.table(manifest, "client_rates"), BEST_COVERED))


def best_clients(releases: ReleaseRepository, manifest: Manifest | None, most: int) -> list[Row]:
    """Return the clients with the most people."""
    return [] if manifest is None else _best(releases.table(manifest, "client_rates"), most)


def platform_part(releases: ReleaseRepository, manifest: Manifest | None, slug: str) -> PlatformPart | None:
    """Return the rows of platform `slug` in a release, or None before the first."""
    if manifest is None:
        return None

    def rows(name: str) -> pl.LazyFrame:
        return releases.table(manifest, name).filter(pl.col("platform") == slug)

    rate = _best(rows("platform_rates"), 1)
    outcomes = rows("outcomes").filter(pl.col("level") == "platform").collect().to_dicts()
    waits = rows("outcomes").filter(pl.col("level") == "client").collect().to_dicts()
    clients = rows("client_rates")
    return PlatformPart(
        manifest,
        rate[0] if rate else None,
        outcomes[0] if outcomes else None,
        _best(clients, MOST_ROWS),
        _best(rows("task_rates"), MOST_ROWS),
        clients.select(pl.col("effective_usd_per_hour").drop_nulls()).collect().to_series().to_list(),
        waits,
        {name: rows(name).collect().to_dicts() for name in OF_PLATFORM if name in manifest.tables},
    )


def client_part(releases: ReleaseRepository, manifest: Manifest | None, slug: str, client: str) -> ClientPart | None:
    """Return the client of platform `slug` whose id or key is `client`, or None where the release has none."""
    if manifest is None:
        return None

    def rows(name: str) -> pl.LazyFrame:
        return releases.table(manifest, name).filter(pl.col("platform") == slug)

    is_it = (pl.col("client_id") == client).fill_null(False)
    found = rows("client_rates").filter(is_it | (pl.col("client_key") == client)).sort(is_it, descending=True)
    rate = found.head(1).collect().to_dicts()
    if not rate:
        return None
    is_own = pl.col("client_key") == rate[0]["client_key"]
    house = rows("platform_rates").collect().to_dicts()
    outcomes = rows("outcomes").filter(is_own, pl.col("level") == "client").collect().to_dicts()
    return ClientPart(
        manifest,
        rate[0],
        house[0] if house else None,
        outcomes[0] if outcomes else None,
        _best(rows("task_rates").filter(is_own), MOST_ROWS),
        {name: rows(name).filter(is_own).collect().to_dicts() for name in OF_CLIENT if name in manifest.tables},
    )


def search(
    releases: ReleaseRepository, manifest: Manifest | None, words: str, names: Mapping[str, str] = NO_NAMES
) -> Found | None:
    """Return clients, tasks and platforms of a release whose name, title, id or key holds `words`, in the singular too; else
    those with the nearest spelling. Without words: the best covered. None before the first release.
    """
    if manifest is None:
        return None
    wanted = words.strip()[:LONGEST_SEARCH]
    found = _found(releases, manifest, _needles(wanted), names)
    if found.clients or found.tasks or found.platforms or not wanted:
        return found
    near = _nearest(wanted, _vocabulary(releases, manifest, names))
    return found if near is None else replace(_found(releases, manifest, [near], names), near=near)


def _found(releases: ReleaseRepository, manifest: Manifest, needles: list[str], names: Mapping[str, str]) -> Found:
    def rows(table: str, *columns: str) -> list[Row]:
        holds = [_holds(pl.col(column), needle) for column in columns for needle in needles]
        return _best(releases.table(manifest, table).filter(pl.any_horizontal(holds)), MOST_FOUND + 1)

    clients = rows("client_rates", "client_name", "client_id", "client_key")
    tasks = rows("task_rates", "title", "task_id", "task_key")
    platforms = [
        slug for slug, name in names.items() if any(needle.lower() in f"{slug} {name}".lower() for needle in needles)
    ]
    is_more = max(len(clients), len(tasks)) > MOST_FOUND
    return Found(manifest, clients[:MOST_FOUND], tasks[:MOST_FOUND], is_more, platforms)


def _needles(wanted: str) -> list[str]:
    """Return what is looked for: the words, their singular, and the key in a label such as "Hidden client 5ac1c8a3294b"."""
    singular = [wanted[: -len(end)] for end in PLURALS if wanted.lower().endswith(end) and len(wanted) > len(end) + 2]
    return [wanted, *singular, *KEY.findall(wanted.lower())]


def _nearest(wanted: str, vocabulary: list[str]) -> str | None:
    """Return the words with each one spelled like the nearest one that is published; None where one is like none."""
    near = [get_close_matches(word, vocabulary, 1, LIKENESS) for word in wanted.lower().split()]
    return " ".join(found[0] for found in near) if near and all(near) else None


def _vocabulary(releases: ReleaseRepository, manifest: Manifest, names: Mapping[str, str]) -> list[str]:
    clients = releases.table(manifest, "client_rates").select(pl.col("client_name").drop_nulls())
    titles = releases.table(manifest, "task_rates").select(pl.col("title").drop_nulls())
    texts = [text for frame in (clients, titles) for text in frame.head(MOST_TEXTS).collect().to_series()]
    words = {word for text in [*texts, *names.values()] for word in text.lower().split() if len(word) > 2}
    return sorted(words)[:MOST_TEXTS]


def countries(releases: ReleaseRepository, manifest: Manifest | None) -> TablePart | None:
    """Return the table of countries, the largest first; None before the first release."""
    return table_part(releases, manifest, "country_rates", None)


def table_part(
    releases: ReleaseRepository, manifest: Manifest | None, name: str, most: int | None = MOST_ROWS
) -> TablePart | None:
    """Return the first rows of table `name` in a release, as they are stored, or None before the first. A release
    made before there was such a table has no rows of it.

    Raises:
        BadInput: there is no such table.
    """
    if manifest is None:
        return None
    if name in TABLES and name not in manifest.tables:
        return TablePart(manifest, [], 0)
    frame = releases.table(manifest, name)
    shown = frame if most is None else frame.head(most)
    return TablePart(manifest, shown.collect().to_dicts(), manifest.tables[name].rows)


def _holds(column: pl.Expr, words: str) -> pl.Expr:
    return column.str.to_lowercase().str.contains(words.lower(), literal=True).fill_null(False)


def _best(rates: pl.LazyFrame, most: int) -> list[Row]:
    """The best covered first: by people, then by how narrow the interval is; ties in the table order."""
    width = (pl.col("high_usd_per_hour") / pl.col("low_usd_per_hour")).log()
    people = -pl.col("contributors_at_least")
    return rates.sort(people, width, nulls_last=True, maintain_order=True).head(most).collect().to_dicts()
