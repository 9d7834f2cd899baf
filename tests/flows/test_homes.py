"""Two homes behind a proxy: the small forms of `make demo-cluster` and of the rounds of faults."""

from __future__ import annotations

import pytest

from benchmarks.demo_cluster import SMALL, demo_cluster
from benchmarks.home_faults import VICTIMS, home_faults
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


async def test_no_receipted_row_is_lost_or_doubled_when_homes_exporters_publishers_and_the_bucket_fail(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Each victim once; `python -m benchmarks faults --homes 2` does more rounds."""
    log = await home_faults(tmp_path_factory.mktemp("faults"), len(VICTIMS))
    assert log.kills == dict.fromkeys(VICTIMS, 1)
    assert log.rows_found >= log.rows_receipted > 0
    assert (log.lost, log.doubled) == (0, 0)
    assert (log.releases_seen > 0, log.releases_damaged) == (True, 0)
