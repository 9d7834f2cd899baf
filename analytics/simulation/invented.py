"""Invented listings, with invented names and titles, for platforms whose real clients are unknown."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from analytics.model.units import MICROS
from analytics.simulation.market import ListedClient, Listing, Posting

FIRST = [
    "Amber",
    "Birch",
    "Cobalt",
    "Dapple",
    "Ember",
    "Fern",
    "Granite",
    "Hazel",
    "Indigo",
    "Juniper",
    "Kelp",
    "Larch",
]
SECOND = [
    "Heron",
    "Bridge",
    "Meadow",
    "Lantern",
    "Quarry",
    "Orchard",
    "Harbour",
    "Thicket",
    "Mill",
    "Summit",
    "Ferry",
]
KIND = ["Labs", "Research", "Data", "Studies", "Imaging", "Surveys", "Language", "Retail"]
VERB = [
    "Label",
    "Check",
    "Compare",
    "Describe",
    "Transcribe",
    "Rate",
    "Sort",
    "Find",
    "Answer questions about",
    "Outline",
]
THING = [
    "street photos",
    "receipts",
    "short clips",
    "product pages",
    "voice notes",
    "search results",
    "maps",
    "menus",
]
DETAIL = ["", "for a study", "in your language", "with care", "round two", "for beginners", "in pairs"]

CENT = MICROS // 100
PATIENCE = 40  # times the estimate until the limit: generous, as most listings are


@dataclass(frozen=True)
class Size:
    """Number of clients and of tasks for each."""

    clients: int
    tasks_per_client: int


def invented_listing(blank: Listing, size: Size, seed: int, *, shows_clients: bool) -> Listing:
    """Return `blank` (platform, currency, its value in USD, pack version) with invented clients and tasks."""
    lot = Random(f"{seed}/listing/{blank.platform}")
    names = _distinct(lot, (FIRST, SECOND, KIND), size.clients)
    clients = tuple(
        _client(lot, rank, name if shows_clients else None, size.tasks_per_client)
        for rank, name in enumerate(names, start=1)
    )
    return Listing(blank.platform, blank.currency, blank.usd, blank.pack_version, clients)


def _client(lot: Random, rank: int, name: str | None, tasks: int) -> ListedClient:
    """Return a client. The tasks of a hidden client share one project id, the only thing that identifies it to a
    worker.
    """
    titles = _distinct(lot, (VERB, THING, DETAIL), tasks)
    postings = tuple(
        _posting(lot, f"project-{rank}" if name is None else f"task-{rank}-{number}", title)
        for number, title in enumerate(titles, start=1)
    )
    return ListedClient(f"client-{rank}" if name else None, name, postings)


def _posting(lot: Random, task_id: str, title: str) -> Posting:
    """Return a posting with skewed pay in whole cents. Its estimate, in whole minutes, gives about six an hour."""
    cents = min(200, max(2, round(30 * lot.lognormvariate(0, 0.8))))
    minutes = max(1, round(cents / 10 * lot.lognormvariate(0, 0.3)))
    return Posting(task_id, title, cents * CENT, minutes * 60 * PATIENCE, minutes * 60)


def _distinct(lot: Random, parts: tuple[list[str], ...], count: int) -> list[str]:
    """Return `count` different names. Letters separate equal ones, because titles that differ only in digits are the
    same.
    """
    names: dict[str, None] = {}
    while len(names) < count:
        name = " ".join(filter(None, (lot.choice(part) for part in parts)))
        while name in names:
            name += " " + lot.choice("abcdefghijklmnopqrstuvwxyz")
        names[name] = None
    return list(names)
