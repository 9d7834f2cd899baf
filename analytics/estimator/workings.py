"""What a publish counted on its way, kept in a folder: so that the next one counts only for clients that changed.

Of every step: what its parts shared, what they told, and the last of what they kept. A folder is whole once its head is
written, and may be deleted at any time. It holds what the rows hold, and is as private.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct

from analytics.errors import Different
from analytics.estimator.parts import REDUCED, Spooled, added_up, kept_at, of_kept
from analytics.estimator.scopes import CLIENT, CONTRIBUTOR, PLATFORM, Scoped, named, scoped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.estimator.parts import Source, Step, Told

HEAD = "head.json"
BOOT = Path("/proc/sys/kernel/random/boot_id")
VISITS = "visits"  # what tells which clients a contributor worked for,
NAMES, NUMBERS = "platforms", "task_counts"  # and which a platform has, by its name and by its number


Shared = tuple[str | None, str]  # whom it concerns, and its file


class Run(Struct, frozen=True):
    """One step: its name (`name_of_run`), that of the step whose frames it read (none: raw rows), under which name it
    kept its own, and the files of what its parts shared and told.
    """

    name: str
    read_of: str | None
    keep: str | None
    shared: list[Shared]
    told: dict[str, str]


class Head(Struct, frozen=True):
    """What stands in the folder, made by which code, with the bytes of every file."""

    made_by: str
    parts: int
    beside: list[Shared]
    runs: list[Run]
    sizes: dict[str, int]


class Workings:
    """The workings in a folder, as they stand."""

    def __init__(self, folder: Path, head: Head) -> None:
        self._folder, self.head = folder, head

    @classmethod
    def standing(cls, folder: Path, code: str) -> Workings | None:
        """Those in `folder`, where they are whole and made by the same `code`."""
        try:
            head = msgspec.json.decode((folder / HEAD).read_bytes(), type=Head)
            sizes = {name: (folder / name).stat().st_size for name in head.sizes}
        except (OSError, msgspec.DecodeError):
            return None
        return cls(folder, head) if head.made_by == code and sizes == head.sizes else None

    @cached_property
    def runs(self) -> dict[str, Run]:
        """The steps by their names (`name_of_run`)."""
        return {run.name: run for run in self.head.runs}

    def told(self, run: Run, name: str) -> pl.DataFrame:
        """What all parts told then."""
        return pl.read_ipc(self._folder / run.told[name])

    def kept(self, name: str, run: Run, part: int) -> pl.DataFrame:
        """What a part kept under `name` in that `run`.

        Raises:
            Different: a later one kept something else under that name.
        """
        last = [other for other in self.head.runs if other.keep == name][-1]
        if run.name != last.name:
            raise Different
        return pl.read_ipc(kept_at(self._folder, name, part))

    def kept_of(self, name: str, run: Run, clients: pl.Series) -> pl.DataFrame:
        """The same of these clients, as if they were one part."""
        parts = (self.kept(name, run, part) for part in range(self.head.parts))
        return in_one([part.filter(pl.col(CLIENT).is_in(clients.implode())) for part in parts])

    def changed(self, beside: Sequence[Scoped]) -> pl.Series:
        """The clients for whom what is shared `beside` the steps is not what it was then.

        Raises:
            Different: that is everybody.
        """
        return self._touched(self.head.beside, beside)

    def touched(self, run: Run, now: Sequence[Scoped]) -> pl.Series:
        """The clients for whom what is shared `now` is not what that `run` shared.

        Raises:
            Different: that is everybody.
        """
        return self._touched(run.shared, now)

    def _touched(self, before: Sequence[Shared], now: Sequence[Scoped]) -> pl.Series:
        if len(before) != len(now):
            raise Different
        clients = [
            self.clients_of(new.whom, Scoped(whom, pl.read_ipc(self._folder / name)).differing(new))
            for (whom, name), new in zip(before, now, strict=True)
        ]
        return pl.concat([pl.Series(CLIENT, dtype=pl.Int64), *clients]).drop_nulls().unique().sort()

    def clients_of(self, whom: str | None, concerned: pl.Series) -> pl.Series:
        """Clients whom those who are `concerned` have to do with."""
        if concerned.is_empty() or whom == CLIENT:
            return concerned.cast(pl.Int64).alias(CLIENT)
        by_platform = self.names if concerned.dtype == pl.String else self.numbers
        known = self.visits if whom == CONTRIBUTOR else by_platform
        return known.filter(pl.col(whom or "").is_in(concerned.implode()))[CLIENT]

    def share_of(self, clients: pl.Series) -> float:
        """How much of all tasks was done for these clients."""
        mine = self.visits.filter(pl.col(CLIENT).is_in(clients.implode()))["tasks"].sum()
        return float(mine) / max(float(self.visits["tasks"].sum()), 1.0)

    @cached_property
    def visits(self) -> pl.DataFrame:
        return self._first(VISITS)

    @cached_property
    def names(self) -> pl.DataFrame:
        return self._first(NAMES)

    @cached_property
    def numbers(self) -> pl.DataFrame:
        return self._first(NUMBERS)

    def _first(self, name: str) -> pl.DataFrame:
        return next(self.told(run, name) for run in self.head.runs if name in run.told)


class Recorded(Spooled):
    """Parts that lie in a folder between steps, and leave their workings there, written while steps go on. `beside` is
    what they share beside the steps: what their sources read rows with.
    """

    def __init__(self, sources: Sequence[Source], folder: Path, threads: int, beside: Sequence[Scoped]) -> None:
        super().__init__(sources, folder, threads)
        self._runs, self._seen = list[Run](), Counter[str]()
        self._kept: dict[str, str] = {}  # who kept each frame last
        self._writer, self._files = ThreadPoolExecutor(1), dict[str, Future[None]]()
        self._beside = self._shared("beside", beside)

    def __enter__(self) -> Recorded:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.shutdown(cancel_futures=True)

    def run(self, step: Step, read: str, keep: str | None, *shared: object) -> Told:
        told = super().run(step, read, keep, *shared)
        self._record(step, read, keep, shared, told)
        return told

    def sums(self, read: str, keys: tuple[str, ...], function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
        told = added_up(super().run(of_kept, read, None, function)[REDUCED], keys)
        self._record(of_kept, read, None, (function,), {REDUCED: told})
        return told

    def _record(self, step: Step, read: str, keep: str | None, shared: Sequence[object], told: Told) -> None:
        number = f"{len(self._runs):02}"
        said = self._shared(f"{number}-shared", [one for value in shared for one in scoped(value)])
        files = {name: self._written(f"{number}-{name}", frame) for name, frame in told.items()}
        name = name_of_run(step, shared, self._seen)
        self._runs.append(Run(name, self._kept.get(read), keep, said, files))
        if keep is not None:
            self._kept[keep] = name

    def finished(self, code: str) -> bool:
        """Say that the workings are whole; `code` made them. False: they are not, for there was no room to write them."""
        for failed in (written.exception() for written in self._files.values()):
            if isinstance(failed, OSError):
                return False
            if failed is not None:
                raise failed
        kept = {run.keep for run in self._runs if run.keep}
        paths = [kept_at(self._folder, name, number) for name in kept for number in range(self.count)]
        paths += [self._folder / name for name in self._files]
        sizes = {path.name: path.stat().st_size for path in paths}
        partial = self._folder / f"{HEAD}.partial"
        partial.write_bytes(msgspec.json.encode(Head(code, self.count, self._beside, self._runs, sizes)))
        partial.replace(self._folder / HEAD)
        return True

    def _shared(self, name: str, values: Sequence[Scoped]) -> list[Shared]:
        return [(one.whom, self._written(f"{name}-{place}", one.frame)) for place, one in enumerate(values)]

    def _written(self, name: str, frame: pl.DataFrame) -> str:
        path = self._folder / f"{name}.arrow"
        self._files[path.name] = self._writer.submit(frame.write_ipc, path)
        return path.name


def in_one(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Rows of different clients, kept in different parts, as if in one: by platform and client, each client's as they
    stand.
    """
    is_named = isinstance(frames[0].schema[PLATFORM], pl.Enum)  # by the names of its own part
    if is_named:
        names = sorted({name for frame in frames for name in frame[PLATFORM].unique().cast(pl.String)})
        frames = [frame.with_columns(pl.col(PLATFORM).cast(pl.String).cast(pl.Enum(names))) for frame in frames]
    return pl.concat(frames).sort(PLATFORM, CLIENT, maintain_order=True)


def name_of_run(step: Step, shared: Sequence[object], seen: Counter[str]) -> str:
    """The step and the functions that it was given, and how often that was `seen` before (which is counted here)."""
    name = " ".join([named(step), *(named(value) for value in shared if callable(value))])
    seen[name] += 1
    return f"{name} {seen[name]}"


def code_of(*folders: Path) -> str:
    """A number for all code below `folders`, for what it counts with and for the time since the machine started: after
    a crash of the machine, files may hold other bytes than were written.
    """
    whole = hashlib.sha256(f"{np.__version__} {pl.__version__} {boot()}".encode())
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        whole.update(path.read_bytes())
    return whole.hexdigest()


def boot() -> str:
    """When this machine was started; where that is not to be learned, another at every call."""
    try:
        return BOOT.read_text()
    except OSError:
        return str(uuid.uuid4())
