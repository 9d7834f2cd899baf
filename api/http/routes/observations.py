"""POST /v1/observations: stores a batch and answers with one receipt an item, after the commit.

A raw handler: the framework would refuse a whole batch for one bad item, and costs more than all other work.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from time import perf_counter
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec
from litestar import asgi
from litestar.types import Receive, Scope, Send
from msgspec import Meta, Struct, field

from api.errors import DailyLimit, MalformedBody, NotAllowed
from api.http import body
from api.http.services import Services
from api.intake.contract import (
    MAX_BATCH_ITEMS,
    MAX_BODY_BYTES,
    AccountAction,
    Batch,
    Health,
    Observation,
    Overhead,
    Receipt,
    Receipts,
    Refusal,
    Sighting,
)
from api.intake.rate_limits import until_midnight
from api.intake.revisions import Status
from api.intake.rules import IngestRules, Verdict, judge, judge_action, judge_health, judge_overhead, judge_sighting
from api.intake.unknown_fields import known_part
from api.store import appended, sightings, weekly_reports
from api.store.batcher import Sending, Stored
from api.store.rows import named, overhead_row

PATH = "/v1/observations"
ALLOWED = "OPTIONS, POST"
_ENCODER = msgspec.json.Encoder()
Item = Observation | Overhead | Sighting | Health | AccountAction
_DECODERS: dict[type[Item], msgspec.json.Decoder[Item]] = {
    kind: msgspec.json.Decoder(kind) for kind in (Observation, Overhead, Sighting, Health, AccountAction)
}


class _Reading(NamedTuple):
    """Items as they were read, and how many of their fields we do not know."""

    items: Sequence[Item | Receipt]
    unknown_fields: int = 0


class _HasId(Struct):
    id: UUID


class _Whole(Struct, forbid_unknown_fields=True):
    """A `Batch` whose every item is well shaped: nearly all of them."""

    observations: Annotated[list[Observation], Meta(max_length=MAX_BATCH_ITEMS)] = field(default_factory=list)
    overheads: Annotated[list[Overhead], Meta(max_length=MAX_BATCH_ITEMS)] = field(default_factory=list)
    sightings: Annotated[list[Sighting], Meta(max_length=MAX_BATCH_ITEMS)] = field(default_factory=list)
    health: Annotated[list[Health], Meta(max_length=MAX_BATCH_ITEMS)] = field(default_factory=list)
    actions: Annotated[list[AccountAction], Meta(max_length=MAX_BATCH_ITEMS)] = field(default_factory=list)


_WHOLE = msgspec.json.Decoder(_Whole)
_ID = msgspec.json.Decoder(_HasId)


@asgi(PATH, copy_scope=False)
async def post_observations(scope: Scope, receive: Receive, send: Send) -> None:
    """Store a batch of observations and overheads of the contributor whose secret is sent."""
    if scope.get("method") == "OPTIONS":
        await send({"type": "http.response.start", "status": 204, "headers": [(b"allow", ALLOWED.encode())]})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return
    if scope.get("method") != "POST":
        raise NotAllowed(ALLOWED)
    services: Services = scope["litestar_app"].state.services
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    try:
        receipts = await answer(services, headers, receive)
    except body.HungUp:
        return
    packed = _ENCODER.encode(Receipts(receipts))
    sizes = [(b"content-type", b"application/json"), (b"content-length", str(len(packed)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": sizes})
    await send({"type": "http.response.body", "body": packed, "more_body": False})


async def answer(services: Services, headers: Mapping[str, str], receive: Receive) -> list[Receipt]:
    """Know the sender, read and judge the items, store the good ones, and say what became of each."""
    now = services.clock.now()
    sender = await services.secrets.contributor(headers.get("authorization"), now)
    services.posts.count(sender.number, now)
    services.room.require(now)
    read, unknown_fields = _items(await body.read(headers, receive, MAX_BODY_BYTES))
    services.metrics.unknown_fields(unknown_fields)
    judged = [_judged(item, services, now) for item in read]
    day = now.date()
    sending = Sending(
        sender.number,
        [named(item, sender.number, day) for item in judged if isinstance(item, Observation)],
        [overhead_row(item, sender.number, day) for item in judged if isinstance(item, Overhead)],
    )
    try:
        stored = await _stored(services, sending) if sending.size else Stored([], [])
        others = await _appended(services, judged, sender.number, day)
    except DailyLimit as over:
        raise DailyLimit(str(over), until_midnight(now)) from None
    statuses = iter((*stored.observations, *stored.overheads, *others))
    receipts = [item if isinstance(item, Receipt) else _receipt(item.id, next(statuses)) for item in judged]
    services.metrics.settled(read, receipts)
    return receipts


async def _appended(services: Services, judged: Sequence[Item | Receipt], contributor: int, day: date) -> list[Status]:
    """Store the items that no batcher takes; return their statuses, kind by kind."""
    seen = [sightings.row(item, contributor, day) for item in judged if isinstance(item, Sighting)]
    health = [weekly_reports.health_row(item, contributor, day) for item in judged if isinstance(item, Health)]
    actions = [weekly_reports.action_row(item, contributor, day) for item in judged if isinstance(item, AccountAction)]
    pool, most = services.pool, services.settings.items_per_day
    return [
        *await sightings.store(pool, seen, most),
        *await appended.store(pool, weekly_reports.HEALTH, health, most),
        *await appended.store(pool, weekly_reports.ACTIONS, actions, most),
    ]


async def _stored(services: Services, sending: Sending) -> Stored:
    begun = perf_counter()
    stored = await services.batcher.store(sending)
    services.metrics.committed(perf_counter() - begun)
    return stored


def _items(packed: bytes) -> _Reading:
    """Return the items of a body: all at once where all are well shaped, else each for itself.

    Raises:
        MalformedBody: it is not a batch at all.
    """
    try:
        whole = _WHOLE.decode(packed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        batch, unknown_lists = _batch(packed)
        kinds = (
            (batch.observations, Observation),
            (batch.overheads, Overhead),
            (batch.sightings, Sighting),
            (batch.health, Health),
            (batch.actions, AccountAction),
        )
        read = [_read(raw, kind) for raws, kind in kinds for raw in raws]
        return _Reading([item for item, _ in read], unknown_lists + sum(unknown for _, unknown in read))
    return _Reading([*whole.observations, *whole.overheads, *whole.sightings, *whole.health, *whole.actions])


def _batch(packed: bytes) -> tuple[Batch, int]:
    """Return a batch, each of its items still as it came, and how many of its lists only a newer version knows.

    A lone half of a surrogate pair (what a cut emoji becomes) or a NaN is no JSON to the strict decoder. The lenient one
    reads the batch around it, so that the item that holds it is refused and its neighbours are stored.

    Raises:
        MalformedBody: it is not a batch at all.
    """
    try:
        return body.decode(packed, Batch), 0
    except MalformedBody:
        try:
            whole = json.loads(packed)
        except (ValueError, RecursionError):
            whole = None
        if not isinstance(whole, dict) or (whole and whole.keys().isdisjoint(Batch.__struct_fields__)):
            raise
        lists = {name: whole.get(name, []) for name in Batch.__struct_fields__}
        if any(not isinstance(items, list) or len(items) > MAX_BATCH_ITEMS for items in lists.values()):
            raise
        raws = {name: [msgspec.Raw(json.dumps(one).encode()) for one in items] for name, items in lists.items()}
        return Batch(**raws), len(whole.keys() - lists.keys())


def _read(raw: msgspec.Raw, kind: type[Item]) -> tuple[Item | Receipt, int]:
    """Return one item, or the receipt that names what is wrong in its shape; and its fields that we do not know."""
    try:
        return _known(raw, kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        detail = str(error) if isinstance(error, msgspec.ValidationError) else "not UTF-8 JSON"
        return Receipt(_id(raw), "refused", Refusal.MALFORMED, detail), 0


def _known(raw: msgspec.Raw, kind: type[Item]) -> tuple[Item, int]:
    decoder = _DECODERS[kind]
    try:
        return decoder.decode(raw), 0
    except msgspec.ValidationError:
        known = known_part(msgspec.json.decode(raw), kind)
        if known.unknown == 0:
            raise
        return decoder.decode(msgspec.json.encode(known.item)), known.unknown


def _id(raw: msgspec.Raw) -> UUID | None:
    try:
        return _ID.decode(raw).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _judged(item: Item | Receipt, services: Services, now: datetime) -> Item | Receipt:
    if isinstance(item, Receipt):
        return item
    verdict = _verdict(item, services.ingest_rules, now)
    return item if verdict is None else Receipt(item.id, "refused", *verdict)


def _verdict(item: Item, ingest_rules: IngestRules, now: datetime) -> Verdict | None:
    match item:
        case Observation():
            return judge(item, ingest_rules, now)
        case Overhead():
            return judge_overhead(item, ingest_rules, now)
        case Sighting():
            return judge_sighting(item, ingest_rules, now)
        case Health():
            return judge_health(item, ingest_rules, now)
        case AccountAction():
            return judge_action(item, ingest_rules, now)


def _receipt(id_: UUID, status: Status) -> Receipt:
    return Receipt(id_, status)


handlers = [post_observations]
