"""Releases: dated, frozen folders from which everything published is read. `analytics.release.writer` writes them.

A release folder holds `manifest.json`, `tables/<table>.csv|.parquet` and `snapshots/<platform>.json` (+ .gz, .zst).
`root` is the folder of all releases. This module imports no estimator: one query reads one file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock

import msgspec
import polars as pl
from cachetools import LRUCache, cached

from analytics.model.encoding import completed
from analytics.model.errors import AnalyticsError, BadInput
from analytics.model.policy import POLICIES
from analytics.release.manifest import FileFacts, Manifest, decoded, facts
from analytics.tables.dictionary.registry import TABLES, table_named

MANIFEST = "manifest.json"
RELEASE_ID = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-(?!demo)([a-z]+))?(-demo)?(?:\.([2-9]|[1-9]\d+))?")
DEFAULT_POLICY = "crowd"  # named in no release id
DEMO = "demo"  # the nature of simulated data, which every id of it names: no file and no row of it passes as real
NEWEST_NAMED = 5  # number of releases that an error lists
MOST_HASHES = 65_536  # files with a cached hash: 800 releases of 80 files


class NoSuchRelease(BadInput):
    """No complete release has this id."""


class DamagedRelease(AnalyticsError):
    """A file of the release is missing or differs from the manifest."""


@dataclass(frozen=True, order=True)
class ReleaseId:
    """`2026-11-23`, `2026-11-23.2` (other content on the same day), `2026-11-23-archive` or, of simulated data,
    `2026-11-23-demo`; sorted by age.
    """

    day: str
    sequence: int
    policy: str
    is_demo: bool = False

    @classmethod
    def of(cls, text: str) -> ReleaseId | None:
        match = RELEASE_ID.fullmatch(text)
        return cls(match[1], int(match[4] or 1), match[2] or DEFAULT_POLICY, bool(match[3])) if match else None

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.day)

    def __str__(self) -> str:
        policy = "" if self.policy == DEFAULT_POLICY else f"-{self.policy}"
        nature = f"-{DEMO}" if self.is_demo else ""
        return f"{self.day}{policy}{nature}" + (f".{self.sequence}" if self.sequence > 1 else "")


def ids(root: Path) -> list[ReleaseId]:
    """Return the ids of all release folders, damaged ones included, oldest first."""
    found = (ReleaseId.of(folder.name) for folder in root.iterdir() if folder.is_dir()) if root.is_dir() else ()
    return sorted(known for known in found if known is not None)


def whole(root: Path) -> list[ReleaseId]:
    """Return the ids of releases whose files all match the manifest, oldest first."""
    return [known for known in ids(root) if damage(root / str(known)) is None]


def current(root: Path) -> Manifest | None:
    """Return the newest complete release of shared timings.

    If there is none, or it has no figures because only files were imported here, return the newest of archives.
    """
    silent = None
    for policy in POLICIES:
        found = _newest(root, policy)
        if found is not None and found.tables["platform_rates"].rows:
            return found
        silent = silent or found
    return silent


def _newest(root: Path, policy: str) -> Manifest | None:
    """Return the newest complete release of a policy, even an empty one: figures it no longer has were withdrawn."""
    for known in reversed(ids(root)):
        if known.policy == policy and damage(root / str(known)) is None:
            return manifest_of(root / str(known))
    return None


def find(root: Path, release: str) -> Manifest:
    """Return the manifest of a complete release.

    Raises:
        NoSuchRelease: no release has this id.
        DamagedRelease: the release exists but is incomplete.
    """
    known = ReleaseId.of(release)
    if known is None or not (root / str(known)).is_dir():
        newest = [str(found) for found in reversed(ids(root)[-NEWEST_NAMED:])]
        raise NoSuchRelease(f"no release {release!r}; the newest are: {', '.join(newest) or 'none'}")
    return verify(root / str(known))


def verify(folder: Path) -> Manifest:
    """Return the manifest of the release in `folder`, after comparing every file with it.

    Raises:
        DamagedRelease: names the file.
    """
    broken = damage(folder)
    if broken is not None:
        raise DamagedRelease(f"release {folder.name} is damaged: {broken}")
    return manifest_of(folder)


def manifest_of(folder: Path) -> Manifest:
    return decoded((folder / MANIFEST).read_bytes())


def damage(folder: Path) -> str | None:
    """Return the damage of the release in `folder`, None if intact. Unchanged files are not read again."""
    try:
        manifest = manifest_of(folder)
    except (OSError, msgspec.DecodeError):
        return f"{MANIFEST} is missing or not one"
    for name, expected in manifest.files().items():
        path = folder / name
        try:
            state = path.stat()
            found = hashed(path, (state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino))
        except OSError:
            return f"{name} is missing"
        if found != expected:
            return f"{name} is not what the manifest says"
    return None


@cached(LRUCache(MOST_HASHES), lock=Lock())
def hashed(path: Path, _state: tuple[int, ...]) -> FileFacts:
    """Return size and hash of a file; its state is the cache key, so that a changed file is read again."""
    return facts(path.read_bytes())


def table(root: Path, manifest: Manifest, name: str) -> pl.LazyFrame:
    """Return the rows of table `name` of a release. `releases` holds every complete release up to this one.

    Raises:
        BadQuery: there is no such table.
    """
    table_named(name)
    if name != "releases":
        return scan(root / manifest.release, name)
    upto = [known for known in whole(root) if manifest_of(root / str(known)).as_of <= manifest.as_of]
    return pl.concat([scan(root / str(known), name) for known in upto])


def scan(folder: Path, name: str) -> pl.LazyFrame:
    """Return the rows of table `name` of the one release in `folder`."""
    return completed(pl.scan_parquet(folder / "tables" / f"{name}.parquet", glob=False), TABLES[name])
