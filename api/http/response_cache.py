"""A cache of answers that stay the same until the next release: a frequent snapshot costs one look-up.

The cache wraps the framework, so routes stay simple. Its key is the path, the query and the two headers on which such
an answer depends; nothing in it identifies the client.
"""

from __future__ import annotations

from typing import Any, cast

from cachetools import LRUCache
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.http.release_repository import ReleaseRepository

PREFIX = "/v1/snapshots/"
HANGS_ON = (b"accept-encoding", b"if-none-match")
KEPT_STATUSES = (200, 304)
MOST_ANSWERS = 500  # platforms times encodings times the releases that clients still have
MOST_KEY_BYTES = 400  # a browser's two headers are under 200; longer keys could fill the memory
TEMPLATE = "path_template"  # the framework's name of the route, for the counts

Key = tuple[str, bytes, tuple[bytes, ...]]
Answer = tuple[str, list["Message"]]


class ReleaseAnswers:
    """The answers made of the current release's very bytes."""

    def __init__(self, releases: ReleaseRepository) -> None:
        self._releases = releases
        self._answers: LRUCache[tuple[str, Key], Answer] = LRUCache(MOST_ANSWERS)

    def edition(self) -> str | None:
        """Return the name of what answers are made of just now."""
        return self._releases.edition()

    def find(self, edition: str | None, key: Key) -> Answer | None:
        """Return the answer to `key` that was made of `edition`."""
        return None if edition is None else self._answers.get((edition, key))

    def keep(self, edition: str | None, key: Key, answer: Answer) -> None:
        """Remember an answer, if it was made of `edition` from its beginning to its end."""
        if edition is not None and edition == self.edition():
            self._answers[edition, key] = answer


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
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(PREFIX):
        return None
    told = {name: value for name, value in scope["headers"] if name in HANGS_ON}
    values = tuple(told.get(name, b"") for name in HANGS_ON)
    size = len(scope["path"]) + len(scope["query_string"]) + sum(map(len, values))
    return (scope["path"], scope["query_string"], values) if size <= MOST_KEY_BYTES else None


def _may_be_kept(said: list[Message]) -> bool:
    return len(said) == 2 and _raw(said[0]).get("status") in KEPT_STATUSES  # a head, and its body in one piece


def _copy(message: Message) -> Message:
    """The layers above add to what they are given."""
    return cast("Message", dict(_raw(message)))


def _raw(typed: object) -> dict[str, Any]:
    """A scope or a message as the plain dictionary that servers make it."""
    return cast("dict[str, Any]", typed)
