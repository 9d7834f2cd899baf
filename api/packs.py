"""Packs: everything we know of one site, as data. One TOML file a platform in `api/platforms/`.

The server reads identity and law from a pack (slug, currency, whether clients are shown); the extension is
compiled with all of it. Nothing in code knows a platform's name. What a pack can say is the vocabulary below:
where values stand and which built-in parser reads them. It holds no patterns, no conditions, no actions.
`api/pack_rules.py` checks what a shape alone cannot.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from api.contract import Currency, RewardPer, Slug
from api.errors import CannotStart
from api.pack_rules import contradictions

FOLDER = Path(__file__).parent / "platforms"

# Whole hosts, one by one: a pack never opens a site that the manifest does not list. Plain http only at home.
Host = Annotated[str, Meta(pattern=r"^(https://[a-z0-9-]+(\.[a-z0-9-]+)+|http://(127\.0\.0\.1|localhost))/\*$")]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,29}$")]
Selector = Annotated[str, Meta(pattern=r"\S", max_length=300)]  # CSS
PathGlob = Annotated[str, Meta(pattern=r"^/", max_length=200)]  # `*` stands for one whole segment
Attribute = Annotated[str, Meta(pattern=r"^[a-zA-Z][a-zA-Z0-9_.:-]*$", max_length=80)]
JsonPath = Annotated[str, Meta(pattern=r"^[^.]+(\.[^.]+)*$", max_length=200)]  # keys, indices
Words = Annotated[str, Meta(pattern=r"\S", max_length=120)]  # a sentence as the site shows it
Segment = Annotated[int, Meta(ge=0, le=20)]

Parser = Literal[
    "text", "int", "money_major", "money_minor", "money_text", "seconds", "minutes", "duration_text"
]  # money_major: 0.35 · money_minor: 35 · money_text: "$0.35" · duration_text: "1 hour 5 mins"
Overhead = Literal["search", "watch", "preview", "qualification", "messages", "payment", "learning"]
Ended = Literal["submitted", "returned", "expired", "screened_out"]
Decided = Literal["approved", "rejected", "paid", "returned", "expired", "screened_out"]


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """Where one value stands, and how it is read. What does not read in full is null, never a guess.

    The value is that of `json` (keys and indices with dots between) in an island or a row's record; else the
    text, or the `attribute`, of the element `at` (without `at`: of the row itself); else the page's address.
    `query` or `segment` then take one part of an address, `after` and `before` cut words that must stand
    there, and `parse` reads the rest.
    """

    at: Selector | None = None
    attribute: Attribute | None = None
    json: JsonPath | None = None
    island: Name | None = None  # which island of a page `json` looks in; null: the row's own record
    query: Annotated[str, Meta(min_length=1, max_length=80)] | None = None
    segment: Segment | None = None
    after: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    before: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    parse: Parser = "text"
    currency_json: JsonPath | None = None  # the currency's code beside the amount
    decimal: Literal[".", ","] | None = None  # settles "1,234"; null: such an amount is not read


class Island(Struct, frozen=True, forbid_unknown_fields=True):
    """JSON that the site itself puts into an element's attribute."""

    name: Name
    at: Selector
    attribute: Attribute
    path: JsonPath | None = None  # from the top of the JSON to what we read


