"""Names become keys here: one 64-bit number for a client, one for a group of like-titled tasks.

The same keys are the distribution key in PostgreSQL, the join key of the estimator and, cut to 48 bits of hex, the look-up
key of a snapshot, so that a snapshot holds no name. `extension/src/core/snapshot/keys.ts` computes the same from the same
words; `tests/fixtures/wire/keys.json` holds both to it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

SNAPSHOT_KEY_BYTES = 6  # 50,000 tasks: the chance that any two share a key is 4 in a million
_BLANKS = re.compile("[\t\n\v\f\r \u00a0\u2000-\u200b\u2028\u2029\u3000]+")
_DIGITS = re.compile("[0-9]+")
# Letters that nobody sees: soft hyphens, zero widths, joiners, direction marks, variation selectors.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_LATIN = re.compile("[a-z]")
# Cyrillic and Greek letters that look like Latin ones; only in a word that has Latin letters, too.
_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u043c\u0442\u043d\u0432\u03b1\u03bf\u03b5\u03b9\u03ba\u03bd\u03c1\u03c4\u03c5\u03c7",
    "aeopcyxijskmthbaoeikvptyx",
)


def title_group(title: str) -> str:
    """The form in which titles that differ only in case, blanks, numbers, invisible letters or letters that look alike are
    the same ("Label 12 photos").

    A title that is nothing but a number keeps it: there it is the name (a job known by its number alone).
    """
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", title).lower())
    words = _BLANKS.sub(" ", visible).strip(" ").split(" ")
    folded = " ".join(word.translate(_LOOK_ALIKES) if _LATIN.search(word) else word for word in words)
    return folded if _DIGITS.fullmatch(folded) else _DIGITS.sub("0", folded)


def client_name(platform: str, client_id: str | None, shown_name: str | None, task_id: str | None, title: str) -> str:
    """The words a client's key is made of: its id, else its name, else (client hidden) its project, else the title group."""
    if client_id:
        return f"client\n{platform}\nid\n{client_id}"
    if shown_name:
        return f"client\n{platform}\nname\n{title_group(shown_name)}"
    if task_id:
        return f"client\n{platform}\nproject\n{task_id}"
    return f"client\n{platform}\ntitle\n{title_group(title)}"


def task_name(client: str, title: str) -> str:
    """The words a task's key is made of: its client's words and its title group."""
    return f"task\n{client}\n{title_group(title)}"


def key(name: str) -> int:
    """The signed 64-bit key of `name`: the first eight bytes of its SHA-256, big end first."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def snapshot_key(key: int) -> str:
    """The twelve hex digits by which a snapshot knows `key`."""
    return key.to_bytes(8, "big", signed=True)[:SNAPSHOT_KEY_BYTES].hex()
