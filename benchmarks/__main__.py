"""Run the benchmarks: `python -m benchmarks`."""

from __future__ import annotations

from analytics.commands.main import main
from api.errors import TaskwageError
from benchmarks.command import bench

if __name__ == "__main__":
    main(bench, (TaskwageError,))
