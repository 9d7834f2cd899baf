"""What becomes of a revision, given what is kept: the one table of it. Pure; used by the stores of raw rows.

kept before            sent            status
nothing                any             accepted
somebody else's        any             not_yours
a lower revision       higher          updated
the same revision      same            duplicate
a higher revision      lower           stale
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from typing import Literal, NamedTuple, TypeVar

Status = Literal["accepted", "updated", "duplicate", "stale", "not_yours"]
KeyT = TypeVar("KeyT", bound=Hashable)
STORED: tuple[Status, ...] = ("accepted", "updated")


class Kept(NamedTuple):
    """The highest revision of one record, whose it is, and the day its first revision came."""

    revision: int
    contributor: int
    received_on: date


def status(kept: Kept | None, sent: Kept) -> Status:
    """What `sent` is beside what is `kept`."""
    if kept is None:
        return "accepted"
    if kept.contributor != sent.contributor:
        return "not_yours"
    if sent.revision > kept.revision:
        return "updated"
    return "duplicate" if sent.revision == kept.revision else "stale"


def settle(known: dict[KeyT, Kept], sent: Sequence[tuple[KeyT, Kept]]) -> list[tuple[Status, date]]:
    """The status of each of `sent` as if they came one by one, and the day of its first revision."""
    latest = dict(known)
    settled: list[tuple[Status, date]] = []
    for key, item in sent:
        kept = latest.get(key)
        verdict = status(kept, item)
        received_on = kept.received_on if kept else item.received_on
        settled.append((verdict, received_on))
        if verdict in STORED:
            latest[key] = Kept(item.revision, item.contributor, received_on)
    return settled
