"""Several PostgreSQL servers of our own: a coordinator and its shards, all started and stopped with the program.

The coordinator lies where the only server would, the shards beside it: `shards/1`, `shards/2` and so on.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from api.embedded import Held, held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COORDINATOR, SHARDS = "postgres", "shards"


def folder_of(data: Path, shard: int) -> Path:
    """Where the server of a shard lies; 0: the coordinator's."""
    return data / SHARDS / str(shard) if shard else data / COORDINATOR


def made(data: Path) -> int:
    """How many shards were made below `data` before: they are started again."""
    there = (data / SHARDS).glob("*") if (data / SHARDS).is_dir() else ()
    return max((int(folder.name) for folder in there if folder.name.isdigit()), default=0)


@contextmanager
def held_cluster(data: Path, shards: int, bin_folder: Path | None = None) -> Iterator[Held]:
    """A coordinator with so many shards, at least those made before; all of them stop on leaving.

    Raises:
        NoServer: one of them does not come up.
    """
    with ExitStack() as stack:
        numbers = range(max(shards, made(data)) + 1)
        servers = [stack.enter_context(held(folder_of(data, number), bin_folder)) for number in numbers]

        def revive() -> bool:
            return sum(server.revive() for server in servers) > 0  # each of them is asked

        yield Held(servers[0].dsn, revive, tuple(server.dsn for server in servers[1:]))
