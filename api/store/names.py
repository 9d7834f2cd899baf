"""The words behind keys, told once to each server: which of them it has on disk, as far as this process knows."""

from __future__ import annotations

from collections.abc import Sequence

from api.store import observations
from api.store.database import Database
from api.store.rows import Named

MOST_NAMES = 500_000  # keys remembered as named; then we start anew


class Names:
    """What one server was told."""

    def __init__(self) -> None:
        self._told: set[int] = set()

    async def tell(self, db: Database, named: Sequence[Named]) -> None:
        """Keep the words of keys not named yet; of several spellings the first stays."""
        fresh = [item for item in reversed(named) if item.task.task_key not in self._told]
        clients = {item.client.client_key: item.client for item in fresh}
        tasks = {item.task.task_key: item.task for item in fresh}
        await observations.name(db, list(clients.values()), list(tasks.values()))

    def remember(self, named: Sequence[Named]) -> None:
        """They are on disk now: the next rows of the same tasks need not bring them again."""
        if len(self._told) > MOST_NAMES:
            self._told.clear()
        self._told.update([item.task.task_key for item in named])
