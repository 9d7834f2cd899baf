"""Releases as the routes read them: which is current, and the bytes of its snapshots and deltas in memory.

Publishing renames a folder into place, which the clock of the folder of releases shows: nothing is read again
until then.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from analytics import release
from analytics.delta import delta
from analytics.snapshot import packed
from api.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.manifest import Manifest

SUFFIXES = {"zstd": ".zst", "gzip": ".gz", "identity": ""}  # the best first
MOST_SNAPSHOTS = 200  # some megabytes at most each; three packings of every platform


MOST_DELTAS = 60
DELTAS_BACK = 12  # releases; who was away for longer takes the whole


class Snapshot(NamedTuple):
    """One platform's snapshot, or what changed since another, in one packing. The signature is of the whole's plain
    bytes; none where it was published unsigned.
    """

    content: bytes
    etag: str
    release: str
    signature: str | None


class Shelf:
    """The folder of releases."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._changed_at = -1
        self._current: Manifest | None = None
        self._snapshots: OrderedDict[tuple[str, str], Snapshot] = OrderedDict()
        self._deltas: OrderedDict[tuple[str, str], dict[str, bytes] | None] = OrderedDict()

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
            etag, signature = f'"{facts.sha256[:20]}-{packing}"', manifest.signatures.get(platform)
            found = Snapshot(path.read_bytes(), etag, manifest.release, signature)
            self._snapshots[platform, packing] = found
            if len(self._snapshots) > MOST_SNAPSHOTS:
                self._snapshots.popitem(last=False)
        return found

    def since(self, platform: str, since: str, packing: str) -> Snapshot:
        """What makes the current snapshot of `platform` of the one in release `since`; the whole where that release is
        not there any more, is too long ago, or the whole is smaller.

        Raises:
            NotFound: there is no snapshot of this platform.
        """
        whole = self.snapshot(platform, packing)
        if (platform, since) not in self._deltas:
            self._deltas[platform, since] = self._delta(platform, since)
            if len(self._deltas) > MOST_DELTAS:
                self._deltas.popitem(last=False)
        content = self._deltas[platform, since]
        return whole if content is None else whole._replace(content=content[packing])

    def _delta(self, platform: str, since: str) -> dict[str, bytes] | None:
        recent = [str(known) for known in release.ids(self.root)][-DELTAS_BACK:]
        old = self.root / since / "snapshots" / f"{platform}.json"
        if since not in recent or not old.is_file() or release.damage(self.root / since) is not None:
            return None
        whole = {packing: self.snapshot(platform, packing).content for packing in SUFFIXES}
        content = delta(old.read_bytes(), whole["identity"])
        smaller = packed(content)
        return (
            {"identity": content} | {packing: smaller[SUFFIXES[packing]] for packing in SUFFIXES if SUFFIXES[packing]}
            if len(smaller[SUFFIXES["gzip"]]) < len(whole["gzip"])
            else None
        )

    def _refresh(self) -> None:
        try:
            changed_at = self.root.stat().st_mtime_ns
        except FileNotFoundError:
            changed_at = 0
        if changed_at != self._changed_at:
            self._current = release.current(self.root)
            self._snapshots.clear()
            self._deltas.clear()
            self._changed_at = changed_at
