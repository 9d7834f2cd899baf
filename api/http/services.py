"""The parts that request handlers use: made once by `api.http.app`, passed to the routes as `services`."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from api.errors import UnknownSecret
from api.http.release_repository import ReleaseRepository
from api.intake.enrolment import bearer, bearer_home
from api.intake.homes import require_home
from api.intake.rate_limits import AskLimit, PostLimit, ProofOfWorkDifficulty
from api.intake.rules import IngestRules
from api.packs.model import Pack
from api.packs.update_repository import PackUpdateRepository
from api.runtime.clock import Clock
from api.runtime.free_space import Room
from api.runtime.metrics import Metrics
from api.runtime.settings import Settings
from api.store import contributors
from api.store.batcher import Batcher
from api.store.contributors import Contributor
from api.store.database import Pool, translated

MOST_KNOWN = 50_000  # cached secrets; the least recent are dropped first
EXPORTS_AT_ONCE = 1  # exports that are made at a time
QUERIES_AT_ONCE = 2  # table queries that run at a time; further ones wait
KNOWN_FOR = timedelta(minutes=5)  # then the database is asked again: the country may have changed in another process


class KnownSecrets:
    """Whose secret is whose, remembered for a while. Those erased meanwhile the store refuses."""

    def __init__(self, pool: Pool, home: str | None = None) -> None:
        self._pool, self._home = pool, home
        self._known: OrderedDict[bytes, tuple[datetime, Contributor]] = OrderedDict()

    async def contributor(self, authorization: str | None, now: datetime) -> Contributor:
        """The contributor who sent this Authorization header.

        Raises:
            UnknownSecret: nobody has that secret.
            OtherHome: The secret names another home.
            DatabaseGone: we cannot look.
        """
        digest = bearer(authorization)
        seen, contributor = self._known.get(digest, (None, None))
        if seen is not None and contributor is not None and abs(now - seen) < KNOWN_FOR:
            self._known.move_to_end(digest)
            return contributor
        with translated():
            async with self._pool.acquire() as db:
                found = await contributors.recognise(db, digest)
        if found is None:
            self._known.pop(digest, None)
            require_home(self._home, bearer_home(authorization))
            raise UnknownSecret("Nobody here has this secret. It may have been erased.")
        self._known[digest] = (now, found)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return found

    def forget(self, authorization: str | None) -> None:
        """Read the contributor again at the next request: they were changed or erased."""
        self._known.pop(bearer(authorization), None)


@dataclass(frozen=True)
class Services:
    """The server's parts."""

    settings: Settings
    clock: Clock
    pool: Pool
    packs: dict[str, Pack]
    ingest_rules: IngestRules
    batcher: Batcher
    secrets: KnownSecrets
    toll: ProofOfWorkDifficulty
    asks: AskLimit
    posts: PostLimit
    room: Room
    releases: ReleaseRepository
    updates: PackUpdateRepository
    metrics: Metrics
    exports: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(EXPORTS_AT_ONCE))
    exporting: set[int] = field(default_factory=set)  # contributors whose export is being made
    queries: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(QUERIES_AT_ONCE))
    keys: dict[str, bytes] = field(default_factory=dict)  # of the database, read when the server starts


Injected: TypeAlias = SkipValidation[NamedDependency[Services]]  # the type by which a handler gets `services`


def address_of(request: Request[None, None, State]) -> str | None:
    """Return the address of a request, from the connection or a trusted proxy; it is counted or compared, never kept."""
    return request.client.host if request.client else None
