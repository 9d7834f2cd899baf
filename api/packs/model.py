"""Packs: everything we know of one site, as data. One TOML file a platform in `api/platforms/`.

The server reads identity and law from a pack (slug, currency, whether clients are shown); the extension is
compiled with all of it. Nothing in code knows a platform's name. What a pack can say is the vocabulary below:
where values stand and which built-in parser reads them. It holds no patterns, no conditions, no actions.
`api/packs/validate.py` checks what a shape alone cannot.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from api.errors import CannotStart
from api.intake.contract import Currency, Slug
from api.packs.exports import Export
from api.packs.fields import Field, Island, Name, PathGlob, Records, Reply, Selector, TaskFields, Words
from api.packs.validate import contradictions

FOLDER = Path(__file__).parents[1] / "platforms"

# Whole hosts, one by one: a pack never opens a site that the manifest does not list. Plain http only at home.
Host = Annotated[str, Meta(pattern=r"^(https://[a-z0-9-]+(\.[a-z0-9-]+)+|http://(127\.0\.0\.1|localhost))/\*$")]
Overhead = Literal["search", "watch", "preview", "qualification", "messages", "payment", "learning"]
Ended = Literal["submitted", "returned", "expired", "screened_out"]
Decided = Literal["approved", "rejected", "paid", "returned", "expired", "screened_out"]


class Listing(Struct, frozen=True, forbid_unknown_fields=True):
    """A page of posted tasks."""

    task: TaskFields
    rows: Selector | None = None  # null: the records alone tell, and no badge finds a place in the page
    skip: Annotated[int, Meta(ge=0, le=5)] = 0  # header rows that `rows` finds too
    list: Selector | None = None  # stands there even when no task is posted
    records: Records | None = None
    badge: Selector | None = None  # in a row, the first that is visible; null: at the row's end
    opens: Field | None = None  # in a row: by what the pages that it leads to name its task, if not by its id
    claims: Selector | None = None  # in a row: what is pressed there to take its task
    left: Field | None = None  # in a row: how many of its task are left to take, where the site counts them
    taken: Field | None = None  # with it `left` is all there ever were, and this how many are gone


class Clock(Struct, frozen=True, forbid_unknown_fields=True):
    """How long ago an attempt was claimed, in the one way that the site tells it."""

    elapsed_seconds: Field | None = None  # since the claim, as the page was served
    remaining_seconds: Field | None = None  # the same told from the end: limit less remaining
    started_at: Field | None = None
    expires_at: Field | None = None  # with `started_at` also the limit


class Work(Struct, frozen=True, forbid_unknown_fields=True):
    """The page of a claimed task."""

    task: TaskFields
    attempt: Field | None = (
        None  # the platform's id of it, which stays on the device; null: each is told by its arrival
    )
    works: Literal["here", "elsewhere"] = "here"  # elsewhere: on a site we do not see
    claimed_by: Literal["page", "submit"] = "page"  # submit: until it is sent in, it was only looked at
    islands: list[Island] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)
    next: Ended | None = None  # what the last attempt came to when the tab goes straight on to a new one of its task


class Held(Struct, frozen=True, forbid_unknown_fields=True):
    """A list of the worker's open attempts, all of them; beside a listing, or alone on a page."""

    attempt: Field
    task: TaskFields
    rows: Selector | None = None  # null: the records alone tell
    records: Records | None = None
    clock: Clock = field(default_factory=Clock)
    gone: Ended | None = None  # what an attempt came to that is listed no more; past its limit it expired


class OutcomeWords(Struct, frozen=True, forbid_unknown_fields=True):
    """What the site calls an outcome; case, blanks, hyphens and underscores do not matter."""

    outcome: Decided
    words: Annotated[list[Words], Meta(min_length=1)]


