"""Steps over the parts of a large history: one after another here, or on other machines.

A step is a pure function of one part: of the frame that an earlier step stored there, and of values that all parts
share. It stores a frame for a later step, and returns small frames, which are concatenated. Memory thus holds one part
and the small frames. The result does not depend on the machines that run the steps.
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
REDUCED = "reduced"  # the name of a single function's result
SOURCE = "source"  # the name under which a part has its source


class Parts(Protocol):
    """The parts of a history; all rows of a client are in one part."""

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
    """Return the result of the pure `function` for a part's stored frame, as a step."""
    return None, {REDUCED: function(kept)}


def together(told: Sequence[Told]) -> Told:
    """Return the frames of all parts by name, in the order of parts."""
    return {name: pl.concat([one[name] for one in told], rechunk=False) for name in told[0]}


class InMemory(Parts):
    """Parts that are all small enough for memory."""

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
    """Parts that are stored in a folder between steps: memory holds as many as there are `threads`."""

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
    """Write the frame in one step, because the earlier file may still be open for reading."""
    partial = path.with_suffix(".partial")
    kept.write_ipc(partial)
    partial.replace(path)


def kept_at(folder: Path, name: str, number: int) -> Path:
    """Return the path of a part's stored frame."""
    return folder / f"{name}-{number:02}.arrow"
