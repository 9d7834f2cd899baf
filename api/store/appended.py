"""Small items that a contributor sends with their observations: append only; the highest revision counts.

Sightings, capture health and account actions are stored by the same steps, each in a table of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple, Protocol
from uuid import UUID

from api.errors import DailyLimit, UnknownSecret
from api.intake.revisions import STORED, Status, StoredRevision, settle
from api.store import contributors, daily_use
from api.store.database import Pool, translated


class Row(Protocol):
    """One revision of one item."""

    @property
    def contributor(self) -> int: ...
    @property
    def id(self) -> UUID: ...
    @property
    def received_on(self) -> date: ...
    @property
    def revision(self) -> int: ...
    def __iter__(self) -> Iterator[object]: ...


class Statements(NamedTuple):
    """The statements of one table: its stored revisions by contributor and ids, and the insert of one row."""

    kept: str
    insert: str


async def store(pool: Pool, statements: Statements, rows: Sequence[Row], items_per_day: int) -> list[Status]:
    """Store one contributor's `rows`, and return once they are on disk; one status a row, in their order.

    Raises:
        UnknownSecret: The contributor was erased meanwhile.
        DatabaseGone: Nothing was stored, because PostgreSQL cannot be reached.
        DailyLimit: The rows exceed the contributor's daily limit.
    """
    if not rows:
        return []
    contributor = rows[0].contributor
    with translated():
        async with pool.acquire() as db, db.transaction():
            if not await contributors.hold(db, {contributor}):
                raise UnknownSecret("This contributor was erased.")
            day = rows[0].received_on
            left = max(0, items_per_day - (await daily_use.of(db, day, {contributor}))[contributor].items)
            if len(rows) > left:
                raise DailyLimit(f"{left} more items can be stored for you today; this request has {len(rows)}.")
            found = await db.fetch(statements.kept, contributor, [one.id for one in rows])
            known = {one["id"]: StoredRevision(one["revision"], one["received_on"]) for one in found}
            sent = [(one.id, StoredRevision(one.revision, one.received_on)) for one in rows]
            verdicts = settle(known, sent)
            fresh = [one for one, verdict in zip(rows, verdicts, strict=True) if verdict in STORED]
            if fresh:
                await db.executemany(statements.insert, [tuple(one) for one in fresh])
                await daily_use.add(db, day, {contributor: daily_use.Use(len(fresh))})
    return verdicts
