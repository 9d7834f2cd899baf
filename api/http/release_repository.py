"""Releases for the routes: files compared with their manifest, and cached results.

The cache is keyed by the release's edition (its id and the hash of its manifest), so content of one release is never
served as another's. A file's bytes are compared when they are read; a damaged file is refused.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

import polars as pl
from cachetools import LRUCache

from analytics.release import repository as release
from analytics.release.delta import delta
from analytics.release.manifest import FileFacts, Manifest, facts
from analytics.release.snapshot import packed
from api.errors import Damaged, NotFound
from api.http.release_index import Entry, ReleaseIndex, state_of

SUFFIXES = {"zstd": ".zst", "gzip": ".gz", "identity": ""}  # the best first
MOST_SNAPSHOT_BYTES = 64_000_000  # of the snapshots held in memory, in all encodings
MOST_DELTAS = 60
DELTAS_BACK = 12  # releases; a client that was away for longer gets the full snapshot
MOST_VERIFIED = 65_536  # files whose verification is cached
VERIFY_AGAIN_SECONDS = 600.0  # silent corruption does not change a file's times
BLOCK_BYTES = 1_048_576
TABLE_OF_RELEASES = "releases"


class Snapshot(NamedTuple):
    """One platform's snapshot, or what changed since another, in one packing. The signature is of the whole's plain
    bytes; none where it was published unsigned.
    """

    content: bytes
    etag: str
    release: str
    signature: str | None


class ReleaseRepository(ReleaseIndex):
    """The folder of releases, and the bytes and rows in it. May be asked from any thread."""

    def __init__(self, root: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(root, monotonic)
        self._snapshots: LRUCache[tuple[str, str, str], Snapshot] = LRUCache(
            MOST_SNAPSHOT_BYTES, getsizeof=lambda found: len(found.content)
        )
        self._deltas: LRUCache[tuple[str, str, str], dict[str, bytes] | None] = LRUCache(MOST_DELTAS)
        self._verified: LRUCache[tuple[str, str], tuple[tuple[int, ...], float]] = LRUCache(MOST_VERIFIED)
        self._release_rows: LRUCache[str, pl.DataFrame] = LRUCache(MOST_VERIFIED)
        self._release_tables: LRUCache[tuple[int, str], pl.DataFrame] = LRUCache(4)

    def table(self, manifest: Manifest, name: str) -> pl.LazyFrame:
        """Return the rows of a table of a release, after its file was compared with the manifest.

        Raises:
            BadQuery: there is no such table.
            Damaged: the file is not what was published.
        """
        if name == TABLE_OF_RELEASES:
            return self._table_of_releases(manifest).lazy()
        self.verify(manifest, name)
        return release.table(self.root, manifest, name)

    def verify(self, manifest: Manifest, *tables: str) -> None:
        """Compare tables' files with the manifest; those compared a while ago and untouched since are not read.

        Raises:
            Damaged: one of them is not what was published.
        """
        for name in tables:
            if name not in manifest.tables:
                continue
            path, expected = f"tables/{name}.parquet", manifest.tables[name].files["parquet"]
            edition = self._entry_of(manifest).edition
            try:
                state = state_of((self.root / manifest.release / path).stat())
            except OSError:
                raise self._spoilt(manifest, path, "is missing") from None
            with self._lock:
                known, verified_at = self._verified.get((edition, path), (None, 0.0))
            if known == state and self._monotonic() - verified_at < VERIFY_AGAIN_SECONDS:
                continue
            self.opened(manifest, path, expected).close()
            with self._lock:
                self._verified[edition, path] = state, self._monotonic()

    def opened(self, manifest: Manifest, path: str, expected: FileFacts) -> IO[bytes]:
        """Return a file of a release, opened, after all of its bytes were compared with the manifest.

        Raises:
            Damaged: it is missing, or not what was published.
        """
        try:
            file = (self.root / manifest.release / path).open("rb")
        except OSError:
            raise self._spoilt(manifest, path, "is missing") from None
        try:
            digest = hashlib.sha256()
            while block := file.read(BLOCK_BYTES):
                digest.update(block)
            if file.tell() != expected.bytes or digest.hexdigest() != expected.sha256:
                raise self._spoilt(manifest, path, "is not what was published")
            file.seek(0)
        except OSError:
            file.close()
            raise self._spoilt(manifest, path, "cannot be read") from None
        except Damaged:
            file.close()
            raise
        self._mended(manifest, path)
        return file

    def manifest_bytes(self, manifest: Manifest) -> bytes:
        """Return the manifest of a release as it was written: the bytes whose hash is cited.

        Raises:
            Damaged: it is missing, or not what was read before.
        """
        try:
            content = (self.root / manifest.release / release.MANIFEST).read_bytes()
        except OSError:
            raise self._spoilt(manifest, release.MANIFEST, "is missing") from None
        if not self._entry_of(manifest).edition.endswith(hashlib.sha256(content).hexdigest()[:16]):
            raise self._spoilt(manifest, release.MANIFEST, "is not what was published")
        return content

    def snapshot(self, platform: str, packing: str) -> Snapshot:
        """Return the current snapshot of `platform`, packed as `packing` says.

        Raises:
            NotFound: there is none. Damaged: its file is not what was published.
        """
        return self._snapshot(self.current(), platform, packing)

    def _snapshot(self, manifest: Manifest, platform: str, packing: str) -> Snapshot:
        key = (self._entry_of(manifest).edition, platform, packing)
        with self._lock:
            found = self._snapshots.get(key)
        if found is not None:
            return found
        plain = manifest.snapshots.get(platform)
        if plain is None:
            raise NotFound("The current release has no snapshot of this platform.")
        name = f"{platform}.json{SUFFIXES[packing]}"
        expected = manifest.packed[name] if SUFFIXES[packing] else plain
        content = self._content(manifest, f"snapshots/{name}", expected)
        etag, signature = f'"{plain.sha256[:20]}-{packing}"', manifest.signatures.get(platform)
        found = Snapshot(content, etag, manifest.release, signature)
        with self._lock:
            if len(content) <= MOST_SNAPSHOT_BYTES:
                self._snapshots[key] = found
        return found

    def since(self, platform: str, since: str, packing: str) -> Snapshot:
        """Return what makes the current snapshot of `platform` of the one in release `since`; the whole where that
        release is not there any more, is too long ago, or the whole is smaller.

        Raises:
            NotFound: there is no snapshot of this platform. Damaged: its file is not what was published.
        """
        manifest = self.current()
        whole = self._snapshot(manifest, platform, packing)
        key = (self._entry_of(manifest).edition, platform, since)
        with self._lock:
            recent = {str(known) for known in self._ids[-DELTAS_BACK:]}
            is_known, content = key in self._deltas, self._deltas.get(key)
        if since not in recent:
            return whole
        if not is_known:
            content = self._delta(manifest, platform, since)
            with self._lock:
                self._deltas[key] = content
        return whole if content is None else whole._replace(content=content[packing])

    def _delta(self, manifest: Manifest, platform: str, since: str) -> dict[str, bytes] | None:
        try:
            before = self.find(since)
            if platform not in before.snapshots:
                return None
            old = self._content(before, f"snapshots/{platform}.json", before.snapshots[platform])
        except (NotFound, Damaged):
            return None
        whole = {packing: self._snapshot(manifest, platform, packing).content for packing in SUFFIXES}
        content = delta(old, whole["identity"])
        smaller = packed(content)
        return (
            {"identity": content} | {packing: smaller[SUFFIXES[packing]] for packing in SUFFIXES if SUFFIXES[packing]}
            if len(smaller[SUFFIXES["gzip"]]) < len(whole["gzip"])
            else None
        )

    def _content(self, manifest: Manifest, path: str, expected: FileFacts) -> bytes:
        """Return the bytes of a small file, after comparing these very bytes."""
        try:
            content = (self.root / manifest.release / path).read_bytes()
        except OSError:
            raise self._spoilt(manifest, path, "is missing") from None
        if facts(content) != expected:
            raise self._spoilt(manifest, path, "is not what was published")
        self._mended(manifest, path)
        return content

    def _spoilt(self, manifest: Manifest, path: str, what: str) -> Damaged:
        with self._lock:
            self._damaged[self._entry_of(manifest).edition, path] = f"{path} {what}"
        return Damaged(f"In release {manifest.release}, {path} {what}. Take another release, or try again later.")

    def _mended(self, manifest: Manifest, path: str) -> None:
        with self._lock:
            if self._damaged:
                self._damaged.pop((self._entry_of(manifest).edition, path), None)

    def _table_of_releases(self, manifest: Manifest) -> pl.DataFrame:
        """Return the rows of every whole release up to `manifest`; each release's are read once."""
        with self._lock:
            self._refresh()
            key = (self._changed_at, manifest.release)
            found = self._release_tables.get(key)
            if found is not None:
                return found
            upto = [known for known in self._ids if known.as_of <= manifest.as_of]
            entries = [entry for entry in map(self._entry, upto) if entry.trouble is None]
        rows = [row for row in map(self._rows_of, entries) if row is not None]
        if not rows:
            self.verify(manifest, TABLE_OF_RELEASES)
        made = pl.concat(rows)
        with self._lock:
            self._release_tables[key] = made
        return made

    def _rows_of(self, entry: Entry) -> pl.DataFrame | None:
        """Return a release's own rows of that table; None where they are damaged or there are none."""
        assert entry.manifest is not None
        with self._lock:
            found = self._release_rows.get(entry.edition)
        if found is None and TABLE_OF_RELEASES in entry.manifest.tables:
            try:
                self.verify(entry.manifest, TABLE_OF_RELEASES)
            except Damaged:
                return None
            found = release.scan(self.root / entry.manifest.release, TABLE_OF_RELEASES).collect()
            with self._lock:
                self._release_rows[entry.edition] = found
        return found
