"""Answers in pieces: a reader who is slow, or does not read at all, costs the memory of one piece."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import IO, cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send

BLOCK_BYTES = 262_144
MOST_AT_ONCE = 65_536  # of a body in memory: the server's buffer then holds no more of it


async def blocks(file: IO[bytes], *, is_empty: bool) -> AsyncIterator[bytes]:
    """Yield a file's bytes piece by piece, and close it."""
    with file:
        while not is_empty and (block := await asyncio.to_thread(file.read, BLOCK_BYTES)):
            yield block


def in_pieces(app: ASGIApp) -> ASGIApp:
    """Return `app`, whose large bodies are handed on in pieces, each when the one before it has left."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_pieces(message: Message) -> None:
            if message["type"] != "http.response.body" or len(message.get("body", b"")) <= MOST_AT_ONCE:
                await send(message)
                return
            body, is_more = message["body"], message.get("more_body", False)
            for start in range(0, len(body), MOST_AT_ONCE):
                more = is_more or start + MOST_AT_ONCE < len(body)
                piece = {"type": "http.response.body", "body": body[start : start + MOST_AT_ONCE], "more_body": more}
                await send(cast("Message", piece))

        await app(scope, receive, send_pieces)

    return wrapped
