"""All types and bounds of the wire format, declared once.

TypeScript gets both by generation (`api/packs/generate.py`). Rules over more than one field are in
`api/intake/rules.py`. Money is micros and a currency, instants have a zone, durations are seconds.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

# Bounds with their reasons, which are generated into TypeScript too.
MAX_BATCH_ITEMS = 200  # a week offline of a busy worker fits in a few requests
MAX_BODY_BYTES = 1_000_000  # 200 items of the longest titles, unpacked
MAX_TITLE_LENGTH = 300  # the longest title seen on any platform is under 200
MAX_ID_LENGTH = 80  # platforms' own ids are 5 to 40 characters
MAX_ACTIVE_SECONDS = 14 * 3600  # more than a person works in a day: the clock is wrong (estimator E)
MAX_OPEN_SECONDS = 60 * 86_400  # a study may stay open for weeks
MAX_REWARD_MICROS = 10_000 * 1_000_000  # of any currency in which a microtask is priced by the task
MAX_UNITS = 100_000
MAX_REVISION = 1_000
MAX_AGE_DAYS = 400  # older raw rows are deleted anyway (estimator F)
MAX_CLOCK_AHEAD_HOURS = 26  # a device set to the wrong zone, plus the cut to the hour
MAX_DAY_SECONDS = 86_400
MAX_HOURS = 24  # of a day
MAX_WATCHED_MINUTES = 60  # of an hour
MAX_LISTINGS = 10_000  # that one person sees come or go in an hour, or a day; more means a page was misread
MAX_LIVES = 6  # lengths: under 1, 5 and 15 minutes, 1 and 4 hours, and longer
MAX_SIZES = 5  # of listings by what is left of them: up to 5, 20, 100 and 1,000 units, and more
MAX_LISTING_MINUTES = 1_440_000  # a thousand listings open in parallel all day
MAX_UNITS_GONE = 1_000_000  # that one person sees go in a day; more means a page was misread
MAX_ROWS_IN_A_WEEK = 1_000_000  # that one person meets on one site; more means a page was misread
MAX_STATEMENTS = 1_000  # that one person opens on one site in a week
MAX_DIFFICULTY_BITS = 32  # of proof of work; already hours of computing on any phone
MAX_PACK_UPDATES_BYTES = 200_000  # of all pack updates together; the values of all packs take less
MAX_PACK_VALUES = 100  # changed by one update; a site that changed more needs a new pack
MAX_SELECTOR_LENGTH = 300
MAX_SHAPE_LETTERS = 60_000  # of a report of a page's shape: with its envelope it stays under 64 kB

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,30}$")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
Identifier = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH)]
Title = Annotated[str, Meta(min_length=1, max_length=MAX_TITLE_LENGTH)]
Micros = Annotated[int, Meta(ge=0, le=MAX_REWARD_MICROS)]
Instant = Annotated[datetime, Meta(tz=True)]
OpenSeconds = Annotated[float, Meta(ge=0, le=MAX_OPEN_SECONDS)]
DaySeconds = Annotated[float, Meta(ge=0, le=MAX_DAY_SECONDS)]
WatchedMinutes = Annotated[int, Meta(ge=0, le=MAX_WATCHED_MINUTES)]
Listings = Annotated[int, Meta(ge=0, le=MAX_LISTINGS)]
ListingMinutes = Annotated[int, Meta(ge=0, le=MAX_LISTING_MINUTES)]
UnitsGone = Annotated[int, Meta(ge=0, le=MAX_UNITS_GONE)]
RowsInAWeek = Annotated[int, Meta(ge=0, le=MAX_ROWS_IN_A_WEEK)]
Statements = Annotated[int, Meta(ge=0, le=MAX_STATEMENTS)]

RewardPer = Literal["task", "unit", "hour", "thousand"]
Outcome = Literal["submitted", "approved", "rejected", "paid", "returned", "expired", "screened_out", "abandoned"]
Timer = Literal["focus", "elsewhere", "manual", "import", "statement"]
PayKind = Literal["task", "training", "screen_out", "bonus_only"]
AccountActionKind = Literal["warning", "pause", "removal"]
PendingBand = Literal["none", "under_10", "under_100", "under_1000", "from_1000"]  # in US dollars
ExtensionVersion = Annotated[str, Meta(pattern=r"^\d{1,3}\.\d{1,3}\.\d{1,3}$")]

# Values of a pack that an update may change, by the last name of the path. All others are fixed.
ChangedSelector = Literal["at", "badge", "claims", "confirm", "form", "legend", "list", "present", "pressed", "rows"]
ChangedName = Literal[
    "after", "attribute", "before", "currency_json", "each", "json", "key", "or_json", "path", "query", "word"
]
ChangedNumber = Literal["lasts_seconds", "segment", "skip"]
ChangedWords = Literal["paths", "texts"]
PackValue = Annotated[str, Meta(max_length=MAX_SELECTOR_LENGTH)] | int | list[str] | None


class Money(Struct, frozen=True, forbid_unknown_fields=True):
    """An amount: integer millionths of one unit of `currency`."""

    micros: Micros
    currency: Currency


class Client(Struct, frozen=True, forbid_unknown_fields=True):
    """The paying client, as the platform names them."""

    id: Identifier | None
    name: Title | None


class Task(Struct, frozen=True, forbid_unknown_fields=True):
    """A posted task: the platform's id of its group, if there is one, and the title."""

    id: Identifier | None
    title: Title


