"""Differences between two snapshots of a platform, so that the new one can be restored byte for byte.

Figures travel as the text of the snapshot, never as numbers. Any language that applies a delta thus gets the signed
bytes, however it formats 3.0. `extension/src/core/snapshot/delta.ts` does the same.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

RATES = '"rates":{'
ENTRY = re.compile(r'"([0-9a-f]{12})":(\[[^\[\]]*\])')


class Parts(NamedTuple):
    """A snapshot's text in three parts: the text before its rates, its entries by key, and the text after."""

    before: str
    entries: dict[str, str]
    after: str

    @classmethod
    def of(cls, snapshot: str) -> Parts:
        """Split `snapshot`. Raises ValueError if it is not a snapshot."""
        start = snapshot.index(RATES) + len(RATES)
        end = snapshot.index("}", start)
        entries = {match[1]: match[2] for match in ENTRY.finditer(snapshot, start, end)}
        return cls(snapshot[:start], entries, snapshot[end:])

    def text(self) -> str:
        return self.before + ",".join(f'"{key}":{self.entries[key]}' for key in sorted(self.entries)) + self.after


class Delta(msgspec.Struct, frozen=True):
    """The change from the snapshot of release `since` to that of `release`.

    `before` and `after` replace the text around the rates; `changed` holds entries as text, separated by commas.
    """

    after: str
    before: str
    changed: str
    platform: str
    release: str
    removed: list[str]
    since: str


def delta(old: bytes, new: bytes) -> bytes:
    """Return the delta from snapshot `old` to `new`, as JSON."""
    was, now = Parts.of(old.decode()), Parts.of(new.decode())
    heads = [msgspec.json.decode(content, type=Head) for content in (old, new)]
    changed = [f'"{key}":{entry}' for key, entry in now.entries.items() if was.entries.get(key) != entry]
    made = Delta(
        after=now.after,
        before=now.before,
        changed=",".join(changed),
        platform=heads[1].platform,
        release=heads[1].release,
        removed=[key for key in was.entries if key not in now.entries],
        since=heads[0].release,
    )
    return msgspec.json.encode(made)


def applied(old: bytes, content: bytes) -> bytes:
    """Return the snapshot that results from applying the delta `content` to `old`."""
    given = msgspec.json.decode(content, type=Delta)
    entries = Parts.of(old.decode()).entries
    for key in given.removed:
        entries.pop(key, None)
    entries.update((match[1], match[2]) for match in ENTRY.finditer(given.changed))
    return Parts(given.before, entries, given.after).text().encode()


class Head(msgspec.Struct):
    """The fields of a snapshot that a delta reads, except the entries."""

    platform: str
    release: str
