"""Every published figure, taken apart."""

from __future__ import annotations

import asyncio

from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from analytics.explain import Asked, Explanation, explain
from api.errors import NotFound
from api.routes.releases import ASK_AGAIN
from api.services import Injected

LONGEST = 200  # of a key or a platform's own id


@get("/v1/rates/{platform:str}/explain")
async def of_platform(services: Injected, platform: FromPath[str]) -> Response[Explanation]:
    """What a platform's figure is made of."""
    return await _explained(services, Asked(platform))


@get("/v1/rates/{platform:str}/{client:str}/explain")
async def of_client(
    services: Injected, platform: FromPath[str], client: FromPath[str], task: FromQuery[str | None] = None
) -> Response[Explanation]:
    """What the figure of a client, or of its `task`, is made of; each by its key in the tables or the platform's own id.
    Where there is none, the platform's.
    """
    return await _explained(services, Asked(platform, client[:LONGEST], task[:LONGEST] if task else None))


async def _explained(services: Injected, asked: Asked) -> Response[Explanation]:
    if asked.platform not in services.packs:
        raise NotFound("No pack has this slug.")
    manifest = services.shelf.current()
    found = await asyncio.to_thread(explain, services.shelf.root, manifest, asked)
    return Response(found, headers={"cache-control": ASK_AGAIN, "x-release": manifest.release})


handlers = [of_platform, of_client]
