"""Every failure of the server, one small tree, mapped once to application/problem+json.

    TaskwageError                    500 internal
    ├── BadRequest                   400 bad_request
    │   ├── MalformedBody            400 malformed_body
    │   ├── BadQuery                 400 bad_query
    │   └── TollUnpaid               400 toll_unpaid
    ├── UnknownSecret                401 unknown_secret
    ├── NotFound                     404 not_found
    ├── NotAllowed                   405 method_not_allowed
    ├── NotAcceptable                406 not_acceptable
    ├── TooLarge                     413 too_large
    ├── UnsupportedMedia             415 unsupported_media
    ├── OtherHome                    421 other_home
    ├── TooMany                      429 too_many          with Retry-After
    │   └── DailyLimit               429 daily_limit       with what is left
    ├── DiskFull                     503 disk_full         with Retry-After
    ├── Unavailable                  503 unavailable       with Retry-After
    │   ├── Shedding                 503 shedding
    │   ├── TooLong                  503 too_long
    │   ├── Damaged                  503 damaged
    │   ├── DatabaseGone             503 database_gone
    │   ├── SegmentsGone             503 segments_gone
    │   │   ├── DamagedSegment       503 damaged_segment
    │   │   ├── DamagedHome          503 damaged_home
    │   │   └── LostRows             503 lost_rows
    │   └── Busy                     503 busy
    └── CannotStart                  never on the wire: one line, exit code 2
        ├── BadBackup
        ├── BadSettings
        ├── CannotMigrate
        ├── CannotRebuild
        ├── NoServer                 the embedded PostgreSQL
        └── WrongNature

A refusal of one item is not here: it is a value, `contract.Refusal`.
"""

from __future__ import annotations

from typing import ClassVar

from api.intake.contract import Problem


class TaskwageError(Exception):
    """A failure with a stable code; its text is for people and holds nothing private."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something broke on our side"

    def __init_subclass__(cls, status: int | None = None, code: str | None = None, title: str | None = None) -> None:
        super().__init_subclass__()
        if status is not None:
            cls.status = status
        if code is not None:
            cls.code = code
        if title is not None:
            cls.title = title

    def headers(self) -> dict[str, str]:
        """What the answer says beside its body."""
        return {}

    def problem(self) -> Problem:
        """The body of the answer."""
        detail = str(self) or None
        return Problem(
            type=f"urn:taskwage:problem:{self.code}",
            title=self.title,
            status=self.status,
            code=self.code,
            detail=detail,
        )


class BadRequest(TaskwageError, status=400, code="bad_request", title="The request does not fit"):
    """The request's shape is wrong."""


class MalformedBody(BadRequest, code="malformed_body", title="The body cannot be read"):
    """Not JSON, not the shape asked for, or not what Content-Encoding says."""


class BadQuery(BadRequest, code="bad_query", title="The query cannot be answered"):
    """A column, an operator or a value that the table does not have."""


class TollUnpaid(BadRequest, code="toll_unpaid", title="The proof of work does not hold"):
    """The challenge is not ours, is old, is used, or its nonce is wrong."""


class UnknownSecret(TaskwageError, status=401, code="unknown_secret", title="No contributor has this secret"):
    """The bearer secret is missing, malformed, or nobody's."""

    def headers(self) -> dict[str, str]:
        return {"www-authenticate": "Bearer"}


class NotFound(TaskwageError, status=404, code="not_found", title="There is nothing here"):
    """No such thing."""


class NotAllowed(TaskwageError, status=405, code="method_not_allowed", title="That cannot be done here"):
    """The path is right, the method is not."""

    def __init__(self, allowed: str = "") -> None:
        super().__init__(f"Allowed: {allowed}" if allowed else "")
        self.allowed = allowed

    def headers(self) -> dict[str, str]:
        return {"allow": self.allowed} if self.allowed else {}


class NotAcceptable(TaskwageError, status=406, code="not_acceptable", title="We do not speak that format"):
    """No such encoding of this thing."""


