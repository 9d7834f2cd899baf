"""Convert the attempts of an export to observations, as if an extension had shared them. Pure.

Worker ids and exact times are not stored. A worker becomes a pseudonym that only this database's key reproduces; an id
carries the hour and nothing finer; times become hours and durations. The same row always gives the same id, so
importing twice changes nothing. An attempt without an end is stored for its outcome: its times are NaN, and no rate
counts it.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
import polars as pl

from analytics.importers.apportion import active_seconds
from analytics.importers.attempts import Example, identity
from analytics.importers.detect import FORMATS
from analytics.model import identifiers
from api.intake import contract
from api.intake.rules import EPOCH, IngestRules, judge
from api.packs.model import Pack

CURRENCY = "USD"  # of every export that can be read so far
NO_WORKER = "no_worker"
_DECIDED, _PRICED = 2, 1  # a revision is 1 plus these: a later import adds the decision or the pay of an earlier one
_NO_TIME = float("nan")
_NO_SLUG = re.compile("[^a-z0-9]+")
_FIELD = re.compile(r"\$\.([a-z_]+)")


class Archived(NamedTuple):
    """One attempt, ready to be stored, and its number of rows in the file."""

    contributor: UUID
    observation: contract.Observation
    rows: int


class LeftOut(NamedTuple):
    """One unusable attempt and the reason."""

    reason: str
    rows: int
    example: Example


class Rules(NamedTuple):
    """The inputs of the conversion: the database's key, the packs and the clock."""

    key: bytes
    packs: Mapping[str, Pack]
    now: datetime


def archived(attempts: pl.DataFrame, rules: Rules) -> Iterator[Archived | LeftOut]:
    """Yield every attempt of the frame as an observation, or the reason why it is left out.

    Overlapping time is shared between all attempts given, so one run should hold all attempts of its workers.
    """
    platforms = {*rules.packs, *(known.name for known in FORMATS)}
    ingest_rules = IngestRules(platforms=platforms, currencies={CURRENCY})
    timed = attempts.with_columns(
        active_seconds(attempts),
        open_seconds=(pl.col("submitted_at") - pl.col("accepted_at")).dt.total_microseconds() / 1e6,
        identity=identity(),
    )
    for row in timed.iter_rows(named=True):
        yield _one(row, rules, ingest_rules)


def _one(row: dict[str, object], rules: Rules, ingest_rules: IngestRules) -> Archived | LeftOut:
    attempt = msgspec.convert(row, Attempt)
    if attempt.worker is None or attempt.identity is None:
        return _left_out(NO_WORKER, attempt)
    try:
        observation = msgspec.convert(_fields(attempt, rules), contract.Observation)
    except msgspec.ValidationError as error:
        field = _FIELD.search(str(error))
        return _left_out(f"{field.group(1) if field else 'row'}_out_of_bounds", attempt)
    ended_at = attempt.submitted_at or attempt.accepted_at
    day = max(ended_at, attempt.decided_at or ended_at)
    verdict = judge(observation, ingest_rules, min(rules.now, day))  # an export is old by nature
    if verdict is not None:
        return _left_out(str(verdict[0]), attempt)
    if attempt.submitted_at is None:
        observation = msgspec.structs.replace(observation, active_seconds=_NO_TIME, open_seconds=_NO_TIME)
    return Archived(pseudonym(rules.key, attempt.platform, attempt.worker), observation, attempt.rows)


def _left_out(reason: str, attempt: Attempt) -> LeftOut:
    return LeftOut(reason, attempt.rows, Example(attempt.file, attempt.line, None, None))


class Attempt(msgspec.Struct, frozen=True):
    """A row of the attempt frame with its shared time."""

    platform: str
    source: str
    file: str
    line: int | None
    worker: str | None
    task_title: str | None
    task_id: str | None
    reward_micros: int | None
    outcome: str | None
    is_partly_paid: bool | None
    accepted_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    limit_seconds: float | None
    units: int
    rows: int
    active_seconds: float | None
    open_seconds: float | None
    identity: str | None


def _fields(attempt: Attempt, rules: Rules) -> dict[str, object]:
    """Return the fields of an observation; the contract checks them."""
    hour = attempt.accepted_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    outcome = attempt.outcome or "submitted"
    reward = _money(attempt.reward_micros)
    title = (attempt.task_title or attempt.source)[: contract.MAX_TITLE_LENGTH]
    pack = rules.packs.get(attempt.platform)
    return {
        "id": record_id(rules.key, attempt.identity or "", hour),
        "revision": 1 + (outcome != "submitted") * _DECIDED + (reward is not None) * _PRICED,
        "platform": attempt.platform,
        "client": _client(attempt.source),
        "task": {"id": attempt.task_id, "title": title},
        "reward": reward,
        "reward_per": "task",  # the sum for all units
        "units": attempt.units,
        "claimed_hour": hour,
        "active_seconds": attempt.active_seconds or 0.0,
        "open_seconds": attempt.open_seconds or 0.0,
        "limit_seconds": _limit(attempt.limit_seconds),
        "estimate_seconds": None,
        "outcome": outcome,
        "paid": None if attempt.is_partly_paid else {"approved": reward, "rejected": reward and _money(0)}.get(outcome),
        "decided_on": attempt.decided_at.date() if attempt.decided_at else None,
        "pack": {"slug": attempt.platform, "version": pack.version if pack else 1},
        "timer": "import",
    }


def _client(name: str) -> dict[str, str]:
    return {"id": client_slug(name), "name": name[: contract.MAX_TITLE_LENGTH]}


def _limit(seconds: float | None) -> float | None:
    """Return the limit, or None where it is implausible: a limit of months is no reason to lose the row."""
    return seconds if seconds is not None and 0 <= seconds <= contract.MAX_OPEN_SECONDS else None


def _money(micros: int | None) -> dict[str, object] | None:
    return None if micros is None else {"micros": micros, "currency": CURRENCY}


def client_slug(name: str) -> str:
    """Return the id of a client that is known by name only."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _NO_SLUG.sub("-", plain).strip("-")[: contract.MAX_ID_LENGTH]
    return slug or identifiers.snapshot_key(identifiers.key(name))  # a name in another script


def pseudonym(key: bytes, platform: str, worker: str) -> UUID:
    """Return a worker's pseudonym: the same in every import into one database, and different in every other."""
    return UUID(bytes=_digest(key, f"contributor\n{platform}\n{worker}")[:16], version=4)


def record_id(key: bytes, identity: str, hour: datetime) -> UUID:
    """Return the id of one attempt in UUIDv7 layout: its time is the hour, the rest a keyed hash of the identity."""
    milliseconds = (hour - EPOCH) // timedelta(milliseconds=1)
    noise = int.from_bytes(_digest(key, f"observation\n{identity}")[:16], "big")
    low = noise & ((1 << 80) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | (low >> 64 & 0xFFF) << 64 | 0b10 << 62 | low & ((1 << 62) - 1))


def _digest(key: bytes, words: str) -> bytes:
    return hmac.digest(key, words.encode(), "sha256")
