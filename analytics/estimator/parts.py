"""Steps run over the parts of a large history: one after another here, or wherever the parts lie.

A step is a pure function of one part: of what an earlier step kept of it, and of what all parts share. It keeps a frame
for a later step, and tells small frames, which are put together. So memory holds one part and what is told, and the
answer does not hang on who runs the steps, on how many machines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from analytics.estimator.group_sums import whole_group_sums
from analytics.model.threads import side_by_side

Told = dict[str, pl.DataFrame]
Step = Callable[..., tuple[pl.DataFrame | None, Told]]
Source = Callable[[], pl.DataFrame]  # gives the part's rows, in the shape of analytics.model.observations.SCHEMA
REDUCED = "reduced"  # what a step tells that asks one function
SOURCE = "source"  # the name under which a part has its source


class Parts(Protocol):
    """The parts of a history: every client's rows are in one of them."""

    @property
    def count(self) -> int: ...

    def run(self, step: Step, read: str, keep: str | None, *shared: object) -> Told:
        """`step` on what each part has under the name `read`; what it keeps is there under the name `keep` next time.
        What the parts told, put together.
        """

    def sums(self, read: str, keys: tuple[str, ...], function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
        """Return the sums by `keys`, sorted, of the whole numbers that a pure `function` makes of what each part has
        under the name `read`.
        """
        rows = self.run(of_kept, read, None, function)[REDUCED]
        return whole_group_sums(rows, keys, [name for name in rows.columns if name not in keys])


def of_kept(kept: pl.DataFrame, function: Callable[[pl.DataFrame], pl.DataFrame]) -> tuple[None, Told]:
    """The step that tells whatever a pure `function` makes of what was kept of the part."""
    return None, {REDUCED: function(kept)}


def together(told: Sequence[Told]) -> Told:
    """What all parts told, by name, in the order of parts."""
    return {name: pl.concat([one[name] for one in told], rechunk=False) for name in told[0]}


class InMemory(Parts):
    """Parts that are small enough to be held, all of them."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._held: list[dict[str, Any]] = [{SOURCE: source} for source in sources]

    @property
    def count(self) -> int:
        return len(self._held)

    def run(self, step: Step, read: str, keep: str | None, *shared: object) -> Told:
        told = []
        for held in self._held:
            kept, words = step(held[read], *shared)
            if keep is not None:
                held[keep] = kept
            told.append(words)
        return together(told)


class Spooled(Parts):
    """Parts that lie in a folder between steps: memory holds as many as there are `threads`."""

    def __init__(self, sources: Sequence[Source], folder: Path, threads: int = 1) -> None:
        self._sources, self._folder, self._threads = sources, folder, threads

    @property
    def count(self) -> int:
        return len(self._sources)

    def run(self, step: Step, read: str, keep: str | None, *shared: object) -> Told:
        def stepped(number: int) -> Told:
            state = self._sources[number] if read == SOURCE else pl.read_ipc(kept_at(self._folder, read, number))
            kept, words = step(state, *shared)
            if keep is not None and kept is not None:
                written(kept, kept_at(self._folder, keep, number))
            return words

        return together(side_by_side(stepped, range(self.count), self._threads))


def written(kept: pl.DataFrame, path: Path) -> None:
    """At once: the file of before may still be read from."""
    partial = path.with_suffix(".partial")
    kept.write_ipc(partial)
    partial.replace(path)


def kept_at(folder: Path, name: str, number: int) -> Path:
    """Where what a part kept lies."""
    return folder / f"{name}-{number:02}.arrow"