class Status(Struct, frozen=True, forbid_unknown_fields=True):
    """A page on which the site tells what became of earlier attempts."""

    outcome: Field
    outcomes: Annotated[list[OutcomeWords], Meta(min_length=1)]
    attempt: Field | None = None  # null: the site does not say which; then `title` and `day` find it
    title: Field | None = None
    day: Field | None = None  # of the attempt
    rows: Selector | None = None  # null: the records alone tell
    records: Records | None = None
    paid: Field | None = None  # without the bonus where that is told beside it, else all of it
    bonus: Field | None = None  # added to `paid`
    screen_out_fee: Field | None = None  # all that screened-out work pays; added to `paid` where work was approved
    adjustment: Field | None = None  # a correction of `paid`: it replaces a larger one, and is added to any other
    paid_seconds: Field | None = None  # the time that the site paid for
    decided_on: Field | None = None  # null: the day on which it is seen


class Page(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of page; the first that fits is taken. Time on it is a task's, `overhead` or neither."""

    name: Name
    paths: Annotated[list[PathGlob], Meta(min_length=1)]
    query: list[Words] = field(default_factory=list)  # keys that the address must have
    present: Selector | None = None  # an element that the page must have
    texts: list[Words] = field(default_factory=list)  # of which that element must hold one
    overhead: Overhead | None = None
    replies: list[Name] = field(default_factory=list)  # that must have come
    opens: Field | None = None  # the posted task that the page shows, as the listing names it; a claim may follow
    listing: Listing | None = None
    work: Work | None = None
    held: Held | None = None
    status: Status | None = None


class Signal(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to see an attempt end: a page reached, a form sent, an element there or pressed (with one of `texts`),
    or a reply (in which `said` is one of `texts`)."""

    ending: Ended
    pages: list[Name] = field(default_factory=list)  # where it counts; empty: anywhere on the site
    form: Selector | None = None
    present: Selector | None = None
    pressed: Selector | None = None
    leaves: bool = (
        True  # what is pressed counts only once the page goes on: a button does nothing where an answer is missing
    )
    reply: Name | None = None
    said: Field | None = None
    texts: list[Words] = field(default_factory=list)
    attempt: Field | None = None  # in the page, the `form` or the `reply`; null: the one attempt that is open
    lasts_seconds: Annotated[int, Meta(ge=0, le=60)] = 0  # how long `present` must stand, where a page flickers


class Pack(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One site. Without `pages` it is known by name only, as for a platform's own exports."""

    slug: Slug
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    version: Annotated[int, Meta(ge=1, le=30_000)]
    seen_on: date  # the day a person last saw the site in this shape
    status: Literal["stable", "experimental"]
    sources: list[Words] = field(default_factory=list)  # public places that show the shape
    closed_on: date | None = None  # the day on which the site closed; its pack stays for histories and as a reference
    currency: Currency | None = None  # null where the page itself says
    hosts: list[Host]
    shows_clients: bool  # whether every worker is shown who pays
    holds: Literal["one", "many"] = "many"  # claims that the site lets a worker hold at once
    attempt_is: Literal["attempt", "task"] = "attempt"  # what the id of an attempt names: a task's may come again
    tap: bool = False  # whether the worker may let us listen to `replies`
    replies: list[Reply] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
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
    """All packs by slug, in the order of their names, those of closed sites last.

    Raises:
        BadPack: a file does not fit, with the path inside it.
    """
    packs = [read(file) for file in sorted(folder.glob("*.toml"))]
    return {pack.slug: pack for pack in sorted(packs, key=lambda pack: pack.closed_on is not None)}


def read_all(paths: Iterable[Path]) -> dict[str, Pack]:
    """The packs in files and folders, by slug: what somebody hands in, before it goes among the others.

    Raises:
        BadPack: a file does not fit, or a slug stands twice.
    """
    found: dict[str, Pack] = {}
    for path in paths:
        for file in sorted(path.glob("*.toml")) if path.is_dir() else [path]:
            pack = read(file)
            if pack.slug in found:
                raise BadPack(f"{file.name}: a second pack `{pack.slug}`")
            found[pack.slug] = pack
    return found
