"""What one stranger or one contributor can take of a server: memory, disk, connections. All of it is bounded."""

from __future__ import annotations

import asyncio
import json
import socket
from datetime import timedelta
from urllib.parse import urlsplit

import msgspec
import pytest

from api.errors import DiskFull
from api.http.request_timeout import RequestTimeoutProtocol
from api.runtime import free_space
from api.runtime.free_space import LEAST_FREE_BYTES, Room
from tests.builders import NOW, observation, overhead, sighting


def few(settings, **more):
    return msgspec.structs.replace(settings, **more)


async def post(site, who, *observations, sightings=(), overheads=()):
    body = {"observations": list(observations), "sightings": list(sightings), "overheads": list(overheads)}
    return await site.http.post("/v1/observations", json=body, headers=who)


async def test_a_contributor_stores_so_many_new_items_a_day_and_is_told_what_is_left(settings, serving):
    async with serving(few(settings, items_per_day=5)) as site:
        who, other = await site.enrol(), await site.enrol()
        kept = [observation() for _ in range(3)]
        assert (await post(site, who, *kept, overheads=[overhead()])).status_code == 200
        for again in range(3):  # sending again costs nothing
            assert (await post(site, who, kept[again])).status_code == 200
        over = await post(site, who, observation(), observation())
        assert (over.status_code, over.json()["code"]) == (429, "daily_limit")
        assert "1 more items" in over.json()["detail"]
        assert 0 < int(over.headers["retry-after"]) <= 86_400
        assert len(await site.rows()) == 3
        assert (await post(site, who, sightings=[sighting()])).status_code == 200
        assert (await post(site, who, sightings=[sighting()])).status_code == 429
        assert (await post(site, other, *(observation() for _ in range(5)))).status_code == 200
        site.clock.advance(timedelta(days=1))
        assert (await post(site, who, observation())).status_code == 200


