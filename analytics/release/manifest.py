"""A release's manifest: its identity, and the size and hash of each file."""

from __future__ import annotations

import hashlib
from datetime import date

import msgspec
from msgspec import Struct

LICENCE = "ODbL-1.0"
REQUEST = "Please do not use this data to track or to manage workers."


class FileFacts(Struct, frozen=True):
    """Size and hash of one file."""

    bytes: int
    sha256: str


class TableFacts(Struct, frozen=True):
    """Rows of one table, and its files by form: csv, parquet."""

    rows: int
    files: dict[str, FileFacts]


class HomeFacts(Struct, frozen=True):
    """What a release holds of one home: its rows of days up to `through`, from its export `export`."""

    through: date | None  # None: nothing, because the release was made without it
    export: int | None = None
    note: str | None = None  # why it does not hold all days up to the release's


class Manifest(Struct, frozen=True):
    """One release. `content_sha256` hashes the content without the id: equal for equal content.

    All signatures are Ed25519 under `public_key`, in base64: `signatures` of the plain snapshots, by platform, and
    `signature` of `statement`.
    """

    release: str
    as_of: date
    policy: str
    nature: str
    method: str
    estimator_version: str
    tables: dict[str, TableFacts]
    snapshots: dict[str, FileFacts]
    packed: dict[str, FileFacts]  # the same snapshots compressed, by file name
    licence: str
    request: str
    content_sha256: str
    public_key: str | None = None
    signatures: dict[str, str] = {}
    documents: dict[str, FileFacts] = {}  # for people, by path inside the folder
    signature: str | None = None
    homes: dict[str, HomeFacts] = {}  # where the rows are of several homes, by name

    def files(self) -> dict[str, FileFacts]:
        """Return every file of the release by its path inside the folder."""
        tables = {
            f"tables/{name}.{form}": file for name, facts in self.tables.items() for form, file in facts.files.items()
        }
        snapshots = {f"snapshots/{platform}.json": file for platform, file in self.snapshots.items()}
        packed = {f"snapshots/{name}": file for name, file in self.packed.items()}
        return {**tables, **snapshots, **packed, **self.documents}


def statement(manifest: Manifest) -> bytes:
    """Return the bytes that a manifest's signature covers: the identity of the release and the hash of every file."""
    head = ("taskwage release", manifest.release, manifest.as_of.isoformat(), manifest.policy, manifest.nature)
    files = sorted(f"{file.sha256}  {name}" for name, file in manifest.files().items())
    homes = [f"home {name} {facts.through or 'none'}" for name, facts in sorted(manifest.homes.items())]
    return "\n".join([*head, *homes, manifest.content_sha256, *files, ""]).encode()


def facts(content: bytes) -> FileFacts:
    return FileFacts(len(content), hashlib.sha256(content).hexdigest())


def encoded_manifest(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def decoded(content: bytes) -> Manifest:
    """Decode a manifest. Raises msgspec.DecodeError (or its child ValidationError) if `content` is none."""
    return msgspec.json.decode(content, type=Manifest)
