"""The one writer of release folders. A write is complete or has no effect.

A release contains no time finer than its day, so the same rows, day and policy give the same bytes. One publisher
writes at a time; the caller holds the lock for that.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from analytics.disclosure.thresholds import Disclosed, Names
from analytics.release.builder import PublicationMetadata, ReleaseContents, contents_of
from analytics.release.manifest import Manifest, encoded_manifest
from analytics.release.repository import DEMO, MANIFEST, ReleaseId, ids, manifest_of, whole

PARTIAL = ".partial-"  # a folder whose writing was interrupted


def publish(root: Path, disclosed: Disclosed, names: Names, stamp: PublicationMetadata) -> Manifest:
    """Write a release of `disclosed` below `root`, unless the day's newest release has the same content."""
    contents = contents_of(disclosed, names, stamp)
    return same(root, contents) or write(root, next_id(root, contents), contents)


def same(root: Path, contents: ReleaseContents) -> Manifest | None:
    """Return the newest complete release of the same day and policy if its content is the same."""
    same_day = [known for known in whole(root) if (known.day, known.policy) == (str(contents.as_of), contents.policy)]
    newest = manifest_of(root / str(same_day[-1])) if same_day else None
    return newest if newest is not None and newest.content_sha256 == contents.sha256 else None


def next_id(root: Path, contents: ReleaseContents, remembered: Iterable[str] = ()) -> str:
    """Return the id of a new release of `contents`: the next number of its day, counting the `remembered` ids."""
    day, policy = contents.as_of.isoformat(), contents.policy
    known_ids = [*ids(root), *filter(None, map(ReleaseId.of, remembered))]
    taken = [known.sequence for known in known_ids if (known.day, known.policy) == (day, policy)]
    return str(ReleaseId(day, max(taken, default=0) + 1, policy, contents.stamp.nature == DEMO))


def write(root: Path, release: str, contents: ReleaseContents) -> Manifest:
    """Write and sync every file in a sibling folder, then rename the folder to the release."""
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


def replace(root: Path, release: str, contents: ReleaseContents) -> Manifest:
    """Rewrite the release under its old id, in place of its damaged folder."""
    if (root / release).exists():
        shutil.rmtree(root / release)
    return write(root, release, contents)


def fill(folder: Path, release: str, contents: ReleaseContents) -> Manifest:
    """Write the release into an empty folder and sync it to disk."""
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
    """Sync a folder's own entries to disk."""
    if not folder.exists():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
