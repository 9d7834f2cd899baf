"""Explanations of every published figure."""

from __future__ import annotations

import asyncio

from litestar import Request, get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from analytics.release.explain import Asked, Explanation, explain
from api.errors import NotFound
from api.http.routes.releases import ASK_AGAIN
from api.http.services import Injected, Services, address_of

LONGEST = 200  # of a key or a platform's id
READ = ("platform_rates", "client_rates", "task_rates")
_Request = Request[None, None, State]


@get("/v1/rates/{platform:str}/explain")
async def of_platform(services: Injected, request: _Request, platform: FromPath[str]) -> Response[Explanation]:
    """What a platform's figure is made of."""
    return await _explained(services, request, Asked(platform))


@get("/v1/rates/{platform:str}/{client:str}/explain")
async def of_client(
    services: Injected,
    request: _Request,
    platform: FromPath[str],
    client: FromPath[str],
    task: FromQuery[str | None] = None,
) -> Response[Explanation]:
    """What the figure of a client, or of its `task`, is made of; each by its key in the tables or the platform's own id.
    Where there is none, the platform's.
    """
    return await _explained(services, request, Asked(platform, client[:LONGEST], task[:LONGEST] if task else None))


async def _explained(services: Services, request: _Request, asked: Asked) -> Response[Explanation]:
    if asked.platform not in services.packs:
        raise NotFound("No pack has this slug.")
    services.asks.count(address_of(request), services.clock.now())
    manifest = services.releases.current()

    def explained() -> Explanation:
        services.releases.verify(manifest, *READ)
        return explain(services.releases.root, manifest, asked)

    found = await asyncio.to_thread(explained)
    return Response(found, headers={"cache-control": ASK_AGAIN, "x-release": manifest.release})


handlers = [of_platform, of_client]
