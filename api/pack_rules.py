"""What a pack's shape alone cannot rule out: names that point nowhere, wrong parsers, fields with no place.

Every finding ends in the path inside the pack, in the manner of msgspec, so that the line is found at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.packs import Field, Listing, Pack, Page, Records, Signal, Status, TaskFields, Work

MONEY = frozenset({"money_major", "money_minor", "money_text"})
SECONDS = frozenset({"seconds", "minutes", "duration_text"})
TEXT = frozenset({"text"})
WHOLE = frozenset({"int"})
FIELD_KINDS = {
    "title": TEXT,
    "reward": MONEY,
    "units": WHOLE,
    "client_id": TEXT,
    "client_name": TEXT,
    "task_id": TEXT,
    "limit_seconds": SECONDS,
    "estimate_seconds": SECONDS,
}


@dataclass(frozen=True)
class Scope:
    """Where a field may look: the islands of its page, and whether it stands in a row or has a record."""

    islands: frozenset[str] = frozenset()
    in_row: bool = False
    has_record: bool = False


def contradictions(pack: Pack, stem: str) -> list[str]:
    """All findings in `pack`, read from a file named `stem`; empty when it is sound."""
    return [f"{what} - at `{where}`" for where, what in _of_pack(pack, stem)]


Finding = tuple[str, str]  # path, what


def _of_pack(pack: Pack, stem: str) -> Iterator[Finding]:
    if pack.slug != stem:
        yield "$.slug", f"the file must be named {pack.slug}.toml"
    if pack.pages and not pack.hosts:
        yield "$.hosts", "pages without a host are never seen"
    names = [page.name for page in pack.pages]
    for index, page in enumerate(pack.pages):
        where = f"$.pages[{index}]"
        if page.name in names[:index]:
            yield f"{where}.name", f"a second page `{page.name}`"
        yield from _of_page(page, where)
    for index, signal in enumerate(pack.signals):
        yield from _of_signal(signal, set(names), f"$.signals[{index}]")


def _of_page(page: Page, where: str) -> Iterator[Finding]:
    for index, path in enumerate(page.paths):
        if any("*" in segment and segment != "*" for segment in path.split("/")):
            yield f"{where}.paths[{index}]", "`*` stands for one whole segment"
    read = [name for name in ("listing", "work", "status") if getattr(page, name) is not None]
    if len(read) > 1:
        yield where, f"a page is read in one way, not as {' and '.join(read)}"
    if page.work is not None:
        if page.overhead is not None:
            yield f"{where}.overhead", "time on a claimed task is no overhead"
        yield from _of_work(page.work, f"{where}.work")
    if page.listing is not None:
        yield from _of_listing(page.listing, f"{where}.listing")
    if page.status is not None:
        yield from _of_status(page.status, f"{where}.status")


def _of_listing(listing: Listing, where: str) -> Iterator[Finding]:
    scope = Scope(in_row=True, has_record=listing.records is not None)
    yield from _of_task(listing.task, scope, f"{where}.task")
    if listing.records is not None:
        yield from _of_records(listing.records, f"{where}.records")


def _of_work(work: Work, where: str) -> Iterator[Finding]:
    names = [island.name for island in work.islands]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield f"{where}.islands[{index}].name", f"a second island `{name}`"
    scope = Scope(islands=frozenset(names))
    yield from _of_task(work.task, scope, f"{where}.task")
    yield from _of_field(work.attempt, TEXT, scope, f"{where}.attempt")
    for name in ("elapsed_seconds", "remaining_seconds"):
        found: Field | None = getattr(work, name)
        if found is not None:
            yield from _of_field(found, SECONDS, scope, f"{where}.{name}")
    if work.elapsed_seconds is not None and work.remaining_seconds is not None:
        yield f"{where}.remaining_seconds", "elapsed_seconds tells it already"
    if work.remaining_seconds is not None and work.task.limit_seconds is None:
        yield f"{where}.remaining_seconds", "without limit_seconds it tells no elapsed time"


def _of_status(status: Status, where: str) -> Iterator[Finding]:
    scope = Scope(in_row=status.rows is not None, has_record=status.records is not None)
    if status.rows is None and status.records is None:
        yield f"{where}.rows", "neither rows nor records"
    yield from _of_field(status.attempt, TEXT, scope, f"{where}.attempt")
    yield from _of_field(status.outcome, TEXT, scope, f"{where}.outcome")
    if status.paid is not None:
        yield from _of_field(status.paid, MONEY, scope, f"{where}.paid")
    if status.records is not None:
        yield from _of_records(status.records, f"{where}.records")


def _of_records(records: Records, where: str) -> Iterator[Finding]:
    given = records.key is not None, records.row_key is not None
    if records.tie == "key" and given != (True, True):
        yield where, "tie `key` needs `key` and `row_key`"
    if records.tie == "index" and given != (False, False):
        yield where, "tie `index` knows no `key` or `row_key`"
    if records.row_key is not None:
        yield from _of_field(records.row_key, TEXT, Scope(in_row=True), f"{where}.row_key")


def _of_task(task: TaskFields, scope: Scope, where: str) -> Iterator[Finding]:
    for name, kinds in FIELD_KINDS.items():
        found: Field | None = getattr(task, name)
        if found is not None:
            yield from _of_field(found, kinds, scope, f"{where}.{name}")


def _of_signal(signal: Signal, pages: set[str], where: str) -> Iterator[Finding]:
    for index, name in enumerate(signal.pages):
        if name not in pages:
            yield f"{where}.pages[{index}]", f"no page `{name}`"
    if signal.form is not None and signal.present is not None:
        yield where, "either `form` or `present`"
    if signal.form is None and signal.present is None and not signal.pages:
        yield where, "one of `pages`, `form`, `present` must tell"
    if signal.texts and signal.present is None:
        yield f"{where}.texts", "texts are looked for in the element `present`"
    if signal.lasts_seconds and signal.present is None:
        yield f"{where}.lasts_seconds", "only an element `present` can last"
    if signal.attempt is not None:
        yield from _of_field(signal.attempt, TEXT, Scope(in_row=signal.form is not None), f"{where}.attempt")


def _of_field(found: Field, kinds: frozenset[str], scope: Scope, where: str) -> Iterator[Finding]:
    if found.parse not in kinds:
        yield f"{where}.parse", f"`{found.parse}` where {' or '.join(sorted(kinds))} is read"
    if found.json is not None:
        yield from _of_json(found, scope, where)
    elif found.island is not None or found.currency_json is not None:
        yield where, "`island` and `currency_json` go with `json`"
    elif found.at is None and found.attribute is not None and not scope.in_row:
        yield f"{where}.attribute", "of which element? `at` is missing"
    elif found.at is None and not scope.in_row and found.query is None and found.segment is None:
        yield where, "no place to read from: `at`, `json`, `query` or `segment`"
    if found.query is not None and found.segment is not None:
        yield where, "either `query` or `segment`"
    if found.decimal is not None and found.parse != "money_text":
        yield f"{where}.decimal", "only money_text is in doubt about it"


def _of_json(found: Field, scope: Scope, where: str) -> Iterator[Finding]:
    if found.at is not None or found.attribute is not None:
        yield where, "either `json` or `at` and `attribute`"
    if found.island is None and not scope.has_record:
        yield f"{where}.json", "there is no record here: name an `island`"
    if found.island is not None and found.island not in scope.islands:
        yield f"{where}.island", f"no island `{found.island}`"
    if found.currency_json is not None and found.parse not in ("money_major", "money_minor"):
        yield f"{where}.currency_json", f"`{found.parse}` has no currency beside it"
