"""The query door over HTTP: the published tables by column__op=value, as JSON, CSV, Parquet or Arrow.

The grammar, the dictionary and the encoders are those of `analytics`; the command line gives the same bytes.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Response

from analytics import release
from analytics.query import Page, Query, parse, run
from analytics.tables import TABLES
from api.errors import BadQuery, NotFound
from api.routes.releases import ASK_AGAIN, FOR_EVER, FORMS, matches, media_type
from api.services import Injected

if TYPE_CHECKING:
    from analytics.manifest import Manifest
    from api.shelf import Shelf

DEFAULT_ROWS = 100  # a page for a person to look at; ask for more by `limit`
_Request = Request[None, None, State]


@get("/v1/tables")
async def dictionary() -> dict[str, list[dict[str, Any]]]:
    """Every published table and column: type, unit, meaning, and the operators that filter it."""
    return {"tables": [describe(name) for name in TABLES]}


@get("/v1/tables/{name:str}")
async def table(services: Injected, request: _Request, name: FromPath[str]) -> Response[bytes]:
    """Rows of one table: `NAME.json`, `.csv`, `.parquet` or `.arrow`, with `column__op=value`, `sort`,
    `limit`, `after`, and `release` for another than the current one.
    """
    stem, _, extension = name.rpartition(".")
    form = FORMS.get(extension)
    if stem not in TABLES or form is None:
        raise NotFound(f"Tables: {', '.join(TABLES)}; each as {', '.join('.' + known for known in FORMS)}.")
    services.asks.count(request.client.host if request.client else None, services.clock.now())
    parameters = list(request.query_params.multi_items())
    chosen = [value for column, value in parameters if column == "release"]
    query = parse(TABLES[stem], [pair for pair in parameters if pair[0] != "release"])
    if not any(column == "limit" for column, _ in parameters):
        query = Query(query.table, query.conditions, query.sort, DEFAULT_ROWS, query.after)
    manifest = await asyncio.to_thread(_release, services.shelf, chosen)
    etag = f'"{_mark(manifest, request, extension)}"'
    headers = {
        "etag": etag,
        "cache-control": FOR_EVER if chosen else ASK_AGAIN,
        "x-release": manifest.release,
    }
    if matches(request.headers.get("if-none-match"), etag):
        return Response(b"", status_code=304, headers=headers)
    page = await asyncio.to_thread(_page, services.shelf, manifest, query)
    headers |= {"x-truncated": "true", "x-after": page.after} if page.after else {"x-truncated": "false"}
    return Response(await asyncio.to_thread(page.encode, form), media_type=media_type(form), headers=headers)


def describe(name: str) -> dict[str, Any]:
    """One table of the dictionary, as it is served."""
    found = TABLES[name]
    columns = [
        {
            "name": column.name,
            "type": column.type,
            "unit": column.unit,
            "meaning": column.meaning,
            "operators": column.filters,
        }
        for column in found.columns
    ]
    return {
        "name": found.name,
        "meaning": found.meaning,
        "disclosure": found.disclosure,
        "key": found.key,
        "columns": columns,
    }


def _release(shelf: Shelf, chosen: list[str]) -> Manifest:
    if len(chosen) > 1:
        raise BadQuery("release is given twice")
    return shelf.find(chosen[0]) if chosen else shelf.current()


def _mark(manifest: Manifest, request: _Request, extension: str) -> str:
    """What the answer depends on: the release's content, the question and its form."""
    asked = f"{manifest.release}\n{manifest.content_sha256}\n{extension}\n{request.url.query}"
    return hashlib.sha256(asked.encode()).hexdigest()[:32]


def _page(shelf: Shelf, manifest: Manifest, query: Query) -> Page:
    return run(query, release.table(shelf.root, manifest, query.table.name), manifest.release)


handlers = [dictionary, table]
