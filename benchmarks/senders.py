"""Senders whose items must not be lost: each repeats its request until a receipt confirms the items."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import httpx
import msgspec

from api.intake.contract import Receipt, Receipts
from benchmarks.invented import Bodies, this_hour

PEOPLE, ITEMS = 8, 10
AGAIN_SECONDS = 0.03  # a real outbox waits minutes; here the wait would distort the measurement
STORED = ("accepted", "duplicate")


class Senders:
    """All senders, and the receipts that they got."""

    def __init__(self, urls: Sequence[str], secrets: list[str]) -> None:
        self.receipted: set[UUID] = set()
        self.refused = 0
        self.answered_at = time.monotonic()
        self._urls = urls
        self._bodies = Bodies.of(5, this_hour(datetime.now(UTC)), ITEMS)
        self._secrets = secrets
        self._sent = 0
        self._ending = False
        self._people: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start to send."""
        self._people = [asyncio.create_task(self._one(secret)) for secret in self._secrets]

    async def finish(self) -> None:
        """Send nothing new, and wait until everything sent is receipted."""
        self._ending = True
        await asyncio.gather(*self._people)

    def cancel(self) -> None:
        """Stop at once, without waiting for answers."""
        for person in self._people:
            person.cancel()

    async def _one(self, secret: str) -> None:
        headers = {"authorization": f"Bearer {secret}", "content-type": "application/json"}
        async with httpx.AsyncClient(headers=headers, timeout=20, trust_env=False) as http:
            while not self._ending:
                self._sent += 1
                await self._until_receipted(http, self._bodies.body(self._sent))

    async def _until_receipted(self, http: httpx.AsyncClient, body: bytes) -> None:
        """Send the same bytes repeatedly, as an outbox does, to each server in turn."""
        for url in itertools.cycle(self._urls):
            try:
                answer = await http.post(f"{url}/v1/observations", content=body)
            except httpx.TransportError:  # connection closed, refused or reset: the items may not be stored
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if answer.status_code == httpx.codes.OK:
                self._count(msgspec.json.decode(answer.content, type=Receipts).receipts)
                return
            self.refused += 1
            await asyncio.sleep(AGAIN_SECONDS)

    def _count(self, receipts: Sequence[Receipt]) -> None:
        stored = {one.id for one in receipts if one.status in STORED and one.id is not None}
        if stored:
            self.answered_at = time.monotonic()
            self.receipted |= stored
