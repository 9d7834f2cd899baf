"""The status of a revision, given the stored one. Pure; used by the stores of raw rows.

stored before          sent            status
nothing                any             accepted
a lower revision       higher          updated
the same revision      same            duplicate
a higher revision      lower           stale
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from typing import Literal, NamedTuple, TypeVar

Status = Literal["accepted", "updated", "duplicate", "stale"]
KeyT = TypeVar("KeyT", bound=Hashable)
STORED: tuple[Status, ...] = ("accepted", "updated")


class StoredRevision(NamedTuple):
    """The highest revision of one record, its day of arrival, and its client, if it has one."""

    revision: int
    received_on: date
    client_key: int | None = None


def status(kept: StoredRevision | None, sent: StoredRevision) -> Status:
    """Return the status of `sent` given the stored revision `kept`."""
    if kept is None:
        return "accepted"
    if sent.revision > kept.revision:
        return "updated"
    return "duplicate" if sent.revision == kept.revision else "stale"


def settle(known: dict[KeyT, StoredRevision], sent: Sequence[tuple[KeyT, StoredRevision]]) -> list[Status]:
    """Return the status of each of `sent` as if they came one by one."""
    return [verdict for verdict, _ in settle_moves(known, sent)]


def settle_moves(
    known: dict[KeyT, StoredRevision], sent: Sequence[tuple[KeyT, StoredRevision]]
) -> list[tuple[Status, bool]]:
    """Return the same, and True where the item moves its record to another client."""
    latest = dict(known)
    settled: list[tuple[Status, bool]] = []
    for key, item in sent:
        kept = latest.get(key)
        verdict = status(kept, item)
        settled.append((verdict, verdict == "updated" and kept is not None and kept.client_key != item.client_key))
        if verdict in STORED:
            latest[key] = item
    return settled
