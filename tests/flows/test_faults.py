"""Whatever dies, hangs, fills up or jumps: what was receipted is there, once, and the server comes back by itself.

`TASKWAGE_FAULT_ROUNDS=200` runs the nightly form of the first test.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from people import Person, observation
from server import Server, apart

from api.http.request_timeout import RequestTimeoutProtocol
from api.runtime.clock import SystemClock
from api.runtime.postgres.supervisor import held
from api.runtime.server import running
from api.runtime.settings import Settings
from benchmarks.faults import VICTIMS, faults
from benchmarks.invented import Bodies, this_hour
from benchmarks.site import enrolled

ROUNDS = int(os.environ.get("TASKWAGE_FAULT_ROUNDS", "20"))
IDLE_CONNECTIONS = 10_000
SPARE_FILES = 500
ROWS_AT_ONCE = 50
READING = {
    "platform": "practice",
    "client": {"id": "c-2", "name": "Harbour Labs"},
    "task": {"id": "t-3", "title": "Label 12 photos"},
    "reward": {"micros": 350_000, "currency": "USD"},
    "reward_per": "task",
    "units": 1,
    "limit_seconds": None,
    "estimate_seconds": None,
    "pack": {"slug": "practice", "version": 1},
}


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for everything that does it no harm."""
    made = Server(tmp_path_factory.mktemp("faults"))
    made.turn(datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def line_in(one_server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=one_server.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.mark.timeout(900)  # one stall on a busy machine is no hang
def test_nothing_receipted_is_lost_or_doubled_whatever_is_killed(tmp_path):
    log = apart(lambda: faults(tmp_path, ROUNDS, seed=ROUNDS))
    assert log.is_clean, str(log)
    assert set(log.kills) == set(VICTIMS)
    assert log.rows_receipted > ROUNDS * 10
    assert log.rows_found == log.rows_receipted


def test_nothing_is_lost_or_doubled_on_the_oldest_version_either(tmp_path, oldest_postgres):
    log = apart(lambda: faults(tmp_path, ROUNDS // 4, seed=ROUNDS, postgres_bin=oldest_postgres))
    assert log.is_clean, str(log)
    assert log.rows_found == log.rows_receipted > ROUNDS


def test_a_second_start_after_a_kill_serves_within_seconds(server: Server):
    server.kill()
    begun = time.monotonic()
    server.start()
    assert httpx.get(f"{server.url}/readyz", trust_env=False).json()["reasons"] == []
    assert time.monotonic() - begun < 30  # seconds on a loaded machine; some two on a quiet one


async def test_a_database_that_is_gone_for_a_while_is_told_and_comes_back(tmp_path):
    with held(tmp_path / "post gres") as database:
        settings = Settings(data=tmp_path, database_url=database.dsn, port=0)
        async with running(settings, SystemClock()) as site:
            (secret,) = await enrolled(database.dsn, 1, datetime.now(UTC).date())
            headers = {"authorization": f"Bearer {secret}", "content-type": "application/json"}
            bodies = Bodies.of(1, this_hour(datetime.now(UTC)), 3)
            async with httpx.AsyncClient(base_url=site.url, headers=headers, trust_env=False, timeout=30) as http:
                first = bodies.body(1)
                assert (await http.post("/v1/observations", content=first)).status_code == 200
                os.kill(int((tmp_path / "post gres" / "data" / "postmaster.pid").read_text().split()[0]), 9)
                async with asyncio.timeout(30):  # its processes end one after the other, and may answer until then
                    while (status := (await http.post("/v1/observations", content=first)).status_code) == 200:
                        await asyncio.sleep(0.05)
                assert status == 503
                for number in (2, 3, 4):
                    answer = await http.post("/v1/observations", content=bodies.body(number))
                    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
                    assert (await http.get("/healthz")).status_code == 200
                    assert (await http.get("/readyz")).status_code == 503
                    await asyncio.sleep(0.3)
                assert database.revive()
                async with asyncio.timeout(30):
                    while (await http.post("/v1/observations", content=bodies.body(5))).status_code != 200:
                        await asyncio.sleep(0.05)
                assert await site.pool.fetchval("SELECT count(*) FROM intake.observations") == 6


def test_a_clock_that_jumps_loses_nothing(server: Server, http: httpx.Client):
    person = Person.enrolled(http)
    noon = server.now()
    for jump in (timedelta(0), timedelta(days=70), timedelta(days=-1), timedelta(hours=3)):
        server.turn(noon + jump)
        receipts = person.share(*(item(server) for _ in range(2)))
        assert [receipt["status"] for receipt in receipts] == ["accepted"] * 2
    assert server.rows("SELECT count(*) AS rows, count(DISTINCT id) AS once FROM intake.observations") == [
        {"rows": 8, "once": 8}
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk can be mounted by root only")
def test_a_full_disk_is_told_and_nothing_receipted_is_lost(tmp_path):
    disk = tmp_path / "small disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600m,mode=755", "tmpfs", str(disk)], capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    try:
        full_disk(Server(tmp_path), disk)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def full_disk(server: Server, disk: Path):
    server.data.symlink_to(disk)
    server.turn(datetime.now(UTC))
    server.start()
    try:
        with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as http:
            person = Person.enrolled(http)
            receipted = len(person.share(item(server)))
            filler = disk / "filler"
            with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
                while file.write(b"\0" * 65_536):
                    pass
            answer = post(person, server)
            while answer.status_code == 200:
                receipted += len(answer.json()["receipts"])
                answer = post(person, server)
            assert (answer.status_code, answer.headers["retry-after"].isdigit()) == (503, True)
            filler.unlink()
            assert until(lambda: post(person, server).status_code == 200)
            (found,) = server.rows("SELECT count(*) AS rows, count(DISTINCT id) AS once FROM intake.observations")
            assert found["rows"] == found["once"] >= receipted + ROWS_AT_ONCE
    finally:
        server.stop()


def post(person: Person, server: Server) -> httpx.Response:
    items = [item(server) for _ in range(ROWS_AT_ONCE)]
    headers = {"authorization": f"Bearer {person.secret}"}
    return person.http.post("/v1/observations", json={"observations": items}, headers=headers)


def test_slow_and_endless_requests_keep_nobody_waiting(one_server: Server, line_in: httpx.Client):
    slow = [connected(one_server) for _ in range(200)]
    for line in slow:
        line.sendall(b"POST /v1/observations HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n")
    begun = time.monotonic()
    assert line_in.get("/healthz").status_code == 200
    assert time.monotonic() - begun < 5
    endless = connected(one_server)
    with contextlib.suppress(OSError):
        endless.sendall(b"GET / HTTP/1.1\r\n" + b"x-more: " + b"y" * 100_000)
    assert is_hung_up(endless)
    for line in (endless, *slow):
        line.close()


async def test_a_line_that_does_not_complete_its_request_in_time_is_closed(tmp_path, monkeypatch, dsn):
    monkeypatch.setattr(RequestTimeoutProtocol, "seconds", 0.2)
    async with running(Settings(data=tmp_path, database_url=dsn, port=0), SystemClock()) as site:
        port = int(site.url.rpartition(":")[2])
        for sent in (b"", b"POST /v1/obser", b"POST /v1/observations HTTP/1.1\r\ncontent-length: 9\r\n\r\n{"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            async with asyncio.timeout(10):
                assert not (await reader.read()).startswith(b"HTTP/1.1 200")
            writer.close()


def test_half_closed_lines_store_once_and_leave_nothing_open(one_server: Server, line_in: httpx.Client):
    person, one = Person.enrolled(line_in), item(one_server)
    body = json.dumps({"observations": [one]}).encode()
    head = (
        f"POST /v1/observations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {person.secret}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    for _ in range(20):
        line = connected(one_server)
        line.sendall(head.encode() + body)
        line.shutdown(socket.SHUT_WR)
        line.close()
    assert until(lambda: person.share(one)[0]["status"] == "duplicate")
    assert one_server.rows("SELECT count(*) AS rows FROM intake.observations WHERE id = '" + one["id"] + "'") == [
        {"rows": 1}
    ]


def test_ten_thousand_idle_lines_keep_nobody_out(one_server: Server, line_in: httpx.Client):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(IDLE_CONNECTIONS, (most if most != resource.RLIM_INFINITY else 1 << 20) - SPARE_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    idle: list[socket.socket] = []
    try:
        idle.extend(connected(one_server) for _ in range(count))
        assert [receipt["status"] for receipt in Person.enrolled(line_in).share(item(one_server))] == ["accepted"]
        assert line_in.get("/readyz").status_code == 200
    finally:
        for line in idle:
            line.close()


def test_a_half_written_release_is_never_served(one_server: Server, line_in: httpx.Client):
    one_server.publish()
    (whole,) = line_in.get("/v1/releases").json()["releases"]
    releases = one_server.data / "releases"
    half = releases / "2099-01-01"
    shutil.copytree(releases / whole["release"], half)
    table = next(half.glob("tables/*.csv"))
    table.write_bytes(table.read_bytes()[:-1])
    (releases / ".partial-abc").mkdir()
    assert [one["release"] for one in line_in.get("/v1/releases").json()["releases"]] == [whole["release"]]
    assert line_in.get("/v1/releases/2099-01-01").status_code == 503  # it is there, and damaged
    assert line_in.get("/v1/tables/releases.json").headers["x-release"] == whole["release"]


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def is_hung_up(line: socket.socket) -> bool:
    try:
        return line.recv(1) == b""
    except ConnectionError:
        return True


def item(server: Server) -> dict[str, Any]:
    return observation(READING, server.now(), 240.0)


def until(what) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if what():
                return True
        time.sleep(0.1)
    return False
