"""A publish that goes on from the workings of an earlier one: steps run for clients that changed, the rest is read.

What a step tells goes by client, and a client's part hangs on its own rows and on what all parts share
(`analytics.estimator.scopes`). So where that is said to be the same, what was told then is what would be told now, to
the byte. What is shared may touch further clients on the way: somebody became mature, or a spread moved by a step
(`analytics.estimator.steady`); their rows are taken from what the earlier publish kept.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from analytics.errors import Different
from analytics.estimator.parts import REDUCED, SOURCE, Parts, added_up, of_kept, together
from analytics.estimator.scopes import CLIENT, scoped
from analytics.estimator.workings import in_one, name_of_run
from analytics.threads import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.estimator.parts import Step, Told
    from analytics.estimator.workings import Run, Workings

MOST_CHANGED = 0.2  # of all tasks: with more, beginning anew is not much slower and leaves fresh workings


class Resumed(Parts):
    """Parts of which only some clients have to be gone through again: those that `changed` (`Workings.changed`), of
    which these are all `rows`, in the shape analytics.observations.SCHEMA.

    Running a step raises Different where the earlier publish was so unlike this one that all raw rows are needed.
    """

    def __init__(self, workings: Workings, changed: pl.Series, rows: pl.DataFrame, threads: int = 1) -> None:
        self._workings, self._changed, self._rows, self._threads = workings, changed, rows, threads
        self._fresh: dict[str, Fresh] = {}
        self._seen: Counter[str] = Counter()

    @property
    def count(self) -> int:
        return self._workings.head.parts

    def run(self, step: Step, read: str, keep: str | None, *shared: object) -> Told:
        run = self._workings.runs.get(name_of_run(step, shared, self._seen))
        clients = self._concerned(run, read, shared)
        if run is None or clients is None:
            return self._everywhere(step, read, keep, *shared)
        kept, words = step(self._state(read, clients), *shared)
        if keep is not None and kept is not None:
            self._fresh[keep] = Fresh(run, clients, kept)
        return {
            name: pl.concat([without(self._workings.told(run, name), clients), frame], rechunk=False)
            for name, frame in words.items()
        }

    def sums(self, read: str, keys: tuple[str, ...], function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
        run = self._workings.runs.get(name_of_run(of_kept, (function,), self._seen))
        clients = self._concerned(run, read, (function,))
        fresh = self._fresh[read]
        if run is None or clients is None:
            return added_up(self._everywhere(of_kept, read, None, function)[REDUCED], keys)
        now = added_up(function(self._frame(fresh, read, clients)), keys)
        gone = added_up(function(self._workings.kept_of(read, fresh.run, clients)), keys)
        return added_up(
            pl.concat([self._workings.told(run, REDUCED), now, gone.with_columns(-pl.exclude(*keys))]), keys
        )

    def _concerned(self, run: Run | None, read: str, shared: tuple[object, ...]) -> pl.Series | None:
        """The clients that the step has to go through; None: all of them, or nearly so."""
        fresh = self._fresh.get(read)
        if run is None or run.read_of != (fresh and fresh.run.name):
            return None
        known = fresh.clients if fresh else self._changed
        try:
            touched = self._workings.touched(run, [one for value in shared for one in scoped(value)])
        except Different:
            return None
        clients = pl.concat([known, touched]).unique().sort()
        is_given = fresh is not None or len(clients) == len(known)
        return clients if is_given and self._workings.share_of(clients) <= MOST_CHANGED else None

    def _state(self, read: str, clients: pl.Series) -> object:
        """What a step is to read: of these clients alone, who are at least those that changed."""
        return (lambda: self._rows) if read == SOURCE else self._frame(self._fresh[read], read, clients)

    def _frame(self, fresh: Fresh, read: str, clients: pl.Series) -> pl.DataFrame:
        others = clients.filter(~clients.is_in(fresh.clients.implode()))
        if others.is_empty():
            return fresh.kept
        return in_one([self._workings.kept_of(read, fresh.run, others), fresh.kept])

    def _everywhere(self, step: Step, read: str, keep: str | None, *shared: object) -> Told:
        """The step on every client, as it was kept then or now. What it keeps would have to be kept of all."""
        if read == SOURCE or keep is not None:
            raise Different
        fresh = self._fresh[read]

        def stepped(part: int) -> Told:
            is_last = part == self.count
            state = fresh.kept if is_last else without(self._workings.kept(read, fresh.run, part), fresh.clients)
            return step(state, *shared)[1]

        return together(side_by_side(stepped, range(self.count + 1), self._threads))


class Fresh(NamedTuple):
    """What this publish kept of some `clients`, in a run that is this one of the earlier publish."""

    run: Run
    clients: pl.Series
    kept: pl.DataFrame


def without(told: pl.DataFrame, clients: pl.Series) -> pl.DataFrame:
    """What all told but these clients."""
    return told if clients.is_empty() else told.filter(~pl.col(CLIENT).is_in(clients.implode()))
