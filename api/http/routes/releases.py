"""Published data as files: snapshots for the extension, manifests and bulk tables for all."""

from __future__ import annotations

import asyncio
from typing import Annotated

from litestar import Request, get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, Parameter
from litestar.response import Response, Stream
from msgspec import Struct

from analytics.model.encoding import MEDIA_TYPES, Format
from analytics.release.manifest import FileFacts, Manifest, statement
from analytics.release.repository import MANIFEST
from api.errors import NotFound
from api.http.middleware import is_head
from api.http.release_repository import SUFFIXES
from api.http.services import Injected, Services, address_of
from api.http.streaming import blocks

FORMS: dict[str, Format] = {form: form for form in MEDIA_TYPES}
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"  # clients keep it but revalidate each time: the answer is a short 304
SIGNATURE = "x-taskwage-signature"
LISTED, MOST_LISTED = 20, 100  # releases on a page; a manifest has ten kilobytes
LATEST = "latest"
STATEMENT = "statement.txt"
_Request = Request[None, None, State]


class ReleasePage(Struct, frozen=True):
    """Some releases, the newest first; `after`: the id to ask for the next page with, where there is more."""

    releases: list[Manifest]
    after: str | None


@get("/v1/snapshots/{slug:str}")
async def snapshot(
    services: Injected, request: _Request, slug: FromPath[str], since: FromQuery[str | None] = None
) -> Response[bytes]:
    """One platform's rates without names, for look-ups on the worker's own machine: whole, or what changed `since` a
    release that the client has. The signature is Ed25519 over the whole's bytes, as they are unpacked.
    """
    packing = packing_for(request.headers.get("accept-encoding", ""))
    releases = services.releases
    found = await asyncio.to_thread(releases.snapshot, slug, packing)
    headers = {
        "etag": found.etag,
        "cache-control": ASK_AGAIN,
        "vary": "accept-encoding",
        "x-release": found.release,
    }
    if found.signature is not None:
        headers[SIGNATURE] = found.signature
    if matches(request.headers.get("if-none-match"), found.etag):
        return Response(b"", status_code=304, headers=headers)
    if since is not None and since != found.release:
        services.asks.count(address_of(request), services.clock.now())
        found = await asyncio.to_thread(releases.since, slug, since, packing)
    if packing != "identity":
        headers["content-encoding"] = packing
    return Response(found.content, media_type="application/json", headers=headers)


@get("/v1/releases")
async def list_releases(
    services: Injected,
    request: _Request,
    after: FromQuery[str | None] = None,
    limit: FromQuery[Annotated[int, Parameter(ge=1, le=MOST_LISTED)]] = LISTED,
) -> ReleasePage:
    """Releases, the newest first; `after` goes on behind the release of that id."""
    services.asks.count(address_of(request), services.clock.now())
    return ReleasePage(*await asyncio.to_thread(services.releases.page, after, limit))


@get("/v1/releases/{release_id:str}")
async def manifest(services: Injected, request: _Request, release_id: FromPath[str]) -> Manifest:
    """One release: its tables, their rows, sizes and hashes. `latest` is the current one."""
    services.asks.count(address_of(request), services.clock.now())
    if release_id == LATEST:
        return await asyncio.to_thread(services.releases.current)
    return await asyncio.to_thread(services.releases.find, release_id)


@get("/v1/releases/{release_id:str}/files/{name:str}")
async def file(
    services: Injected, request: _Request, release_id: FromPath[str], name: FromPath[str]
) -> Response[bytes] | Stream:
    """One file of one release, which never changes: a table as CSV or Parquet, the data card, a description for tools;
    `manifest.json`, whose SHA-256 is the one to cite; or `statement.txt`, the text that the manifest's signature covers.
    """
    found = await _release(services, request, release_id)
    if name in (MANIFEST, STATEMENT):
        read = services.releases.manifest_bytes if name == MANIFEST else statement
        content = await asyncio.to_thread(read, found)
        media = "application/json" if name == MANIFEST else "text/plain"
        return Response(content, media_type=media, headers={"cache-control": FOR_EVER})
    table, _, form = name.rpartition(".")
    is_document = name in found.documents
    facts = found.tables[table].files.get(form) if table in found.tables else found.documents.get(name)
    if facts is None or not (is_document or form in FORMS):
        raise NotFound("This release has no such file.")
    media = ("application/json" if form == "json" else "text/markdown") if is_document else media_type(form)
    return await _sent(services, request, found, name if is_document else f"tables/{name}", facts, media)


@get("/v1/releases/{release_id:str}/files/{folder:str}/{name:str}")
async def file_in_folder(
    services: Injected, request: _Request, release_id: FromPath[str], folder: FromPath[str], name: FromPath[str]
) -> Response[bytes] | Stream:
    """One file of one release by its path in the manifest, such as `tables/client_rates.csv`: every hash can be checked."""
    found = await _release(services, request, release_id)
    path = f"{folder}/{name}"
    facts = found.files().get(path)
    if facts is None:
        raise NotFound("This release has no such file.")
    form = name.rpartition(".")[2]
    media = media_type(form) if form in FORMS else "application/octet-stream"
    return await _sent(services, request, found, path, facts, media)


async def _release(services: Services, request: _Request, release_id: str) -> Manifest:
    services.asks.count(address_of(request), services.clock.now())
    return await asyncio.to_thread(services.releases.find, release_id)


async def _sent(
    services: Services, request: _Request, found: Manifest, path: str, facts: FileFacts, media: str
) -> Response[bytes] | Stream:
    """Return a file's bytes after they were compared with the manifest."""
    etag = f'"{facts.sha256[:32]}"'
    headers = {"etag": etag, "cache-control": FOR_EVER}
    if matches(request.headers.get("if-none-match"), etag):
        return Response(b"", status_code=304, headers=headers)
    opened = await asyncio.to_thread(services.releases.opened, found, path, facts)
    headers["content-disposition"] = f'attachment; filename="{found.release}-{path.rpartition("/")[2]}"'
    headers["content-length"] = str(facts.bytes)
    return Stream(blocks(opened, is_empty=is_head(request)), media_type=media, headers=headers)


def packing_for(accept_encoding: str) -> str:
    """Return the best encoding that the client accepts."""
    offers = (part.strip().partition(";") for part in accept_encoding.lower().split(","))
    taken = {name.strip() for name, _, weight in offers if weight.replace(" ", "") not in ("q=0", "q=0.0")}
    return next((packing for packing in SUFFIXES if packing in taken), "identity")


def media_type(form: str) -> str:
    """Return the media type of a form; the framework adds the charset of texts."""
    return MEDIA_TYPES[FORMS[form]].partition(";")[0]


def matches(if_none_match: str | None, etag: str) -> bool:
    """Return True if the client has the same content already."""
    if if_none_match is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in tags or "*" in tags


handlers = [snapshot, list_releases, manifest, file, file_in_folder]
