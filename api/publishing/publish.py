"""From raw rows to a release: export, dollars, estimate, disclosure, release state, files. Complete and repeatable.

The same rows, day and policy give the same bytes. Nothing is updated in place, so after a crash the previous release is
still served. A release of a past day is made of the rows received by then and of the releases before it: it is
identical, or nothing is written.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from analytics.disclosure import release_state
from analytics.disclosure.release_secret import ReleaseSecret
from analytics.estimator.screening import LIMIT_PASSED
from analytics.model.currency import shipped
from analytics.model.policy import CROWD, Policy
from analytics.release import repository, writer
from analytics.release.manifest import Manifest
from analytics.release.repository import ReleaseId
from api.errors import BadSettings, CannotRebuild
from api.packs import load as packs
from api.publishing.homes import Expected, Gathered, HomesAsked, Judged, found_homes, gathered, judged, known_home
from api.publishing.local_engine import Engine, Exports, here
from api.publishing.signing import signer
from api.publishing.stages import Draft, PublishRequest, ReleaseInputs, drafted
from api.runtime.logs import tell
from api.runtime.settings import Settings
from api.store import context, home_registry, keys, memories, objects, review
from api.store.database import Database, Pool, translated
from api.store.export import SEGMENTS, export
from api.store.locks import PUBLISHING, alone
from api.store.memories import Written
from api.store.migrate import newest

RELEASE_SECRET = "release"
KEPT_DAYS = 400  # of memories, as of raw rows: without these no release can be rebuilt


async def publish(
    pool: Pool,
    settings: Settings,
    as_of: datetime,
    policy: Policy,
    engine: Engine = here,
    homes: HomesAsked | None = None,
) -> Manifest:
    """Publish the data received by the end of the day of `as_of`; unchanged content makes no new release.

    `engine` runs the heavy steps. Shared timings are published once an ISO week; a second request returns that week's
    release. With `homes` the rows are those of all homes in the bucket, and this database keeps the release state.

    Raises:
        Busy: Another process is publishing.
        DatabaseGone: The database cannot be read.
        CannotRebuild: A later release exists, and this day's cannot be rebuilt as it was.
        BadSettings: A home cannot be used and the operator has not decided about it.
    """
    settings.releases.mkdir(parents=True, exist_ok=True)
    with translated():
        async with pool.acquire() as db, alone(db, PUBLISHING):
            order = replace(await _order(db, settings, as_of.date(), policy), engine=engine, asked=homes)
            await _finish(db, order)
            await _recall(db, order)
            standing = await _of_this_week(db, order)
            if standing is not None and standing.as_of != order.day:
                whole = repository.damage(settings.releases / str(standing)) is None
                return (
                    repository.manifest_of(settings.releases / str(standing))
                    if whole
                    else await _release(db, replace(order, day=standing.as_of))
                )
            return await _release(db, order)


async def _order(db: Database, settings: Settings, day: date, policy: Policy) -> PublishRequest:
    secret = await release_secret(db, settings.releases)
    return PublishRequest(settings, day, policy, shipped(), packs.load(), secret, await signer(db, settings))


async def release_secret(db: Database, root: Path) -> ReleaseSecret:
    """Return the publisher's release secret, generated with its first release.

    Raises:
        CannotRebuild: There are releases under a secret that this database lacks.
    """
    found = await keys.existing(db, RELEASE_SECRET)
    if found is None and (
        await memories.known(db) or any(known.policy == CROWD.name for known in repository.ids(root))
    ):
        raise CannotRebuild(
            "the database has releases and no release secret: restore a backup that holds it (table intake.keys). A new "
            "secret would show, by comparison, what single people did"
        )
    return ReleaseSecret(found or await keys.secret(db, RELEASE_SECRET))


async def _of_this_week(db: Database, order: PublishRequest) -> ReleaseId | None:
    """Return the newest release in the ISO week of the order's day if its policy is published weekly, else None."""
    if not order.is_weekly:
        return None
    ids = filter(None, map(ReleaseId.of, await memories.known(db)))
    week = order.day.isocalendar()[:2]
    same = [known for known in ids if known.policy == order.policy.name and known.as_of.isocalendar()[:2] == week]
    return max(same, default=None)


def next_due(manifest: Manifest) -> date:
    """Return the first possible day of the next weekly release: the Monday after."""
    return manifest.as_of + timedelta(days=8 - manifest.as_of.isoweekday())


async def _finish(db: Database, order: PublishRequest) -> None:
    """Complete or drop memories that a crash separated from their releases."""
    for name, content_sha256 in (await memories.unfinished(db)).items():
        folder = order.settings.releases / name
        stands = repository.damage(folder) is None and repository.manifest_of(folder).content_sha256 == content_sha256
        await (memories.keep if stands else memories.drop)(db, name)


