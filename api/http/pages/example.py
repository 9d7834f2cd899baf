"""An example of a shared observation and shared counts, exactly as sent, for the page on privacy."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from api.intake.contract import Client, Health, Money, Observation, PackVersion, Sighting, Task, UnitsSeen

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
HOURS_BEFORE, HOURS_AFTER = [0] * 9, [0] * 13
COUNTS = Sighting(
    id=UUID("019d79d6-9800-7b52-8d43-62f1c09a7be5"),
    revision=1,
    platform="practice",
    day=date(2026, 4, 11),
    watched_minutes=[*HOURS_BEFORE, 31, 12, *HOURS_AFTER],
    appeared=[*HOURS_BEFORE, 6, 1, *HOURS_AFTER],
    lives=[1, 2, 0, 1, 0, 0],
    units=UnitsSeen(watched_minutes=[40, 85, 122, 43, 0], gone=[2, 9, 31, 50, 0]),
)


HEALTH = Health(
    id=UUID("019d5d67-8400-7e21-8a10-64b8d2f0a913"),
    revision=1,
    platform="practice",
    pack_version=1,
    week=date(2026, 4, 6),
    expected_rows=212,
    read_rows=212,
    changed_pages=0,
    agreeing_statements=1,
    differing_statements=0,
)


def counts_json() -> str:
    """Return the counts of listings as they are sent, a line for each field."""
    return _lines(COUNTS)


def health_json() -> str:
    """Return the counts that show how well a site was read, as they are sent, a line for each field."""
    return _lines(HEALTH)


def _lines(item: Sighting | Health) -> str:
    fields: dict[str, object] = msgspec.to_builtins(item)
    lines = (f'  "{name}": {json.dumps(value)}' for name, value in fields.items())
    return "{\n" + ",\n".join(lines) + "\n}"


def example_json() -> str:
    """Return the example as it is sent, formatted for reading."""
    return msgspec.json.format(msgspec.json.encode(EXAMPLE), indent=2).decode()
