"""The sense of an item: `judge` says why it is not kept. Pure; called between decoding and storing.

The shape of one field is the contract's; here are the rules that need two fields, the clock or the packs. A
receipt carries the `Refusal` and a detail that names the field, never its value.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from uuid import RFC_4122, UUID

from msgspec import Struct

from analytics.units import MICROS, SECONDS_PER_HOUR
from api.contract import (
    MAX_AGE_DAYS,
    MAX_CLOCK_AHEAD_HOURS,
    MAX_DAY_SECONDS,
    Observation,
    Overhead,
    Refusal,
)

Verdict = tuple[Refusal, str]

OPEN_SLACK_SECONDS = 1.0  # two clocks are rounded apart
LARGEST_BONUS = 20  # times the listed pay: a bonus of a long study on a screener that paid cents
SMALLEST_BASE_MICROS = 5 * MICROS  # below it, listed pay says little about a bonus
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR_MILLISECONDS = 3_600_000
_UUID_VERSION = 7
_UNITS_IN_REWARD = {"thousand": 1_000}


class Law(Struct, frozen=True):
    """What items are judged by beside themselves."""

    platforms: Collection[str]
    currencies: Collection[str]  # those with a daily rate


def judge(item: Observation, law: Law, now: datetime) -> Verdict | None:
    """Why `item` is not kept, with the field at fault; None where it is fine."""
    return (
        _platform(item.platform, law)
        or _identity(item.id, now)
        or _moment(item.claimed_hour, now)
        or _texts(item)
        or _times(item, now)
        or _pay(item, law)
    )


def judge_overhead(item: Overhead, law: Law, now: datetime) -> Verdict | None:
    """Why `item` is not kept, with the field at fault; None where it is fine."""
    seconds = item.seconds
    total = (
        seconds.search + seconds.watch + seconds.preview + seconds.qualification
        + seconds.messages + seconds.payment + seconds.learning
    )  # fmt: skip
    if total > MAX_DAY_SECONDS + OPEN_SLACK_SECONDS:
        return Refusal.BEYOND_A_DAY, "seconds add up to more than a day"
    return _platform(item.platform, law) or _identity(item.id, now) or _day(item.day, now)


def _platform(slug: str, law: Law) -> Verdict | None:
    return None if slug in law.platforms else (Refusal.UNKNOWN_PLATFORM, "platform")


def _identity(id_: UUID, now: datetime) -> Verdict | None:
    """UUIDv7 layout; its clock, the first 48 bits in milliseconds, cut to the hour and near our own."""
    if id_.version != _UUID_VERSION or id_.variant != RFC_4122:
        return Refusal.NOT_TIME_ORDERED, "id is not in UUIDv7 layout"
    milliseconds = id_.int >> 80
    if milliseconds % HOUR_MILLISECONDS:
        return Refusal.NOT_HOURLY, "the time in id is not cut to the hour"
    if milliseconds > (_latest(now) - EPOCH) / timedelta(milliseconds=1):
        return Refusal.IN_THE_FUTURE, "the time in id"
    if milliseconds < (_earliest(now) - EPOCH) / timedelta(milliseconds=1):
        return Refusal.TOO_OLD, "the time in id"
    return None


def _moment(claimed_hour: datetime, now: datetime) -> Verdict | None:
    instant = claimed_hour.astimezone(UTC)
    if instant.minute or instant.second or instant.microsecond:
        return Refusal.NOT_HOURLY, "claimed_hour is not a whole hour of UTC"
    if instant > _latest(now):
        return Refusal.IN_THE_FUTURE, "claimed_hour"
    if instant < _earliest(now):
        return Refusal.TOO_OLD, "claimed_hour"
    return None


def _day(day: date, now: datetime) -> Verdict | None:
    if day > _latest(now).date():
        return Refusal.IN_THE_FUTURE, "day"
    if day < _earliest(now).date():
        return Refusal.TOO_OLD, "day"
    return None


def _latest(now: datetime) -> datetime:
    return now + timedelta(hours=MAX_CLOCK_AHEAD_HOURS)


def _earliest(now: datetime) -> datetime:
    return now - timedelta(days=MAX_AGE_DAYS)


def _texts(item: Observation) -> Verdict | None:
    """No NUL, which no database text can hold; and the pack that read the page is the platform's own."""
    client = (item.client.id, item.client.name) if item.client else ()
    if any("\0" in text for text in (*client, item.task.id, item.task.title) if text):
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


def _pay(item: Observation, law: Law) -> Verdict | None:
    reward, paid = item.reward, item.paid
    for money, field in ((reward, "reward"), (paid, "paid")):
        if money is not None and money.currency not in law.currencies:
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
    """What the listing promised for the whole attempt, in micros; by the hour, for the longest time."""
    if item.reward_per == "hour":
        hours = max(item.open_seconds, item.estimate_seconds or 0.0) / SECONDS_PER_HOUR
        return micros * max(hours, 1.0)
    if item.reward_per == "task":
        return micros
    return micros * item.units / _UNITS_IN_REWARD.get(item.reward_per, 1)
