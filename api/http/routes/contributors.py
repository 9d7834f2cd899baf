"""Routes of a contributor: enrol, read and change their standing, export their rows, erase themselves."""

from __future__ import annotations

import uuid
from datetime import timedelta
from tempfile import TemporaryFile
from typing import IO

from litestar import Request, delete, get, patch, post
from litestar.datastructures import ResponseHeader, State
from litestar.params import JSONBody
from litestar.response import Stream
from msgspec import UNSET

from analytics.estimator.maturity import next_steps
from analytics.model.policy import CROWD, Maturity
from api.errors import NotAcceptable, TollUnpaid, TooMany
from api.http.middleware import is_head
from api.http.services import Injected, Services, address_of
from api.http.streaming import blocks
from api.intake import enrolment, homes
from api.intake.contract import Challenge, Enrolled, Enrolment, Erased, Standing, StandingChange
from api.intake.rate_limits import until_midnight
from api.store import (
    contributors,
    daily_use,
    enrolments,
    history,
    objects,
    observations,
    overheads,
    sightings,
    weekly_reports,
    words,
)
from api.store import standing as shared
from api.store.contributors import Contributor, NewContributor
from api.store.database import translated
from api.store.export import SEGMENTS

GONE_FROM_RELEASES = timedelta(
    days=CROWD.absence_days
)  # estimator F: the latest release that may still hold what was erased
_HOUR = timedelta(hours=1)
SECRET = {"cache-control": "no-store"}  # a secret, or private data of its owner
NO_STORE = [ResponseHeader(name="cache-control", value="no-store")]
EXPORT_SECONDS = 10.0  # after which a running export is probably done
_Request = Request[None, None, State]


@post("/v1/challenges", status_code=201, response_headers=NO_STORE)
async def new_challenge(services: Injected, request: _Request) -> Challenge:
    """A proof of work for enrolling: some seconds on a phone, more where many others enrol."""
    now, address, home = services.clock.now(), address_of(request), services.settings.home
    homes.require_home(home, request.headers.get(homes.HEADER))
    services.asks.count(address, now)
    difficulty = await services.toll.difficulty(address, now)
    return enrolment.challenge(services.keys["challenge"], difficulty, now, home)


@post("/v1/contributors", status_code=201, response_headers=NO_STORE)
async def enrol(services: Injected, request: _Request, data: JSONBody[Enrolment]) -> Enrolled:
    """A new pseudonymous contributor. The secret is shown this once."""
    now, home = services.clock.now(), services.settings.home
    homes.require_home(home, request.headers.get(homes.HEADER))
    services.asks.count(address_of(request), now)
    expires_at = enrolment.check_toll(services.keys["challenge"], data.challenge, data.nonce, now)
    secret = homes.with_home(enrolment.new_secret(), home)
    new = NewContributor(uuid.uuid4(), enrolment.secret_hash(secret), now.date(), data.country)
    expires_hour = expires_at.replace(minute=0, second=0, microsecond=0) + _HOUR
    with translated():
        async with services.pool.acquire() as db, db.transaction():
            if not await contributors.use_challenge(db, enrolment.secret_hash(data.challenge), expires_hour, now):
                raise TollUnpaid("This challenge was used before: ask for a new one.")
            await enrolments.count(db, address_of(request), now)
            await contributors.enrol(db, new)
    return Enrolled(new.id, secret)


@get("/v1/contributors/me", response_headers=NO_STORE)
async def standing(services: Injected, request: _Request) -> Standing:
    """What you have shared so far, and what is missing before it counts."""
    return await _standing(services, await _me(services, request))


@patch("/v1/contributors/me", response_headers=NO_STORE)
async def change(services: Injected, request: _Request, data: JSONBody[StandingChange]) -> Standing:
    """Give your country, or take it back with null."""
    me = await _me(services, request)
    if data.country is not UNSET:
        with translated():
            async with services.pool.acquire() as db:
                await contributors.move(db, me.number, data.country)
        services.secrets.forget(request.headers.get("authorization"))
        me = me._replace(country=data.country)
    return await _standing(services, me)


