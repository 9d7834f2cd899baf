"""Rows as the tables hold them: an observation becomes keys, numbers and days. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from analytics import keys
from api.store import codes

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from api.contract import Observation, Overhead

MOST_TASKS = 50_000  # whose keys are remembered: a few megabytes


class ClientRow(NamedTuple):
    """The words behind a `client_key`."""

    client_key: int
    platform: str
    client_id: str | None
    client_name: str | None


class TaskRow(NamedTuple):
    """The words behind a `task_key`."""

    client_key: int
    task_key: int
    task_id: str | None
    title: str


class ObservationRow(NamedTuple):
    """One revision of one attempt, in the order of the columns of `intake.observations`."""

    client_key: int
    task_key: int
    contributor: int
    reward_micros: int | None
    paid_micros: int | None
    claimed_hour: datetime
    id: UUID
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
    """An observation's row and the words behind its two keys."""

    row: ObservationRow
    client: ClientRow
    task: TaskRow


def named(observation: Observation, contributor: int, received_on: date) -> Named:
    """The rows of `observation`, sent by `contributor` and first seen on `received_on`."""
    platform, client, task = observation.platform, observation.client, observation.task
    client_id, client_name = (client.id, client.name) if client else (None, None)
    client_key, task_key = _keys(platform, client_id, client_name, task.id, task.title)
    money = observation.reward or observation.paid
    row = ObservationRow(
        client_key=client_key,
        task_key=task_key,
        contributor=contributor,
        reward_micros=observation.reward.micros if observation.reward else None,
        paid_micros=observation.paid.micros if observation.paid else None,
        claimed_hour=observation.claimed_hour,
        id=observation.id,
        active_seconds=observation.active_seconds,
        open_seconds=observation.open_seconds,
        limit_seconds=observation.limit_seconds,
        estimate_seconds=observation.estimate_seconds,
        units=observation.units,
        decided_on=observation.decided_on,
        received_on=received_on,
        revision=observation.revision,
        pack_version=observation.pack.version,
        reward_per=codes.REWARD_PER[observation.reward_per],
        outcome=codes.OUTCOME[observation.outcome],
        timer=codes.TIMER[observation.timer],
        currency=money.currency if money else None,
    )
    return Named(
        row,
        ClientRow(client_key, platform, client_id, client_name),
        TaskRow(client_key, task_key, task.id, task.title),
    )


@lru_cache(MOST_TASKS)
def _keys(
    platform: str, client_id: str | None, client_name: str | None, task_id: str | None, title: str
) -> tuple[int, int]:
    """The keys of a client and of a task; remembered, for most rows are of few tasks."""
    words = keys.client_name(platform, client_id, client_name, task_id, title)
    return keys.key(words), keys.key(keys.task_name(words, title))


def overhead_row(overhead: Overhead, contributor: int, received_on: date) -> OverheadRow:
    """The row of `overhead`, sent by `contributor` and first seen on `received_on`."""
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