class TooLarge(TaskwageError, status=413, code="too_large", title="That is too much at once"):
    """The body, as sent or unpacked, is over the bound."""


class UnsupportedMedia(TaskwageError, status=415, code="unsupported_media", title="We do not read that kind of body"):
    """Content-Type or Content-Encoding is not one of ours."""


class OtherHome(TaskwageError, status=421, code="other_home", title="Misdirected Request"):
    """The secret or the header names another home: a proxy sent the request astray. It may be sent again."""


class TooMany(TaskwageError, status=429, code="too_many", title="Too many requests"):
    """A limit was passed; `retry_after_seconds` says when it opens again."""

    def __init__(self, detail: str, retry_after_seconds: float) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds

    def headers(self) -> dict[str, str]:
        return {"retry-after": str(max(1, round(self.retry_after_seconds)))}


class DailyLimit(TooMany, code="daily_limit", title="Too Many Requests"):
    """A contributor had their share of this day; the text says what is left of it."""

    def __init__(self, detail: str, retry_after_seconds: float = 3600.0) -> None:
        super().__init__(detail, retry_after_seconds)


class DiskFull(TaskwageError, status=503, code="disk_full", title="Service Unavailable"):
    """There is hardly any room left to store in; it opens again by itself."""

    def headers(self) -> dict[str, str]:
        return {"retry-after": "300"}


class Unavailable(TaskwageError, status=503, code="unavailable", title="Not now"):
    """For the moment we cannot; the same request may be sent again."""

    retry_after_seconds: ClassVar[int] = 5

    def headers(self) -> dict[str, str]:
        return {"retry-after": str(self.retry_after_seconds)}


class Shedding(Unavailable, code="shedding", title="Too busy, try again soon"):
    """More is waiting to be stored than we hold in memory."""


class TooLong(Unavailable, code="too_long", title="That question takes too long"):
    """A table was asked something that takes more than the time an answer may take."""


class Damaged(Unavailable, code="damaged", title="A published file is damaged"):
    """A file of a release is missing, or its bytes are not those that were published."""


class DatabaseGone(Unavailable, code="database_gone", title="The database does not answer"):
    """PostgreSQL cannot be reached or is stopping."""


class SegmentsGone(Unavailable, code="segments_gone", title="The raw rows' files are out of reach"):
    """The folder or object store of segments does not answer."""


class DamagedSegment(SegmentsGone, code="damaged_segment", title="A file of raw rows is lost or damaged"):
    """A segment is lost or is not what was written; the next export makes it anew."""


class DamagedHome(SegmentsGone, code="damaged_home", title="A home's files cannot be read"):
    """A home's manifest or a file of it is lost, damaged, or of another layout."""


class LostRows(SegmentsGone, code="lost_rows", title="A file of past rows is lost or damaged"):
    """The only copy of some past days is missing, cut short or damaged."""


class Busy(Unavailable, code="busy", title="Somebody else is doing that"):
    """What may run once at a time is running."""


class CannotStart(TaskwageError, code="cannot_start", title="The program cannot start"):
    """Something outside must be put right first."""


class BadSettings(CannotStart):
    """A setting does not fit."""


class BadBackup(CannotStart):
    """A backup cannot be written, read, or put where it was asked for."""


class CannotRebuild(CannotStart):
    """A past release cannot be made again as it was."""


class CannotMigrate(CannotStart):
    """A step of the schema did not get its lock or its time; nothing of it was done."""


class NoServer(CannotStart):
    """The embedded PostgreSQL cannot be found, made or started."""


class WrongNature(CannotStart):
    """The database is a demo's and real work was asked for, or the other way round."""


BY_STATUS: dict[int, type[TaskwageError]] = {
    kind.status: kind
    for kind in (BadRequest, UnknownSecret, NotFound, NotAcceptable, TooLarge, UnsupportedMedia, Unavailable)
}
