"""The location of one value on a page and its parser: the smallest elements of a pack (`api/packs/model.py` has the
others).

A value that does not parse in full is null, never a guess. Nothing here is a pattern, a condition or an action.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from api.intake.contract import RewardPer

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,29}$")]
Selector = Annotated[str, Meta(pattern=r"\S", max_length=300)]  # CSS
PathGlob = Annotated[str, Meta(pattern=r"^/", max_length=200)]  # `*` matches one whole segment
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
]  # count: the number of elements that `at` matches · money_major: 0.35 · money_minor: 35 · money_text: "$0.35"
# int_text: "82 places" · done_text: "2980/3000", of which 20 are left
# duration_text: "1 hour 5 mins" · instant: "2026-05-02T15:00:00.000Z" · age: "3 days ago"
# day: "2026-05-02", "May 2, 2026", "2 May 2026"
TaskPayKind = Literal["task", "training"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """The location of one value, and its parser. A value that does not parse in full is null, never a guess.

    The value is that of `json` (keys and indices separated by dots) in an island or a row's record. Without `json` it
    is the text, or the `attribute`, of the element `at` (without `at`: of the row itself), or else the page's address.
    `query` or `segment` then take one part of an address, `leaf` one innermost text, `word` one word. `after` and
    `before` remove text that must be present, and `parse` reads the rest.
    """

    at: Selector | None = None
    attribute: Attribute | None = None
    json: JsonPath | None = None
    or_json: JsonPath | None = None  # a second place: the value counts if only one of both parses, or both agree
    island: Name | None = None  # the page's island for `json`; null: the row's own record
    query: Annotated[str, Meta(min_length=1, max_length=80)] | None = None
    segment: Segment | None = None
    leaf: Literal["first", "only"] | None = None  # of the texts inside: the first, or the only one that parses
    word: Annotated[str, Meta(min_length=1, max_length=80)] | None = None  # the word with this prefix, without it
    after: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    before: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    parse: Parser = "text"
    currency_json: JsonPath | None = None  # the currency's code or sign: a path from the top, or next to the amount
    each: JsonPath | None = None  # in an array of amounts, the path of an item's amount; amounts add up by currency
    alternatives: list[Field] = field(default_factory=list)  # other places of the value; those that parse must agree
    in_order: bool = False  # the first place that parses counts, whatever the later ones say
    legend: Selector | None = None  # elements that explain a sign: the value becomes the words next to the same sign
    bound: Literal["low", "high"] | None = None  # the end of an amount written as a range
    may_be_empty: bool = False  # an empty text is an amount of zero; the listing has a missing title
    decimal: Literal[".", ","] | None = None  # resolves "1,234"; null: such an amount is not read
    marked: bool = False  # an amount must show cents or a currency, so that a count is not read as pay


class Reply(Struct, frozen=True, forbid_unknown_fields=True):
    """The site's reply to a request of its own page, read if the worker allows listening."""

    name: Name
    url: PathGlob  # `**` matches any number of segments; the part after `?` is ignored
    host: HostName | None = None  # another host of the site that its page requests; null: the page's own
    method: Method = "GET"
    reads: Literal["fields", "shape", "nothing"] = "fields"  # shape: key names only; nothing: only that it came


class Island(Struct, frozen=True, forbid_unknown_fields=True):
    """JSON in an element's attribute or in a reply of the site."""

    name: Name
    at: Selector | None = None
    attribute: Attribute | None = None
    reply: Name | None = None
    path: JsonPath | None = None  # from the top of the JSON to the value
    more: list[JsonPath] = field(default_factory=list)  # further paths, each read if the earlier ones hold nothing
    pick: Literal["sole", "key"] | None = None  # in an array: the only record, or the one whose `key` is `key_at`
    key: JsonPath | None = None
    key_at: Field | None = None


class Records(Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON array with one record a row, and the rule that ties rows to records."""

    at: Selector | None = None
    attribute: Attribute | None = None
    reply: Name | None = None
    path: JsonPath | None = None
    more: list[JsonPath] = field(default_factory=list)  # further arrays of the same kind; at least one must exist
    tie: Literal["index", "key"] = "index"
    key: JsonPath | None = None  # in a record; tie "key" only
    row_key: Field | None = None  # the same key, in the row; tie "key" only
    confirm: Selector | None = None  # element of the row that must hold the record's title; else ignored


class PerWords(Struct, frozen=True, forbid_unknown_fields=True):
    """The site's words for the unit of pay; case, blanks, hyphens and underscores are ignored."""

    reward_per: RewardPer
    words: Annotated[list[Words], Meta(min_length=1)]


class Rate(Struct, frozen=True, forbid_unknown_fields=True):
    """Pay of one kind of work. It counts if it is the only one of its kind that parses and is above zero."""

    reward: Field
    reward_per: RewardPer
    pay_kind: TaskPayKind = "task"


class PayKindWords(Struct, frozen=True, forbid_unknown_fields=True):
    """The site's words for a kind of work; case, blanks, hyphens and underscores are ignored."""

    pay_kind: TaskPayKind
    words: Annotated[list[Words], Meta(min_length=1)]


class TaskFields(Struct, frozen=True, forbid_unknown_fields=True):
    """A posted task. Fields that a site does not show are omitted; the listing may supply those missing from a
    claimed task's page."""

    title: Field | None = None
    reward: Field | None = None
    reward_per: RewardPer = "task"
    reward_per_at: Field | None = None  # if it differs by task; with other words the pay is not read
    reward_per_words: list[PerWords] = field(default_factory=list)
    reward_to: Field | None = None  # the upper end of a range whose lower end is `reward`
    rates: list[Rate] = field(default_factory=list)  # instead of `reward`, if the site lists a rate for each kind
    pay_kind_at: Field | None = None  # the kind of work; without it, or with other words, ordinary work
    pay_kind_words: list[PayKindWords] = field(default_factory=list)
    cap_seconds: Field | None = None  # the longest time that the site pays for
    units: Field | None = None
    client_id: Field | None = None
    client_name: Field | None = None
    task_id: Field | None = None
    limit_seconds: Field | None = None
    estimate_seconds: Field | None = None
