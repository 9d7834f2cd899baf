"""The small task behind every claim: a drawing and a few answers, derived from the attempt's id."""

from __future__ import annotations

import hashlib
from random import Random

from msgspec import Struct

from api.http.pages.practice.attempts import Attempt

DRAWINGS = ("boat", "cup", "fish", "house", "key", "moon", "star", "tree")  # each is a macro in drawings.html


class Puzzle(Struct, frozen=True):
    """What the visitor sees: a question, drawings by name, and answers of which one is right."""

    question: str
    drawings: tuple[str, ...]
    choices: tuple[str, ...]


def puzzle(attempt: Attempt) -> Puzzle:
    """The puzzle of `attempt`; the same each time it is opened."""
    lot = Random(hashlib.sha256(b"puzzle" + attempt.id.encode()).digest())
    shown = lot.choice(DRAWINGS)
    if attempt.posting.kind == "count":
        return Puzzle("How many are there?", (shown,) * lot.randint(1, 6), ("1", "2", "3", "4", "5", "6"))
    if attempt.posting.kind == "pair":
        other = shown if lot.random() < 0.5 else lot.choice([one for one in DRAWINGS if one != shown])
        return Puzzle("Are these two the same?", (shown, other), ("the same", "different"))
    wrong = lot.sample([one for one in DRAWINGS if one != shown], 3)
    return Puzzle("What is this?", (shown,), tuple(sorted([shown, *wrong])))
