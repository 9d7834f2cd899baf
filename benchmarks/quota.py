"""Groups of processes held to a share of a core by the kernel (Linux control groups, version 1 or 2; as root)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from api.errors import CannotStart
from benchmarks.processors import seconds_of

ROOT = Path("/sys/fs/cgroup")
PERIOD_MICROSECONDS = 20_000  # short, so that a group is never away for long
REMOVE_SECONDS = 5.0


@dataclass(frozen=True)
class Quota:
    """A group whose processes together get `cores` of a core."""

    folder: Path
    cores: float

    @property
    def prefix(self) -> list[str]:
        """Return the words before a command that start it, and everything it starts, in the group."""
        return ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(self.folder)]

    def seconds(self) -> float:
        """Return the processor seconds so far of the processes that are in the group."""
        total = 0.0
        for process in (self.folder / "cgroup.procs").read_text().split():
            with suppress(OSError):
                total += seconds_of(int(process))
        return total


@contextmanager
def held_to(cores: float, name: str) -> Iterator[Quota]:
    """Make a group that gets `cores`, and remove it at the end.

    Raises:
        CannotStart: This system or this user cannot make one.
    """
    is_old = (ROOT / "cpu").is_dir()
    folder = (ROOT / "cpu" if is_old else ROOT) / f"taskwage-{os.getpid()}-{name}"
    quota = round(cores * PERIOD_MICROSECONDS)
    try:
        if not is_old:
            (ROOT / "cgroup.subtree_control").write_text("+cpu")
        folder.mkdir()
        if is_old:
            (folder / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
            (folder / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (folder / "cpu.max").write_text(f"{quota} {PERIOD_MICROSECONDS}")
    except OSError as refused:
        raise CannotStart(
            f"a home cannot be held to {cores} of a core here ({refused.strerror}); run it as root on Linux"
        ) from None
    try:
        yield Quota(folder, cores)
    finally:
        deadline = time.monotonic() + REMOVE_SECONDS
        while folder.exists() and time.monotonic() < deadline:
            with suppress(OSError):
                folder.rmdir()
            time.sleep(0.05)
