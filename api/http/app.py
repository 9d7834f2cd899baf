"""The composition of settings, clock and pool into an application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.di import Provide

from analytics.model.currency import shipped
from api.http import middleware, openapi, problems
from api.http.release_repository import ReleaseRepository
from api.http.response_cache import kept
from api.http.routes import (
    contributors,
    explain,
    key,
    meta,
    observations,
    pages,
    practice,
    releases,
    shape_reports,
    tables,
)
from api.http.routes import packs as pack_updates
from api.http.services import KnownSecrets, Services
from api.intake.rate_limits import AskLimit, PostLimit, ProofOfWorkDifficulty
from api.intake.rules import IngestRules
from api.packs import load as packs
from api.packs.update_repository import PackUpdateRepository
from api.publishing import signing
from api.runtime import maintenance
from api.runtime.clock import Clock
from api.runtime.free_space import Room
from api.runtime.metrics import Metrics
from api.runtime.settings import Settings
from api.store import keys
from api.store.batcher import Batcher
from api.store.daily_use import Limits
from api.store.database import Pool, patiently

ROUTES = (
    meta,
    contributors,
    observations,
    pages,
    practice,
    releases,
    tables,
    explain,
    key,
    pack_updates,
    shape_reports,
)
SECRETS = ("challenge",)
MOST_BODY_BYTES = 16_384  # of a route that says nothing else; the one that stores has a cap of its own


def create_app(settings: Settings, clock: Clock, pool: Pool) -> Litestar:
    """Return the server's application: every route, every error in one shape, and a batcher that runs with it."""
    known = packs.load()
    services = Services(
        settings=settings,
        clock=clock,
        pool=pool,
        packs=known,
        ingest_rules=IngestRules(frozenset(known), frozenset(shipped().usd_per_unit(clock.now().date()))),
        batcher=Batcher(pool, settings.queue_rows, Limits(settings.items_per_day, settings.names_per_day)),
        secrets=KnownSecrets(pool, settings.home),
        toll=ProofOfWorkDifficulty(
            pool, settings.difficulty_bits, settings.enrolments_per_hour, settings.enrolments_per_day
        ),
        asks=AskLimit(settings.asks_per_minute),
        posts=PostLimit(settings.posts_per_minute),
        room=Room(settings.data),
        releases=ReleaseRepository(settings.releases),
        updates=PackUpdateRepository(settings.data),
        metrics=Metrics(known),
    )
    app = Litestar(
        [handler for route in ROUTES for handler in route.handlers],
        dependencies={"services": Provide(lambda: services, sync_to_thread=False)},
        exception_handlers=problems.handlers(),
        lifespan=[lambda _: _living(services)],
        openapi_config=openapi.config(),
        logging_config=None,
        request_max_body_size=MOST_BODY_BYTES,
    )
    app.state.services = services
    # Outermost: unknown paths are answered here too.
    app.asgi_handler = middleware.fronted(
        kept(app.asgi_handler, services.releases), settings.trusted_proxies, services.metrics
    )
    return app


async def _read_keys(services: Services) -> None:
    async with services.pool.acquire() as db:
        services.keys.update({name: await keys.secret(db, name) for name in SECRETS})
        services.keys[signing.PUBLIC] = await signing.public_bytes(db, services.settings)


@asynccontextmanager
async def _living(services: Services) -> AsyncIterator[None]:
    """Read the database's secrets, run the batcher, and store all that waits before the end."""
    await patiently(lambda: _read_keys(services), services.settings.start_patience_seconds)
    services.batcher.start()
    try:
        async with maintenance.tidying(services):
            yield
    finally:
        await services.batcher.close()
