"""Checks of a pack's fields, islands and records that types cannot make (`api/packs/validate.py` checks the pages).

A finding is the path inside the pack and the problem there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.packs.fields import Field, Island, Records, TaskFields

MONEY = frozenset({"money_major", "money_minor", "money_text"})
SECONDS = frozenset({"seconds", "minutes", "duration_text"})
INSTANT = frozenset({"instant"})
DAY = frozenset({"day", "instant", "age"})
TEXT = frozenset({"text"})
WHOLE = frozenset({"int", "count"})
LEFT = frozenset({"int", "int_text", "done_text"})
FIELD_KINDS = {
    "title": TEXT,
    "reward": MONEY,
    "reward_per_at": TEXT,
    "reward_to": MONEY,
    "pay_kind_at": TEXT,
    "cap_seconds": SECONDS,
    "units": WHOLE,
    "client_id": TEXT,
    "client_name": TEXT,
    "task_id": TEXT,
    "limit_seconds": SECONDS,
    "estimate_seconds": SECONDS,
}

Finding = tuple[str, str]  # path, problem


@dataclass(frozen=True)
class Scope:
    """The places where a field may look: its page's islands, its row, its record; and the pack's replies."""

    islands: frozenset[str] = frozenset()
    in_row: bool = False
    has_record: bool = False
    replies: frozenset[str] = frozenset()


def of_task(task: TaskFields, scope: Scope, where: str) -> Iterator[Finding]:
    """Yield findings in the fields of a posted or claimed task."""
    for name, kinds in FIELD_KINDS.items():
        found: Field | None = getattr(task, name)
        if found is not None:
            yield from of_field(found, kinds, scope, f"{where}.{name}")
    if (task.reward_per_at is None) != (not task.reward_per_words):
        yield f"{where}.reward_per_at", "needs `reward_per_words`, and they need it"
    if (task.pay_kind_at is None) != (not task.pay_kind_words):
        yield f"{where}.pay_kind_at", "needs `pay_kind_words`, and they need it"
    if task.rates and task.reward is not None:
        yield f"{where}.rates", "either `reward` or `rates`"
    if task.reward_to is not None and task.reward is None:
        yield f"{where}.reward_to", "the upper end of what range? `reward` is missing"
    for index, rate in enumerate(task.rates):
        yield from of_field(rate.reward, MONEY, scope, f"{where}.rates[{index}].reward")


def of_records(records: Records, scope: Scope, where: str) -> Iterator[Finding]:
    """Yield findings in records and in the tie of rows to records."""
    yield from _of_source(records, scope, where)
    given = records.key is not None, records.row_key is not None
    if records.tie == "key" and given != (True, True):
        yield where, "tie `key` needs `key` and `row_key`"
    if records.tie == "index" and given != (False, False):
        yield where, "tie `index` knows no `key` or `row_key`"
    if records.row_key is not None:
        yield from of_field(records.row_key, TEXT, Scope(in_row=True), f"{where}.row_key")


def of_island(island: Island, scope: Scope, where: str) -> Iterator[Finding]:
    """Yield findings in one island and in the choice of its record."""
    yield from _of_source(island, scope, where)
    given = island.key is not None, island.key_at is not None
    if island.pick == "key" and given != (True, True):
        yield where, "pick `key` needs `key` and `key_at`"
    if island.pick != "key" and given != (False, False):
        yield where, "`key` and `key_at` go with pick `key`"
    if island.key_at is not None:
        yield from of_field(island.key_at, TEXT, scope, f"{where}.key_at")


def _of_source(source: Island | Records, scope: Scope, where: str) -> Iterator[Finding]:
    if (source.at is None) != (source.attribute is None):
        yield where, "`at` and `attribute` go together"
    if (source.at is None) == (source.reply is None):
        yield where, "JSON comes from an element's `attribute` or from a `reply`"
    if source.reply is not None and source.reply not in scope.replies:
        yield f"{where}.reply", f"no reply `{source.reply}`"


def of_field(found: Field, kinds: frozenset[str], scope: Scope, where: str) -> Iterator[Finding]:
    """Yield findings in one field that must be read as one of `kinds`."""
    if found.parse not in kinds:
        yield f"{where}.parse", f"`{found.parse}` where {' or '.join(sorted(kinds))} is read"
    if found.json is not None:
        yield from _of_json(found, scope, where)
    elif found.island is not None or found.currency_json is not None or found.or_json is not None:
        yield where, "`island`, `or_json` and `currency_json` go with `json`"
    elif found.at is None and found.attribute is not None and not scope.in_row:
        yield f"{where}.attribute", "of which element? `at` is missing"
    elif found.at is None and not scope.in_row and found.query is None and found.segment is None:
        yield where, "no place to read from: `at`, `json`, `query` or `segment`"
    yield from _of_parts(found, where)
    yield from _of_amounts(found, where)
    for index, other in enumerate(found.alternatives):
        at = f"{where}.alternatives[{index}]"
        if other.alternatives or other.in_order:
            yield f"{at}.alternatives", "list all places in one list"
        yield from of_field(other, kinds, scope, at)


def _of_amounts(found: Field, where: str) -> Iterator[Finding]:
    if found.each is not None and (found.json is None or found.parse not in ("money_major", "money_minor")):
        yield f"{where}.each", "only amounts in `json` come as an array of items"
    if found.in_order and not found.alternatives:
        yield f"{where}.in_order", "there is one place: `alternatives` are missing"
    if found.legend is not None and (found.attribute is None or found.parse != "text"):
        yield f"{where}.legend", "a sign is the text of an `attribute`"
    if found.bound is not None and found.parse != "money_text":
        yield f"{where}.bound", "only money_text is written as a range"


def _of_parts(found: Field, where: str) -> Iterator[Finding]:
    if found.query is not None and found.segment is not None:
        yield where, "either `query` or `segment`"
    if found.leaf is not None and (found.json is not None or found.attribute is not None):
        yield f"{where}.leaf", "only an element has texts inside"
    if found.decimal is not None and found.parse != "money_text":
        yield f"{where}.decimal", "only money_text is in doubt about it"
    if found.marked and found.parse not in MONEY:
        yield f"{where}.marked", "only an amount can show what it is"
    if found.parse == "count" and found.at is None:
        yield f"{where}.parse", "count what? `at` is missing"


def _of_json(found: Field, scope: Scope, where: str) -> Iterator[Finding]:
    if found.at is not None or found.attribute is not None:
        yield where, "either `json` or `at` and `attribute`"
    if found.island is None and not scope.has_record:
        yield f"{where}.json", "there is no record here: name an `island`"
    if found.island is not None and found.island not in scope.islands:
        yield f"{where}.island", f"no island `{found.island}`"
    if found.currency_json is not None and found.parse not in ("money_major", "money_minor"):
        yield f"{where}.currency_json", f"`{found.parse}` has no currency beside it"
