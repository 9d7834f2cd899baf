"""A shared observation to look at: what really goes over the wire, for the page on privacy."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from api.contract import Client, Money, Observation, PackVersion, Task

EXAMPLE = Observation(
    id=UUID("019d7bc4-fa80-7c31-9b1f-5be2a4d7c801"),
    revision=2,
    platform="practice",
    client=Client(id="c-2", name="Lantern Survey Lab"),
    task=Task(id="t-3", title="Pick the right label (short survey)"),
    reward=Money(micros=350_000, currency="USD"),
    reward_per="task",
    units=1,
    claimed_hour=datetime(2026, 4, 11, 9, tzinfo=UTC),
    active_seconds=412.0,
    open_seconds=655.0,
    limit_seconds=2700.0,
    estimate_seconds=240.0,
    outcome="paid",
    paid=Money(micros=350_000, currency="USD"),
    decided_on=date(2026, 4, 13),
    pack=PackVersion(slug="practice", version=1),
    timer="focus",
)


def example_json() -> str:
    """The example as it is sent, laid out for reading."""
    return msgspec.json.format(msgspec.json.encode(EXAMPLE), indent=2).decode()
