"""The postings of the pretend platform, read from the data file next to this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from api.intake.contract import Identifier, Micros, Title

FILE = Path(__file__).with_name("catalogue.toml")
PLATFORM = "practice"
CURRENCY = "USD"


class PostingClient(Struct, frozen=True, forbid_unknown_fields=True):
    """Who pretends to pay."""

    id: Identifier
    name: Title


class Posting(Struct, frozen=True, forbid_unknown_fields=True):
    """One task on the listing."""

    id: Identifier
    client: Identifier
    kind: Literal["label", "count", "pair"]
    title: Title
    reward_micros: Micros
    estimate_minutes: int
    limit_minutes: int

    @property
    def limit_seconds(self) -> int:
        return self.limit_minutes * 60


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that is posted, in the order of the listing."""

    clients: list[PostingClient]
    tasks: list[Posting]

    def client_of(self, posting: Posting) -> PostingClient:
        return next(client for client in self.clients if client.id == posting.client)

    def task(self, task_id: str) -> Posting | None:
        return next((posting for posting in self.tasks if posting.id == task_id), None)


@cache
def catalogue() -> Catalogue:
    """The listing that the server ships."""
    return msgspec.toml.decode(FILE.read_bytes(), type=Catalogue)


def dollars(micros: int) -> str:
    """An amount as the listing shows it: "$0.35"."""
    cents = round(micros / 10_000)
    return f"${cents // 100}.{cents % 100:02d}"
