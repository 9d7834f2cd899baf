"""Health, readiness, metrics and known platforms of the server."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from litestar import Request, get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Response
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from api.errors import Damaged, DatabaseGone, NotFound
from api.http.services import Injected, Services, address_of
from api.packs.model import Pack
from api.runtime.free_space import LEAST_FREE_BYTES, free_bytes
from api.runtime.metrics import Outlook, exposed
from api.runtime.networks import Networks
from api.store import migrate
from api.store.database import translated

READY_SECONDS = 3.0  # a balancer asks every few seconds and wants an answer before it asks again
OLD_RELEASE = timedelta(days=2)  # releases are daily; one missed day is no alarm
TELL_A_PROXY = ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "cf-connecting-ip", "via", "forwarded")
LOOPBACK = Networks.of("127.0.0.0/8, ::1")
_Request = Request[None, None, State]


class Readiness(Struct, frozen=True):
    """Whether requests may be sent here, and if not, why; `notes` are worth a look but stop nothing."""

    ready: bool
    nature: str
    waiting_rows: int
    release: str | None
    reasons: list[str]
    notes: list[str]


@get("/healthz", include_in_schema=True)
async def healthz() -> dict[str, str]:
    """Report that the process answers, without checking the database."""
    return {"status": "ok"}


@get("/readyz")
async def readyz(services: Injected) -> Response[Readiness]:
    """200 where requests may be sent here; 503 with the reasons where not."""
    reasons: list[str] = []
    notes: list[str] = []
    try:
        async with asyncio.timeout(READY_SECONDS):
            reasons += await _database(services, notes)
    except TimeoutError:
        reasons.append("the database does not answer in time")
    if services.batcher.waiting_rows * 2 > services.settings.queue_rows:
        reasons.append("the queue of rows to store is over half full")
    reasons += _disk(services)
    release = await asyncio.to_thread(_published, services, notes)
    waiting = services.batcher.waiting_rows
    state = Readiness(not reasons, services.settings.nature, waiting, release, reasons, notes)
    return Response(state, status_code=503 if reasons else 200, headers={"cache-control": "no-store"})


async def _database(services: Services, notes: list[str]) -> list[str]:
    try:
        with translated():
            async with services.pool.acquire() as db:
                found = await migrate.current(db)
    except DatabaseGone as gone:
        return [str(gone)]
    newest = migrate.newest()
    if found is not None and found > newest:  # steps are numbered; a later one removes nothing that this version uses
        notes.append(f"the schema is at {found}, later than this version's {newest}")
        return []
    return [] if found == newest else [f"the schema is at {found or 'nothing'}, not at {newest}: run taskwage migrate"]


def _disk(services: Services) -> list[str]:
    free = free_bytes(services.settings.data)
    return [f"the data folder has only {free // 1_000_000} MB left"] if free < LEAST_FREE_BYTES else []


def _published(services: Services, notes: list[str]) -> str | None:
    try:
        manifest = services.releases.current()
    except NotFound:
        notes.append("nothing has been published yet: run taskwage publish")
        return None
    except Damaged:
        manifest = None
    notes += [f"damaged: {text}: restore it, or run taskwage publish" for text in services.releases.damage()]
    if manifest is None:
        return None
    age = services.clock.now().date() - manifest.as_of
    if age > OLD_RELEASE:
        notes.append(f"the release is {age.days} days old: run taskwage publish")
    return manifest.release


@get("/metrics", include_in_schema=False)
async def metrics(services: Injected, request: _Request) -> Response[bytes]:
    """Figures for Prometheus; for whoever may not read them there is nothing here."""
    address = address_of(request)
    # A proxy that is not trusted: the address is the proxy's, not the reader's.
    is_passed_on = not services.settings.trusted_proxies.ranges and (
        any(name in request.headers for name in TELL_A_PROXY)
        or (address in LOOPBACK and not _is_loopback(request.headers.get("host", "")))
    )
    if is_passed_on or address not in services.settings.metrics_from:
        raise NotFound
    content = await exposed(services.metrics, Outlook(services.releases, services.clock))
    headers = {"cache-control": "no-store"}
    return Response(content, media_type=CONTENT_TYPE_PLAIN_0_0_4, headers=headers)


def _is_loopback(host: str) -> bool:
    """Return whether a Host header names this very machine."""
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    return name == "localhost" or name in LOOPBACK


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


handlers = [healthz, readyz, metrics, platforms, platform]
