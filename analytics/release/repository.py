"""Releases: dated, frozen folders that everything published is read from. Written whole or not at all.

A release folder holds `manifest.json`, `tables/<table>.csv|.parquet` and `snapshots/<platform>.json` (+ .gz,
.zst). It names no instant but its day, so the same rows, day and policy give the same bytes. `root` is the
folder of all releases. One publisher writes at a time; the caller holds the lock for that.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock

import msgspec
import polars as pl
from cachetools import LRUCache, cached

from analytics.disclosure.thresholds import Disclosed, Names
from analytics.model.encoding import completed
from analytics.model.errors import AnalyticsError, BadInput
from analytics.model.policy import POLICIES
from analytics.release.builder import Contents, Stamp, contents_of
from analytics.release.manifest import FileFacts, Manifest, decoded, encoded_manifest, facts
from analytics.tables.dictionary.registry import TABLES, table_named

__all__ = [
    "DamagedRelease",
    "Names",
    "NoSuchRelease",
    "Stamp",
    "current",
    "find",
    "publish",
    "table",
    "verify",
]

MANIFEST = "manifest.json"
PARTIAL = ".partial-"  # a folder that was being written when the power went
RELEASE_ID = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-([a-z]+))?(?:\.([2-9]|[1-9]\d+))?")
DEFAULT_POLICY = "crowd"  # named in no release id
NEWEST_NAMED = 5  # releases that an error names
MOST_HASHES = 65_536  # files whose hash is remembered: 800 releases of 80 files


class NoSuchRelease(BadInput):
    """No whole release has this id."""


class DamagedRelease(AnalyticsError):
    """A file of the release is missing or is not what the manifest says."""


@dataclass(frozen=True, order=True)
class ReleaseId:
    """`2026-11-23`, `2026-11-23.2` (other content on the same day), `2026-11-23-archive`; in order of age."""

    day: str
    sequence: int
    policy: str

    @classmethod
    def of(cls, text: str) -> ReleaseId | None:
        match = RELEASE_ID.fullmatch(text)
        return cls(match[1], int(match[3] or 1), match[2] or DEFAULT_POLICY) if match else None

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.day)

    def __str__(self) -> str:
        policy = "" if self.policy == DEFAULT_POLICY else f"-{self.policy}"
        return f"{self.day}{policy}" + (f".{self.sequence}" if self.sequence > 1 else "")


def publish(root: Path, disclosed: Disclosed, names: Names, stamp: Stamp) -> Manifest:
    """Write a release of `disclosed` below `root`; content like that of the day's newest release makes no
    new folder.
    """
    contents = contents_of(disclosed, names, stamp)
    return same(root, contents) or write(root, next_id(root, contents), contents)


def same(root: Path, contents: Contents) -> Manifest | None:
    """The newest whole release of the same day and policy, if it says just this."""
    same_day = [known for known in whole(root) if (known.day, known.policy) == (str(contents.as_of), contents.policy)]
    newest = manifest_of(root / str(same_day[-1])) if same_day else None
    return newest if newest is not None and newest.content_sha256 == contents.sha256 else None


def next_id(root: Path, contents: Contents, remembered: Iterable[str] = ()) -> str:
    """The id that a new release of `contents` gets: the next number of its day, `remembered` ids counted too."""
    day, policy = contents.as_of.isoformat(), contents.policy
    known_ids = [*ids(root), *filter(None, map(ReleaseId.of, remembered))]
    taken = [known.sequence for known in known_ids if (known.day, known.policy) == (day, policy)]
    return str(ReleaseId(day, max(taken, default=0) + 1, policy))


def write(root: Path, release: str, contents: Contents) -> Manifest:
    """Every file into a sibling folder, on disk, then the folder under its name."""
    root.mkdir(parents=True, exist_ok=True)
    for left in root.glob(f"{PARTIAL}*"):
        shutil.rmtree(left)
    partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=root))
    try:
        manifest = fill(partial, release, contents)
        partial.chmod(0o755)
        partial.rename(root / release)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    sync(root)
    return manifest


def replace(root: Path, release: str, contents: Contents) -> Manifest:
    """Write the release under its old name, in the place of what is left of it."""
    if (root / release).exists():
        shutil.rmtree(root / release)
    return write(root, release, contents)


def fill(folder: Path, release: str, contents: Contents) -> Manifest:
    """Write the release into an empty folder, all of it on disk on return."""
    files = contents.files(release)
    manifest = contents.manifest(release, files)
    for name, content in {**files, MANIFEST: encoded_manifest(manifest)}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    for written in (folder / "tables", folder / "snapshots", folder):
        sync(written)
    return manifest


def sync(folder: Path) -> None:
    """Put a folder's own entries on disk."""
    if not folder.exists():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def ids(root: Path) -> list[ReleaseId]:
    """Ids of all release folders, damaged ones too, oldest first."""
    found = (ReleaseId.of(folder.name) for folder in root.iterdir() if folder.is_dir()) if root.is_dir() else ()
    return sorted(known for known in found if known is not None)


def whole(root: Path) -> list[ReleaseId]:
    """Ids of releases whose every file is what its manifest says, oldest first."""
    return [known for known in ids(root) if damage(root / str(known)) is None]


def current(root: Path) -> Manifest | None:
    """The newest whole release of shared timings; where there is none, or it tells nothing (only files were imported
    here), the newest of archives.
    """
    silent = None
    for policy in POLICIES:
        found = _newest(root, policy)
        if found is not None and found.tables["platform_rates"].rows:
            return found
        silent = silent or found
    return silent


def _newest(root: Path, policy: str) -> Manifest | None:
    """The newest whole release of a policy: also where it tells nothing, for what it no longer tells is gone."""
    for known in reversed(ids(root)):
        if known.policy == policy and damage(root / str(known)) is None:
            return manifest_of(root / str(known))
    return None


def find(root: Path, release: str) -> Manifest:
    """The manifest of a whole release.

    Raises:
        NoSuchRelease: no release has this id.
        DamagedRelease: one has, but not all of it is there.
    """
    known = ReleaseId.of(release)
    if known is None or not (root / str(known)).is_dir():
        newest = [str(found) for found in reversed(ids(root)[-NEWEST_NAMED:])]
        raise NoSuchRelease(f"no release {release!r}; the newest are: {', '.join(newest) or 'none'}")
    return verify(root / str(known))


def verify(folder: Path) -> Manifest:
    """The manifest of the release in `folder`, after comparing every file with it.

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
    """What is wrong with the release in `folder`, None if nothing. Files already compared and untouched
    since are not read again.
    """
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
    """Size and hash of a file; its state tells a changed file from the one already read."""
    return facts(path.read_bytes())


def table(root: Path, manifest: Manifest, name: str) -> pl.LazyFrame:
    """The rows of table `name` of a release. `releases` holds every whole release up to this one.

    Raises:
        BadQuery: there is no such table.
    """
    table_named(name)
    if name != "releases":
        return scan(root / manifest.release, name)
    upto = [known for known in whole(root) if manifest_of(root / str(known)).as_of <= manifest.as_of]
    return pl.concat([scan(root / str(known), name) for known in upto])


def scan(folder: Path, name: str) -> pl.LazyFrame:
    """The rows of table `name` of the one release in `folder`."""
    return completed(pl.scan_parquet(folder / "tables" / f"{name}.parquet", glob=False), TABLES[name])
