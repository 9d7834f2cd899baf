"""Rows in the shape of the tables: an observation becomes keys, numbers and days. Pure."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from analytics.model import identifiers
from api.intake.contract import Observation, Overhead
from api.store import codes

SECONDS_PER_HOUR = 3600
MOST_HOURS = 10_000  # those of a year
MOST_VERSIONS = 200
MOST_TASKS = 50_000  # cached tasks: some ten megabytes


class ClientRow(NamedTuple):
    """The names behind a `client_key`."""

    client_key: int
    platform: str
    client_id: str | None
    client_name: str | None


class TaskRow(NamedTuple):
    """The names behind a `task_key`."""

    client_key: int
    task_key: int
    task_id: str | None
    title: str


class ObservationRow(NamedTuple):
    """One revision of one attempt, in the order of the columns of `intake.observations`."""

    client_key: int
    task_key: int
    reward_micros: int | None
    paid_micros: int | None
    id: UUID
    contributor: int
    claimed_hour: int  # hours since 1970, UTC
    active_seconds: float
    open_seconds: float
    limit_seconds: float | None
    estimate_seconds: float | None
    units: int
    decided_on: date | None
    received_on: date
    revision: int
    pack_version: int
    reward_per: bytes
    outcome: bytes
    timer: bytes
    currency: str | None
    cap_seconds: float | None
    paid_seconds: float | None
    pay_kind: bytes | None
    extension_version: int | None  # see `version_number`


class OverheadRow(NamedTuple):
    """One revision of one day's unpaid time, in the order of the columns of `intake.overheads`."""

    contributor: int
    id: UUID
    day: date
    received_on: date
    search_seconds: float
    watch_seconds: float
    preview_seconds: float
    qualification_seconds: float
    messages_seconds: float
    payment_seconds: float
    learning_seconds: float
    revision: int
    platform: str


class Named(NamedTuple):
    """An observation's row and the names behind its two keys."""

    row: ObservationRow
    client: ClientRow
    task: TaskRow


def named(observation: Observation, contributor: int, received_on: date) -> Named:
    """Return the rows of `observation`, sent by `contributor` and first received on `received_on`."""
    client, task, reward, paid = observation.client, observation.task, observation.reward, observation.paid
    client_id, client_name = (client.id, client.name) if client is not None else (None, None)
    client_row, task_row = _words(observation.platform, client_id, client_name, task.id, task.title)
    money = reward if reward is not None else paid
    row = ObservationRow(  # positional, in the order of its fields: keywords would take twice the time
        client_row[0],
        task_row[1],
        None if reward is None else reward.micros,
        None if paid is None else paid.micros,
        observation.id,
        contributor,
        hour_number(observation.claimed_hour),
        observation.active_seconds,
        observation.open_seconds,
        observation.limit_seconds,
        observation.estimate_seconds,
        observation.units,
        observation.decided_on,
        received_on,
        observation.revision,
        observation.pack.version,
        codes.REWARD_PER[observation.reward_per],
        codes.OUTCOME[observation.outcome],
        codes.TIMER[observation.timer],
        None if money is None else money.currency,
        observation.cap_seconds,
        observation.paid_seconds,
        None if observation.pay_kind is None else codes.PAY_KIND[observation.pay_kind],
        None if observation.extension_version is None else version_number(observation.extension_version),
    )
    return Named(row, client_row, task_row)


@lru_cache(MOST_HOURS)
def hour_number(instant: datetime) -> int:
    """Return the hour of `instant`, counted from 1970 in UTC."""
    return int(instant.timestamp()) // SECONDS_PER_HOUR


@lru_cache(MOST_VERSIONS)
def version_number(version: str) -> int:
    """Return a version of the extension as a number that sorts: 1.20.3 is 1020003."""
    major, minor, patch = (int(part) for part in version.split("."))
    return (major * 1_000 + minor) * 1_000 + patch


def version_text(number: int) -> str:
    """Return the version behind `number`."""
    return f"{number // 1_000_000}.{number // 1_000 % 1_000}.{number % 1_000}"


@lru_cache(MOST_TASKS)
def _words(
    platform: str, client_id: str | None, client_name: str | None, task_id: str | None, title: str
) -> tuple[ClientRow, TaskRow]:
    """Return the rows of a client and of a task; cached, because most observations are of few tasks."""
    words = identifiers.client_name(platform, client_id, client_name, task_id, title)
    client_key, task_key = identifiers.key(words), identifiers.key(identifiers.task_name(words, title))
    return ClientRow(client_key, platform, client_id, client_name), TaskRow(client_key, task_key, task_id, title)


def overhead_row(overhead: Overhead, contributor: int, received_on: date) -> OverheadRow:
    """Return the row of `overhead`, sent by `contributor` and first received on `received_on`."""
    seconds = overhead.seconds
    return OverheadRow(
        contributor,
        overhead.id,
        overhead.day,
        received_on,
        seconds.search,
        seconds.watch,
        seconds.preview,
        seconds.qualification,
        seconds.messages,
        seconds.payment,
        seconds.learning,
        overhead.revision,
        overhead.platform,
    )