class PackVersion(Struct, frozen=True, forbid_unknown_fields=True):
    """The version of the pack that read the page."""

    slug: Slug
    version: Annotated[int, Meta(ge=1, le=30_000)]


class Observation(Struct, frozen=True, forbid_unknown_fields=True):
    """One attempt at a task by one person, with its times and outcome. No exact instant, no worker id, no task
    content."""

    id: UUID  # UUIDv7 layout, its time field cut to the hour
    revision: Annotated[int, Meta(ge=1, le=MAX_REVISION)]
    platform: Slug
    client: Client | None
    task: Task
    reward: Money | None
    reward_per: RewardPer
    units: Annotated[int, Meta(ge=1, le=MAX_UNITS)]
    claimed_hour: Instant
    active_seconds: Annotated[float, Meta(ge=0, le=MAX_ACTIVE_SECONDS)]
    open_seconds: OpenSeconds
    limit_seconds: OpenSeconds | None
    estimate_seconds: OpenSeconds | None
    outcome: Outcome
    paid: Money | None
    decided_on: date | None
    pack: PackVersion
    timer: Timer
    cap_seconds: OpenSeconds | None = None  # the longest time that the platform pays for
    paid_seconds: OpenSeconds | None = None  # the time that the platform paid for
    pay_kind: PayKind | None = None  # null if the platform does not show it
    extension_version: ExtensionVersion | None = None  # null from senders older than the field


class OverheadSeconds(Struct, frozen=True, forbid_unknown_fields=True):
    """Unpaid time of one day by class (estimator A)."""

    search: DaySeconds = 0.0
    watch: DaySeconds = 0.0
    preview: DaySeconds = 0.0
    qualification: DaySeconds = 0.0
    messages: DaySeconds = 0.0
    payment: DaySeconds = 0.0
    learning: DaySeconds = 0.0


class Overhead(Struct, frozen=True, forbid_unknown_fields=True):
    """The unpaid time of one platform and one day."""

    id: UUID
    revision: Annotated[int, Meta(ge=1, le=MAX_REVISION)]
    platform: Slug
    day: date
    seconds: OverheadSeconds


class UnitsSeen(Struct, frozen=True, forbid_unknown_fields=True):
    """Units taken from listings in a day, by the number left.

    `watched_minutes` adds up the minutes that such listings were watched, and `gone` the units taken meanwhile.
    """

    watched_minutes: Annotated[list[ListingMinutes], Meta(min_length=MAX_SIZES, max_length=MAX_SIZES)]
    gone: Annotated[list[UnitsGone], Meta(min_length=MAX_SIZES, max_length=MAX_SIZES)]


