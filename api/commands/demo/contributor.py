"""An invented contributor, seen by the server: solves the proof of work, keeps an outbox, posts, reads receipts."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from analytics.simulation import Event
from api.errors import TaskwageError
from api.intake.contract import MAX_BATCH_ITEMS, Challenge, Enrolled, Enrolment, Receipt, Receipts
from api.intake.enrolment import solve

WELCOME = ("accepted", "updated")


class Unwelcome(TaskwageError, code="unwelcome", title="The server refused an invented contributor"):
    """The invented crowd does not follow the contract: a programming error."""


class DemoContributor:
    """One installation. Its items wait here until they are receipted."""

    def __init__(self, http: httpx.AsyncClient, country: str | None) -> None:
        self._http = http
        self._country = country
        self._secret: str | None = None
        self._outbox: dict[str, list[dict[str, Any]]] = {"observation": [], "overhead": [], "sighting": []}

    @property
    def has_waiting(self) -> bool:
        return any(self._outbox.values())

    def put(self, event: Event) -> None:
        """Add an item to the outbox."""
        self._outbox[event.kind].append(event.item)

    async def post(self) -> int:
        """Send all that waits, enrolling first if necessary; return the number of items stored.

        Raises:
            Unwelcome: The server refused an item.
        """
        if self._secret is None:
            self._secret = await self._enrol()
        stored = 0
        while self.has_waiting:
            batch = {f"{kind}s": items[:MAX_BATCH_ITEMS] for kind, items in self._outbox.items()}
            receipts = await self._send(batch)
            self._outbox = {kind: items[MAX_BATCH_ITEMS:] for kind, items in self._outbox.items()}
            stored += len(receipts)
        return stored

    async def _enrol(self) -> str:
        challenge = msgspec.json.decode(await self._answer("/v1/challenges", b""), type=Challenge)
        nonce = solve(challenge.challenge, challenge.difficulty)
        body = msgspec.json.encode(Enrolment(challenge.challenge, nonce, self._country))
        return msgspec.json.decode(await self._answer("/v1/contributors", body), type=Enrolled).secret

    async def _send(self, batch: dict[str, list[dict[str, Any]]]) -> list[Receipt]:
        answer = await self._answer("/v1/observations", msgspec.json.encode(batch))
        receipts = msgspec.json.decode(answer, type=Receipts).receipts
        unwelcome = [receipt for receipt in receipts if receipt.status not in WELCOME]
        if unwelcome:
            raise Unwelcome(f"{unwelcome[0].status}: {unwelcome[0].reason} ({unwelcome[0].detail})")
        return receipts

    async def _answer(self, path: str, body: bytes) -> bytes:
        headers = {"content-type": "application/json"}
        if self._secret is not None:
            headers["authorization"] = f"Bearer {self._secret}"
        answer = await self._http.post(path, content=body, headers=headers)
        if not answer.is_success:
            raise Unwelcome(f"{path} answered {answer.status_code}: {answer.text[:200]}")
        return answer.content
