"""Checks of a pack that types cannot make: names without a target, wrong parsers, fields without a place.

Every finding ends in the path inside the pack, like msgspec's messages, so the line is easy to find.
`api/packs/validate_fields.py` checks fields.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from api.packs.fields import Field, Island, TaskFields
from api.packs.model import Clock, Held, Listing, Pack, Page, Signal, Statement, Status, Work
from api.packs.validate_fields import (
    DAY,
    INSTANT,
    LEFT,
    MONEY,
    SECONDS,
    TEXT,
    WHOLE,
    Finding,
    Scope,
    of_field,
    of_island,
    of_records,
    of_task,
)

__all__ = ["MONEY", "SECONDS", "TEXT", "WHOLE", "contradictions"]

READINGS = ("listing", "work", "status")  # `held` may occur with a listing
CLOCKS = {
    "elapsed_seconds": SECONDS,
    "remaining_seconds": SECONDS,
    "started_at": INSTANT,
    "expires_at": INSTANT,
}
OUTCOME_KINDS = {
    "attempt": TEXT,
    "outcome": TEXT,
    "title": TEXT,
    "day": DAY,
    "paid": MONEY,
    "bonus": MONEY,
    "screen_out_fee": MONEY,
    "adjustment": MONEY,
    "paid_seconds": SECONDS,
    "decided_on": DAY,
}


def contradictions(pack: Pack, stem: str) -> list[str]:
    """Return all findings in `pack`, read from a file named `stem`; an empty list if it is valid."""
    return [f"{what} - at `{where}`" for where, what in _of_pack(pack, stem)]


def _of_pack(pack: Pack, stem: str) -> Iterator[Finding]:
    if pack.slug != stem:
        yield "$.slug", f"the file must be named {pack.slug}.toml"
    if pack.pages and not pack.hosts:
        yield "$.hosts", "pages without a host are never seen"
    if pack.tap != bool(pack.replies):
        yield "$.tap", "a pack with `replies` has `tap = true`, and no other has"
    replies = [reply.name for reply in pack.replies]
    yield from _twice(replies, "reply", "$.replies")
    for index, reply in enumerate(pack.replies):
        if reply.url.split("/").count("**") > 1:
            yield f"$.replies[{index}].url", "`**` stands at most once"
    yield from _of_unread(pack)
    names = [page.name for page in pack.pages]
    yield from _twice(names, "page", "$.pages")
    for index, page in enumerate(pack.pages):
        yield from _of_page(page, Scope(replies=frozenset(replies)), f"$.pages[{index}]")
    for index, signal in enumerate(pack.signals):
        yield from _of_signal(signal, set(names), set(replies), f"$.signals[{index}]")


def _of_unread(pack: Pack) -> Iterator[Finding]:
    """Yield readings of replies whose content is not captured."""
    unread = {reply.name for reply in pack.replies if reply.reads != "fields"}
    for index, page in enumerate(pack.pages):
        sources = [one.records for one in (page.listing, page.held, page.status) if one is not None]
        holders = [one for one in (page.work, page.statement) if one is not None]
        islands = [island for holder in holders for island in holder.islands]
        for source in [*sources, *islands]:
            if source is not None and source.reply in unread:
                yield f"$.pages[{index}]", f"nothing is read of the reply `{source.reply}`"


def _twice(names: list[str], what: str, where: str) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield f"{where}[{index}].name", f"a second {what} `{name}`"


def _of_page(page: Page, scope: Scope, where: str) -> Iterator[Finding]:
    for index, path in enumerate(page.paths):
        if any("*" in segment and segment != "*" for segment in path.split("/")):
            yield f"{where}.paths[{index}]", "`*` stands for one whole segment"
    for index, name in enumerate(page.replies):
        if name not in scope.replies:
            yield f"{where}.replies[{index}]", f"no reply `{name}`"
    read = [name for name in READINGS if getattr(page, name) is not None]
    if len(read) > 1:
        yield where, f"a page is read in one way, not as {' and '.join(read)}"
    if page.texts and page.present is None:
        yield f"{where}.texts", "texts are looked for in the element `present`"
    if page.held is not None and (page.work is not None or page.status is not None):
        yield f"{where}.held", "it stands alone or beside a listing"
    if page.opens is not None:
        yield from of_field(page.opens, TEXT, scope, f"{where}.opens")
    if page.work is not None:
        if page.overhead is not None:
            yield f"{where}.overhead", "time on a claimed task is no overhead"
        yield from _of_work(page.work, scope, f"{where}.work")
    if page.listing is not None:
        yield from _of_listing(page.listing, scope, f"{where}.listing")
    if page.held is not None:
        yield from _of_held(page.held, scope, f"{where}.held")
    if page.status is not None:
        yield from _of_status(page.status, scope, f"{where}.status")
    if page.statement is not None:
        yield from _of_statement(page.statement, scope, f"{where}.statement")


def _of_listing(listing: Listing, scope: Scope, where: str) -> Iterator[Finding]:
    yield from _of_rows(listing, scope, where)
    if listing.task.title is None:
        yield f"{where}.task", "a posted task has a `title`"
    if listing.task.reward is None and not listing.task.rates:
        yield f"{where}.task", "a posted task has a `reward` or `rates`"
    if listing.rows is None and (listing.badge or listing.skip or listing.claims):
        yield f"{where}.rows", "`badge`, `claims` and `skip` speak of rows"
    inside = _inside(listing, scope)
    yield from of_task(listing.task, inside, f"{where}.task")
    if listing.opens is not None:
        yield from of_field(listing.opens, TEXT, inside, f"{where}.opens")
    yield from _of_left(listing, inside, where)


def _of_left(listing: Listing, inside: Scope, where: str) -> Iterator[Finding]:
    if listing.left is not None:
        yield from of_field(listing.left, LEFT, inside, f"{where}.left")
    if listing.taken is not None:
        yield from of_field(listing.taken, LEFT, inside, f"{where}.taken")
        if listing.left is None:
            yield f"{where}.taken", "taken of how many? `left` is missing"


def _inside(reading: Listing | Held | Status, scope: Scope) -> Scope:
    """Return where the fields of a row may look."""
    return replace(scope, in_row=reading.rows is not None, has_record=reading.records is not None)


def _of_rows(reading: Listing | Held | Status, scope: Scope, where: str) -> Iterator[Finding]:
    if reading.rows is None and reading.records is None:
        yield f"{where}.rows", "neither rows nor records"
    if reading.records is not None:
        if reading.rows is None and reading.records.tie == "key":
            yield f"{where}.records.tie", "without rows there is nothing to tie"
        yield from of_records(reading.records, scope, f"{where}.records")


def _of_statement(statement: Statement, scope: Scope, where: str) -> Iterator[Finding]:
    inside = yield from _of_islands(statement.islands, scope, where)
    for name in ("paid", "pending"):
        found: Field | None = getattr(statement, name)
        if found is not None:
            yield from of_field(found, MONEY, inside, f"{where}.{name}")


def _of_islands(islands: list[Island], scope: Scope, where: str) -> Generator[Finding, None, Scope]:
    """Yield the findings in `islands`; return the scope of fields that may look into them."""
    yield from _twice([island.name for island in islands], "island", f"{where}.islands")
    for index, island in enumerate(islands):
        yield from of_island(island, scope, f"{where}.islands[{index}]")
    return replace(scope, islands=frozenset(island.name for island in islands))


def _of_work(work: Work, scope: Scope, where: str) -> Iterator[Finding]:
    inside = yield from _of_islands(work.islands, scope, where)
    yield from of_task(work.task, inside, f"{where}.task")
    if work.attempt is not None:
        yield from of_field(work.attempt, TEXT, inside, f"{where}.attempt")
    yield from _of_clock(work.clock, work.task, inside, f"{where}.clock")


def _of_held(held: Held, scope: Scope, where: str) -> Iterator[Finding]:
    yield from _of_rows(held, scope, where)
    inside = _inside(held, scope)
    yield from of_task(held.task, inside, f"{where}.task")
    yield from of_field(held.attempt, TEXT, inside, f"{where}.attempt")
    yield from _of_clock(held.clock, held.task, inside, f"{where}.clock")


def _of_clock(clock: Clock, task: TaskFields, scope: Scope, where: str) -> Iterator[Finding]:
    told = [name for name in ("elapsed_seconds", "remaining_seconds", "started_at") if getattr(clock, name) is not None]
    for name, kinds in CLOCKS.items():
        found: Field | None = getattr(clock, name)
        if found is not None:
            yield from of_field(found, kinds, scope, f"{where}.{name}")
    if len(told) > 1:
        yield f"{where}.{told[1]}", f"{told[0]} tells it already"
    if clock.remaining_seconds is not None and task.limit_seconds is None:
        yield f"{where}.remaining_seconds", "without limit_seconds it tells no elapsed time"
    if clock.expires_at is not None and clock.started_at is None and task.limit_seconds is None:
        yield f"{where}.expires_at", "without started_at or limit_seconds it tells no elapsed time"


def _of_status(status: Status, scope: Scope, where: str) -> Iterator[Finding]:
    yield from _of_rows(status, scope, where)
    inside = _inside(status, scope)
    for name, kinds in OUTCOME_KINDS.items():
        found: Field | None = getattr(status, name)
        if found is not None:
            yield from of_field(found, kinds, inside, f"{where}.{name}")
    if status.adjustment is not None and status.paid is None:
        yield f"{where}.adjustment", "an adjustment of what? `paid` is missing"
    if status.attempt is None and (status.title is None or status.day is None):
        yield f"{where}.attempt", "without it `title` and `day` must tell which attempt it is"


def _of_signal(signal: Signal, pages: set[str], replies: set[str], where: str) -> Iterator[Finding]:
    for index, name in enumerate(signal.pages):
        if name not in pages:
            yield f"{where}.pages[{index}]", f"no page `{name}`"
    if signal.reply is not None and signal.reply not in replies:
        yield f"{where}.reply", f"no reply `{signal.reply}`"
    told = [name for name in ("form", "present", "pressed", "reply") if getattr(signal, name) is not None]
    if len(told) > 1:
        yield where, f"either `{told[0]}` or `{told[1]}`"
    if not told and not signal.pages:
        yield where, "one of `pages`, `form`, `present`, `pressed`, `reply` must tell"
    if signal.texts and signal.present is None and signal.pressed is None and signal.said is None:
        yield f"{where}.texts", "texts are looked for in an element `present` or `pressed`, or in what a reply `said`"
    if signal.lasts_seconds and signal.present is None:
        yield f"{where}.lasts_seconds", "only an element `present` can last"
    yield from _of_saying(signal, where)


def _of_saying(signal: Signal, where: str) -> Iterator[Finding]:
    scope = Scope(in_row=signal.form is not None, has_record=signal.reply is not None)
    if signal.attempt is not None:
        yield from of_field(signal.attempt, TEXT, scope, f"{where}.attempt")
    if signal.said is None:
        return
    if signal.reply is None or not signal.texts:
        yield f"{where}.said", "it is one of `texts` in a `reply`"
    yield from of_field(signal.said, TEXT, scope, f"{where}.said")
