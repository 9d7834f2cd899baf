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

Frames = dict[str, pl.DataFrame]
Step = Callable[..., tuple[pl.DataFrame | None, Frames]]
Source = Callable[[], pl.DataFrame]  # gives the part's rows, in the shape of analytics.model.observations.SCHEMA
REDUCED = "reduced"  # the name of a single function's result
SOURCE = "source"  # the name under which a part has its source


class Parts(Protocol):
    """The parts of a history; all rows of a client are in one part."""

    @property
    def count(self) -> int: ...

    def run(self, step: Step, read: str, keep: str | None, *shared: object) -> Frames:
        """Run `step` on what each part has under the name `read`, and return the frames of all parts, put together.

        What the step stores is in the part under the name `keep` for a later step.
        """

    def sums(self, read: str, keys: tuple[str, ...], function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
        """Return the sums by `keys`, sorted, of the whole numbers that a pure `function` makes of what each part has
        under the name `read`.
        """
        rows = self.run(of_stored, read, None, function)[REDUCED]
        return whole_group_sums(rows, keys, [name for name in rows.columns if name not in keys])


def of_stored(stored: pl.DataFrame, function: Callable[[pl.DataFrame], pl.DataFrame]) -> tuple[None, Frames]:
    """Return the result of the pure `function` for a part's stored frame, as a step."""
    return None, {REDUCED: function(stored)}


def together(parts: Sequence[Frames]) -> Frames:
    """Return the frames of all parts by name, in the order of parts."""
    return {name: pl.concat([part[name] for part in parts], rechunk=False) for name in parts[0]}


class InMemory(Parts):
    """Parts that are all small enough for memory."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._held: list[dict[str, Any]] = [{SOURCE: source} for source in sources]

    @property
    def count(self) -> int:
        return len(self._held)

    def run(self, step: Step, read: str, keep: str | None, *shared: object) -> Frames:
        answers = []
        for held in self._held:
            stored, frames = step(held[read], *shared)
            if keep is not None:
                held[keep] = stored
            answers.append(frames)
        return together(answers)


class Spooled(Parts):
    """Parts that are stored in a folder between steps: memory holds as many as there are `threads`."""

    def __init__(self, sources: Sequence[Source], folder: Path, threads: int = 1) -> None:
        self._sources, self._folder, self._threads = sources, folder, threads

    @property
    def count(self) -> int:
        return len(self._sources)

    def run(self, step: Step, read: str, keep: str | None, *shared: object) -> Frames:
        def stepped(number: int) -> Frames:
            state = self._sources[number] if read == SOURCE else pl.read_ipc(stored_path(self._folder, read, number))
            stored, frames = step(state, *shared)
            if keep is not None and stored is not None:
                write_frame(stored, stored_path(self._folder, keep, number))
            return frames

        return together(side_by_side(stepped, range(self.count), self._threads))


def write_frame(stored: pl.DataFrame, path: Path) -> None:
    """Write the frame in one step, because the earlier file may still be open for reading."""
    partial = path.with_suffix(".partial")
    stored.write_ipc(partial)
    partial.replace(path)


def stored_path(folder: Path, name: str, number: int) -> Path:
    """Return the path of a part's stored frame."""
    return folder / f"{name}-{number:02}.arrow"