async def test_twenty_requests_at_once_do_not_pass_the_day_s_bound(settings, serving):
    async with serving(few(settings, items_per_day=10)) as site:
        who = await site.enrol()
        answers = await asyncio.gather(*(post(site, who, observation(), observation()) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 15
        assert len(await site.rows()) == 10


async def test_a_contributor_names_so_many_new_tasks_a_day_and_hurts_no_neighbour(settings, serving):
    async with serving(few(settings, names_per_day=3)) as site:
        who, other = await site.enrol(), await site.enrol()

        def titled(*names):
            return [observation(task={"id": None, "title": name}) for name in names]

        assert (await post(site, who, *titled("a b", "c d", "a b"))).status_code == 200
        answers = await asyncio.gather(
            post(site, who, *titled("e f", "g h")), *(post(site, other, *titled("a b")) for _ in range(5))
        )
        assert [answer.status_code for answer in answers] == [429, 200, 200, 200, 200, 200]
        assert "1 more new tasks" in answers[0].json()["detail"]
        assert (await post(site, who, *titled("e f"))).status_code == 200
        assert (await post(site, who, *titled("c d"))).status_code == 200
        titles = {row["title"] for row in await site.rows("SELECT title FROM intake.tasks")}
        assert titles == {"a b", "c d", "e f"}


async def test_storing_stops_before_the_disk_is_full_and_goes_on_by_itself(site, monkeypatch):
    who = await site.enrol()
    monkeypatch.setattr(free_space, "LEAST_FREE_BYTES", 1 << 62)
    closed = await post(site, who, observation())
    assert (closed.status_code, closed.json()["code"]) == (503, "disk_full")
    assert "retry-after" in closed.headers
    assert await site.rows() == []
    monkeypatch.setattr(free_space, "LEAST_FREE_BYTES", 1)
    site.clock.advance(timedelta(seconds=2))
    assert (await post(site, who, observation())).status_code == 200


def test_the_disk_is_looked_at_once_a_second(tmp_path):
    looked = []
    room = Room(tmp_path, lambda _: looked.append(1) or LEAST_FREE_BYTES - 1)
    for _ in range(3):
        with pytest.raises(DiskFull):
            room.require(NOW)
    assert len(looked) == 1


PATHS = ("/v1/challenges", "/v1/contributors", "/v1/contributors/me", "/v1/observations", "/v1/shape-reports")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("is_said", [True, False])
async def test_a_large_body_is_refused_before_it_is_read(site, path, is_said):
    """Ten megabytes are announced, or come in pieces without a length; two are sent at most."""
    who = await site.enrol()
    sent = 0

    async def pieces():
        nonlocal sent
        for _ in range(160):
            sent += 65_536
            yield b"x" * 65_536
            await asyncio.sleep(0)

    method = "PATCH" if path.endswith("/me") else "POST"
    headers = {**who, "content-type": "application/json"} | ({"content-length": "10485760"} if is_said else {})
    answer = await site.http.request(method, path, content=pieces(), headers=headers)
    assert answer.status_code in (413, 201 if path == "/v1/challenges" else 413), answer.text
    assert answer.status_code == 413 or path == "/v1/challenges"  # that route asks for no body, and reads none
    if answer.status_code == 413:
        assert answer.json()["code"] == "too_large"


async def until_closed(line):
    """How many bytes still come before the other side is gone."""
    got = 0
    try:
        while part := await asyncio.wait_for(asyncio.get_running_loop().sock_recv(line, 1 << 20), 10):
            got += len(part)
    except ConnectionError:
        pass
    return got


async def test_a_reader_who_does_not_read_is_let_go(site, monkeypatch):
    monkeypatch.setattr(RequestTimeoutProtocol, "unread_seconds", 0.3)
    let_go, real = asyncio.Event(), RequestTimeoutProtocol._abort
    monkeypatch.setattr(RequestTimeoutProtocol, "_abort", lambda self: (let_go.set(), real(self)))
    target = urlsplit(site.server.url)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(line, (target.hostname, target.port))
    request = b"GET /schema/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n"
    await loop.sock_sendall(line, request * 300)  # more than every buffer between us holds
    await asyncio.wait_for(let_go.wait(), 60)
    got = await until_closed(line)
    line.close()
    whole = len((await site.http.get("/schema/openapi.json")).content)
    assert got < 300 * whole


async def test_an_own_copy_is_made_one_at_a_time_and_a_few_times_a_day(settings, serving):
    async with serving(few(settings, exports_per_day=2)) as site:
        who = await site.enrol()
        for _ in range(3):
            await site.share(who, *(observation() for _ in range(200)))
        answers = await asyncio.gather(*(site.http.get("/v1/contributors/me/export", headers=who) for _ in range(3)))
        assert sorted(answer.status_code for answer in answers)[-1] == 429
        whole = next(answer for answer in answers if answer.status_code == 200)
        assert len(whole.json()["observations"]) == 600
        assert int(whole.headers["content-length"]) == len(whole.content)
        statuses = [(await site.http.get("/v1/contributors/me/export", headers=who)).status_code for _ in range(3)]
        assert statuses[-1] == 429
        site.clock.advance(timedelta(days=1))
        assert (await site.http.get("/v1/contributors/me/export", headers=who)).status_code == 200


async def test_a_copy_of_nothing_is_whole_json(site):
    found = (await site.http.get("/v1/contributors/me/export", headers=await site.enrol())).json()
    assert (found["observations"], found["overheads"], found["sightings"]) == ([], [], [])


async def test_nothing_that_only_its_owner_may_see_is_ever_cached(site):
    who = await site.enrol()
    toll = await site.http.post("/v1/challenges")
    assert toll.headers["cache-control"] == "no-store"
    for method, path in (("GET", ""), ("PATCH", ""), ("GET", "/export"), ("DELETE", "")):
        content = json.dumps({}) if method == "PATCH" else None
        answer = await site.http.request(
            method, f"/v1/contributors/me{path}", headers={**who, "content-type": "application/json"}, content=content
        )
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"


async def test_who_was_erased_by_another_process_is_unknown_here_at_once(site):
    who = await site.enrol()
    assert (await site.http.get("/v1/contributors/me", headers=who)).status_code == 200
    await site.pool.execute("DELETE FROM intake.contributors")
    for path in ("/v1/contributors/me", "/v1/contributors/me/export"):
        assert (await site.http.get(path, headers=who)).status_code == 401
