"""The index of releases: their ids, which are whole, and which is served, without reading a file twice.

Publishing renames a folder into place, which changes the time of the folder of releases: only then are its names read
again. The current release is compared with its manifest, file by file, when it is first seen. For older ones, presence
and size of every file are checked.
"""

from __future__ import annotations

import hashlib
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from os import stat_result
from pathlib import Path
from threading import RLock

from msgspec import DecodeError

from analytics.model.policy import POLICIES
from analytics.release import repository
from analytics.release.manifest import Manifest, decoded
from analytics.release.repository import MANIFEST, ReleaseId
from api.errors import Damaged, NotFound

LOOK_AGAIN_SECONDS = 10.0  # between two looks at a damaged release: its files may have been restored in place


@dataclass
class Entry:
    """What is known of one release folder: the state of its manifest, and the manifest or what is wrong."""

    state: tuple[int, ...]
    seen_at: float
    edition: str  # of its exact content: the release's id and the hash of its manifest
    manifest: Manifest | None
    trouble: str | None
    is_verified: bool = False


class ReleaseIndex:
    """The folder of releases. May be asked from any thread."""

    def __init__(self, root: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.root = root
        self._monotonic = monotonic
        self._lock = RLock()
        self._changed_at = -1
        self._ids: list[ReleaseId] = []
        self._known: frozenset[ReleaseId] = frozenset()
        self._entries: dict[ReleaseId, Entry] = {}
        self._current: Entry | None = None
        self._damaged: dict[tuple[str, str], str] = {}  # by edition and path: damage found when reading

    def current(self) -> Manifest:
        """Return the release that is served.

        Raises:
            NotFound: nothing has been published yet.
            Damaged: there are releases, and none of them is whole.
        """
        manifest = self.newest()
        if manifest is None:
            raise NotFound("Nothing has been published yet.")
        return manifest

    def newest(self) -> Manifest | None:
        """Return the release that is served; None before the first.

        Raises:
            Damaged: there are releases, and none of them is whole.
        """
        with self._lock:
            self._refresh()
            if self._current is None:
                if not self._ids:
                    return None
                self._current = self._newest_whole()
            if self._current is None:
                newest = self._ids[-1]
                raise Damaged(f"Release {newest} is damaged: {self._entry(newest).trouble}. Publish or restore it.")
            assert self._current.manifest is not None
            return self._current.manifest

    def edition(self) -> str | None:
        """Return a name of the current release's very bytes; None where there is none."""
        with self._lock:
            try:
                return self._entry_of(manifest).edition if (manifest := self.newest()) else None
            except Damaged:
                return None

    def find(self, release_id: str) -> Manifest:
        """Return the release of that id.

        Raises:
            NotFound: there is none.
            Damaged: not all of it is there.
        """
        known = ReleaseId.of(release_id)
        with self._lock:
            self._refresh()
            if known is None or str(known) != release_id or known not in self._known:
                raise NotFound("No release has this id.")
            entry = self._entry(known)
        if entry.manifest is None or entry.trouble is not None:
            raise Damaged(f"Release {release_id} is damaged: {entry.trouble}.")
        return entry.manifest

    def page(self, after: str | None, limit: int) -> tuple[list[Manifest], str | None]:
        """Return the `limit` newest whole releases older than `after`, and the id to go on after, where there are more.

        Raises:
            NotFound: no release has the id `after`.
        """
        with self._lock:
            self._refresh()
            before = len(self._ids)
            if after is not None:
                known = ReleaseId.of(after)
                if known is None or known not in self._known:
                    raise NotFound("No release has this id.")
                before = bisect_left(self._ids, known)
            found: list[Manifest] = []
            for at in range(before - 1, -1, -1):
                entry = self._entry(self._ids[at])
                if entry.manifest is not None and entry.trouble is None:
                    found.append(entry.manifest)
                if len(found) == limit:
                    return found, str(self._ids[at]) if at else None
            return found, None

    def earlier(self, manifest: Manifest, most: int) -> list[Manifest]:
        """Return the newest `most` whole releases of the policy of `manifest` up to it, oldest first."""
        this = ReleaseId.of(manifest.release)
        found: list[Manifest] = []
        with self._lock:
            self._refresh()
            for known in reversed(self._ids):
                if this is None or known.policy != this.policy or known > this:
                    continue
                entry = self._entry(known)
                if entry.manifest is not None and entry.trouble is None:
                    found.append(entry.manifest)
                if len(found) == most:
                    break
        return found[::-1]

    def damage(self) -> list[str]:
        """Return what is known to be wrong, a phrase for each file or release, without looking further."""
        with self._lock:
            whole = {str(known): entry.trouble for known, entry in self._entries.items() if entry.trouble}
            files = [(edition.partition("/")[0], text) for (edition, _), text in self._damaged.items()]
            found = [*whole.items(), *(file for file in files if file[0] not in whole)]
            return sorted(f"release {known}: {text}" for known, text in found)

    def _refresh(self) -> None:
        try:
            changed_at = self.root.stat().st_mtime_ns
        except FileNotFoundError:
            changed_at = 0
        if changed_at == self._changed_at:
            return
        self._ids = repository.ids(self.root)
        self._known = frozenset(self._ids)
        kept = ((known, self._entries[known]) for known in self._ids if known in self._entries)
        self._entries = {known: entry for known, entry in kept if self._state_of(known) == entry.state}
        editions = {entry.edition for entry in self._entries.values()}
        self._damaged = {key: text for key, text in self._damaged.items() if key[0] in editions}
        self._current = None
        self._changed_at = changed_at

    def _newest_whole(self) -> Entry | None:
        """Return the newest whole release of shared timings; where there is none, or it says nothing (only files
        were imported here), the newest of archives.
        """
        silent = None
        for policy in POLICIES:
            of_policy = (known for known in reversed(self._ids) if known.policy == policy)
            found = next((entry for entry in map(self._whole, of_policy) if entry.trouble is None), None)
            if found is not None and found.manifest and found.manifest.tables["platform_rates"].rows:
                return found
            silent = silent or found
        return silent

    def _whole(self, known: ReleaseId) -> Entry:
        """Return an entry whose every file was compared once."""
        entry = self._entry(known)
        if entry.trouble is None and not entry.is_verified:
            entry.trouble = repository.damage(self.root / str(known))
            entry.is_verified = True
        return entry

    def _entry(self, known: ReleaseId) -> Entry:
        entry = self._entries.get(known)
        if entry is None or (entry.trouble and self._monotonic() - entry.seen_at >= LOOK_AGAIN_SECONDS):
            entry = self._entries[known] = self._looked_at(known)
        return entry

    def _entry_of(self, manifest: Manifest) -> Entry:
        known = ReleaseId.of(manifest.release)
        assert known is not None
        with self._lock:
            return self._entry(known)

    def _looked_at(self, known: ReleaseId) -> Entry:
        """Read a release's manifest, and see whether every file is there in its size."""
        state, folder = self._state_of(known), self.root / str(known)
        at = self._monotonic()
        try:
            content = (folder / MANIFEST).read_bytes()
            manifest = decoded(content)
        except (OSError, DecodeError):
            return Entry(state, at, f"{known}/none", None, f"{MANIFEST} is missing or cannot be read")
        edition = f"{known}/{hashlib.sha256(content).hexdigest()[:16]}"
        if manifest.release != str(known):
            return Entry(state, at, edition, manifest, f"{MANIFEST} names another release")
        for name, expected in manifest.files().items():
            try:
                size = (folder / name).stat().st_size
            except OSError:
                return Entry(state, at, edition, manifest, f"{name} is missing")
            if size != expected.bytes:
                return Entry(state, at, edition, manifest, f"{name} is not what was published")
        return Entry(state, at, edition, manifest, None)

    def _state_of(self, known: ReleaseId) -> tuple[int, ...]:
        try:
            return state_of((self.root / str(known) / MANIFEST).stat())
        except OSError:
            return ()


def state_of(found: stat_result) -> tuple[int, ...]:
    """Return what tells a changed file from one that was read before."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
