"""The backup file: a tar under zstd with `head.json`, each table as text, and every release.

The head comes first and names each other part with its hash, so a truncated or changed file is detected before it is
used. It holds hashes of secrets and signing keys: it is as private as the database.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec
import zstandard
from msgspec import Struct

from api.errors import BadBackup

FORMAT = 1
HEAD = "head.json"
MOST_HEAD_BYTES = 64 * 1024 * 1024  # names and hashes of a hundred thousand files
LEVEL = 9
_CHUNK = 1024 * 1024


class Part(Struct, frozen=True):
    """One contained file: its size and hash."""

    bytes: int
    sha256: str


class Head(Struct, frozen=True):
    """The contents of a backup, and its schema."""

    format: int
    revision: str
    nature: str
    months: list[date]  # of raw rows that had their own table
    rows: dict[str, int]  # by table
    parts: dict[str, Part]  # `tables/NAME`, `releases/ID/...`, `past/NAME`


def part(path: Path) -> Part:
    """Return size and hash of a file."""
    with path.open("rb") as file:
        return Part(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def write(target: Path, head: Head, files: dict[str, Path]) -> None:
    """Write the backup atomically, readable by its owner only.

    Raises:
        BadBackup: The file exists already or cannot be written.
    """
    partial = target.with_name(target.name + ".partial")
    try:
        if target.exists():
            raise BadBackup(f"{target} exists already: choose another name")
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
            with zstandard.ZstdCompressor(LEVEL).stream_writer(file, closefd=False) as packed:
                _fill(packed, head, files)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
    except OSError as error:
        raise BadBackup(f"{target} cannot be written: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)


def _fill(packed: IO[bytes], head: Head, files: dict[str, Path]) -> None:
    with tarfile.open(fileobj=packed, mode="w|") as tar:
        encoded = msgspec.json.encode(head)
        tar.addfile(_entry(HEAD, len(encoded)), io.BytesIO(encoded))
        for name, path in files.items():
            with path.open("rb") as file:
                tar.addfile(_entry(name, head.parts[name].bytes), file)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


class Reading(io.RawIOBase):
    """A stream over one part, which checks its size and hash at the end."""

    def __init__(self, name: str, source: IO[bytes], expected: Part) -> None:
        self.name, self._source, self._expected = name, source, expected
        self._hash, self._size = hashlib.sha256(), 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes.

        Raises:
            BadBackup: The file is truncated or was changed.
        """
        try:
            chunk = self._source.read(_CHUNK if size is None or size < 0 else size)
        except (tarfile.TarError, zstandard.ZstdError, EOFError) as error:
            raise BadBackup(f"the backup is damaged in {self.name}") from error
        self._hash.update(chunk)
        self._size += len(chunk)
        if not chunk and (self._size, self._hash.hexdigest()) != (self._expected.bytes, self._expected.sha256):
            raise BadBackup(f"the backup is damaged in {self.name}")
        return chunk

    def save(self, path: Path) -> None:
        """Write the part to `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            while chunk := self.read():
                file.write(chunk)


def verify(source: Path) -> None:
    """Read a whole backup and compare every part with its head, before it is used.

    Raises:
        BadBackup: The file is missing, damaged or truncated, or continues after its end.
    """
    try:
        with source.open("rb") as file:
            frame = zstandard.ZstdDecompressor().decompressobj()
            while chunk := file.read(_CHUNK):
                if frame.eof:
                    raise BadBackup(f"{source} continues after its end; make a new backup")
                frame.decompress(chunk)
            if not frame.eof:
                raise BadBackup(f"{source} is cut short; make a new backup")
            if frame.unused_data:
                raise BadBackup(f"{source} continues after its end; make a new backup")
    except FileNotFoundError:
        raise BadBackup(f"{source} does not exist") from None
    except zstandard.ZstdError:
        raise BadBackup(f"{source} is not a Taskwage backup, or is damaged") from None
    with opened(source) as (_, parts):
        for part in parts:
            while part.read():
                pass


@contextmanager
def opened(source: Path) -> Iterator[tuple[Head, Iterator[Reading]]]:
    """Yield the head of a backup and an iterator of its parts; each must be read before the next.

    Raises:
        BadBackup: The file is missing, damaged, not a backup, or made by a later version.
    """
    try:
        with (
            source.open("rb") as file,
            zstandard.ZstdDecompressor().stream_reader(file) as plain,
            tarfile.open(fileobj=plain, mode="r|") as tar,
        ):
            head = _head(tar)
            yield head, _parts(tar, head)
    except FileNotFoundError:
        raise BadBackup(f"{source} does not exist") from None
    except (tarfile.TarError, zstandard.ZstdError, EOFError, msgspec.DecodeError):
        raise BadBackup(f"{source} is not a Taskwage backup, or is damaged") from None


def _head(tar: tarfile.TarFile) -> Head:
    entry = tar.next()
    file = tar.extractfile(entry) if entry is not None and entry.name == HEAD else None
    if file is None or entry is None or entry.size > MOST_HEAD_BYTES:
        raise BadBackup("this is not a Taskwage backup")
    head = msgspec.json.decode(file.read(), type=Head)
    if head.format != FORMAT:
        raise BadBackup(f"this backup has format {head.format}, which only a later version reads")
    return head


def _parts(tar: tarfile.TarFile, head: Head) -> Iterator[Reading]:
    seen = set()
    while (entry := tar.next()) is not None:  # iterating would begin again at the head
        file = tar.extractfile(entry) if entry.isreg() else None
        if file is None or entry.name not in head.parts or not _is_inside(entry.name):
            raise BadBackup(f"the backup holds an unexpected file: {entry.name!r}")
        seen.add(entry.name)
        yield Reading(entry.name, file, head.parts[entry.name])
    if seen != set(head.parts):
        raise BadBackup("the backup is cut short")


def _is_inside(name: str) -> bool:
    """Return True if a part's name is inside an expected folder."""
    path = PurePosixPath(name)
    return path.parts[:1] in (("tables",), ("releases",), ("past",)) and ".." not in path.parts and len(path.parts) > 1
