"""What changed between two snapshots of a platform, so that the whole can be put together again byte for byte.

Figures travel as the very text that the snapshot holds, never as numbers: whoever applies a delta gets the signed bytes,
whatever their language makes of 3.0. `extension/src/core/snapshot/delta.ts` does the same.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

RATES = '"rates":{'
ENTRY = re.compile(r'"([0-9a-f]{12})":(\[[^\[\]]*\])')


class Parts(NamedTuple):
    """A snapshot's text: what stands before its rates, their entries by key, and what stands after."""

    before: str
    entries: dict[str, str]
    after: str

    @classmethod
    def of(cls, snapshot: str) -> Parts:
        """Raises ValueError where `snapshot` is none."""
        start = snapshot.index(RATES) + len(RATES)
        end = snapshot.index("}", start)
        entries = {match[1]: match[2] for match in ENTRY.finditer(snapshot, start, end)}
        return cls(snapshot[:start], entries, snapshot[end:])

    def text(self) -> str:
        return self.before + ",".join(f'"{key}":{self.entries[key]}' for key in sorted(self.entries)) + self.after


class Delta(msgspec.Struct, frozen=True):
    """From the snapshot of release `since` to that of `release`: `before` and `after` take the place of what stands
    around the rates, `changed` holds entries as text, with commas between.
    """

    after: str
    before: str
    changed: str
    platform: str
    release: str
    removed: list[str]
    since: str


def delta(old: bytes, new: bytes) -> bytes:
    """What makes the snapshot `new` of `old`, as JSON."""
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
    """The snapshot that the delta `content` makes of `old`."""
    given = msgspec.json.decode(content, type=Delta)
    entries = Parts.of(old.decode()).entries
    for key in given.removed:
        entries.pop(key, None)
    entries.update((match[1], match[2]) for match in ENTRY.finditer(given.changed))
    return Parts(given.before, entries, given.after).text().encode()


class Head(msgspec.Struct):
    """What a delta reads of a snapshot beside its entries."""

    platform: str
    release: str
