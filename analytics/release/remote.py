"""Remote releases: the manifest by URL, then only the needed file, checked against its hash.

A URL is one of three things. It is a release of an API (`https://site/v1/releases/ID`), or the site itself: its newest
release of shared timings, else of archives. Or it is a folder on a web server (`https://host/path/2026-11-16`).
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec
import polars as pl

from analytics.model.encoding import completed
from analytics.model.errors import BadInput, UnreadableFile
from analytics.release.manifest import FileFacts, Manifest, decoded, facts, statement
from analytics.release.signature import is_signed
from analytics.tables.dictionary.registry import table_named

SECONDS = 30.0  # without a byte
MOST_MANIFEST_BYTES = 50_000_000
MOST_PAGES = 50  # of a list of releases
OF_AN_API = re.compile(r"/v1/releases/[^/]+")
MANIFEST = "manifest.json"
CROWD = "crowd"


class Elsewhere(NamedTuple):
    """A release by URL: its address and its manifest."""

    url: str
    is_api: bool
    manifest: Manifest

    def table(self, name: str) -> pl.LazyFrame:
        """Return the rows of table `name`, after comparing the file with the manifest.

        Raises:
            BadQuery: no such table. UnreadableFile: the file is unavailable or differs from the manifest.
        """
        table = table_named(name)
        if name not in self.manifest.tables:
            raise UnreadableFile(f"{self.url}: this release has no table {name}")
        expected = self.manifest.tables[name].files["parquet"]
        place = "files" if self.is_api else "tables"
        return completed(pl.read_parquet(checked(f"{self.url}/{place}/{name}.parquet", expected)).lazy(), table)


def elsewhere(url: str) -> Elsewhere:
    """Return the release at `url`.

    Raises:
        UnreadableFile: nothing answers there, or the answer is not a release.
    """
    stem = url.rstrip("/").removesuffix(f"/{MANIFEST}")
    path = urlsplit(stem).path
    if path in ("", "/v1/releases"):
        return newest(stem.removesuffix("/v1/releases"))
    is_api = OF_AN_API.fullmatch(path) is not None
    content = fetched(stem if is_api else f"{stem}/{MANIFEST}", MOST_MANIFEST_BYTES)
    try:
        return Elsewhere(stem, is_api, decoded(content))
    except msgspec.DecodeError:
        raise UnreadableFile(f"{url}: this is no manifest of a release") from None


class _Listed(msgspec.Struct):
    """One page of a site's releases, the newest first."""

    releases: list[Manifest]
    after: str | None = None


def newest(site: str) -> Elsewhere:
    """Return the newest release of a site: of shared timings, else of archives."""
    other: Manifest | None = None
    path = "/v1/releases"
    for _ in range(MOST_PAGES):
        try:
            listed = msgspec.json.decode(fetched(f"{site}{path}", MOST_MANIFEST_BYTES), type=_Listed)
        except msgspec.DecodeError:
            raise UnreadableFile(f"{site}: no list of releases is there") from None
        found = next((manifest for manifest in listed.releases if manifest.policy == CROWD), None)
        other = other or next(iter(listed.releases), None)
        if found is not None or listed.after is None:
            break
        path = f"/v1/releases?after={listed.after}"
    chosen = found or other
    if chosen is None:
        raise UnreadableFile(f"{site}: nothing has been published there yet")
    return Elsewhere(f"{site}/v1/releases/{chosen.release}", is_api=True, manifest=chosen)


def check_signature(manifest: Manifest, public_key: str) -> None:
    """Verify the manifest, and so every file's hash, with a public key.

    Raises:
        BadInput: it is not signed with that key.
    """
    if manifest.signature is None:
        raise BadInput(f"release {manifest.release} is not signed")
    if not is_signed(statement(manifest), manifest.signature, public_key):
        raise BadInput(f"release {manifest.release} is not signed with this key")


def checked(url: str, expected: FileFacts) -> bytes:
    """Return the file at `url` after comparing it with its expected size and hash."""
    content = fetched(url, expected.bytes)
    if facts(content) != expected:
        raise UnreadableFile(f"{url} is not what the manifest says")
    return content


def fetched(url: str, most_bytes: int) -> bytes:
    """Return the answer of `url`, up to one byte more than `most_bytes`."""
    request = urllib.request.Request(url, headers={"user-agent": "taskwage"})
    try:
        with OPENER.open(request, timeout=SECONDS) as answer:
            content: bytes = answer.read(most_bytes + 1)
            return content
    except (OSError, ValueError) as failure:  # urllib's own errors are OSErrors
        reason = failure.reason if isinstance(failure, urllib.error.URLError) else failure
        raise UnreadableFile(f"{url}: {reason}") from None


OPENER = urllib.request.OpenerDirector()
for _handler in (
    urllib.request.ProxyHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.HTTPRedirectHandler,
    urllib.request.HTTPErrorProcessor,
):
    OPENER.add_handler(_handler())
