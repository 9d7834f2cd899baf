"""All rows of one contributor with the names behind their keys: their own copy, as JSON or CSV."""

from __future__ import annotations

import csv as csv_format
import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from api.store import codes, sightings
from api.store.database import Database
from api.store.rows import version_text

OBSERVATIONS = """
SELECT DISTINCT ON (o.id) o.id, o.revision, c.platform, c.client_id, w.client_name, w.task_id,
    coalesce(w.title, t.title) AS title, o.reward_micros,
    o.paid_micros, o.currency, o.reward_per, o.units,
    to_timestamp(o.claimed_hour * 3600.0) AS claimed_hour, o.active_seconds, o.open_seconds, o.limit_seconds,
    o.estimate_seconds, o.outcome, o.decided_on, o.timer, o.pack_version, o.received_on,
    o.cap_seconds, o.paid_seconds, o.pay_kind, o.extension_version
FROM intake.observations o
JOIN intake.clients c USING (client_key)
JOIN intake.tasks t USING (client_key, task_key)
LEFT JOIN intake.words w ON (w.task_key, w.contributor) = (o.task_key, o.contributor)
WHERE o.contributor = $1
ORDER BY o.id, o.revision DESC
"""
OVERHEADS = """
SELECT DISTINCT ON (id) id, revision, platform, day, search_seconds, watch_seconds, preview_seconds,
    qualification_seconds, messages_seconds, payment_seconds, learning_seconds, received_on
FROM intake.overheads WHERE contributor = $1 ORDER BY id, revision DESC
"""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run such a title
WORDS = {
    "reward_per": codes.words(codes.REWARD_PER),
    "outcome": codes.words(codes.OUTCOME),
    "timer": codes.words(codes.TIMER),
    "pay_kind": codes.words(codes.PAY_KIND),
}
Row = dict[str, Any]


class History(msgspec.Struct, frozen=True):
    """Everything shared: each record as its highest revision says."""

    observations: Sequence[Row]
    overheads: Sequence[Row]
    sightings: Sequence[Row]


async def of(db: Database, contributor: int) -> History:
    """The rows of `contributor`."""
    return History(
        [_spelled(dict(row)) for row in await db.fetch(OBSERVATIONS, contributor)],
        [dict(row) for row in await db.fetch(OVERHEADS, contributor)],
        await sightings.own(db, contributor),
    )


def _spelled(row: Row) -> Row:
    spelled = {column: None if row[column] is None else words[row[column]] for column, words in WORDS.items()}
    number = row["extension_version"]
    return row | spelled | {"extension_version": None if number is None else version_text(number)}


def json(contributor_id: UUID, rows: History) -> bytes:
    """The whole history, the contributor's own id on top."""
    whole = {
        "contributor_id": contributor_id,
        "observations": rows.observations,
        "overheads": rows.overheads,
        "sightings": rows.sightings,
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=1)


def csv(rows: History) -> bytes:
    """The observations as CSV, a line a revision; a text that would run gets an apostrophe."""
    out = io.StringIO()
    columns = list(rows.observations[0]) if rows.observations else ["id"]
    writer = csv_format.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: _plain(value) for column, value in row.items()} for row in rows.observations)
    return out.getvalue().encode()


def _plain(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