class Sighting(Struct, frozen=True, forbid_unknown_fields=True):
    """Counts of one platform's open listings on one day, without titles and clients.

    By hour of the day (UTC): minutes watched and listings appeared. Further: lifetimes of listings that came and went,
    and units taken, if the site counts them.
    """

    id: UUID
    revision: Annotated[int, Meta(ge=1, le=MAX_REVISION)]
    platform: Slug
    day: date
    watched_minutes: Annotated[list[WatchedMinutes], Meta(min_length=MAX_HOURS, max_length=MAX_HOURS)]
    appeared: Annotated[list[Listings], Meta(min_length=MAX_HOURS, max_length=MAX_HOURS)]
    lives: Annotated[list[Listings], Meta(min_length=MAX_LIVES, max_length=MAX_LIVES)]
    units: UnitsSeen | None = None  # null from senders and of sites that do not count them


class Health(Struct, frozen=True, forbid_unknown_fields=True):
    """Counts of one platform, pack version and week that show how well the pack reads its site. No content of a page.

    `expected_rows` are the rows that the site's own data list, `read_rows` those of them that the pack found. Statements
    are the site's own totals, compared on the device; only the result is counted, without amounts.
    """

    id: UUID
    revision: Annotated[int, Meta(ge=1, le=MAX_REVISION)]
    platform: Slug
    pack_version: Annotated[int, Meta(ge=1, le=30_000)]
    week: date  # its Monday
    expected_rows: RowsInAWeek = 0
    read_rows: RowsInAWeek = 0
    changed_pages: RowsInAWeek = 0  # page views on which nothing could be read
    agreeing_statements: Statements = 0
    differing_statements: Statements = 0


class AccountAction(Struct, frozen=True, forbid_unknown_fields=True):
    """An action of a platform against the worker's account, as the worker entered it. Never with a client."""

    id: UUID
    revision: Annotated[int, Meta(ge=1, le=MAX_REVISION)]
    platform: Slug
    week: date  # its Monday
    kind: AccountActionKind
    pending_band: PendingBand  # money pending at that moment


class Batch(Struct, forbid_unknown_fields=True):
    """The body of `POST /v1/observations`; items stay raw, so one bad item does not affect the others."""

    observations: Annotated[list[msgspec.Raw], Meta(max_length=MAX_BATCH_ITEMS)] = msgspec.field(default_factory=list)
    overheads: Annotated[list[msgspec.Raw], Meta(max_length=MAX_BATCH_ITEMS)] = msgspec.field(default_factory=list)
    sightings: Annotated[list[msgspec.Raw], Meta(max_length=MAX_BATCH_ITEMS)] = msgspec.field(default_factory=list)
    health: Annotated[list[msgspec.Raw], Meta(max_length=MAX_BATCH_ITEMS)] = msgspec.field(default_factory=list)
    actions: Annotated[list[msgspec.Raw], Meta(max_length=MAX_BATCH_ITEMS)] = msgspec.field(default_factory=list)


class Refusal(StrEnum):
    """The reason why an item is refused. A refusal is final: sending the item again changes nothing."""

    MALFORMED = "malformed"  # not the shape of an observation; detail gives the path
    UNKNOWN_PLATFORM = "unknown_platform"
    NOT_HOURLY = "not_hourly"  # claimed_hour or the id holds an exact time, which the server must not learn
    NOT_TIME_ORDERED = "not_time_ordered"  # the id is not in UUIDv7 layout
    IN_THE_FUTURE = "in_the_future"
    TOO_OLD = "too_old"  # beyond the days that raw rows are kept
    OPEN_SHORTER_THAN_ACTIVE = "open_shorter_than_active"  # a person cannot work longer on a task than it is open
    CURRENCIES_DIFFER = "currencies_differ"  # of reward and paid
    PAID_WITHOUT_WORK = "paid_without_work"  # paid for a task that was returned or expired, with nothing submitted
    PAID_BEYOND_REWARD = "paid_beyond_reward"  # more than any bonus explains
    UNKNOWN_CURRENCY = "unknown_currency"  # no day's rate converts it
    UNWATCHED = "unwatched"  # listings appeared, or units went, in unwatched time
    NOT_A_MONDAY = "not_a_monday"  # a week is named by its Monday
    READ_BEYOND_EXPECTED = "read_beyond_expected"  # more rows read than the site lists
    BEYOND_A_DAY = "beyond_a_day"  # the unpaid seconds of one day add up to more than a day


