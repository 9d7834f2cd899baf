"""A release made by Ray workers on this machine, where Ray is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.policy import CROWD
from api.errors import CannotStart
from api.jobs.publish import publish
from api.jobs.ray_engine import RayEngine

if TYPE_CHECKING:
    from datetime import datetime

    from analytics.manifest import Manifest
    from api.settings import Settings
    from api.store.database import Pool

WORKERS = 2


async def published_by_ray(pool: Pool, settings: Settings, as_of: datetime) -> Manifest | None:
    """The release of `as_of` as two Ray workers make it; none where Ray is not installed."""
    try:
        engine = RayEngine(workers=WORKERS)
    except CannotStart:
        return None
    return await publish(pool, settings, as_of, CROWD, engine)