@delete("/v1/contributors/me", status_code=200, response_headers=NO_STORE)
async def erase(services: Injected, request: _Request) -> Erased:
    """Erase everything you shared, and yourself. It cannot be undone."""
    me = await _me(services, request)
    with translated():
        async with services.pool.acquire() as db, db.transaction():
            await contributors.erase(db, me.number)
            observation_count = await observations.erase(db, me.number)
            await words.erase(db, me.number)
            await daily_use.erase(db, me.number)
            overhead_count = await overheads.erase(db, me.number) + await sightings.erase(db, me.number)
            overhead_count += await weekly_reports.erase(db, me.number)
    services.secrets.forget(request.headers.get("authorization"))
    gone_by = services.clock.now().date() + GONE_FROM_RELEASES
    return Erased(me.id, observation_count, overhead_count, gone_by)


@get("/v1/contributors/me/export")
async def export(services: Injected, request: _Request) -> Stream:
    """Everything you shared, each record once: JSON, or CSV of the observations where `Accept: text/csv` asks for it. A
    few a day, one at a time.
    """
    accept = request.headers.get("accept", "*/*")
    is_csv = "text/csv" in accept
    if not is_csv and not any(kind in accept for kind in ("application/json", "application/*", "*/*")):
        raise NotAcceptable("application/json or text/csv")
    me = await _me(services, request)
    name = f'attachment; filename="taskwage-{me.enrolled_on}.{"csv" if is_csv else "json"}"'
    file = await _copied(services, me, is_csv=is_csv)
    headers = {"content-disposition": name, "content-length": str(file.seek(0, 2)), **SECRET}
    file.seek(0)
    media = "text/csv" if is_csv else "application/json"
    return Stream(blocks(file, is_empty=is_head(request)), media_type=media, headers=headers)


async def _copied(services: Services, me: Contributor, *, is_csv: bool) -> IO[bytes]:
    """Return a contributor's copy in a file without a name: the database's part of it does not wait for a slow reader.

    Raises:
        TooMany: one is being made, or a few were made today.
    """
    now, most = services.clock.now(), services.settings.exports_per_day
    if me.number in services.exporting:
        raise TooMany("A copy is being made for you: take that one.", EXPORT_SECONDS)
    services.exporting.add(me.number)
    file = TemporaryFile()  # noqa: SIM115 - closed by the response that sends it
    try:
        with translated():
            async with services.exports, services.pool.acquire() as db:
                if await daily_use.add_export(db, now.date(), me.number) > most:
                    raise TooMany(f"{most} copies were made for you today.", until_midnight(now))
                async with db.transaction(isolation="repeatable_read", readonly=True):
                    place = objects.place_of(services.settings.segments_url, services.settings.data / SEGMENTS)
                    source = history.Source(db, me.number, place)
                    if is_csv:
                        await history.write_csv(source, file)
                    else:
                        await history.write_json(source, me.id, file)
    except BaseException:
        file.close()
        raise
    finally:
        services.exporting.discard(me.number)
    return file


async def _me(services: Services, request: _Request) -> Contributor:
    """Return who asks, as the database knows them now: another process may have erased them a moment ago."""
    services.asks.count(address_of(request), services.clock.now())
    services.secrets.forget(request.headers.get("authorization"))
    return await services.secrets.contributor(request.headers.get("authorization"), services.clock.now())


async def _standing(services: Services, me: Contributor) -> Standing:
    with translated():
        async with services.pool.acquire() as db:
            counts, arrivals = await shared.standing(db, me.number)
    steps = next_steps(arrivals, services.clock.now().date(), CROWD.maturity or Maturity())
    return Standing(
        contributor_id=me.id,
        enrolled_on=me.enrolled_on,
        country=me.country,
        observations=counts.observations,
        active_days=counts.active_days,
        tasks=counts.tasks,
        clients=counts.clients,
        first_received_on=counts.first_received_on,
        is_mature=not steps,
        next_steps=steps,
    )


handlers = [new_challenge, enrol, standing, change, erase, export]
