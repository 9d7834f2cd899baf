"""Storage of segments: a folder, or a bucket of an object store (S3, GCS, Azure and compatible ones).

All access goes through `obstore`, so there is one code path. Keys and regions of a cloud come from its usual
environment variables.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from api.errors import BadSettings, SegmentsGone

_ABSENT = (NotFoundError, FileNotFoundError)


class Seen(NamedTuple):
    """A listed object's size and tag; while they are the same, its bytes are."""

    size: int
    e_tag: str


def place_of(url: str | None, folder: Path) -> ObjectStore:
    """Return the store at `url`, or `folder`, created if necessary with access for its owner only.

    Raises:
        BadSettings: `url` is not that of a reachable store.
    """
    if url is None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(folder.absolute())
    try:
        return from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)
    except (BaseError, ValueError) as error:
        raise BadSettings(f"SEGMENTS_URL: {url} cannot be used ({type(error).__name__})") from None


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise SegmentsGone(
            f"the place of the segments does not answer as it should ({type(error).__name__})"
        ) from error


def listed(place: ObjectStore, below: str | None = None) -> dict[str, Seen]:
    """Return every object of the store, or those in the folder `below`, by name."""
    with _reached():
        found = (one for chunk in obstore.list(place, prefix=below) for one in chunk)
        return {one["path"]: Seen(one["size"], one["e_tag"] or "") for one in found}


def folders(place: ObjectStore) -> list[str]:
    """Return the names of the folders at the top of the store."""
    with _reached():
        return sorted(name.rstrip("/") for name in obstore.list_with_delimiter(place)["common_prefixes"])


def put(place: ObjectStore, name: str, content: bytes) -> Seen:
    """Write an object atomically."""
    with _reached():
        return Seen(len(content), obstore.put(place, name, content)["e_tag"] or "")


def put_safely(place: ObjectStore, name: str, content: bytes) -> Seen:
    """Write an object atomically, and wait until the disk has it: a bucket answers only then, a folder is synced."""
    seen = put(place, name, content)
    if isinstance(place, LocalStore) and place.prefix is not None:
        path = Path(place.prefix) / name
        with _reached():
            _sync(path)
            for folder in path.parents:
                _sync(folder)
                if folder == Path(place.prefix):
                    break
    return seen


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def got(place: ObjectStore, name: str) -> bytes | None:
    """Return the bytes of an object, or None if it does not exist."""
    with _reached():
        try:
            return bytes(obstore.get(place, name).bytes())
        except _ABSENT:
            return None


def delete(place: ObjectStore, names: Iterable[str]) -> None:
    """Delete objects; missing ones are ignored."""
    with _reached():
        for name in names:
            try:
                obstore.delete(place, name)
            except _ABSENT:
                continue


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
