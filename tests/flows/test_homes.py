"""The small form of `make demo-cluster`: two homes, a proxy, a bucket, and one release with Ray and without."""

from __future__ import annotations

import pytest

from benchmarks.demo_cluster import SMALL, demo_cluster
from benchmarks.home_servers import NAMES


async def test_two_homes_share_a_release_and_one_that_is_killed_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    lines: list[str] = []
    summary = await demo_cluster(tmp_path_factory.mktemp("homes"), SMALL, lines.append)
    assert summary.enrolled == NAMES, "the default home takes people in, and another while it is down"
    assert (summary.lost, summary.doubled) == (0, 0)
    assert summary.receipted > summary.receipted_while_away > 0
    assert summary.homes == tuple(sorted(NAMES))
    assert summary.client_rates > 0
    assert (summary.files > 50, summary.different) == (True, 0)
    assert str(summary).endswith("All is well.")
    assert next(line for line in lines if line.startswith("home ")).startswith("home manila: days up to ")
