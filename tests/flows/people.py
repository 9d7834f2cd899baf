"""Contributors who share their timings over the same HTTP that the extension uses, without a browser."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

MATURE_DAYS = 16
FILLER = {"id": "filler", "name": "Another Client"}  # maturity asks for two clients


def hour_id(hour: datetime) -> str:
    """A UUID in version 7 layout whose time field is cut to the hour."""
    milliseconds = int(hour.timestamp() * 1000)
    number = (milliseconds << 80) | (7 << 76) | (secrets.randbits(12) << 64) | (2 << 62) | secrets.randbits(62)
    return str(UUID(int=number))


def solve(challenge: str, difficulty: int) -> str:
    """A nonce that pays the toll."""
    for nonce in range(1 << 24):
        digest = hashlib.sha256(f"{challenge}:{nonce}".encode()).digest()
        if int.from_bytes(digest, "big") >> (256 - difficulty) == 0:
            return str(nonce)
    raise AssertionError("no nonce found")


@dataclass
class Person:
    """One contributor: enrolled, with the secret."""

    http: httpx.Client
    secret: str

    @classmethod
    def enrolled(cls, http: httpx.Client) -> Person:
        toll = http.post("/v1/challenges").raise_for_status().json()
        body = {
            "challenge": toll["challenge"],
            "nonce": solve(toll["challenge"], toll["difficulty"]),
            "country": None,
        }
        answer = http.post("/v1/contributors", json=body).raise_for_status().json()
        return cls(http, answer["secret"])

    def share(self, *observations: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.http.post(
            "/v1/observations",
            json={"observations": list(observations), "overheads": []},
            headers={"authorization": f"Bearer {self.secret}"},
        )
        receipts: list[dict[str, Any]] = answer.raise_for_status().json()["receipts"]
        return receipts


def observation(reading: dict[str, Any], when: datetime, seconds: float, **changes: Any) -> dict[str, Any]:
    """A paid attempt at the task that a page showed as `reading`."""
    hour = when.replace(minute=0, second=0, microsecond=0)
    return {
        "id": hour_id(hour),
        "revision": 1,
        **reading,
        "claimed_hour": hour.isoformat(),
        "active_seconds": seconds,
        "open_seconds": seconds + 5,
        "outcome": "paid",
        "paid": reading["reward"],
        "decided_on": hour.date().isoformat(),
        "timer": "focus",
        **changes,
    }


def weeks_of_work(people: list[Person], readings: list[dict[str, Any]], server: Any, seconds: float) -> None:
    """Everybody does every task once a day on enough days to mature, the server's clock going along."""
    start = server.now()
    for day in range(0, MATURE_DAYS + 1, 2):
        server.turn(start + timedelta(days=day))
        morning = server.now().astimezone(UTC) - timedelta(hours=2)
        for number, person in enumerate(people):
            pace = seconds * (0.8 + 0.4 * number / len(people))
            filler = {**readings[0], "client": FILLER, "task": {"id": "filler", "title": "Something else"}}
            items = [observation(reading, morning, pace + place) for place, reading in enumerate([*readings, filler])]
            assert {receipt["status"] for receipt in person.share(*items)} == {"accepted"}
