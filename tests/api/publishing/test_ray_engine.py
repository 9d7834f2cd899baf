"""A publish on Ray: the same bytes as here, also when a worker dies; and a plain word where Ray is missing."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
import polars as pl
import psutil
import pytest

import analytics
from analytics.estimator.estimate import rates_of
from analytics.estimator.parts import SOURCE, InMemory
from analytics.estimator.study import arrivals_of
from analytics.model.policy import ARCHIVE
from analytics.simulation.synthetic import AS_OF, Market, made
from api.errors import CannotStart, DamagedSegment
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


def always_dies(source):
    os.kill(os.getpid(), signal.SIGKILL)


def sleeps(source):
    time.sleep(60)


def cannot_read(source):
    raise FileNotFoundError("/no/such/folder")


def finds_damage(source):
    raise DamagedSegment("the segment 00/x.parquet is lost or damaged")


@pytest.mark.parametrize(
    ("step", "seconds", "words"),
    [
        (always_dies, 60.0, "Ray lost a worker or its data more than 3 times"),
        (sleeps, 0.5, "Ray did not end a step within 0 s"),
        (cannot_read, 60.0, "a Ray worker cannot read its part (FileNotFoundError)"),
        (finds_damage, 60.0, "a Ray worker stopped: the segment 00/x.parquet is lost"),
    ],
)
def test_what_stops_a_step_is_one_line_and_no_endless_retry(ray, step, seconds, words):
    parts = OnRay(ray, [partial(part, 0, 1)], seconds)
    with pytest.raises(CannotStart) as stopped:
        parts.run(step, SOURCE, None)
    assert str(stopped.value).startswith(words)
    assert "\n" not in str(stopped.value)


def counts(source):
    return None, {"rows": source().select(pl.len())}


def test_a_worker_with_other_code_is_refused_before_it_steps(ray, tmp_path):
    """The nodes of the review had two other constants in one file, and a release of theirs was signed."""
    root = Path(analytics.__file__).parents[1]
    for package in ("analytics", "api"):
        shutil.copytree(root / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    constants = tmp_path / "analytics" / "estimator" / "arrival.py"
    constants.write_text(constants.read_text() + "\nOTHER = 1\n")
    parts = OnRay(ray, [partial(part, 0, 1)])
    assert parts.run(counts, SOURCE, None)["rows"]["len"].sum() == ROWS.height

    def in_other_tree(*given, other=str(tmp_path)):
        sys.path.insert(0, other)
        for name in [name for name in sys.modules if name.partition(".")[0] in ("api", "analytics")]:
            del sys.modules[name]
        from api.publishing.ray_engine import stepped

        return stepped(*given)

    parts._task = ray.remote(num_returns=2, max_calls=1)(in_other_tree)
    with pytest.raises(CannotStart, match="its code is not the publisher's"):
        parts.run(counts, SOURCE, None)


def test_an_address_where_no_ray_answers_is_one_line():
    with (
        pytest.raises(CannotStart, match=r"cannot join Ray at 127\.0\.0\.1:1: Connection refused; is its head running"),
        running(RayEngine("127.0.0.1:1")),
    ):
        pass


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


TOKEN = "0123456789abcdef" * 3
JOIN = """
import sys
import tempfile
from api.errors import CannotStart
from api.publishing.ray_engine import RayEngine, running
try:
    with running(RayEngine(sys.argv[1])) as ray:
        print("joined", int(ray.cluster_resources()["CPU"]))
except CannotStart as refused:
    print(refused)
"""


def test_a_cluster_that_asks_for_a_token_is_joined_with_it_only(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    short = tempfile.mkdtemp(prefix="tw-head-", dir="/tmp")
    plain = {**os.environ, "HOME": str(tmp_path), "RAY_USAGE_STATS_ENABLED": "0"}
    known = {**plain, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": TOKEN}
    command = f"start --head --block --port={port} --node-ip-address=127.0.0.1 --include-dashboard=false --num-cpus=1"
    head = subprocess.Popen(
        [Path(sys.executable).with_name("ray"), *command.split(), f"--temp-dir={short}"],
        env=known, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port)

        def joined(environment):
            program = [sys.executable, "-c", JOIN, f"127.0.0.1:{port}"]
            return subprocess.run(program, env=environment, capture_output=True, text=True, timeout=120).stdout.strip()

        assert joined(known) == "joined 1"
        assert joined(plain).endswith("If it asks for a token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN")
    finally:
        os.killpg(head.pid, signal.SIGTERM)
        head.wait(60)
        shutil.rmtree(short, ignore_errors=True)


def _wait_for(port):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
