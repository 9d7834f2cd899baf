"""The names behind keys in each contributor's spelling, and a cache of those known to be on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from api.store import observations
from api.store.database import Database
from api.store.rows import Named

MOST_NAMES = 500_000  # keys remembered as stored; then the cache is cleared


class Names:
    """The pairs of task and contributor whose names are on disk."""

    def __init__(self) -> None:
        self._told: set[tuple[int, int]] = set()

    async def tell(self, db: Database, named: Sequence[Named]) -> Counter[int]:
        """Store names of tasks that their contributors have not named yet; the first spelling stays.

        Return the number of tasks that each contributor named for the first time.
        """
        fresh = [item for item in named if (item.task.task_key, item.row.contributor) not in self._told]
        return await observations.keep_names(db, fresh)

    def remember(self, named: Sequence[Named]) -> None:
        """Remember that these names are on disk: later rows of the same tasks skip them."""
        if len(self._told) > MOST_NAMES:
            self._told.clear()
        self._told.update([(item.task.task_key, item.row.contributor) for item in named])
