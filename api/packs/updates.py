"""Updates of packs: new values for an extension's built-in packs, and nothing else.

A site that changes its markup need not wait for a new extension. An update can change CSS selectors, attributes, JSON
paths, names of built-in parsers, and the paths of a page on the same host. It can also switch a pack off. It adds no
hosts, pages, signals, meanings of words, patterns or code. An update is made from the corrected TOML of a pack:
`changes` finds the values and refuses all else. `extension/src/core/packs/apply_update.ts` does the same as `refusal`
and `with_update`; both read `tests/fixtures/pack_updates/cases.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, cast, get_args

import msgspec

from api.errors import CannotStart
from api.intake.contract import (
    MAX_PACK_UPDATES_BYTES,
    ChangedName,
    ChangedNumber,
    ChangedSelector,
    ChangedWords,
    PackUpdate,
    PackUpdates,
    PackValue,
)
from api.packs.model import Pack
from api.packs.validate import MONEY, SECONDS, TEXT, WHOLE, contradictions

SELECTORS = frozenset(get_args(ChangedSelector))
NAMES = frozenset(get_args(ChangedName))
NUMBERS = frozenset(get_args(ChangedNumber))
WORDS = frozenset(get_args(ChangedWords))
PARSE, DECIMAL = "parse", "decimal"
CHANGED = SELECTORS | NAMES | NUMBERS | WORDS | {PARSE, DECIMAL}
PARSERS = (MONEY, SECONDS, TEXT, WHOLE)  # a value keeps its kind
MOST_NUMBER, MOST_WORDS = 60, 10
FREE = frozenset({"seen_on", "version"})  # in a corrected TOML; they do not describe the page

Builtins = dict[str, Any]


class BadUpdate(CannotStart):
    """An invalid update, or one of an unknown pack; the message names the path."""


def update_of(base: Pack, edited: Pack, why: str, day: date) -> PackUpdate:
    """Return the update that turns the pack `base` into `edited`, its corrected copy.

    Raises:
        BadUpdate: The copies differ in more than values, or in none, or the version is not later.
    """
    values = changes(base, edited)
    if not values:
        raise BadUpdate(f"{base.slug}: nothing is changed")
    update = PackUpdate(
        slug=base.slug,
        base=base.version,
        version=edited.version,
        published_on=day,
        why=why,
        is_off=False,
        values=values,
    )
    return checked(base, update)


def switched_off(base: Pack, version: int, why: str, day: date) -> PackUpdate:
    """Return the update that stops pages of this site from being read until a later update."""
    return checked(base, PackUpdate(base.slug, base.version, version, day, why, is_off=True, values={}))


def checked(base: Pack, update: PackUpdate) -> PackUpdate:
    """Return the same update if it applies to `base` and gives a valid pack.

    Raises:
        BadUpdate: It does not; the message has the path.
    """
    refused = refusal(base, update)
    if refused is not None:
        raise BadUpdate(f"{base.slug}: {refused}")
    try:
        found = contradictions(with_update(base, update), base.slug)
    except msgspec.ValidationError as error:
        found = [str(error)]
    if found:
        raise BadUpdate(f"{base.slug}: {found[0]}")
    return update


def changes(base: Pack, edited: Pack) -> dict[str, PackValue]:
    """Return the values of `edited` that differ from those of `base`, by path.

    Raises:
        BadUpdate: There is a difference that an update cannot carry.
    """
    old, new = msgspec.to_builtins(base), msgspec.to_builtins(edited)
    return {path: value for path, value in _differences(old, new, "") if path not in FREE}


def _differences(old: object, new: object, path: str) -> Iterator[tuple[str, PackValue]]:
    """Yield the differences of two trees of the same shape; a leaf is anything that an update may change."""
    name = path.rpartition(".")[2]
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old:
            yield from _differences(old[key], new[key], f"{path}.{key}".lstrip("."))
    elif isinstance(old, list) and isinstance(new, list) and name not in CHANGED and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _differences(before, after, f"{path}.{_called(before, index)}")
    elif (name in CHANGED or path in FREE) and not isinstance(new, dict):
        yield path, cast("PackValue", new)
    else:
        raise BadUpdate(f"`{path}` is fixed: only values of a pack can be updated, here a new version is needed")


def refusal(base: Pack, update: PackUpdate) -> str | None:
    """Return the reason why `update` does not apply to `base`, or None: a stable word, with the path if there is
    one."""
    if update.slug != base.slug or update.base != base.version:
        return "other_base"
    if update.version <= base.version:
        return "not_newer"
    tree = msgspec.to_builtins(base)
    for path, value in update.values.items():
        word = _refused(tree, path, value)
        if word is not None:
            return f"{word} {path}"
    return None


def with_update(base: Pack, update: PackUpdate) -> Pack:
    """Return the pack with the new values; a pack that is switched off keeps only its name."""
    tree: Builtins = msgspec.to_builtins(base)
    if update.is_off:
        tree |= {"pages": [], "signals": []}
    for path, value in update.values.items():
        above, name = _above(tree, path)
        assert above is not None
        above[name] = value
    return msgspec.convert(tree | {"version": update.version}, Pack, strict=False)


def decoded(content: bytes) -> PackUpdates:
    """Decode the document that extensions fetch.

    Raises:
        BadUpdate: The content is not such a document.
    """
    try:
        return msgspec.json.decode(content, type=PackUpdates)
    except msgspec.MsgspecError as error:
        raise BadUpdate(str(error)) from error


def following(standing: PackUpdates | None, updates: list[PackUpdate], day: date) -> PackUpdates:
    """Return the next document. Its serial is at least the day's number, so it grows even if the last document was
    lost.

    Raises:
        BadUpdate: The document is larger than an extension accepts.
    """
    last = 0 if standing is None else standing.serial
    serial = max(last + 1, (day.year * 10_000 + day.month * 100 + day.day) * 1_000)
    made = PackUpdates(serial, sorted(updates, key=lambda update: update.slug))
    if len(msgspec.json.encode(made)) > MAX_PACK_UPDATES_BYTES:
        raise BadUpdate(f"all updates together are over {MAX_PACK_UPDATES_BYTES} bytes: withdraw one")
    return made


def _refused(tree: Builtins, path: str, value: PackValue) -> str | None:
    name = path.rpartition(".")[2]
    if name not in CHANGED or "outcomes" in path.split("."):
        return "fixed"
    above, _ = _above(tree, path)
    if above is None or name not in above:
        return "no_such_value"
    old = above[name]
    if isinstance(old, list) != (name in WORDS):
        return "fixed"  # of the same name, but another type
    if value is None:
        return None if old is None or "parse" in above or name == "badge" else "wrong_type"
    if name == PARSE:
        return None if _kind(old) == _kind(value) else "unknown_parser"
    return None if _fits(name, value) else "wrong_type"


def _kind(parser: object) -> frozenset[str] | object:
    return next((kind for kind in PARSERS if parser in kind), parser)


def _fits(name: str, value: PackValue) -> bool:
    """Return True if a value has the type for this name."""
    if name in NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_NUMBER
    if name in WORDS:
        return isinstance(value, list) and 0 < len(value) <= MOST_WORDS and all(_is_word(name, one) for one in value)
    if name == DECIMAL:
        return value in (".", ",")
    return isinstance(value, str) and value.strip() != "" and (name not in SELECTORS or is_balanced_selector(value))


def _is_word(name: str, word: object) -> bool:
    return isinstance(word, str) and 0 < len(word) <= 200 and (name != "paths" or word.startswith("/"))


def _above(tree: Builtins, path: str) -> tuple[Builtins | None, str]:
    """Return the parent of the last name of `path`, and that name; the parent is None if the path leads nowhere."""
    *steps, name = path.split(".")
    here: Any = tree
    for step in steps:
        if isinstance(here, list):
            here = next((one for index, one in enumerate(here) if step == _called(one, index)), None)
        else:
            here = here.get(step) if isinstance(here, dict) else None
    return (here, name) if isinstance(here, dict) else (None, name)


def _called(member: object, index: int) -> str:
    """Return a list member's name in a path: its own name, or its index."""
    name = member.get("name") if isinstance(member, dict) else None
    return name if isinstance(name, str) else str(index)


_QUOTED = re.compile(r"""\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)
_PAIRS = {")": "(", "]": "["}


def is_balanced_selector(selector: str) -> bool:
    """Return True if all brackets and quotes of a selector close and nothing ends a rule. Browsers check the rest."""
    bare = _QUOTED.sub("", selector)
    if re.search(r"""["'\\{};@<]""", bare) or not bare.strip(" ,"):
        return False
    opened: list[str] = []
    for letter in bare:
        if letter in "([":
            opened.append(letter)
        elif letter in _PAIRS and (not opened or opened.pop() != _PAIRS[letter]):
            return False
    return not opened
