"""Is the server alive, is it ready (and if not, why), and which platforms does it know."""

from __future__ import annotations

import asyncio

from litestar import get
from litestar.params import FromPath
from litestar.response import Response
from msgspec import Struct

from api.errors import DatabaseGone, NotFound
from api.packs import Pack
from api.services import Injected, Services
from api.store import migrate
from api.store.database import translated

READY_SECONDS = 3.0  # a balancer asks every few seconds and wants an answer before it asks again


class Readiness(Struct, frozen=True):
    """Whether requests may be sent here, and if not, why."""

    ready: bool
    nature: str
    waiting_rows: int
    reasons: list[str]


@get("/healthz", include_in_schema=True)
async def healthz() -> dict[str, str]:
    """The process answers. It says nothing of the database."""
    return {"status": "ok"}


@get("/readyz")
async def readyz(services: Injected) -> Response[Readiness]:
    """200 where requests may be sent here; 503 with the reasons where not."""
    reasons: list[str] = []
    try:
        async with asyncio.timeout(READY_SECONDS):
            reasons += await _database(services)
    except TimeoutError:
        reasons.append("the database does not answer in time")
    if services.batcher.waiting_rows * 2 > services.settings.queue_rows:
        reasons.append("the queue of rows to store is over half full")
    state = Readiness(not reasons, services.settings.nature, services.batcher.waiting_rows, reasons)
    return Response(state, status_code=503 if reasons else 200, headers={"cache-control": "no-store"})


async def _database(services: Services) -> list[str]:
    try:
        with translated():
            async with services.pool.acquire() as db:
                found = await migrate.current(db)
    except DatabaseGone as gone:
        return [str(gone)]
    newest = migrate.newest()
    return [] if found == newest else [f"the schema is at {found or 'nothing'}, not at {newest}: run taskwage migrate"]


@get("/v1/platforms")
async def platforms(services: Injected) -> dict[str, list[Pack]]:
    """Every pack: what we know of each site."""
    return {"platforms": list(services.packs.values())}


@get("/v1/platforms/{slug:str}")
async def platform(services: Injected, slug: FromPath[str]) -> Pack:
    """One pack."""
    if slug not in services.packs:
        raise NotFound("No pack has this slug.")
    return services.packs[slug]


handlers = [healthz, readyz, platforms, platform]
