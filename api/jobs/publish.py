"""From raw rows to a release: export, dollars, estimate, disclose, remember, write. Total and repeatable.

The same rows, day and policy give the same bytes; nothing is updated in place, so that a crash at any point
leaves the release before it served. A release of a past day is made of the rows that had come by then and of what
was released before it: it is the same again, or nothing is written.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import polars as pl

from analytics import memory, release
from analytics.contents import Contents, contents_of
from analytics.estimator.estimate import rates_of, study
from analytics.estimator.flags import raised, set_aside
from analytics.evaluate import of_release
from analytics.exchange import Exchange, in_usd, shipped
from analytics.marks import Key, members
from analytics.privacy import disclose
from analytics.quarters import with_countries
from analytics.release import Names, Stamp
from api import packs
from api.errors import CannotRebuild
from api.signing import signer
from api.store import keys, memories, review
from api.store.database import translated
from api.store.export import Exported, export
from api.store.locks import PUBLISHING, alone
from api.store.memories import Written

if TYPE_CHECKING:
    from analytics.manifest import Manifest
    from analytics.memory import Memory
    from analytics.policy import Policy
    from analytics.signature import Signer
    from api.packs import Pack
    from api.settings import Settings
    from api.store.database import Database, Pool

MARKS = "marks"  # the database's secret behind `analytics.marks`
KEPT_DAYS = 400  # of memories, as of raw rows: without these no release can be made again


@dataclass(frozen=True)
class Order:
    """What is to be published, and all of it that is not in the rows."""

    settings: Settings
    day: date
    policy: Policy
    exchange: Exchange
    known: dict[str, Pack]
    marks: Key
    signer: Signer

    @property
    def stamp(self) -> Stamp:
        usd_per = self.exchange.usd_per_unit(self.day)
        return Stamp(self.settings.nature, usd_per, frozenset(self.known), self.signer)

    def on(self, day: date) -> Order:
        return Order(self.settings, day, self.policy, self.exchange, self.known, self.marks, self.signer)


@dataclass(frozen=True)
class Draft:
    """A release before it has a name, what will be remembered of it, and the flags that were raised for it."""

    contents: Contents
    memory: Memory
    flags: pl.DataFrame


async def publish(pool: Pool, settings: Settings, as_of: datetime, policy: Policy) -> Manifest:
    """Publish what had come by the end of the day of `as_of`; the same content makes no new release.

    Raises:
        Busy: another process is publishing. DatabaseGone: it cannot be read.
        CannotRebuild: a later release stands, and this day's cannot be made again as it was.
    """
    settings.releases.mkdir(parents=True, exist_ok=True)
    with translated():
        async with pool.acquire() as db, alone(db, PUBLISHING):
            order = await _order(db, settings, as_of.date(), policy)
            await _finish(db, order)
            await _recall(db, order)
            return await _release(db, order)


async def _order(db: Database, settings: Settings, day: date, policy: Policy) -> Order:
    marks = Key.of(await keys.secret(db, MARKS))
    return Order(settings, day, policy, shipped(), packs.load(), marks, await signer(db, settings))


async def _finish(db: Database, order: Order) -> None:
    """Bring memories in step with releases after a crash between the two."""
    for name, content_sha256 in (await memories.unfinished(db)).items():
        folder = order.settings.releases / name
        stands = release.damage(folder) is None and release.manifest_of(folder).content_sha256 == content_sha256
        await (memories.keep if stands else memories.drop)(db, name)


async def _recall(db: Database, order: Order) -> None:
    """Remember releases that nobody remembers (an older version made them) by making their days again."""
    remembered = await memories.known(db)
    for known in release.whole(order.settings.releases):
        if known.policy != order.policy.name or known.as_of > order.day or str(known) in remembered:
            continue
        again = await _draft(db, order.on(known.as_of))
        sha256 = release.manifest_of(order.settings.releases / str(known)).content_sha256
        await memories.put(db, Written(str(known), sha256, memory.packed(again.memory)))
        await memories.keep(db, str(known))


async def _release(db: Database, order: Order) -> Manifest:
    draft = await _draft(db, order)
    await review.log(db, draft.flags, order.day)
    root, contents = order.settings.releases, draft.contents
    sha256 = await asyncio.to_thread(lambda: contents.sha256)
    before = await memories.same(db, order.policy.name, order.day, sha256)
    if before is not None and release.damage(root / before) is None:
        return release.manifest_of(root / before)
    last = await memories.last_day(db, order.policy.name)
    if before is None and last is not None and last > order.day:
        raise CannotRebuild(
            f"a release of {last} stands, and that of {order.day} cannot be made again as it was: rows were erased or "
            "are no longer kept, or there was none"
        )
    name = before or release.next_id(root, contents, await memories.known(db))
    if before is None:
        packed = await asyncio.to_thread(memory.packed, draft.memory)
        await memories.put(db, Written(name, sha256, packed))
    manifest = await asyncio.to_thread(release.replace, root, name, contents)
    await memories.keep(db, name)
    await memories.forget(db, order.day - timedelta(days=KEPT_DAYS))
    return manifest


async def _draft(db: Database, order: Order) -> Draft:
    kept = await memories.newest(db, order.policy.name, order.day)
    decided = await review.decided(db, order.day)
    exported = await export(db, order.settings.data, order.day)
    return await asyncio.to_thread(_drafted, order, exported, decided, kept)


def _drafted(order: Order, exported: Exported, decided: pl.DataFrame, kept: bytes | None) -> Draft:
    """The pure part."""
    policy, day = order.policy, order.day
    rows = in_usd(exported.observations, order.exchange)
    as_of = datetime.combine(day, time(), UTC)
    studied = study(rows, as_of=as_of, policy=policy)
    flags = raised(studied)
    unheard = set_aside(flags, decided)
    if unheard:
        studied = study(rows, as_of=as_of, policy=policy, set_aside=unheard)
    before = None if kept is None else memory.unpacked(kept)
    rates = rates_of(studied, exported.overheads)
    fresh = disclose(rates, policy)
    counted = studied.admitted.rows
    inside = members(counted, day, order.marks, memory.candidates(fresh, before))
    settled, after = memory.settle(fresh, inside, before, policy)
    countries = rows.select("contributor", "country").unique().drop_nulls()
    told, after = with_countries(settled, (counted, countries), (before, after), order.marks)
    heard = rows.join(counted, on="contributor", how="semi").filter(pl.col("received_on") <= day)
    told = replace(told, evaluation=evaluated(of_release(heard, rates, policy)))
    return Draft(contents_of(told, _names(exported, order.known), order.stamp), after, flags)


def evaluated(figures: pl.DataFrame) -> pl.DataFrame:
    """The self-evaluation as its table has it: passed in words, in the order of its figures."""
    passed = pl.when(pl.col("passed")).then(pl.lit("yes")).when(~pl.col("passed")).then(pl.lit("no"))
    return figures.with_columns(passed=passed).sort("figure")


def _names(exported: Exported, known: dict[str, Pack]) -> Names:
    shows_clients = frozenset(slug for slug, pack in known.items() if pack.shows_clients)
    return Names(exported.clients, exported.tasks, shows_clients)


def release_day(now: datetime, policy: Policy) -> datetime:
    """The day that is published where none is asked for: of shared timings the last one that is over, so that it can
    be made again; of archives today, for nothing of them comes by itself.
    """
    return now if policy.repeat_days is None else now - timedelta(days=1)
