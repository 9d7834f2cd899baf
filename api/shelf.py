"""Releases as the routes read them: which is current, and the bytes of its snapshots in memory.

Publishing renames a folder into place, which the clock of the folder of releases shows: nothing is read again
until then.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from analytics import release
from api.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.manifest import Manifest

SUFFIXES = {"zstd": ".zst", "gzip": ".gz", "identity": ""}  # the best first
MOST_SNAPSHOTS = 200  # some megabytes at most each; three packings of every platform


class Snapshot(NamedTuple):
    """One platform's snapshot in one packing."""

    content: bytes
    etag: str
    release: str


class Shelf:
    """The folder of releases."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._changed_at = -1
        self._current: Manifest | None = None
        self._snapshots: OrderedDict[tuple[str, str], Snapshot] = OrderedDict()

    def current(self) -> Manifest:
        """The release that is served.

        Raises:
            NotFound: nothing has been published yet.
        """
        self._refresh()
        if self._current is None:
            raise NotFound("Nothing has been published yet.")
        return self._current

    def find(self, release_id: str) -> Manifest:
        """The release of that id.

        Raises:
            NotFound: there is none, or not all of it is there.
        """
        try:
            return release.find(self.root, release_id)
        except (release.NoSuchRelease, release.DamagedRelease):
            raise NotFound("No whole release has this id.") from None

    def all(self) -> list[Manifest]:
        """Every whole release, the oldest first."""
        return [release.find(self.root, str(known)) for known in release.whole(self.root)]

    def snapshot(self, platform: str, packing: str) -> Snapshot:
        """The current snapshot of `platform`, packed as `packing` says.

        Raises:
            NotFound: there is none.
        """
        manifest = self.current()
        found = self._snapshots.get((platform, packing))
        if found is None:
            facts = manifest.snapshots.get(platform)
            if facts is None:
                raise NotFound("The current release has no snapshot of this platform.")
            path = self.root / manifest.release / "snapshots" / f"{platform}.json{SUFFIXES[packing]}"
            found = Snapshot(path.read_bytes(), f'"{facts.sha256[:20]}-{packing}"', manifest.release)
            self._snapshots[platform, packing] = found
            if len(self._snapshots) > MOST_SNAPSHOTS:
                self._snapshots.popitem(last=False)
        return found

    def _refresh(self) -> None:
        try:
            changed_at = self.root.stat().st_mtime_ns
        except FileNotFoundError:
            changed_at = 0
        if changed_at != self._changed_at:
            self._current = release.current(self.root)
            self._snapshots.clear()
            self._changed_at = changed_at
