"""A cache of answers that stay the same until the next release: a frequent snapshot or page costs one look-up.

The cache wraps the framework, so routes stay simple. Its key is the path, the query and the headers on which such an
answer depends; nothing in it identifies the client.
"""

from __future__ import annotations

from typing import Any, cast

from cachetools import LRUCache
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.http.release_repository import ReleaseRepository

PREFIX = "/v1/snapshots/"
PAGES = ("/platforms/", "/clients/", "/r/", "/countries/")
WHOLE_PAGES = frozenset({"/", "/compare", "/changes", "/countries", "/releases", "/tables"})
HANGS_ON = (b"accept-encoding", b"if-none-match", b"accept-language")
KEPT_STATUSES = (200, 304)
MOST_ANSWERS = 500  # platforms times encodings times the releases that clients still have
MOST_PAGE_BYTES = 24_000_000  # of the pages that are kept; one with charts has 25 kB, packed
MOST_KEY_BYTES = 400  # a browser's two headers are under 200; longer keys could fill the memory
TEMPLATE = "path_template"  # the framework's name of the route, for the counts

Key = tuple[str, bytes, tuple[bytes, ...]]
Answer = tuple[str, list["Message"]]


class ReleaseAnswers:
    """The answers made of the current release's very bytes."""

    def __init__(self, releases: ReleaseRepository) -> None:
        self._releases = releases
        self._answers: LRUCache[tuple[str, Key], Answer] = LRUCache(MOST_ANSWERS)
        self._pages: LRUCache[tuple[str, Key], Answer] = LRUCache(MOST_PAGE_BYTES, getsizeof=_size)

    def _cache(self, key: Key) -> LRUCache[tuple[str, Key], Answer]:
        return self._answers if key[0].startswith(PREFIX) else self._pages

    def edition(self) -> str | None:
        """Return the name of what answers are made of just now."""
        return self._releases.edition()

    def find(self, edition: str | None, key: Key) -> Answer | None:
        """Return the answer to `key` that was made of `edition`."""
        return None if edition is None else self._cache(key).get((edition, key))

    def keep(self, edition: str | None, key: Key, answer: Answer) -> None:
        """Remember an answer, if it was made of `edition` from its beginning to its end."""
        cache = self._cache(key)
        if edition is not None and edition == self.edition() and cache.getsizeof(answer) <= cache.maxsize:
            cache[edition, key] = answer


def kept(app: ASGIApp, releases: ReleaseRepository) -> ASGIApp:
    """`app`, whose answers about snapshots are kept."""
    answers = ReleaseAnswers(releases)

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        key = _key(_raw(scope))
        if key is None:
            await app(scope, receive, send)
            return
        edition = answers.edition()
        found = answers.find(edition, key)
        if found is None:
            said: list[Message] = []

            async def heard(message: Message) -> None:
                said.append(_copy(message))
                await send(message)

            await app(scope, receive, heard)
            if _may_be_kept(said):
                answers.keep(edition, key, (str(_raw(scope).get(TEMPLATE, PREFIX)), said))
            return
        template, messages = found
        _raw(scope)[TEMPLATE] = template
        for message in messages:
            await send(_copy(message))

    return wrapped


def _key(scope: dict[str, Any]) -> Key | None:
    """Return the cache key of a request, or None if its answer is not cached."""
    if scope["type"] != "http" or scope["method"] != "GET" or not _is_kept(scope["path"]):
        return None
    told = {name: value for name, value in scope["headers"] if name in HANGS_ON}
    values = tuple(told.get(name, b"") for name in HANGS_ON)
    size = len(scope["path"]) + len(scope["query_string"]) + sum(map(len, values))
    return (scope["path"], scope["query_string"], values) if size <= MOST_KEY_BYTES else None


def _is_kept(path: str) -> bool:
    return path.startswith((PREFIX, *PAGES)) or path in WHOLE_PAGES


def _size(answer: Answer) -> int:
    return sum(len(_raw(message).get("body", b"")) for message in answer[1])


def _may_be_kept(said: list[Message]) -> bool:
    """Keep a head and its body in one piece, if it may be: a page whose charts could not be drawn is made again."""
    if len(said) != 2 or _raw(said[0]).get("status") not in KEPT_STATUSES:
        return False
    return (b"cache-control", b"no-store") not in [(name.lower(), value) for name, value in _raw(said[0])["headers"]]


def _copy(message: Message) -> Message:
    """The layers above add to what they are given."""
    return cast("Message", dict(_raw(message)))


def _raw(typed: object) -> dict[str, Any]:
    """A scope or a message as the plain dictionary that servers make it."""
    return cast("dict[str, Any]", typed)
