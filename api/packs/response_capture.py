"""The limits of response capture on each site: the requests a pack names, and the JSON keys that its fields read.

The capturing script is built with these data only, so no update, page or message can make it capture more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from api.packs.model import Pack

PATHS = frozenset({"json", "or_json", "each", "currency_json", "key", "path"})
PATH_LISTS = frozenset({"more"})
SHAPE = "shape"  # the key under which the tap reports the names of the keys of a reply


def plans(packs: Iterable[Pack]) -> list[dict[str, Any]]:
    """Return for each capturing pack its slug, host names, named replies, and the keys that may be read from them."""
    return [
        {
            "slug": pack.slug,
            "hosts": [_name_of(host) for host in pack.hosts],
            "keys": sorted(_keys(pack)),
            "replies": [msgspec.to_builtins(reply) for reply in pack.replies],
        }
        for pack in packs
        if pack.tap
    ]


def _keys(pack: Pack) -> set[str]:
    """Return the steps of every JSON path of the pack, and SHAPE if a reply is read by shape."""
    steps = {step for path in _paths(msgspec.to_builtins(pack)) for step in path.split(".")}
    return steps | {SHAPE} if any(reply.reads == "shape" for reply in pack.replies) else steps


def _name_of(host: str) -> str:
    return host.split("/")[2]


def _paths(value: object) -> Iterator[str]:
    """Yield every JSON path that the pack reads."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in PATHS and isinstance(inner, str):
                yield inner
            elif name in PATH_LISTS and isinstance(inner, list):
                yield from inner
            else:
                yield from _paths(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner)
