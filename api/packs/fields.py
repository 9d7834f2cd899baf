"""Where one value of a page stands and how it is read: the smallest words of a pack (`api/packs/model.py` has the others).

A value that does not read in full is null, never a guess. Nothing here is a pattern, a condition or an action.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from api.intake.contract import RewardPer

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,29}$")]
Selector = Annotated[str, Meta(pattern=r"\S", max_length=300)]  # CSS
PathGlob = Annotated[str, Meta(pattern=r"^/", max_length=200)]  # `*` stands for one whole segment
HostName = Annotated[str, Meta(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=100)]
Attribute = Annotated[str, Meta(pattern=r"^[a-zA-Z][a-zA-Z0-9_.:-]*$", max_length=80)]
JsonPath = Annotated[str, Meta(pattern=r"^[^.]+(\.[^.]+)*$", max_length=200)]  # keys, indices
Words = Annotated[str, Meta(pattern=r"\S", max_length=120)]  # a sentence as the site shows it
Segment = Annotated[int, Meta(ge=0, le=20)]

Parser = Literal[
    "text",
    "int",
    "count",
    "money_major",
    "money_minor",
    "money_text",
    "seconds",
    "minutes",
    "duration_text",
    "instant",
    "day",
    "age",
    "int_text",
    "done_text",
]  # count: how many elements `at` finds · money_major: 0.35 · money_minor: 35 · money_text: "$0.35"
# int_text: "82 places" · done_text: "2980/3000", of which 20 are left
# duration_text: "1 hour 5 mins" · instant: "2026-05-02T15:00:00.000Z" · age: "3 days ago"
# day: "2026-05-02", "May 2, 2026", "2 May 2026"
TaskPayKind = Literal["task", "training"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """Where one value stands, and how it is read. What does not read in full is null, never a guess.

    The value is that of `json` (keys and indices with dots between) in an island or a row's record; else the
    text, or the `attribute`, of the element `at` (without `at`: of the row itself); else the page's address.
    `query` or `segment` then take one part of an address, `leaf` one innermost text, `word` one word; `after` and
    `before` cut what must stand there, and `parse` reads the rest.
    """

    at: Selector | None = None
    attribute: Attribute | None = None
    json: JsonPath | None = None
    or_json: JsonPath | None = None  # where others saw it: it stands if one of both reads, or both say the same
    island: Name | None = None  # which island of a page `json` looks in; null: the row's own record
    query: Annotated[str, Meta(min_length=1, max_length=80)] | None = None
    segment: Segment | None = None
    leaf: Literal["first", "only"] | None = None  # of the texts inside: the first, or the only one that reads
    word: Annotated[str, Meta(min_length=1, max_length=80)] | None = None  # the word with this start, without it
    after: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    before: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    parse: Parser = "text"
    currency_json: JsonPath | None = None  # the currency's code or sign, from the top or beside the amount
    each: JsonPath | None = None  # of an array of amounts: where the amount is in an item; they add up by currency
    alternatives: list[Field] = field(default_factory=list)  # other places of the value; those that read must agree
    in_order: bool = False  # the first of the places that reads holds, whatever the later ones say
    legend: Selector | None = None  # elements that explain a sign: the value becomes the words beside the same sign
    bound: Literal["low", "high"] | None = None  # of an amount written as a range: which end
    may_be_empty: bool = False  # an empty text is an amount of nothing; a title that is absent is told by the listing
    decimal: Literal[".", ","] | None = None  # settles "1,234"; null: such an amount is not read
    marked: bool = False  # an amount must show cents or a currency, so that a count is not taken for pay


class Reply(Struct, frozen=True, forbid_unknown_fields=True):
    """What the site answers a request that its own page makes, if the worker lets the tap listen."""

    name: Name
    url: PathGlob  # `**` stands for any number of segments; what follows a `?` does not matter
    host: HostName | None = None  # another host of the site, that its page asks; null: the page's own
    method: Method = "GET"
    reads: Literal["fields", "shape", "nothing"] = "fields"  # shape: names of keys alone; nothing: that it was answered


class Island(Struct, frozen=True, forbid_unknown_fields=True):
    """JSON that the site itself puts into an element's attribute, or that a reply brought."""

    name: Name
    at: Selector | None = None
    attribute: Attribute | None = None
    reply: Name | None = None
    path: JsonPath | None = None  # from the top of the JSON to what we read
    more: list[JsonPath] = field(default_factory=list)  # further places, each read where those before hold nothing
    pick: Literal["sole", "key"] | None = None  # of an array: the only record, or the one whose `key` is `key_at`
    key: JsonPath | None = None
    key_at: Field | None = None


class Records(Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON array with one record a row, and how a row finds its own."""

    at: Selector | None = None
    attribute: Attribute | None = None
    reply: Name | None = None
    path: JsonPath | None = None
    more: list[JsonPath] = field(default_factory=list)  # further arrays of the same kind; one of all must be there
    tie: Literal["index", "key"] = "index"
    key: JsonPath | None = None  # in a record; tie "key" only
    row_key: Field | None = None  # the same key, in the row; tie "key" only
    confirm: Selector | None = None  # element of the row that must hold the record's title, else it is not read


class PerWords(Struct, frozen=True, forbid_unknown_fields=True):
    """What the site calls the thing that pay is per; case, blanks, hyphens and underscores do not matter."""

    reward_per: RewardPer
    words: Annotated[list[Words], Meta(min_length=1)]


class Rate(Struct, frozen=True, forbid_unknown_fields=True):
    """Pay of one kind of work. It holds where it is the only one of its kind that reads and is more than nothing."""

    reward: Field
    reward_per: RewardPer
    pay_kind: TaskPayKind = "task"


class PayKindWords(Struct, frozen=True, forbid_unknown_fields=True):
    """The site's words for a kind of work; case, blanks, hyphens and underscores do not matter."""

    pay_kind: TaskPayKind
    words: Annotated[list[Words], Meta(min_length=1)]


class TaskFields(Struct, frozen=True, forbid_unknown_fields=True):
    """A posted task. What a site does not tell is left out; what a claimed task's page does not, its listing may have."""

    title: Field | None = None
    reward: Field | None = None
    reward_per: RewardPer = "task"
    reward_per_at: Field | None = None  # where it differs from task to task; other words: the pay is not read
    reward_per_words: list[PerWords] = field(default_factory=list)
    reward_to: Field | None = None  # the upper end of a range whose lower end is `reward`
    rates: list[Rate] = field(default_factory=list)  # instead of `reward`, where the site lists a rate for each kind
    pay_kind_at: Field | None = None  # what kind of work it is; without it, or with other words, ordinary work
    pay_kind_words: list[PayKindWords] = field(default_factory=list)
    cap_seconds: Field | None = None  # the most time that the site pays for
    units: Field | None = None
    client_id: Field | None = None
    client_name: Field | None = None
    task_id: Field | None = None
    limit_seconds: Field | None = None
    estimate_seconds: Field | None = None
