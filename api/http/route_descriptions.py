"""What the OpenAPI description says of each route: its name, words, failures, parameters and bytes.

The framework knows paths and types of bodies. It cannot know which failures a route has, who may ask, or the shape of
an answer that is sent as bytes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Struct

from analytics.model.encoding import MEDIA_TYPES
from analytics.model.table import OPERATORS, ColumnType, Operator
from analytics.query import MOST_CONDITIONS, MOST_ROWS
from api.errors import (
    BadQuery,
    BadRequest,
    DailyLimit,
    Damaged,
    DatabaseGone,
    DiskFull,
    MalformedBody,
    NotAcceptable,
    NotFound,
    Shedding,
    TaskwageError,
    TollUnpaid,
    TooLarge,
    TooLong,
    TooMany,
    UnknownSecret,
    UnsupportedMedia,
)
from api.http.routes.tables import DEFAULT_ROWS
from api.intake.contract import MAX_BATCH_ITEMS, MAX_BODY_BYTES

Failures = tuple[type[TaskwageError], ...]
Schema = dict[str, Any]


class ColumnDescription(Struct):
    """One column of a published table; `operators` are those that filter it."""

    name: str
    type: ColumnType
    unit: str | None
    meaning: str
    operators: list[Operator]


class TableDescription(Struct):
    """One published table; `key` names the columns that identify a row."""

    name: str
    meaning: str
    disclosure: str
    key: list[str]
    columns: list[ColumnDescription]


class TableLimits(Struct):
    """How much one answer may hold, and how long it may take."""

    rows: int
    json_rows_unless_asked: int
    conditions: int
    seconds: float


class TableDictionary(Struct):
    """Every published table."""

    tables: list[TableDescription]
    limits: TableLimits


class TablePage(Struct):
    """Rows of one table; `after` is the token of the next page where `truncated` is true."""

    table: str
    release: str
    truncated: bool
    after: str | None
    rows: list[dict[str, str | int | float | None]]


class Description(NamedTuple):
    """What one operation adds to what the framework knows; `content` replaces the body of its success."""

    name: str
    summary: str
    text: str
    success: str
    failures: Failures = ()
    content: dict[str, Schema] | None = None
    query: tuple[Schema, ...] = ()
    headers: tuple[str, ...] = ()
    has_secret: bool = False
    is_conditional: bool = False


PATH_PARAMETERS = {
    "slug": "The slug of a platform, as GET /v1/platforms lists it.",
    "platform": "The slug of a platform, as GET /v1/platforms lists it.",
    "client": "The client's key in the tables, or the platform's id of the client.",
    "release_id": "The id of a release, or `latest` for the current one.",
    "folder": "The folder of a file in the manifest: `tables` or `snapshots`.",
    "file_release": "The id of a release, as GET /v1/releases lists it.",
    "file": "A file of the release: `TABLE.csv`, `TABLE.parquet`, or a document that the manifest lists.",
    "table": "A table and its format, for example `client_rates.json`. Formats: json, csv, parquet, arrow.",
}
HEADERS = {
    "etag": "The version of this answer. Send it back in `If-None-Match`.",
    "x-release": "The id of the release that the answer comes from.",
    "x-taskwage-signature": "The Ed25519 signature of the unpacked bytes. Check it with the key of GET /v1/key.",
    "x-truncated": "`true` if more rows follow, else `false`.",
    "x-after": "The token of the next page, if more rows follow.",
    "link": 'The address of the next page with rel="next", if more rows follow (RFC 8288).',
    "content-disposition": "The name under which the file is saved.",
}
_READER: Failures = (UnknownSecret, TooMany, DatabaseGone)
_PUBLISHED: Failures = (NotFound, TooMany, Damaged)
_BODY: Failures = (MalformedBody, TooLarge)
_TEXT: Schema = {"type": "string"}
_BINARY: Schema = {"type": "string", "format": "binary"}
_OPERATORS = "|".join(dict.fromkeys(name for names in OPERATORS.values() for name in names))


def reference(name: str) -> Schema:
    """Return the reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def _query(name: str, text: str, schema: Schema | None = None, **more: object) -> Schema:
    return {"name": name, "in": "query", "description": text, "required": False, "schema": schema or _TEXT, **more}


