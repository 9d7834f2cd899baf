"""From raw rows to a release: export, dollars, estimate, disclose, write. Total and repeatable.

The same rows, day and policy give the same bytes; nothing is updated in place, so that a crash at any point
leaves the release before it served.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from analytics import release
from analytics.estimator import estimate
from analytics.exchange import Exchange, in_usd, shipped
from analytics.privacy import disclose
from analytics.release import Names, Stamp
from api import packs
from api.store.database import translated
from api.store.export import Exported, export
from api.store.locks import PUBLISHING, alone

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.manifest import Manifest
    from analytics.policy import Policy
    from api.packs import Pack
    from api.settings import Settings
    from api.store.database import Pool


async def publish(pool: Pool, settings: Settings, as_of: datetime, policy: Policy) -> Manifest:
    """Publish all that is stored as of the day of `as_of`; the same content makes no new release.

    Raises:
        Busy: another process is publishing. DatabaseGone: it cannot be read.
    """
    settings.releases.mkdir(parents=True, exist_ok=True)
    with translated():
        async with pool.acquire() as db, alone(db, PUBLISHING):
            exported = await export(db, settings.data)
            return await asyncio.to_thread(_release, exported, settings, as_of, policy)


def _release(exported: Exported, settings: Settings, as_of: datetime, policy: Policy) -> Manifest:
    """The pure part, and the writing of its result."""
    exchange = shipped()
    rows = in_usd(exported.observations, exchange)
    disclosed = disclose(estimate(rows, as_of=as_of, policy=policy), policy)
    known = packs.load()
    return release.publish(
        settings.releases, disclosed, _names(exported, known), _stamp(settings, exchange, as_of, known)
    )


def _names(exported: Exported, known: dict[str, Pack]) -> Names:
    shows_clients = frozenset(slug for slug, pack in known.items() if pack.shows_clients)
    return Names(exported.clients, exported.tasks, shows_clients)


def _stamp(settings: Settings, exchange: Exchange, as_of: datetime, known: dict[str, Pack]) -> Stamp:
    return Stamp(settings.nature, exchange.usd_per_unit(as_of.date()), frozenset(known))
