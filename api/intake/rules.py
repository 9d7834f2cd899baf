"""Rules for items beyond their types: `judge` returns the reason for a refusal. Pure; called between decoding and
storing.

The contract checks single fields; these rules need two fields, the clock or the packs. A receipt carries the `Refusal`
and a detail that names the field, never its value.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from analytics.model.units import MICROS, SECONDS_PER_HOUR
from api.intake.contract import (
    MAX_AGE_DAYS,
    MAX_CLOCK_AHEAD_HOURS,
    MAX_DAY_SECONDS,
    AccountAction,
    Health,
    Observation,
    Overhead,
    Refusal,
    Sighting,
)

Verdict = tuple[Refusal, str]

OPEN_SLACK_SECONDS = 1.0  # two clocks round differently
LARGEST_BONUS = 20  # times the listed pay: a bonus of a long study on a screener that paid cents
SMALLEST_BASE_MICROS = 5 * MICROS  # below it, listed pay says little about a bonus
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONDAY = 0
HOUR_MILLISECONDS = 3_600_000
_UUID_VERSION, _UUID_VARIANT = 7, 0b10
_UNITS_IN_REWARD = {"thousand": 1_000}


class IngestRules(Struct, frozen=True):
    """The reference data of the rules."""

    platforms: Collection[str]
    currencies: Collection[str]  # those with a daily rate


def judge(item: Observation, ingest_rules: IngestRules, now: datetime) -> Verdict | None:
    """Return the reason to refuse `item` with the field at fault, or None if it is valid."""
    return (
        _platform(item.platform, ingest_rules)
        or _identity(item.id, now)
        or _moment(item.claimed_hour, now)
        or _texts(item)
        or _times(item, now)
        or _pay(item, ingest_rules)
    )


def judge_overhead(item: Overhead, ingest_rules: IngestRules, now: datetime) -> Verdict | None:
    """Return the reason to refuse `item` with the field at fault, or None if it is valid."""
    seconds = item.seconds
    total = (
        seconds.search + seconds.watch + seconds.preview + seconds.qualification
        + seconds.messages + seconds.payment + seconds.learning
    )  # fmt: skip
    if total > MAX_DAY_SECONDS + OPEN_SLACK_SECONDS:
        return Refusal.BEYOND_A_DAY, "seconds add up to more than a day"
    return _platform(item.platform, ingest_rules) or _identity(item.id, now) or _day(item.day, now)


def judge_sighting(item: Sighting, ingest_rules: IngestRules, now: datetime) -> Verdict | None:
    """Return the reason to refuse `item` with the field at fault, or None if it is valid."""
    if any(count and not minutes for count, minutes in zip(item.appeared, item.watched_minutes, strict=True)):
        return Refusal.UNWATCHED, "appeared"
    units = item.units
    if units is not None and any(
        gone and not minutes for gone, minutes in zip(units.gone, units.watched_minutes, strict=True)
    ):
        return Refusal.UNWATCHED, "units.gone"
    return _platform(item.platform, ingest_rules) or _identity(item.id, now) or _day(item.day, now)


def judge_health(item: Health, ingest_rules: IngestRules, now: datetime) -> Verdict | None:
    """Return the reason to refuse `item` with the field at fault, or None if it is valid."""
    if item.read_rows > item.expected_rows:
        return Refusal.READ_BEYOND_EXPECTED, "read_rows"
    return _week(item, ingest_rules, now)


def judge_action(item: AccountAction, ingest_rules: IngestRules, now: datetime) -> Verdict | None:
    """Return the reason to refuse `item` with the field at fault, or None if it is valid."""
    return _week(item, ingest_rules, now)


def _week(item: Health | AccountAction, ingest_rules: IngestRules, now: datetime) -> Verdict | None:
    if item.week.weekday() != MONDAY:
        return Refusal.NOT_A_MONDAY, "week"
    return _platform(item.platform, ingest_rules) or _identity(item.id, now) or _day(item.week, now)


def _platform(slug: str, ingest_rules: IngestRules) -> Verdict | None:
    return None if slug in ingest_rules.platforms else (Refusal.UNKNOWN_PLATFORM, "platform")


def _identity(id_: UUID, now: datetime) -> Verdict | None:
    """Check the UUIDv7 layout: the first 48 bits, in milliseconds, must be a whole hour near the current time."""
    number = id_.int
    if number >> 76 & 0xF != _UUID_VERSION or number >> 62 & 0b11 != _UUID_VARIANT:
        return Refusal.NOT_TIME_ORDERED, "id is not in UUIDv7 layout"
    milliseconds = number >> 80
    if milliseconds % HOUR_MILLISECONDS:
        return Refusal.NOT_HOURLY, "the time in id is not cut to the hour"
    span = _span(now)
    if milliseconds > span.latest_milliseconds:
        return Refusal.IN_THE_FUTURE, "the time in id"
    if milliseconds < span.earliest_milliseconds:
        return Refusal.TOO_OLD, "the time in id"
    return None


def _moment(claimed_hour: datetime, now: datetime) -> Verdict | None:
    span = _span(now)  # compared first: the last hours of the year 9999 cannot be expressed in UTC
    if claimed_hour > span.latest:
        return Refusal.IN_THE_FUTURE, "claimed_hour"
    if claimed_hour < span.earliest:
        return Refusal.TOO_OLD, "claimed_hour"
    instant = claimed_hour.astimezone(UTC)
    if instant.minute or instant.second or instant.microsecond:
        return Refusal.NOT_HOURLY, "claimed_hour is not a whole hour of UTC"
    return None


def _day(day: date, now: datetime) -> Verdict | None:
    span = _span(now)
    if day > span.latest.date():
        return Refusal.IN_THE_FUTURE, "day"
    if day < span.earliest.date():
        return Refusal.TOO_OLD, "day"
    return None


class _Span(NamedTuple):
    """The first and last allowed instant of an item."""

    earliest: datetime
    latest: datetime
    earliest_milliseconds: float
    latest_milliseconds: float


@lru_cache(maxsize=16)
def _span(now: datetime) -> _Span:
    """Return the same span for every item of a request: `now` is read once for all."""
    earliest, latest = now - timedelta(days=MAX_AGE_DAYS), now + timedelta(hours=MAX_CLOCK_AHEAD_HOURS)
    return _Span(earliest, latest, *((instant - EPOCH) / timedelta(milliseconds=1) for instant in (earliest, latest)))


def _texts(item: Observation) -> Verdict | None:
    """Refuse NUL, which no database text can hold, and a pack of another platform."""
    client, task = item.client, item.task
    texts = f"{client.id}{client.name}{task.id}{task.title}" if client is not None else f"{task.id}{task.title}"
    if "\0" in texts:
        return Refusal.MALFORMED, "a text holds a NUL character"
    if item.pack.slug != item.platform:
        return Refusal.MALFORMED, "pack.slug is not the platform"
    return None


def _times(item: Observation, now: datetime) -> Verdict | None:
    if item.active_seconds > item.open_seconds + OPEN_SLACK_SECONDS:
        return Refusal.OPEN_SHORTER_THAN_ACTIVE, "open_seconds"
    if item.decided_on is not None:
        return _day(item.decided_on, now)
    return None


def _pay(item: Observation, ingest_rules: IngestRules) -> Verdict | None:
    reward, paid = item.reward, item.paid
    for money, field in ((reward, "reward"), (paid, "paid")):
        if money is not None and money.currency not in ingest_rules.currencies:
            return Refusal.UNKNOWN_CURRENCY, f"{field}.currency"
    if reward is not None and paid is not None and reward.currency != paid.currency:
        return Refusal.CURRENCIES_DIFFER, "reward.currency and paid.currency"
    if paid is None or paid.micros == 0:
        return None
    if item.outcome in ("returned", "expired"):
        return Refusal.PAID_WITHOUT_WORK, "paid"
    if reward is not None and paid.micros > LARGEST_BONUS * max(_listed(item, reward.micros), SMALLEST_BASE_MICROS):
        return Refusal.PAID_BEYOND_REWARD, "paid"
    return None


def _listed(item: Observation, micros: int) -> float:
    """Return the listed pay for the whole attempt, in micros; for hourly pay, that of the longest time."""
    if item.reward_per == "hour":
        hours = max(item.open_seconds, item.estimate_seconds or 0.0) / SECONDS_PER_HOUR
        return micros * max(hours, 1.0)
    if item.reward_per == "task":
        return micros
    return micros * item.units / _UNITS_IN_REWARD.get(item.reward_per, 1)