class Receipt(Struct, frozen=True):
    """The answer to one item, sent only after its row is on disk."""

    id: UUID | None  # null if the item's id was unreadable
    status: Literal["accepted", "updated", "duplicate", "stale", "refused"]
    reason: Refusal | None = None
    detail: str | None = None


class Receipts(Struct, frozen=True):
    """One receipt an item: observations, overheads, sightings, health and actions in turn, each in the order sent."""

    receipts: list[Receipt]


class ShapeReport(Struct, frozen=True, forbid_unknown_fields=True):
    """The shape of a page that no longer reads: names of tags, classes, test ids and JSON keys, and no value of the
    page."""

    platform: Slug
    pack_version: Annotated[int, Meta(ge=1, le=30_000)]
    page: Annotated[str, Meta(pattern=r"^[a-z_]{0,30}$")]
    report: Annotated[str, Meta(min_length=1, max_length=MAX_SHAPE_LETTERS)]


class ShapeReceipt(Struct, frozen=True):
    """The result of a report of a page's shape; `enough`: others reported the same platform today."""

    status: Literal["kept", "enough"]


class Challenge(Struct, frozen=True):
    """A proof of work for enrolling: find `nonce` so that SHA-256 of `challenge` + ":" + nonce starts with
    `difficulty` zero bits."""

    challenge: str
    difficulty: Annotated[int, Meta(ge=0, le=MAX_DIFFICULTY_BITS)]
    expires_at: Instant
    home: str | None = None  # the solution goes to this home, in the header Taskwage-Home


class Enrolment(Struct, frozen=True, forbid_unknown_fields=True):
    """A solved proof of work, and a country if the worker chooses to give it."""

    challenge: Annotated[str, Meta(max_length=300)]
    nonce: Annotated[str, Meta(max_length=40)]
    country: Country | None = None


class Enrolled(Struct, frozen=True):
    """A new contributor. The secret is shown once; the server stores only its hash."""

    contributor_id: UUID
    secret: str


class Standing(Struct, frozen=True):
    """A contributor's shared totals, and the steps that remain before they count."""

    contributor_id: UUID
    enrolled_on: date
    country: Country | None
    observations: int
    active_days: int
    tasks: int
    clients: int
    first_received_on: date | None
    is_mature: bool
    next_steps: list[str]


class StandingChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The properties that a contributor may change."""

    country: Country | UnsetType | None = UNSET


class Erased(Struct, frozen=True):
    """The receipt of an erasure: the numbers of deleted rows, and the day by which no release holds them."""

    contributor_id: UUID
    observations: int
    overheads: int
    gone_from_releases_by: date


class PackUpdate(Struct, frozen=True, forbid_unknown_fields=True):
    """New values for an extension's built-in pack, by their paths in it; or the instruction not to use the pack."""

    slug: Slug
    base: Annotated[int, Meta(ge=1, le=30_000)]  # the version of the pack that it applies to
    version: Annotated[int, Meta(ge=1, le=30_000)]  # of the updated pack; later than `base`
    published_on: date
    why: Annotated[str, Meta(max_length=200)]  # for people
    is_off: bool
    values: Annotated[dict[Annotated[str, Meta(max_length=200)], PackValue], Meta(max_length=MAX_PACK_VALUES)]


class PackUpdates(Struct, frozen=True, forbid_unknown_fields=True):
    """All updates in force, signed as one; a document with a higher `serial` replaces it."""

    serial: Annotated[int, Meta(ge=1)]
    updates: list[PackUpdate]


class Problem(Struct, frozen=True, omit_defaults=True):
    """application/problem+json: `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