_TABLE_QUERY = (
    _query(
        "filters",
        "Conditions `column__operator=value`, one parameter each; `column=value` means `eq`. All must hold. "
        f"At most {MOST_CONDITIONS}. `in` takes values with commas between; `null` takes `true` or `false`. "
        "GET /v1/tables lists the columns of each table and the operators of each column.",
        {
            "type": "object",
            "propertyNames": {"pattern": f"^[a-z][a-z0-9_]*?(__({_OPERATORS}))?$"},
            "additionalProperties": _TEXT,
            "maxProperties": MOST_CONDITIONS,
        },
        style="form",
        explode=True,
        example={"platform__eq": "practice", "contributors__ge": "10"},
    ),
    _query("sort", "Columns to sort by, with commas between. A `-` before a column sorts from the highest down."),
    _query(
        "limit",
        f"The most rows of the answer. JSON has {DEFAULT_ROWS} unless you ask; the other formats have every row.",
        {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
    ),
    _query("after", "The token of the page to continue after: `after` in JSON, `x-after` in the headers."),
    _query("columns", "The columns to send, with commas between. All of them unless you ask."),
    _query("release", "The id of the release to read. The current one unless you ask."),
)
_TABLE_CONTENT = {
    kind.partition(";")[0]: {"json": reference("TablePage"), "csv": _TEXT}.get(form, _BINARY)
    for form, kind in MEDIA_TYPES.items()
}
_FILE_CONTENT: dict[str, Schema] = {
    "text/csv": _TEXT,
    "application/vnd.apache.parquet": _BINARY,
    "application/json": {"type": "object"},
    "text/markdown": _TEXT,
}
_RELEASE_QUERY = (
    _query("after", "The id of a release. The answer continues with the next older one."),
    _query("limit", "The most releases of the answer."),
)
_SNAPSHOT_QUERY = (
    _query("since", "The id of the release that you have. The answer then holds only what has changed since it."),
)
_TASK_QUERY = (
    _query("task", "The task's key in the tables, or the platform's id of the task. The client's figure without it."),
)

DESCRIPTIONS: dict[tuple[str, str], Description] = {
    ("get", "/healthz"): Description(
        "health", "Check that the process answers", "Says nothing of the database.", "The process answers."
    ),
    ("get", "/readyz"): Description(
        "readiness",
        "Check that requests may be sent here",
        "Answers 503 with the reasons if requests may not be sent here. Notes stop nothing.",
        "Requests may be sent here.",
    ),
    ("post", "/v1/challenges"): Description(
        "new_challenge",
        "Get a challenge for an enrolment",
        "A new contributor pays for the enrolment with some seconds of computing. Find a nonce for the challenge.",
        "A challenge that can be used once.",
        (TooMany, DatabaseGone),
    ),
    ("post", "/v1/contributors"): Description(
        "enrol",
        "Enrol a new contributor",
        "Send a challenge and its nonce. The answer holds the secret. It is shown only this time.",
        "The new contributor and their secret.",
        (*_BODY, TollUnpaid, TooMany, DatabaseGone),
    ),
    ("get", "/v1/contributors/me"): Description(
        "standing",
        "Read what you have shared",
        "Counts what you have shared, and says what is missing before it counts in a release.",
        "Your standing.",
        _READER,
        has_secret=True,
    ),
    ("patch", "/v1/contributors/me"): Description(
        "change",
        "Change your country",
        "Send a country, or null to remove it.",
        "Your standing after the change.",
        (*_BODY, *_READER),
        has_secret=True,
    ),
    ("delete", "/v1/contributors/me"): Description(
        "erase",
        "Erase everything you shared",
        "Erases your rows and your enrolment. It cannot be undone.",
        "What was erased, and the day when the current release no longer holds it.",
        _READER,
        has_secret=True,
    ),
    ("get", "/v1/contributors/me/export"): Description(
        "export",
        "Export everything you shared",
        "JSON, or CSV of the observations with `Accept: text/csv`. Each record appears once. There is a daily limit.",
        "Your records.",
        (NotAcceptable, *_READER),
        content={"application/json": {"type": "object"}, "text/csv": _TEXT},
        headers=("content-disposition",),
        has_secret=True,
    ),
    ("get", "/v1/key"): Description(
        "public_key",
        "Read the public key of this site",
        "Snapshots and updates of packs are signed. This key checks their signatures.",
        "The key, in base64.",
    ),
    ("post", "/v1/observations"): Description(
        "post_observations",
        "Store a batch of items",
        f"Stores up to {MAX_BATCH_ITEMS} items of a kind, in at most {MAX_BODY_BYTES} bytes, as sent and unpacked. "
        "Receipts are sent after the commit. A refused item does not affect the others. "
        "The body may be packed with gzip or zstd.",
        "One receipt for each item, in the order sent.",
        (*_BODY, UnknownSecret, UnsupportedMedia, TooMany, DailyLimit, DiskFull, Shedding, DatabaseGone),
        content={"application/json": reference("Receipts")},
        has_secret=True,
    ),
    ("get", "/v1/pack-updates"): Description(
        "pack_updates",
        "Read the signed updates of packs",
        "New values for packs, the same for every client. The signature covers the bytes of the body.",
        "Every current update.",
        (NotFound,),
        content={"application/json": reference("PackUpdates")},
        headers=("etag", "x-taskwage-signature"),
        is_conditional=True,
    ),
    ("get", "/v1/platforms"): Description(
        "list_platforms", "List the packs", "A pack describes one platform.", "Every pack."
    ),
    ("get", "/v1/platforms/{slug}"): Description(
        "platform", "Read one pack", "A pack describes one platform.", "The pack.", (NotFound,)
    ),
    ("get", "/v1/rates/{platform}/explain"): Description(
        "explain_platform",
        "Explain the figure of a platform",
        "Shows the parts that the published figure is made of.",
        "The parts of the figure.",
        _PUBLISHED,
        headers=("x-release",),
    ),
    ("get", "/v1/rates/{platform}/{client}/explain"): Description(
        "explain_client",
        "Explain the figure of a client or a task",
        "Shows the parts that the figure is made of. Without a published figure, the platform's is explained.",
        "The parts of the figure.",
        _PUBLISHED,
        query=_TASK_QUERY,
        headers=("x-release",),
    ),
    ("get", "/v1/releases"): Description(
        "list_releases",
        "List the releases",
        "The newest release comes first. `after` of the answer asks for the next page.",
        "One page of releases.",
        (BadRequest, *_PUBLISHED),
        query=_RELEASE_QUERY,
    ),
    ("get", "/v1/releases/{release_id}"): Description(
        "read_release",
        "Read the manifest of a release",
        "Lists the tables of the release with their rows, sizes and hashes.",
        "The manifest.",
        _PUBLISHED,
    ),
    ("get", "/v1/releases/{release_id}/files/{name}"): Description(
        "read_file",
        "Read one file of a release",
        "A whole table as CSV or Parquet, or a document of the release. A file never changes.",
        "The file.",
        _PUBLISHED,
        content=_FILE_CONTENT,
        headers=("etag", "content-disposition"),
        is_conditional=True,
    ),
    ("get", "/v1/releases/{release_id}/files/{folder}/{name}"): Description(
        "read_file_by_path",
        "Read one file of a release by its path in the manifest",
        "Every file whose hash the manifest holds, such as `tables/client_rates.csv` or `snapshots/practice.json`.",
        "The file.",
        _PUBLISHED,
        content=_FILE_CONTENT,
        headers=("etag", "content-disposition"),
        is_conditional=True,
    ),
    ("post", "/v1/shape-reports"): Description(
        "report_shape",
        "Report the shape of a page that cannot be read",
        "The report names tags, classes, test ids and keys. It never holds a value of the page.",
        "Whether the report was stored, or enough of this kind are stored.",
        (BadRequest, *_BODY, TooMany, DatabaseGone),
    ),
    ("get", "/v1/snapshots/{slug}"): Description(
        "read_snapshot",
        "Read the rates of one platform",
        "Rates without names, for look-ups on the worker's device. "
        "The signature covers the unpacked bytes of the whole snapshot.",
        "The whole snapshot, or what has changed since a release.",
        _PUBLISHED,
        content={"application/json": {"type": "object"}},
        query=_SNAPSHOT_QUERY,
        headers=("etag", "x-release", "x-taskwage-signature"),
        is_conditional=True,
    ),
    ("get", "/v1/tables"): Description(
        "list_tables",
        "List the tables and their columns",
        "Each column has a type, a unit, a meaning and the operators that filter it.",
        "Every table, and the limits of one answer.",
        content={"application/json": reference("TableDictionary")},
    ),
    ("get", "/v1/tables/{name}"): Description(
        "read_table",
        "Read rows of a table",
        "JSON comes in pages. The other formats hold every row, or the `limit` that you ask for.",
        "The rows.",
        (BadQuery, *_PUBLISHED, TooLong),
        content=_TABLE_CONTENT,
        query=_TABLE_QUERY,
        headers=("etag", "x-release", "x-truncated", "x-after", "link"),
        is_conditional=True,
    ),
}
COMPONENTS = (TableDictionary, TablePage)
