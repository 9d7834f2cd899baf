"""A publish on Ray: the same bytes as here, also when a worker dies; and a plain word where Ray is missing."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
import polars as pl
import psutil
import pytest

from analytics.estimator.estimate import arrivals_of, rates_of
from analytics.estimator.parts import SOURCE, InMemory
from analytics.model.policy import ARCHIVE
from analytics.simulation.synthetic import AS_OF, Market, made
from api.publishing.local_engine import sources
from api.publishing.publish import publish
from api.publishing.ray_engine import OnRay, RayEngine, running
from api.store.bulk import load
from tests.builders import NOW, crowd

ROWS = made(Market(clients=40, contributors=12, unsubmitted=0.1, rejected=0.02, seed=3))[0]


def part(number, count):
    return ROWS.filter(pl.col("client_key").hash(1) % count == number)


@pytest.fixture(scope="module")
def ray():
    with running(RayEngine(workers=2)) as started:
        yield started


def rates(parts):
    found = rates_of(arrivals_of(parts, AS_OF.date(), ARCHIVE).study())
    return found.cells.write_csv() + found.components.write_csv()


def test_ray_and_this_process_make_the_same_rates_in_any_number_of_parts(ray):
    alone = rates(InMemory([partial(part, 0, 1)]))
    assert rates(InMemory([partial(part, number, 5) for number in range(5)])) == alone
    assert rates(OnRay(ray, [partial(part, number, 4) for number in range(4)])) == alone


def dies_once(source, marker):
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return None, {"rows": source().select(pl.len())}


def test_a_worker_that_is_killed_is_replaced_and_its_part_done_again(ray, tmp_path):
    parts = OnRay(ray, [partial(part, number, 3) for number in range(3)])
    told = parts.run(dies_once, SOURCE, None, str(tmp_path / "died"))
    assert (tmp_path / "died").exists()
    assert told["rows"]["len"].sum() == ROWS.height


def test_what_we_start_listens_on_this_machine_only(ray):
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    connections = [one for process in processes if process.is_running() for one in process.net_connections("tcp")]
    listening = {one.laddr.ip.removeprefix("::ffff:") for one in connections if one.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}


async def test_the_release_is_the_same_to_the_byte(ray, pool, settings, tmp_path):
    class Standing(RayEngine):
        @contextmanager
        def __call__(self, exports, _):
            yield OnRay(ray, sources(exports, few_rows=0))

    async with pool.acquire() as db:
        await load(db, crowd(12), NOW.date())
    elsewhere = msgspec.structs.replace(settings, data=tmp_path / "elsewhere")
    alone = await publish(pool, settings, NOW, ARCHIVE)
    assert alone.tables["client_rates"].rows == 2
    assert await publish(pool, elsewhere, NOW, ARCHIVE, Standing()) == alone
    assert hashes(elsewhere.releases) == hashes(settings.releases)


def hashes(folder):
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_without_ray_there_is_one_clear_line():
    program = (
        "import sys; sys.modules['ray'] = None; sys.argv = ['taskwage', 'publish', '--engine', 'ray']; "
        "from api.commands.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "taskwage[ray]" in done.stderr
