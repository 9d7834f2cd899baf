"""Queries over HTTP: the published tables by column__op=value, as JSON, CSV, Parquet or Arrow.

The grammar, the dictionary and the encoders are those of `analytics`; the command line gives the same bytes.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from litestar import Request, get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Response

from analytics.model.encoding import Format
from analytics.query import MOST_CONDITIONS, MOST_ROWS, MOST_SECONDS, Page, Query, page_of, parse, plan
from analytics.release.manifest import Manifest
from analytics.tables.dictionary.registry import TABLES, described
from api.errors import BadQuery, NotFound, TooLong
from api.http.cancellable_query import collected
from api.http.release_repository import ReleaseRepository
from api.http.routes.releases import ASK_AGAIN, FOR_EVER, FORMS, matches, media_type
from api.http.services import Injected, Services, address_of

DEFAULT_ROWS = 100  # of JSON: one page, which links to the next
_Request = Request[None, None, State]


@get("/v1/tables")
async def dictionary() -> dict[str, Any]:
    """Every published table and column: type, unit, meaning, and the operators that filter it; and how much one answer
    may hold.
    """
    limits = {
        "rows": MOST_ROWS,
        "json_rows_unless_asked": DEFAULT_ROWS,
        "conditions": MOST_CONDITIONS,
        "seconds": MOST_SECONDS,
    }
    return {"tables": [described(known) for known in TABLES.values()], "limits": limits}


@get("/v1/tables/{name:str}")
async def table(services: Injected, request: _Request, name: FromPath[str]) -> Response[bytes]:
    """Rows of one table: `NAME.json`, `.csv`, `.parquet` or `.arrow`, with `column__op=value`, `sort`, `limit`,
    `after`, `columns`, and `release` for another than the current one.

    JSON comes in pages. The other forms cannot say that they were cut: they hold every row, or only the `limit` asked
    for.
    """
    stem, _, extension = name.rpartition(".")
    form = FORMS.get(extension)
    if stem not in TABLES or form is None:
        raise NotFound(f"Tables: {', '.join(TABLES)}; each as {', '.join('.' + known for known in FORMS)}.")
    services.asks.count(address_of(request), services.clock.now())
    parameters = list(request.query_params.multi_items())
    chosen = [value for column, value in parameters if column == "release"]
    query = parse(TABLES[stem], [pair for pair in parameters if pair[0] != "release"])
    is_limited = any(column == "limit" for column, _ in parameters)
    if not is_limited and form == "json":
        query = replace(query, limit=DEFAULT_ROWS)
    manifest = await asyncio.to_thread(_release, services.releases, chosen)
    if stem not in manifest.tables:
        raise NotFound(f"Release {manifest.release} was made before there was a table {stem}.")
    etag = f'"{_mark(manifest, request, extension)}"'
    headers = {
        "etag": etag,
        "cache-control": FOR_EVER if chosen else ASK_AGAIN,
        "x-release": manifest.release,
    }
    if matches(request.headers.get("if-none-match"), etag):
        return Response(b"", status_code=304, headers=headers)
    page, content = await _answered(services, manifest, query, form)
    if page.after and not is_limited and form != "json":
        raise BadQuery(
            f"{stem} has more than {MOST_ROWS} such rows; give limit and after to take them in pages, or take the file "
            f"/v1/releases/{manifest.release}/files/{stem}.{form}"
        )
    headers |= _paging(request, page)
    return Response(content, media_type=media_type(form), headers=headers)


def _paging(request: _Request, page: Page) -> dict[str, str]:
    """Return the headers that say whether there is more, and where (RFC 8288)."""
    if page.after is None:
        return {"x-truncated": "false"}
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
    following = f"{request.url.path}?{urlencode([*others, ('after', page.after)])}"
    return {"x-truncated": "true", "x-after": page.after, "link": f'<{following}>; rel="next"'}


def _release(releases: ReleaseRepository, chosen: list[str]) -> Manifest:
    if len(chosen) > 1:
        raise BadQuery("release is given twice")
    return releases.find(chosen[0]) if chosen else releases.current()


def _mark(manifest: Manifest, request: _Request, extension: str) -> str:
    """Return the tag of an answer: the release's content, the query and its form."""
    asked = f"{manifest.release}\n{manifest.content_sha256}\n{extension}\n{request.url.query}"
    return hashlib.sha256(asked.encode()).hexdigest()[:32]


async def _answered(services: Services, manifest: Manifest, query: Query, form: Format) -> tuple[Page, bytes]:
    """Return the page that `query` asks for, and its bytes.

    Raises:
        TooLong: it takes more than MOST_SECONDS, waiting for other queries included. It is stopped.
    """
    try:
        async with asyncio.timeout(MOST_SECONDS), services.queries:
            frame = await asyncio.to_thread(services.releases.table, manifest, query.table.name)
            rows = await collected(plan(query, frame, manifest.release))
            page = page_of(query, rows, manifest.release)
            return page, await asyncio.to_thread(page.encode, form)
    except TimeoutError:
        raise TooLong("Ask for less, or take the whole file of the release.") from None


handlers = [dictionary, table]