async def _recall(db: Database, order: PublishRequest) -> None:
    """Rebuild the missing memories of releases that an older version made."""
    remembered = await memories.known(db)
    for known in _unremembered(repository.ids(order.settings.releases), order, remembered):
        folder = order.settings.releases / str(known)
        if repository.damage(folder) is not None:
            continue
        again = await _draft(db, replace(order, day=known.as_of))
        sha256 = repository.manifest_of(folder).content_sha256
        await memories.put(db, Written(str(known), sha256, release_state.packed(again.memory)))
        await memories.keep(db, str(known))


def _unremembered(ids: list[ReleaseId], order: PublishRequest, remembered: set[str]) -> list[ReleaseId]:
    """Return the releases without a memory from the days of which memories are kept; their files are not read."""
    first = order.day - timedelta(days=KEPT_DAYS)
    same = (known for known in ids if known.policy == order.policy.name and first <= known.as_of <= order.day)
    return [known for known in same if str(known) not in remembered]


async def _release(db: Database, order: PublishRequest) -> Manifest:
    draft = await _draft(db, order)
    await review.log(db, draft.flags, draft.set_aside, order.day)
    await review.log_findings(db, draft.findings, order.day)
    await review.forget_findings(db, order.day - timedelta(days=KEPT_DAYS))
    for platform, words in (
        draft.findings.filter(pl.col("finding") == LIMIT_PASSED).select("platform", "evidence").rows()
    ):
        tell("screening_alarm", as_of=str(order.day), platform=platform, what=f"{words}; see taskwage review list")
    root, contents = order.settings.releases, draft.contents
    sha256 = await asyncio.to_thread(lambda: contents.sha256)
    before = await memories.same(db, order.policy.name, order.day, sha256)
    if before is not None and repository.damage(root / before) is None:
        return repository.manifest_of(root / before)
    last = await memories.last_day(db, order.policy.name)
    if before is None and last is not None and last > order.day:
        raise CannotRebuild(
            f"a release of {last} exists, and that of {order.day} cannot be rebuilt as it was: rows were erased or "
            "are no longer kept, or there was none"
        )
    name = before or writer.next_id(root, contents, await memories.known(db))
    if before is None:
        packed = await asyncio.to_thread(release_state.packed, draft.memory)
        await memories.put(db, Written(name, sha256, packed))
    manifest = await asyncio.to_thread(writer.replace, root, name, contents)
    await memories.keep(db, name)
    await memories.forget(db, order.day - timedelta(days=KEPT_DAYS))
    return manifest


async def _draft(db: Database, order: PublishRequest) -> Draft:
    kept = await memories.newest(db, order.policy.name, order.day)
    decided = await review.decided(db, order.day)
    aside = await review.set_aside_before(db, order.policy.name, order.day)
    order, (exported, beside) = await (_own_rows if order.asked is None else _rows_of_homes)(db, order)
    inputs = ReleaseInputs(beside, decided, aside, kept)

    def made() -> Draft:
        with order.engine(Exports(exported, order.exchange), order.settings.step_files) as parts:
            return drafted(order, exported, inputs, parts)

    return await asyncio.to_thread(made)


async def _own_rows(db: Database, order: PublishRequest) -> tuple[PublishRequest, Gathered]:
    """Return the order, and the rows of this database."""
    settings = order.settings
    beside = await context.beside(db, order.day)
    place = objects.place_of(settings.segments_url, settings.data / SEGMENTS)
    return order, Gathered(await export(db, settings.data, order.day, place), beside)


async def _rows_of_homes(db: Database, order: PublishRequest) -> tuple[PublishRequest, Gathered]:
    """Return the order with what it says of each home, and the rows of all homes.

    Raises:
        BadSettings: A home cannot be used and the operator has not decided about it, or this database holds rows.
        DamagedHome: A home's files are damaged.
    """
    asked, url = order.asked, order.settings.segments_url
    assert asked is not None
    if url is None:
        raise BadSettings("SEGMENTS_URL: name the bucket of the homes, for example s3://bucket or file:///folder")
    await home_registry.require_no_rows(db)
    known = await home_registry.known(db)
    expected = Expected(order.day, order.settings.nature, newest(), known, asked.without, asked.accepted)

    def read() -> tuple[Judged, Gathered]:
        homes = judged(found_homes(url, known), expected)
        return homes, gathered(homes.homes, order.day)

    homes, rows = await asyncio.to_thread(read)
    for line in homes.lines:
        asked.tell(line)
    await home_registry.mirror(db, rows.exported.around.people, order.day, are_all=not asked.without)
    await home_registry.remember(db, (known_home(home.manifest) for home in homes.homes))
    return replace(order, homes=homes.facts), rows


def release_day(now: datetime, policy: Policy) -> datetime:
    """Return the default day of a release.

    For shared timings it is the last finished day, so the release can be rebuilt. For archives it is today, because
    they change only by import.
    """
    return now - timedelta(days=1) if policy.is_guarded else now
