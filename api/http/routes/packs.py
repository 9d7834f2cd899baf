"""Signed updates of packs, the same for every extension, so a request reveals nothing."""

from __future__ import annotations

from litestar import Request, get
from litestar.datastructures import State
from litestar.response import Response

from api.http.routes.releases import ASK_AGAIN, SIGNATURE, matches
from api.http.services import Injected

_Request = Request[None, None, State]


@get("/v1/pack-updates")
async def pack_updates(services: Injected, request: _Request) -> Response[bytes]:
    """New values for packs, as one document of the shape `PackUpdates`. The signature is Ed25519 over its bytes."""
    found = services.updates.served()
    headers = {"etag": found.etag, "cache-control": ASK_AGAIN, SIGNATURE: found.signature}
    if matches(request.headers.get("if-none-match"), found.etag):
        return Response(b"", status_code=304, headers=headers)
    return Response(found.content, media_type="application/json", headers=headers)


handlers = [pack_updates]
