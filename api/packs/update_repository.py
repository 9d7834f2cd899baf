"""The file of published pack updates with its signature, in the data folder: written atomically, read again when it
changes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from analytics.release.signature import Signer
from api.errors import NotFound
from api.intake.contract import PackUpdates
from api.packs.updates import decoded

NAME = "pack_updates.json"


class Signed(Struct, frozen=True, forbid_unknown_fields=True):
    """The exact served content and its signature, in one file so that they never differ."""

    content: str
    signature: str


class Served(NamedTuple):
    """The answer of the route."""

    content: bytes
    signature: str
    etag: str


class PackUpdateRepository:
    """The file in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME
        self._read: tuple[tuple[int, int], Served] | None = None

    def served(self) -> Served:
        """Return the published updates.

        Raises:
            NotFound: No update was ever published.
        """
        try:
            facts = self._file.stat()
        except FileNotFoundError:
            raise NotFound("No update of a pack has been published.") from None
        stamp = facts.st_mtime_ns, facts.st_ino
        if self._read is None or self._read[0] != stamp:
            signed = msgspec.json.decode(self._file.read_bytes(), type=Signed)
            content = signed.content.encode()
            etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
            self._read = stamp, Served(content, signed.signature, etag)
        return self._read[1]

    def standing(self) -> PackUpdates | None:
        """Return the published document, or None if there is none yet.

        Raises:
            BadUpdate: The published file is not a document of updates.
        """
        try:
            return decoded(self.served().content)
        except NotFound:
            return None

    def publish(self, updates: PackUpdates, signer: Signer) -> None:
        """Replace the published updates by `updates`."""
        content = msgspec.json.encode(updates)
        signed = Signed(content.decode(), signer.sign(content))
        self._file.parent.mkdir(parents=True, exist_ok=True)
        partial = self._file.with_suffix(".next")
        partial.write_bytes(msgspec.json.encode(signed))
        partial.replace(self._file)
