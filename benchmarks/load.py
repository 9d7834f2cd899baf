"""The load generator in a separate process: parallel connections that send one request after another.

Run as `python -m benchmarks.load`: a `Plan` as JSON on its input, a `Load` as JSON on its output.
"""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import time
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
import uvloop
from msgspec import Struct

from benchmarks.invented import Bodies

ACCEPTED = b'"status":"accepted"'


class Plan(Struct, frozen=True, kw_only=True):
    """The requests to send: POSTs of fresh items with the `secrets` in turn, or GETs of `path` with `headers`."""

    url: str
    connections: int
    seconds: float
    warm_seconds: float = 1.0
    path: str = "/v1/observations"
    headers: dict[str, str] = {}
    items: int = 0
    hour: datetime | None = None
    secrets: list[str] = []
    prepared: int = 0  # requests whose bodies are encoded before the first one is sent


class Load(Struct, frozen=True):
    """Answers during the measurement. `accepted` counts receipts of the whole run, warm-up included."""

    seconds: float
    answers: int
    accepted: int
    accepted_while_measured: int
    bytes: int
    statuses: dict[str, int]
    p50_ms: float
    p90_ms: float
    p99_ms: float
    most_ms: float
    generator_seconds: float = 0.0  # of processor that this process used while it sent

    @property
    def answers_per_second(self) -> float:
        return self.answers / self.seconds

    @property
    def rows_per_second(self) -> float:
        return self.accepted_while_measured / self.seconds


def run(plan: Plan) -> Load:
    """Generate the load in a separate process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"], input=msgspec.json.encode(plan), capture_output=True, check=True
    )
    return msgspec.json.decode(done.stdout, type=Load)


class Tally:
    """The counters of all connections."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.bodies = Bodies.of(1, plan.hour, plan.items) if plan.hour else None
        self.prepared = [self.bodies.body(number) for number in range(plan.prepared)] if self.bodies else []
        self.processor_from = time.process_time()
        self.measuring_from = time.perf_counter() + plan.warm_seconds
        self.until = self.measuring_from + plan.seconds
        self.sent = self.accepted = self.accepted_while_measured = self.bytes = 0
        self.latencies: list[float] = []
        self.statuses: dict[str, int] = {}

    def request(self, secret: str | None) -> bytes:
        self.sent += 1
        body = self._body()
        headers = dict(self.plan.headers)
        if secret is not None:
            headers["authorization"] = f"Bearer {secret}"
            headers["content-type"] = "application/json"
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        method = "POST" if self.bodies else "GET"
        head = f"{method} {self.plan.path} HTTP/1.1\r\nhost: bench\r\n{lines}content-length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def _body(self) -> bytes:
        if self.bodies is None:
            return b""
        return self.prepared[self.sent - 1] if self.sent <= len(self.prepared) else self.bodies.body(self.sent)

    def answered(self, status: str, body: bytes, begun: float) -> None:
        now = time.perf_counter()
        accepted = body.count(ACCEPTED)
        self.accepted += accepted
        if begun >= self.measuring_from and now <= self.until:
            self.latencies.append(now - begun)
            self.bytes += len(body)
            self.accepted_while_measured += accepted
            self.statuses[status] = self.statuses.get(status, 0) + 1

    def load(self) -> Load:
        times = sorted(self.latencies) or [float("nan")]

        def at(share: float) -> float:
            return times[min(int(share * len(times)), len(times) - 1)] * 1000

        return Load(
            self.plan.seconds, len(self.latencies), self.accepted, self.accepted_while_measured, self.bytes,
            self.statuses, at(0.5), at(0.9), at(0.99), times[-1] * 1000, time.process_time() - self.processor_from,
        )  # fmt: skip


class _Line(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, tally: Tally, secret: str | None, over: asyncio.Future[None]) -> None:
        self._tally, self._secret, self._over = tally, secret, over
        self._got = b""
        self._begun = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]  # uvloop's transport is no child of asyncio's
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        self._begun = time.perf_counter()
        if self._begun >= self._tally.until:
            self._transport.close()
            return
        self._transport.write(self._tally.request(self._secret))

    def data_received(self, data: bytes) -> None:
        self._got = self._got + data if self._got else data
        head, found, rest = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(rest) < length:
            return
        self._got = b""
        self._tally.answered(head[9:12].decode(), rest, self._begun)
        self._next()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self._over.done():
            self._over.set_result(None)


async def _load(plan: Plan) -> Load:
    loop = asyncio.get_running_loop()
    place = urlsplit(plan.url)
    tally = Tally(plan)
    ends: list[asyncio.Future[None]] = []
    for number in range(plan.connections):
        secret = plan.secrets[number % len(plan.secrets)] if plan.secrets else None
        ends.append(loop.create_future())
        over = ends[-1]
        await loop.create_connection(
            lambda secret=secret, over=over: _Line(tally, secret, over),  # type: ignore[misc]  # bound now, not later
            place.hostname or "",
            place.port or 0,
        )
    await asyncio.gather(*ends)
    return tally.load()


if __name__ == "__main__":
    plan_read = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    gc.disable()  # collections would look like pauses of the server
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.buffer.write(msgspec.json.encode(runner.run(_load(plan_read))))
