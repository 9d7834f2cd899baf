"""The words behind keys, and each contributor's own spelling of them: which are on disk, as far as this process knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from api.store import observations
from api.store.database import Database
from api.store.rows import Named

MOST_NAMES = 500_000  # keys remembered as named; then we start anew


class Names:
    """Which tasks of which contributors have words on disk."""

    def __init__(self) -> None:
        self._told: set[tuple[int, int]] = set()

    async def tell(self, db: Database, named: Sequence[Named]) -> Counter[int]:
        """Keep the words of tasks that their contributors have not named yet; of several spellings the first stays.
        Return how many tasks each contributor named for the first time.
        """
        fresh = [item for item in named if (item.task.task_key, item.row.contributor) not in self._told]
        return await observations.keep_names(db, fresh)

    def remember(self, named: Sequence[Named]) -> None:
        """They are on disk now: the next rows of the same tasks need not bring them again."""
        if len(self._told) > MOST_NAMES:
            self._told.clear()
        self._told.update([(item.task.task_key, item.row.contributor) for item in named])
