"""Packs: the description of one site, as data. One TOML file a platform in `api/platforms/`.

The server reads identity and rules from a pack (slug, currency, whether clients are shown); the extension is compiled
with all of it. No code knows a platform's name. The vocabulary below states where values are and which built-in parser
reads them. It has no patterns, no conditions and no actions. `api/packs/validate.py` checks what types cannot.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from api.intake.contract import Currency, Slug
from api.packs.exports import Export
from api.packs.fields import Field, Island, Name, PathGlob, Records, Reply, Selector, TaskFields, Words

# Whole hosts, one by one: a pack never opens a site that the manifest does not list. Plain http only on this machine.
Host = Annotated[str, Meta(pattern=r"^(https://[a-z0-9-]+(\.[a-z0-9-]+)+|http://(127\.0\.0\.1|localhost))/\*$")]
Overhead = Literal["search", "watch", "preview", "qualification", "messages", "payment", "learning"]
Ended = Literal["submitted", "returned", "expired", "screened_out"]
Decided = Literal["approved", "rejected", "paid", "returned", "expired", "screened_out"]


class Listing(Struct, frozen=True, forbid_unknown_fields=True):
    """A page of posted tasks."""

    task: TaskFields
    rows: Selector | None = None  # null: only the records are read, and no badge is shown in the page
    skip: Annotated[int, Meta(ge=0, le=5)] = 0  # header rows that `rows` also matches
    list: Selector | None = None  # an element that exists even when no task is posted
    records: Records | None = None
    badge: Selector | None = None  # in a row, the first visible match; null: at the row's end
    opens: Field | None = None  # in a row: the task's name on the pages that the row links to, if that is not its id
    claims: Selector | None = None  # in a row: the control that claims its task
    left: Field | None = None  # in a row: the number of places left, if the site counts them
    taken: Field | None = None  # with it, `left` is the total number of places, and this the number taken


class Clock(Struct, frozen=True, forbid_unknown_fields=True):
    """The time since an attempt was claimed, in the one form that the site shows."""

    elapsed_seconds: Field | None = None  # since the claim, at the time the page was served
    remaining_seconds: Field | None = None  # the remaining time: elapsed is limit less remaining
    started_at: Field | None = None
    expires_at: Field | None = None  # with `started_at` this also gives the limit


class Work(Struct, frozen=True, forbid_unknown_fields=True):
    """The page of a claimed task."""

    task: TaskFields
    attempt: Field | None = (
        None  # the platform's id of it, which stays on the device; null: each arrival is a new attempt
    )
    works: Literal["here", "elsewhere"] = "here"  # elsewhere: on a site that the extension does not see
    claimed_by: Literal["page", "submit"] = "page"  # submit: before submission the task was only previewed
    islands: list[Island] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)
    next: Ended | None = None  # outcome of the last attempt when the tab goes directly to a new one of its task


class Held(Struct, frozen=True, forbid_unknown_fields=True):
    """The complete list of the worker's open attempts, with a listing or alone on a page."""

    attempt: Field
    task: TaskFields
    rows: Selector | None = None  # null: only the records are read
    records: Records | None = None
    clock: Clock = field(default_factory=Clock)
    gone: Ended | None = None  # outcome of an attempt that is no longer listed; past its limit it expired


class OutcomeWords(Struct, frozen=True, forbid_unknown_fields=True):
    """The site's words for an outcome; case, blanks, hyphens and underscores are ignored."""

    outcome: Decided
    words: Annotated[list[Words], Meta(min_length=1)]


class Status(Struct, frozen=True, forbid_unknown_fields=True):
    """A page on which the site shows the outcomes of earlier attempts."""

    outcome: Field
    outcomes: Annotated[list[OutcomeWords], Meta(min_length=1)]
    attempt: Field | None = None  # null: the site does not identify it; then `title` and `day` find it
    title: Field | None = None
    day: Field | None = None  # of the attempt
    rows: Selector | None = None  # null: only the records are read
    records: Records | None = None
    paid: Field | None = None  # without the bonus if that is shown separately, otherwise the total
    bonus: Field | None = None  # added to `paid`
    screen_out_fee: Field | None = None  # all that screened-out work pays; added to `paid` if the work was approved
    adjustment: Field | None = None  # a correction of `paid`: it replaces a larger one, and is added to any other
    paid_seconds: Field | None = None  # the time that the site paid for
    decided_on: Field | None = None  # null: the day on which it is seen


class Statement(Struct, frozen=True, forbid_unknown_fields=True):
    """The site's own totals for the worker's account, which the record must agree with."""

    paid: Field  # all that the site ever paid or credited; an array is summed by currency
    pending: Field | None = None  # submitted work that awaits a decision
    islands: list[Island] = field(default_factory=list)


class Page(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of page; the first match counts. Time on it is a task's, `overhead` or neither."""

    name: Name
    paths: Annotated[list[PathGlob], Meta(min_length=1)]
    query: list[Words] = field(default_factory=list)  # keys that the address must have
    present: Selector | None = None  # an element that the page must have
    texts: list[Words] = field(default_factory=list)  # one of which that element must contain
    overhead: Overhead | None = None
    replies: list[Name] = field(default_factory=list)  # that must have come
    opens: Field | None = None  # the posted task that the page shows, by its name in the listing; a claim may follow
    listing: Listing | None = None
    work: Work | None = None
    held: Held | None = None
    status: Status | None = None
    statement: Statement | None = None  # with any other reading, or alone


class Signal(Struct, frozen=True, forbid_unknown_fields=True):
    """One sign that an attempt ended: a page reached, a form submitted, an element present or pressed, or a reply.

    An element or the `said` of a reply must match one of `texts`, if there are any.
    """

    ending: Ended
    pages: list[Name] = field(default_factory=list)  # where it counts; empty: anywhere on the site
    form: Selector | None = None
    present: Selector | None = None
    pressed: Selector | None = None
    leaves: bool = True  # a press counts only once the page goes on: a button does nothing while an answer is missing
    reply: Name | None = None
    said: Field | None = None
    texts: list[Words] = field(default_factory=list)
    attempt: Field | None = None  # in the page, the `form` or the `reply`; null: the one open attempt
    lasts_seconds: Annotated[int, Meta(ge=0, le=60)] = 0  # minimum time that `present` must last, if a page flickers


class Pack(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One site. Without `pages` only its name is known, as for a platform's own exports."""

    slug: Slug
    name: Annotated[str, Meta(min_length=1, max_length=60)]
    version: Annotated[int, Meta(ge=1, le=30_000)]
    seen_on: date  # the day a person last saw the site in this shape
    status: Literal["stable", "experimental"]
    sources: list[Words] = field(default_factory=list)  # public places that show the shape
    closed_on: date | None = None  # the day on which the site closed; its pack remains for histories and as a reference
    currency: Currency | None = None  # null if the page shows it
    hosts: list[Host]
    shows_clients: bool  # true if every worker is shown who pays
    holds: Literal["one", "many"] = "many"  # the number of claims that a worker may hold at once
    attempt_is: Literal["attempt", "task"] = (
        "attempt"  # the object that an attempt's id names; a task's id may come again
    )
    tap: bool = False  # true if the worker may let the extension listen to `replies`
    replies: list[Reply] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
