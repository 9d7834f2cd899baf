"""Updates of packs: new values for what an extension was built with, and nothing else.

A site that changes its markup need not wait for a new extension. An update says which values stand elsewhere now: CSS
selectors, attributes, JSON paths, names of built-in parsers, the paths of a page on the same host; or that the pack is
not to be used. It brings no hosts, no pages, no signals, no meaning of words, no patterns and no code. An update is made
from the pack's own TOML, corrected: `changes` finds the values and refuses all that is more. `refusal` and `laid_over`
are what `extension/src/core/packs/apply_update.ts` does too; both read `tests/fixtures/pack_updates/cases.json`.
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
PARSERS = (MONEY, SECONDS, TEXT, WHOLE)  # a value stays of its kind
MOST_NUMBER, MOST_WORDS = 60, 10
FREE = frozenset({"seen_on", "version"})  # of a corrected TOML; they say nothing of the page

Builtins = dict[str, Any]


class BadUpdate(CannotStart):
    """What was given is no update of a pack that we have; the message names the path."""


def update_of(base: Pack, edited: Pack, why: str, day: date) -> PackUpdate:
    """What makes `edited`, a corrected copy of the pack `base`, of it.

    Raises:
        BadUpdate: it differs in more than values, in none, or its version is not later.
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
    """The word that pages of this site are not to be read until something better comes."""
    return checked(base, PackUpdate(base.slug, base.version, version, day, why, is_off=True, values={}))


def checked(base: Pack, update: PackUpdate) -> PackUpdate:
    """The same update, if it stands over `base` and makes a sound pack of it.

    Raises:
        BadUpdate: it does not; the message says where.
    """
    refused = refusal(base, update)
    if refused is not None:
        raise BadUpdate(f"{base.slug}: {refused}")
    try:
        found = contradictions(laid_over(base, update), base.slug)
    except msgspec.ValidationError as error:
        found = [str(error)]
    if found:
        raise BadUpdate(f"{base.slug}: {found[0]}")
    return update


def changes(base: Pack, edited: Pack) -> dict[str, PackValue]:
    """Values of `edited` that differ from those of `base`, by path.

    Raises:
        BadUpdate: something differs that is no such value.
    """
    old, new = msgspec.to_builtins(base), msgspec.to_builtins(edited)
    return {path: value for path, value in _differences(old, new, "") if path not in FREE}


def _differences(old: object, new: object, path: str) -> Iterator[tuple[str, PackValue]]:
    """Of two trees of the same shape; a leaf is whatever an update may change."""
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
    """Why `update` cannot be laid over `base`: a stable word, and the path where there is one; None where it can."""
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


def laid_over(base: Pack, update: PackUpdate) -> Pack:
    """The pack with the new values; one that is switched off is known by name only."""
    tree: Builtins = msgspec.to_builtins(base)
    if update.is_off:
        tree |= {"pages": [], "signals": []}
    for path, value in update.values.items():
        above, name = _above(tree, path)
        assert above is not None
        above[name] = value
    return msgspec.convert(tree | {"version": update.version}, Pack, strict=False)


def decoded(content: bytes) -> PackUpdates:
    """The document that extensions fetch.

    Raises:
        BadUpdate: it is none.
    """
    try:
        return msgspec.json.decode(content, type=PackUpdates)
    except msgspec.MsgspecError as error:
        raise BadUpdate(str(error)) from error


def following(standing: PackUpdates | None, updates: list[PackUpdate], day: date) -> PackUpdates:
    """The next document: its serial is the day's number at least, so that it grows even where the last one was lost.

    Raises:
        BadUpdate: it is more than an extension takes.
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
        return "fixed"  # of the same name, and another thing
    if value is None:
        return None if old is None or "parse" in above or name == "badge" else "wrong_type"
    if name == PARSE:
        return None if _kind(old) == _kind(value) else "unknown_parser"
    return None if _fits(name, value) else "wrong_type"


def _kind(parser: object) -> frozenset[str] | object:
    return next((kind for kind in PARSERS if parser in kind), parser)


def _fits(name: str, value: PackValue) -> bool:
    """Whether a value is of the type that stands by this name."""
    if name in NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_NUMBER
    if name in WORDS:
        return isinstance(value, list) and 0 < len(value) <= MOST_WORDS and all(_is_word(name, one) for one in value)
    if name == DECIMAL:
        return value in (".", ",")
    return isinstance(value, str) and value.strip() != "" and (name not in SELECTORS or stands(value))


def _is_word(name: str, word: object) -> bool:
    return isinstance(word, str) and 0 < len(word) <= 200 and (name != "paths" or word.startswith("/"))


def _above(tree: Builtins, path: str) -> tuple[Builtins | None, str]:
    """What holds the last name of `path`; None where the path leads nowhere."""
    *steps, name = path.split(".")
    here: Any = tree
    for step in steps:
        if isinstance(here, list):
            here = next((one for index, one in enumerate(here) if step == _called(one, index)), None)
        else:
            here = here.get(step) if isinstance(here, dict) else None
    return (here, name) if isinstance(here, dict) else (None, name)


def _called(member: object, index: int) -> str:
    """By what a path names a member of a list: its name where it has one."""
    name = member.get("name") if isinstance(member, dict) else None
    return name if isinstance(name, str) else str(index)


_QUOTED = re.compile(r"""\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)
_PAIRS = {")": "(", "]": "["}


def stands(selector: str) -> bool:
    """Whether a selector is closed: every bracket and quote of it, and nothing that ends a rule. Browsers check the rest."""
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
