"""Keys from names: one 64-bit number for a client, one for a group of tasks with similar titles.

A key distributes rows in PostgreSQL and joins them in the estimator. Cut to 48 bits of hex, it is the look-up key of a
snapshot, which thus holds no name. `extension/src/core/snapshot/keys.ts` computes the same keys from the same words;
`tests/fixtures/wire/keys.json` checks both.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

SNAPSHOT_KEY_BYTES = 6  # 50,000 tasks: the chance that any two share a key is 4 in a million
_BLANKS = re.compile("[\t\n\v\f\r \u00a0\u2000-\u200b\u2028\u2029\u3000]+")
_DIGITS = re.compile("[0-9]+")
# Invisible letters: soft hyphens, zero widths, joiners, direction marks, variation selectors.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_LATIN = re.compile("[a-z]")
# Cyrillic and Greek letters that look like Latin ones; only in a word that has Latin letters, too.
_LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u043c\u0442\u043d\u0432\u03b1\u03bf\u03b5\u03b9\u03ba\u03bd\u03c1\u03c4\u03c5\u03c7",
    "aeopcyxijskmthbaoeikvptyx",
)


def title_group(title: str) -> str:
    """Return the common form of titles that differ only in case, blanks, numbers, invisible or similar letters.

    One such form is "Label 12 photos". A title that is only a number keeps it, because the number is then its name.
    """
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", title).lower())
    words = _BLANKS.sub(" ", visible).strip(" ").split(" ")
    folded = " ".join(word.translate(_LOOK_ALIKES) if _LATIN.search(word) else word for word in words)
    return folded if _DIGITS.fullmatch(folded) else _DIGITS.sub("0", folded)


def client_name(platform: str, client_id: str | None, shown_name: str | None, task_id: str | None, title: str) -> str:
    """Return the words of a client's key: its id, else its name, else (client hidden) its project, else the title
    group.
    """
    if client_id:
        return f"client\n{platform}\nid\n{client_id}"
    if shown_name:
        return f"client\n{platform}\nname\n{title_group(shown_name)}"
    if task_id:
        return f"client\n{platform}\nproject\n{task_id}"
    return f"client\n{platform}\ntitle\n{title_group(title)}"


def task_name(client: str, title: str) -> str:
    """Return the words of a task's key: its client's words and its title group."""
    return f"task\n{client}\n{title_group(title)}"


def key(name: str) -> int:
    """Return the signed 64-bit key of `name`: the first eight bytes of its SHA-256, big-endian."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def snapshot_key(key: int) -> str:
    """Return `key` as the twelve hex digits that a snapshot uses."""
    return key.to_bytes(8, "big", signed=True)[:SNAPSHOT_KEY_BYTES].hex()
