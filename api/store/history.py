"""All rows of one contributor with the names behind their keys: their own copy, as JSON or CSV."""

from __future__ import annotations

import asyncio
import csv as csv_format
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import IO, Any, NamedTuple
from uuid import UUID

import msgspec
import polars as pl
from obstore.store import ObjectStore

from api.store import codes, sightings, weekly_reports
from api.store.database import Database
from api.store.locks import READING
from api.store.partitions import lowest_id
from api.store.past import files, rows
from api.store.past.plan import File
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
WHERE o.contributor = $1 AND ($2::uuid IS NULL OR o.id >= $2) AND ($3::uuid IS NULL OR o.id < $3)
ORDER BY o.id, o.revision DESC
"""
OVERHEADS = """
SELECT DISTINCT ON (id) id, revision, platform, day, search_seconds, watch_seconds, preview_seconds,
    qualification_seconds, messages_seconds, payment_seconds, learning_seconds, received_on
FROM intake.overheads WHERE contributor = $1 ORDER BY id, revision DESC
"""
NAMES = """
SELECT keys.client_key, keys.task_key, c.platform, c.client_id, w.client_name, w.task_id,
    coalesce(w.title, t.title) AS title
FROM unnest($2::bigint[], $3::bigint[]) AS keys (client_key, task_key)
JOIN intake.clients c USING (client_key)
JOIN intake.tasks t USING (client_key, task_key)
LEFT JOIN intake.words w ON (w.task_key, w.contributor) = (keys.task_key, $1)
"""
FILES = f"""
SELECT {files.COLUMNS} FROM intake.past_files JOIN intake.past_people p ON p.file = number
WHERE p.contributor = $1 ORDER BY first_day
"""
SHARE = "SELECT pg_advisory_xact_lock_shared($1)"
COLUMNS = (
    *("id", "revision", "platform", "client_id", "client_name", "task_id", "title", "reward_micros", "paid_micros"),
    *("currency", "reward_per", "units", "claimed_hour", "active_seconds", "open_seconds", "limit_seconds"),
    *("estimate_seconds", "outcome", "decided_on", "timer", "pack_version", "received_on", "cap_seconds"),
    *("paid_seconds", "pay_kind", "extension_version"),
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")  # a spreadsheet would execute such a title
WORDS = {
    "reward_per": codes.words(codes.REWARD_PER),
    "outcome": codes.words(codes.OUTCOME),
    "timer": codes.words(codes.TIMER),
    "pay_kind": codes.words(codes.PAY_KIND),
}
BLOCK_ROWS = 500
Row = dict[str, Any]


class Source(NamedTuple):
    """One contributor's rows: a connection in a repeatable-read transaction, their number, and the place of files.

    Without a place, the database must hold all rows.
    """

    db: Database
    contributor: int
    place: ObjectStore | None = None


async def write_json(source: Source, contributor_id: UUID, out: IO[bytes]) -> None:
    """Write everything shared to `out`, after the contributor's own id; each record by its highest revision.

    Rows are read by cursor, a block at a time, so a long history takes no more memory than a short one.
    """
    out.write(b'{\n "contributor_id": ' + msgspec.json.encode(contributor_id))
    parts = {
        "observations": _observations(source),
        "overheads": _blocks(source, OVERHEADS),
        "sightings": _blocks(source, sightings.OWN),
        "health": _blocks(source, weekly_reports.OWN_HEALTH),
        "actions": _blocks(source, weekly_reports.OWN_ACTIONS),
    }
    for name, blocks in parts.items():
        out.write(b',\n "' + name.encode() + b'": [')
        separator = b"\n  "
        async for block in blocks:
            for row in block:
                out.write(separator + msgspec.json.encode(_spelled(row)))
                separator = b",\n  "
        out.write(b"\n ]")
    out.write(b"\n}\n")


async def write_csv(source: Source, out: IO[bytes]) -> None:
    """Write the observations to `out` as CSV, one line a record; text that a spreadsheet would execute gets an
    apostrophe."""
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
    writer: csv_format.DictWriter[str] | None = None
    async for block in _observations(source):
        if writer is None:
            writer = csv_format.DictWriter(text, list(block[0]), lineterminator="\n")
            writer.writeheader()
        writer.writerows({column: plain(value) for column, value in _spelled(row).items()} for row in block)
    if writer is None:
        text.write("id\n")
    text.detach()


async def _observations(source: Source) -> AsyncIterator[list[Row]]:
    """Yield the observations in the order of their ids, those of past days from files."""
    await source.db.execute(SHARE, READING)
    start: UUID | None = None
    for row in await source.db.fetch(FILES, source.contributor):
        file = File(*row)
        first, end = lowest_id(file.first_day), lowest_id(file.last_day + timedelta(days=1))
        async for block in _blocks(source, OBSERVATIONS, start, first):
            yield block
        late = {
            found["id"]: dict(found) for found in await source.db.fetch(OBSERVATIONS, source.contributor, first, end)
        }
        past = {found["id"]: found for found in await _past(source, file)}
        yield [one for _, one in sorted((past | late).items(), key=lambda pair: pair[0].int)]
        start = end
    async for block in _blocks(source, OBSERVATIONS, start, None):
        yield block


async def _past(source: Source, file: File) -> list[Row]:
    """Return a contributor's rows of one file, as the query of observations would."""
    assert source.place is not None, "rows are in files, and their place was not given"
    held = await asyncio.to_thread(files.read, source.place, file)
    own = rows.latest(held.filter(pl.col("contributor") == source.contributor))
    pairs = own.select("client_key", "task_key").unique()
    keys = (pairs["client_key"].to_list(), pairs["task_key"].to_list())
    names = {
        (one["client_key"], one["task_key"]): one for one in await source.db.fetch(NAMES, source.contributor, *keys)
    }
    selected = [
        (one, names[one["client_key"], one["task_key"]])
        for one in rows.as_selected(own)
        if (one["client_key"], one["task_key"]) in names
    ]
    return [{column: name.get(column, one.get(column)) for column in COLUMNS} for one, name in selected]


async def _blocks(source: Source, query: str, *bounds: UUID | None) -> AsyncIterator[list[Row]]:
    cursor = await source.db.cursor(query, source.contributor, *bounds)
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
