"""All rows of one contributor with the names behind their keys: their own copy, as JSON or CSV."""

from __future__ import annotations

import asyncio
import csv as csv_format
import io
from collections.abc import AsyncIterator
from typing import IO, Any, NamedTuple
from uuid import UUID

import msgspec

from api.store import codes, sightings, weekly_reports
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
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")  # a spreadsheet would execute such a title
WORDS = {
    "reward_per": codes.words(codes.REWARD_PER),
    "outcome": codes.words(codes.OUTCOME),
    "timer": codes.words(codes.TIMER),
    "pay_kind": codes.words(codes.PAY_KIND),
}
BLOCK_ROWS = 500
Row = dict[str, Any]


class _Part(NamedTuple):
    """One list of the copy: its name, and the query of its rows."""

    name: str
    query: str


PARTS = (
    _Part("observations", OBSERVATIONS),
    _Part("overheads", OVERHEADS),
    _Part("sightings", sightings.OWN),
    _Part("health", weekly_reports.OWN_HEALTH),
    _Part("actions", weekly_reports.OWN_ACTIONS),
)


async def write_json(db: Database, contributor: int, contributor_id: UUID, out: IO[bytes]) -> None:
    """Write everything shared to `out`, after the contributor's own id; each record by its highest revision.

    Rows are read by cursor, a block at a time, so a long history takes no more memory than a short one.
    """
    out.write(b'{\n "contributor_id": ' + msgspec.json.encode(contributor_id))
    for part in PARTS:
        out.write(b',\n "' + part.name.encode() + b'": [')
        separator = b"\n  "
        async for block in _blocks(db, part.query, contributor):
            for row in block:
                out.write(separator + msgspec.json.encode(_spelled(row)))
                separator = b",\n  "
        out.write(b"\n ]")
    out.write(b"\n}\n")


async def write_csv(db: Database, contributor: int, out: IO[bytes]) -> None:
    """Write the observations to `out` as CSV, one line a record; text that a spreadsheet would execute gets an
    apostrophe."""
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
    writer: csv_format.DictWriter[str] | None = None
    async for block in _blocks(db, OBSERVATIONS, contributor):
        if writer is None:
            writer = csv_format.DictWriter(text, list(block[0]), lineterminator="\n")
            writer.writeheader()
        writer.writerows({column: plain(value) for column, value in _spelled(row).items()} for row in block)
    if writer is None:
        text.write("id\n")
    text.detach()


async def _blocks(db: Database, query: str, contributor: int) -> AsyncIterator[list[Row]]:
    cursor = await db.cursor(query, contributor)
    while found := await cursor.fetch(BLOCK_ROWS):
        yield [dict(row) for row in found]
        await asyncio.sleep(0)  # yield to other requests: a hundred thousand rows take a second of processor


def _spelled(row: Row) -> Row:
    if "extension_version" not in row:
        return row
    spelled = {column: None if row[column] is None else words[row[column]] for column, words in WORDS.items()}
    number = row["extension_version"]
    return row | spelled | {"extension_version": None if number is None else version_text(number)}


def plain(value: object) -> object:
    """Return a value as a cell that no spreadsheet executes."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