class Records(Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON array with one record a row, and how a row finds its own."""

    at: Selector
    attribute: Attribute
    path: JsonPath | None = None
    tie: Literal["index", "key"] = "index"
    key: JsonPath | None = None  # in a record; tie "key" only
    row_key: Field | None = None  # the same key, in the row; tie "key" only
    confirm: Selector | None = None  # element of the row that must hold the record's title, else it is not read


class TaskFields(Struct, frozen=True, forbid_unknown_fields=True):
    """A posted task. What a site does not tell is left out."""

    title: Field
    reward: Field
    reward_per: RewardPer = "task"
    units: Field | None = None
    client_id: Field | None = None
    client_name: Field | None = None
    task_id: Field | None = None
    limit_seconds: Field | None = None
    estimate_seconds: Field | None = None


class Listing(Struct, frozen=True, forbid_unknown_fields=True):
    """A page of posted tasks."""

    rows: Selector
    task: TaskFields
    skip: Annotated[int, Meta(ge=0, le=5)] = 0  # header rows that `rows` finds too
    list: Selector | None = None  # stands there even when no task is posted
    records: Records | None = None
    badge: Selector | None = None  # in a row, the first that is visible; null: at the row's end


class Work(Struct, frozen=True, forbid_unknown_fields=True):
    """The page of a claimed task."""

    attempt: Field  # the platform's id of this attempt; stays on the device
    task: TaskFields
    works: Literal["here", "elsewhere"] = "here"  # elsewhere: on a site we do not see
    islands: list[Island] = field(default_factory=list)
    elapsed_seconds: Field | None = None  # since the claim, as the page was served
    remaining_seconds: Field | None = None  # the same told from the end: limit less remaining


class OutcomeWords(Struct, frozen=True, forbid_unknown_fields=True):
    """What the site calls an outcome; case, blanks, hyphens and underscores do not matter."""

    outcome: Decided
    words: Annotated[list[Words], Meta(min_length=1)]


class Status(Struct, frozen=True, forbid_unknown_fields=True):
    """A page on which the site tells what became of earlier attempts."""

    attempt: Field
    outcome: Field
    outcomes: Annotated[list[OutcomeWords], Meta(min_length=1)]
    rows: Selector | None = None  # null: the records alone tell
    records: Records | None = None
    paid: Field | None = None


class Page(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of page; the first that fits is taken. Time on it is a task's, `overhead` or neither."""

    name: Name
    paths: Annotated[list[PathGlob], Meta(min_length=1)]
    query: list[Words] = field(default_factory=list)  # keys that the address must have
    present: Selector | None = None  # an element that the page must have
    overhead: Overhead | None = None
    listing: Listing | None = None
    work: Work | None = None
    status: Status | None = None


class Signal(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to see an attempt end: a page reached, a form sent, an element there (with one of `texts`)."""

    ending: Ended
    pages: list[Name] = field(default_factory=list)  # where it counts; empty: anywhere on the site
    form: Selector | None = None
    present: Selector | None = None
    texts: list[Words] = field(default_factory=list)
    attempt: Field | None = None  # in the page or in the `form`; null: the one attempt that is open
    lasts_seconds: Annotated[int, Meta(ge=0, le=60)] = 0  # how long `present` must stand, where a page flickers


class Pack(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One site. Without `pages` it is known by name only, as for a platform's own exports."""

    slug: Slug
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    version: Annotated[int, Meta(ge=1, le=30_000)]
    seen_on: date  # the day a person last saw the site in this shape
    status: Literal["stable", "experimental"]
    currency: Currency | None = None  # null where the page itself says
    hosts: list[Host]
    shows_clients: bool  # whether every worker is shown who pays
    pages: list[Page] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)


class BadPack(CannotStart):
    """A pack says something that cannot be; the message names the file and the path inside it."""


def read(file: Path) -> Pack:
    """The pack in `file`.

    Raises:
        BadPack: it does not fit the vocabulary or contradicts itself.
    """
    try:
        pack = msgspec.toml.decode(file.read_bytes(), type=Pack)
    except msgspec.MsgspecError as error:
        raise BadPack(f"{file.name}: {error}") from error
    found = contradictions(pack, file.stem)
    if found:
        raise BadPack(f"{file.name}: {found[0]}")
    return pack


def load(folder: Path = FOLDER) -> dict[str, Pack]:
    """All packs by slug, in the order of their names.

    Raises:
        BadPack: a file does not fit, with the path inside it.
    """
    return {pack.slug: pack for pack in map(read, sorted(folder.glob("*.toml")))}
