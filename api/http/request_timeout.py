"""Deadlines for connections: those that send nothing, or too slowly, are closed.

uvicorn's protocol waits for ever for a complete request; its only limit is on idling between two requests. Ten thousand
such connections would cost an attacker nothing.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_SECONDS = 60.0  # a week's batch (100 kB) on a line of 2 kB/s; counted from the connection or its last answer
UNREAD_SECONDS = 60.0  # in which a reader must take 64 kB: a line of 2 kB/s does
MOST_HEAD_BYTES = 32_768  # of a request's line and headers; browsers send one or two thousand


class RequestTimeoutProtocol(HttpToolsProtocol):
    """One connection that must complete its request in time."""

    seconds: ClassVar[float] = REQUEST_SECONDS
    unread_seconds: ClassVar[float] = UNREAD_SECONDS
    _deadline: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _head_bytes = 0
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MOST_HEAD_BYTES:
            self._hang_up()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._wait()

    def on_headers_complete(self) -> None:
        self._in_head, self._head_bytes = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head = True
        self._forget()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(self.unread_seconds, self._abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget_unread()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        self._forget_unread()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.seconds, self._hang_up)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _forget_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _abort(self) -> None:
        """Close a connection whose reader does not read, and discard the waiting bytes."""
        self.transport.abort()

    def _hang_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
