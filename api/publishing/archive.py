"""From attempts of an export to observations, as if an extension had shared them. Pure.

What tells who or when exactly stays behind: a worker becomes a number that only this database's key can make
again, an id carries the hour and nothing finer, times become hours and lengths. The same row gives the same
id for ever, so that importing twice changes nothing.
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
from analytics.importers.attempts import NO_END, identity
from analytics.model import identifiers
from api.intake import contract
from api.intake.rules import EPOCH, Law, judge
from api.packs.model import Pack

CURRENCY = "USD"  # of every export that can be read so far
NO_WORKER = "no_worker"
_UNDECIDED, _DECIDED = 1, 2  # revisions: a later download may only settle what was open
_NO_SLUG = re.compile("[^a-z0-9]+")
_FIELD = re.compile(r"\$\.([a-z_]+)")


class Archived(NamedTuple):
    """One attempt, ready to be stored, and the rows of the file it came from."""

    contributor: UUID
    observation: contract.Observation
    rows: int


class LeftOut(NamedTuple):
    """One attempt that does not fit, by reason."""

    reason: str
    rows: int


class Rules(NamedTuple):
    """What attempts become observations by: the database's key, the packs and the clock."""

    key: bytes
    packs: Mapping[str, Pack]
    now: datetime


def archived(attempts: pl.DataFrame, rules: Rules) -> Iterator[Archived | LeftOut]:
    """Every attempt of the frame as an observation, or why not.

    Overlapping time is shared between all attempts given, so one run should hold all that its workers did.
    """
    law = Law(platforms=rules.packs.keys(), currencies={CURRENCY})
    endless = attempts.filter(pl.col("submitted_at").is_null())
    yield from (LeftOut(NO_END, rows) for rows in endless["rows"])
    attempts = attempts.filter(pl.col("submitted_at").is_not_null())
    timed = attempts.with_columns(
        active_seconds(attempts),
        open_seconds=(pl.col("submitted_at") - pl.col("accepted_at")).dt.total_microseconds() / 1e6,
        identity=identity(),
    )
    for row in timed.iter_rows(named=True):
        yield _one(row, rules, law)


def _one(row: dict[str, object], rules: Rules, law: Law) -> Archived | LeftOut:
    attempt = msgspec.convert(row, Attempt)
    if attempt.worker is None or attempt.identity is None:
        return LeftOut(NO_WORKER, attempt.rows)
    try:
        observation = msgspec.convert(_fields(attempt, rules), contract.Observation)
    except msgspec.ValidationError as error:
        field = _FIELD.search(str(error))
        return LeftOut(f"{field.group(1) if field else 'row'}_out_of_bounds", attempt.rows)
    own_day = max(attempt.submitted_at, attempt.decided_at or attempt.submitted_at)
    verdict = judge(observation, law, min(rules.now, own_day))  # an export is old by nature
    if verdict is not None:
        return LeftOut(str(verdict[0]), attempt.rows)
    return Archived(pseudonym(rules.key, attempt.platform, attempt.worker), observation, attempt.rows)


class Attempt(msgspec.Struct, frozen=True):
    """A row of the attempt frame with its shared time."""

    platform: str
    source: str
    worker: str | None
    task_title: str | None
    task_id: str | None
    reward_micros: int | None
    outcome: str | None
    accepted_at: datetime
    submitted_at: datetime
    decided_at: datetime | None
    limit_seconds: float | None
    units: int
    rows: int
    active_seconds: float
    open_seconds: float
    identity: str | None


def _fields(attempt: Attempt, rules: Rules) -> dict[str, object]:
    """The fields of an observation; the contract checks them."""
    hour = attempt.accepted_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    outcome = attempt.outcome or "submitted"
    reward = _money(attempt.reward_micros)
    title = (attempt.task_title or attempt.source)[: contract.MAX_TITLE_LENGTH]
    pack = rules.packs.get(attempt.platform)
    return {
        "id": record_id(rules.key, attempt.identity or "", hour),
        "revision": _UNDECIDED if outcome == "submitted" else _DECIDED,
        "platform": attempt.platform,
        "client": _client(attempt.source),
        "task": {"id": attempt.task_id, "title": title},
        "reward": reward,
        "reward_per": "task",  # the sum for all units
        "units": attempt.units,
        "claimed_hour": hour,
        "active_seconds": attempt.active_seconds,
        "open_seconds": attempt.open_seconds,
        "limit_seconds": _limit(attempt.limit_seconds),
        "estimate_seconds": None,
        "outcome": outcome,
        "paid": {"approved": reward, "rejected": reward and _money(0)}.get(outcome),
        "decided_on": attempt.decided_at.date() if attempt.decided_at else None,
        "pack": {"slug": attempt.platform, "version": pack.version if pack else 1},
        "timer": "import",
    }


def _client(name: str) -> dict[str, str]:
    return {"id": client_slug(name), "name": name[: contract.MAX_TITLE_LENGTH]}


def _limit(seconds: float | None) -> float | None:
    """A time limit of months says nothing and is no reason to lose the row."""
    return seconds if seconds is not None and 0 <= seconds <= contract.MAX_OPEN_SECONDS else None


def _money(micros: int | None) -> dict[str, object] | None:
    return None if micros is None else {"micros": micros, "currency": CURRENCY}


def client_slug(name: str) -> str:
    """The id that stands for a client who is known by name only."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _NO_SLUG.sub("-", plain).strip("-")[: contract.MAX_ID_LENGTH]
    return slug or identifiers.snapshot_key(identifiers.key(name))  # a name in another script


def pseudonym(key: bytes, platform: str, worker: str) -> UUID:
    """The contributor that stands for a worker: the same in every import into one database, in no other."""
    return UUID(bytes=_digest(key, f"contributor\n{platform}\n{worker}")[:16], version=4)


def record_id(key: bytes, identity: str, hour: datetime) -> UUID:
    """The id of one attempt: UUIDv7 layout, its time the hour, the rest made of what the attempt is known
    by.
    """
    milliseconds = (hour - EPOCH) // timedelta(milliseconds=1)
    noise = int.from_bytes(_digest(key, f"observation\n{identity}")[:16], "big")
    low = noise & ((1 << 80) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | (low >> 64 & 0xFFF) << 64 | 0b10 << 62 | low & ((1 << 62) - 1))


def _digest(key: bytes, words: str) -> bytes:
    return hmac.digest(key, words.encode(), "sha256")
